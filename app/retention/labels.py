"""Names of the kinds of data that are erased after the retention period and kept; why a day cannot be its last."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from surveys.retention import RetentionDayProblem

# The codes are those of counts_to_erase and counts_to_keep (app.retention.queries).
HOLDINGS = {
    "people": _l("联系资料：姓名、电话、住址、监护人和监护人电话（人）"),
    "fingerprints": _l("姓名和电话的检索指纹"),
    "birth_years": _l("出生年份（人）"),
    "ledgers": _l("名册的名称、文件名和留存的内容（份）"),
    "findings": _l("名册的逐行发现"),
    "mended": _l("在网页上改正的格子和对发现的决定"),
    "notes": _l("访问员的留言和联系说明"),
    "drafts": _l("没有交的答卷"),
    "links": _l("个人问卷链接"),
    "appointments": _l("约好的时间"),
    "witnesses": _l("见证人姓名"),
    "devices": _l("答题用的浏览器的指纹"),
    "open_answers": _l("写有开放题原话的答卷（只删原话）"),
    "reasons": _l("排除、撤回、放回个案和打开未成年人资料的理由"),
}
REMAINS = {
    "keys": _l("抽样框里的编号，连同村居和类别（查不回是谁）"),
    "draws": _l("抽样证书"),
    "cases": _l("抽中的个案，只有编号和结果代码"),
    "attempts": _l("联系记录，只有时间和结果代码"),
    "responses": _l("答卷，只有选项和打分"),
}

WHY_NOT = {
    RetentionDayProblem.PAST: _l("资料保存到的日期已经过去。请选今天或以后的日期。"),
    RetentionDayProblem.BEFORE_THE_EVALUATION: _l("资料保存到的日期不能早于评估日期。"),
    RetentionDayProblem.OVER: _l("资料保存期已过，日期不能再改。"),
    RetentionDayProblem.LONGER: _l("已经有人被告知这个日期，只能提前，不能推后。"),
    RetentionDayProblem.SAME: _l("日期没有改动。"),
}
