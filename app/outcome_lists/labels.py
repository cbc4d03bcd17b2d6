"""Names of the groups, classes and properties of outcomes, for the screens."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

OUTCOME_GROUPS = {
    "reached": _l("联系上了"),
    "not_reached": _l("没有联系上"),
    "cannot": _l("不能受访"),
    "refused": _l("拒绝"),
}
# The classes of the AAPOR Standard Definitions; X is our own.
OUTCOME_CLASSES = {
    "I": _l("完成"),
    "P": _l("部分完成"),
    "R": _l("拒访"),
    "NC": _l("没有联系上"),
    "O": _l("其他未访"),
    "UO": _l("是否合格不明"),
    "UH": _l("是否住户不明"),
    "NE": _l("不计入基数"),
    "X": _l("表示没有接受过服务"),
}
OUTCOME_FIELDS = {
    "code": _l("代码"),
    "zh": _l("中文名称"),
    "en": _l("英文名称"),
    "group": _l("分组"),
    "aapor": _l("AAPOR 类别"),
    "delay": _l("多少分钟后再试"),
    "retries": _l("最多再试几次"),
    "final": _l("最终结果，结案"),
    "hand": _l("可以手工登记"),
    "next_number": _l("试下一个号码"),
    "visit": _l("号码试完改走访"),
    "another_interviewer": _l("换一位访问员"),
    "needs_skill": _l("要会说的访问员"),
    "appointment": _l("要预约"),
    "supervisor": _l("交负责人"),
    "note_required": _l("必须写说明"),
    "during_interview": _l("只在访问中"),
    "ledger_fault": _l("算名册的错"),
}
