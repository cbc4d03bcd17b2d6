"""Names of the actions of audit events, for the screens."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

ACTIONS = {
    "user.created": _l("开立账号"),
    "user.opened": _l("启用账号"),
    "user.closed": _l("停用账号"),
    "station.created": _l("登记社工站"),
    "document.published": _l("发布文档"),
    "evaluation.created": _l("建立评估"),
    "member.added": _l("加入成员"),
    "member.removed": _l("移除成员"),
    "ledger.received": _l("收到名册"),
    "ledger.imported": _l("导入名册"),
    "ledger.withdrawn": _l("撤下名册"),
    "frame.sealed": _l("封存抽样框"),
    "plan.announced": _l("公布抽样方案"),
    "seed.committed": _l("承诺种子数值"),
    "seed.closed": _l("截止承诺"),
    "seed.shown": _l("公布种子数值"),
    "sample.drawn": _l("抽样"),
    "void.asked": _l("申请作废抽样"),
    "void.withdrawn": _l("撤回作废申请"),
    "void.confirmed": _l("确认作废抽样"),
    "reserve.released": _l("放出候补"),
    "case.given_up": _l("联系不上，结案"),
    # No longer done, since cases are claimed; a chain from before then names it.
    "cases.assigned": _l("分派个案"),
    "case.claimed": _l("接手个案"),
    "case.put_back": _l("放回个案"),
    "attempt.undone": _l("撤销联系结果"),
    "appointment.made": _l("约好时间"),
    "appointment.cancelled": _l("取消约好的时间"),
    "way.changed": _l("换访问方式"),
    "minor.opened": _l("打开未成年人资料"),
    "answer_key.entered": _l("填写答案要点"),
    "note.written": _l("给负责人留言"),
    "attempt.recorded": _l("登记联系结果"),
    "contact.revealed": _l("查看联系方式"),
    "link.issued": _l("生成问卷链接"),
    "response.submitted": _l("收到答卷"),
    "score.entered": _l("录入评分"),
    "score.overridden": _l("专家改分"),
    "score.override_withdrawn": _l("撤回专家改分"),
    "scheme.adopted": _l("换用评分方案"),
    "fact.stated": _l("填写站点情况"),
    "indicator.stated": _l("填写协议指标"),
    "score.settled": _l("评分定案"),
    "export.made": _l("导出"),
    "backchecks.drawn": _l("抽取回访"),
    "backcheck.done": _l("登记回访结果"),
    "backcheck.reopened": _l("重新安排回访"),
    "case.requeued": _l("放回队列"),
    "case.accepted": _l("看过结案的个案"),
    "case.reopened": _l("重开结案的个案"),
    "case.assigned": _l("指定访问员"),
    "visits.assigned": _l("分派走访"),
    "note.seen": _l("看过留言"),
    "skills.set": _l("登记语言和技能"),
    "recusal.declared": _l("声明回避"),
    "recusal.lifted": _l("解除回避"),
    "desk.settings_changed": _l("修改拨打设置"),
    "integrity.settings_changed": _l("修改访问质量的规则"),
    "response.excluded": _l("排除答卷"),
    "response.restored": _l("恢复答卷"),
    "outcomes.chosen": _l("选用结果代码表"),
    "response.withdrawn": _l("撤回同意，删除答卷"),
    "keeping.changed": _l("修改资料保存期限"),
    "personal_data.erased": _l("按期删除个人资料"),
}


def action_name(action: str) -> str:
    """An audit action in words."""
    return str(ACTIONS.get(action, _("其他操作")))
