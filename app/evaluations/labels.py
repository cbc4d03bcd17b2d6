"""Names of the settings of an evaluation, of the steps that fix them, and of the details of audit events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit.labels import action_name
from app.desk.labels import NOTE_KINDS
from app.models.audit import WORDS
from app.quality_control.labels import INTEGRITY_KINDS, INTEGRITY_THRESHOLDS
from app.scores.labels import FACT_NUMBERS
from app.shared.labels import MODES, ROLES, listed, outcome_name
from surveys.integrity import standard
from surveys.outcomes import OutcomeList

LONGEST = 40
NO_ITEMS: Mapping[str, str] = {}
STEPS = {
    "station": _l("社工站"),
    "period": _l("服务期和阶段"),
    "names": _l("名称和日期"),
    "areas": _l("片区和村居"),
    "documents": _l("文档"),
    "people": _l("成员"),
}
SETTINGS = {
    "title": _l("评估名称"),
    "slug": _l("简称（用于网址和命令）"),
    "stage": _l("阶段"),
    "reading": _l("规定的读法"),
    "period_start": _l("服务期开始"),
    "period_end": _l("服务期结束"),
    "held_on": _l("评估日期"),
    "keep_until": _l("资料保存到"),
    "evaluator": _l("评估方"),
    "commissioner": _l("委托方"),
    "purchaser": _l("购买方"),
    "hotline": _l("核实电话"),
    "questionnaire": _l("问卷"),
    "scheme": _l("评分方案"),
    "outcomes": _l("结果代码表"),
    "areas": _l("片区和村居"),
    "members": _l("成员"),
}
# What will fix a setting, by the code of the step (app.evaluations.queries.settings.Step).
UNTIL = {
    "sealed": _l("封存抽样框以前可以改"),
    "announced": _l("公布抽样方案以前可以改"),
    "drawn": _l("抽样（出证书）以前可以改"),
    "answered": _l("收到第一份答卷以前可以改"),
    "settled": _l("评分定案以前可以改"),
    "withdrawn": _l("随时可以改"),
}
# What fixed it.
SINCE = {
    "sealed": _l("抽样框已在 %(at)s 封存，不能再改。"),
    "announced": _l("抽样方案已在 %(at)s 公布，不能再改。"),
    "drawn": _l("已在 %(at)s 抽样，写进了证书，不能再改。"),
    "answered": _l("第一份答卷已在 %(at)s 收到，不能再改。"),
    "settled": _l("评分已在 %(at)s 定案，不能再改。"),
    "withdrawn": _l("评估已在 %(at)s 撤销，不能再改。"),
}
DETAILS = {
    "working_days": _l("工作日的拨打时段"),
    "rest_days": _l("休息日的拨打时段"),
    "call_on_public_holidays": _l("法定节假日可以拨打"),
    "quiet": _l("免打扰时间"),
    "most_attempts": _l("最多联系次数"),
    "least_attempts": _l("放弃前最少联系次数"),
    "least_days": _l("放弃前最少联系天数"),
    "least_day_parts": _l("放弃前最少联系时段数"),
    "most_calls_a_day": _l("每人每天最多拨打次数"),
    "most_calls_a_week": _l("每人每周最多拨打次数"),
    "lease_minutes": _l("个案占用分钟数"),
    "undo_seconds": _l("可撤销秒数"),
    "back_check_percent": _l("回访比例"),
    "web_wait_days": _l("网络问卷等待天数"),
    "clash_minutes": _l("预约冲突分钟数"),
    "skills": _l("语言和技能"),
    "area": _l("片区"),
    "attempts": _l("联系次数"),
    "before": _l("以前"),
    "cases": _l("个案"),
    "certificate": _l("证书摘要"),
    "code": _l("项目"),
    "commitment": _l("承诺"),
    "commitments": _l("承诺"),
    "contributions": _l("贡献方"),
    "counted": _l("计入"),
    "digest": _l("摘要"),
    "done": _l("完成"),
    "facts": _l("改动的要点"),
    "fingerprint": _l("指纹"),
    "format": _l("格式"),
    "frame": _l("名册指纹"),
    "given": _l("给分"),
    "grade": _l("等级"),
    "id": _l("文档"),
    "inputs": _l("依据摘要"),
    "interviewers": _l("访问员"),
    "item": _l("评分项"),
    "kept": _l("列入"),
    "kind": _l("种类"),
    "last_drawn": _l("上一轮抽中"),
    "last_listed": _l("上一轮在册未抽中"),
    "left_out": _l("未列入的行"),
    "mode": _l("方式"),
    "name": _l("名称"),
    "number": _l("序号"),
    "outcome": _l("结果"),
    "people": _l("人数"),
    "plan": _l("方案摘要"),
    "population": _l("总体"),
    "priority": _l("困难群众和特殊群体"),
    "questionnaire": _l("问卷摘要"),
    "reason": _l("原因"),
    "added": _l("新增的村居"),
    "removed": _l("删去的村居"),
    "moved": _l("换片区的村居"),
    "replaced_evaluation": _l("代替已撤销的评估"),
    "replaces": _l("替换的个案"),
    "rescheduled": _l("重排的个案"),
    "response": _l("答卷"),
    "role": _l("角色"),
    "rows": _l("行数"),
    "scheme": _l("方案摘要"),
    "sha256": _l("文件摘要"),
    "size": _l("抽取"),
    "slug": _l("简称"),
    "target": _l("目标"),
    "total": _l("总分"),
    "valid": _l("有效"),
    "value": _l("内容"),
    "version": _l("版本"),
    WORDS: _l("原因"),
}

# What was done, in a sentence after the name of whoever did it; the names in brackets are those of details. An action
# that is not here, or lacks a detail, is told by its name (app.audit.labels) with its details.
SENTENCES = {
    "member.added": _l("加入了一名成员，角色是%(role)s"),
    "member.removed": _l("移除了一名成员，角色是%(role)s"),
    "ledger.received": _l("上传了名册，%(rows)s 行"),
    "ledger.imported": _l("导入了名册：%(rows)s 行中列入 %(kept)s 行，抽样框里现在有 %(people)s 人"),
    "ledger.withdrawn": _l("撤下了一份名册"),
    "frame.sealed": _l("封存了抽样框：%(people)s 人，其中困难群众和特殊群体 %(priority)s 人"),
    "answer_key.entered": _l("填写或改动了 %(facts)s 条答案要点"),
    "plan.announced": _l("公布了抽样方案，种子由 %(contributions)s 个数值合成"),
    "seed.committed": _l("为「%(name)s」承诺了数值"),
    "seed.closed": _l("截止了承诺，共 %(commitments)s 个"),
    "seed.shown": _l("公布了「%(name)s」的数值"),
    "sample.drawn": _l("从 %(population)s 人中抽出 %(size)s 人"),
    "reserve.released": _l("放出了第 %(number)s 个候补"),
    "attempt.recorded": _l("登记了联系结果：%(outcome)s（%(mode)s）"),
    "attempt.undone": _l("撤销了联系结果：%(outcome)s"),
    "case.given_up": _l("联系 %(attempts)s 次后结案：%(outcome)s"),
    "case.claimed": _l("接手了一个个案"),
    "case.put_back": _l("放回了一个个案"),
    "case.assigned": _l("把一个个案指定给 %(name)s"),
    "contact.revealed": _l("查看了一个个案的联系方式"),
    "minor.opened": _l("打开了一名未成年人的资料"),
    "appointment.made": _l("为一个个案约好了时间"),
    "appointment.cancelled": _l("取消了一个约好的时间"),
    "link.issued": _l("生成了一条问卷链接"),
    "note.written": _l("给负责人留了言（%(kind)s）"),
    "note.seen": _l("看过了一条留言（%(kind)s）"),
    "response.submitted": _l("交来一份答卷（%(mode)s）"),
    "score.entered": _l("给「%(item)s」打了 %(given)s 分"),
    "score.overridden": _l("把「%(item)s」改为 %(given)s 分"),
    "score.settled": _l("把评分定案为 %(total)s 分，%(grade)s"),
    "fact.stated": _l("填写站点情况：%(code)s 为 %(value)s"),
    "indicator.stated": _l("填写协议指标「%(code)s」：完成 %(done)s，协议量 %(target)s"),
    "export.made": _l("导出了数据（%(format)s）"),
}

# The kinds of actions that the audit log can be narrowed to, and the subjects of their names.
EVENT_KINDS = {
    "ledger": (_l("名册和抽样框"), ("ledger", "frame")),
    "draw": (_l("方案、种子和抽样"), ("plan", "seed", "sample", "void", "reserve")),
    "fieldwork": (
        _l("调查"),
        ("case", "cases", "attempt", "appointment", "way", "minor", "note", "contact", "link", "visits", "skills"),
    ),
    "responses": (_l("答卷和回访"), ("response", "backchecks", "backcheck")),
    "scores": (_l("评分"), ("score", "scheme", "fact", "indicator")),
    "export": (_l("导出"), ("export",)),
    "settings": (
        _l("成员、设置和资料"),
        ("member", "evaluation", "answer_key", "recusal", "desk", "integrity", "outcomes", "keeping", "personal_data"),
    ),
}

# "setting.title" is a detail that says how the title was changed.
CHANGED_SETTING = "setting"
# The settings of an integrity rule besides its thresholds.
RULE_PARTS = {"on": _l("使用"), "severity": _l("建议")}


def event_in_words(
    action: str, details: Mapping[str, Any], outcomes: OutcomeList | None = None, items: Mapping[str, str] = NO_ITEMS
) -> tuple[str, str]:
    """What was done, as a sentence, and the details it does not tell; `items`: the names of the scheme's items."""
    if "item" in details:
        details = {**details, "item": items.get(details["item"], details["item"])}
    sentence = SENTENCES.get(action)
    told = set(re.findall(r"%\((\w+)\)s", str(sentence))) if sentence else set[str]()
    if sentence is None or any(details.get(name) in (None, "") for name in told):
        return action_name(action), details_in_words(details, outcomes)
    words = str(sentence) % {name: _value(name, details[name], outcomes) for name in told}
    return words, details_in_words({name: value for name, value in details.items() if name not in told}, outcomes)


def details_in_words(details: Mapping[str, Any], outcomes: OutcomeList | None = None) -> str:
    """The details in one line; empty ones are left out, long values cut."""
    pairs = (
        (_name(name), _value(name, value, outcomes))
        for name, value in details.items()
        if value not in (None, "") or name == WORDS
    )
    return " · ".join(f"{name} {value}" for name, value in pairs)


def _name(name: str) -> Any:
    """The label of a detail; "fast.floor_seconds" is a threshold of an integrity rule."""
    rule, dot, part = name.partition(".")
    if rule == CHANGED_SETTING:
        return SETTINGS.get(part, part)
    kinds = {rule.code: rule.kind for rule in standard()} if dot else {}
    if rule in kinds:
        words = INTEGRITY_THRESHOLDS[part][0] if part in INTEGRITY_THRESHOLDS else RULE_PARTS.get(part, part)
        return f"{INTEGRITY_KINDS[kinds[rule]]} {words}"
    return DETAILS.get(name, name)


def _value(name: str, value: Any, outcomes: OutcomeList | None) -> str:
    if name == WORDS:
        return str(_("已按期删除"))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if name == "outcome":
        return outcome_name(str(value), outcomes)
    labels: Mapping[str, Any] = {"mode": MODES, "role": ROLES, "kind": NOTE_KINDS, "code": FACT_NUMBERS}.get(name, {})  # type: ignore[assignment]
    text = listed(value) if isinstance(value, list) else str(labels.get(value, value))
    return text if len(text) <= LONGEST else text[:16] + "…"
