"""Names of things that are stored as codes, for the screens."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.models import Role
from app.models.keeping import ERASED_WORDS
from sampling.plan import Plan, Protocol
from surveys.calling.attempts import Lacking
from surveys.calling.skills import SKILLS
from surveys.indicators import Band, plain
from surveys.outcomes import DEFAULT, OutcomeList, known_outcome

ROLES = {
    Role.ADMINISTRATOR: _l("管理员"),
    Role.LEAD: _l("评估负责人"),
    Role.INTERVIEWER: _l("访问员"),
    Role.PURCHASER: _l("购买方（街道办事处）"),
    Role.SUPERVISION: _l("督导中心"),
    Role.MONITOR: _l("监督方（区民政局）"),
    Role.STATION: _l("社工站"),
}
# Who may give points, by the codes a scheme has for its parties.
SCORING_PARTIES = {
    "third_party": _l("第三方评估机构"),
    "purchaser": _l("购买方（街道办事处）"),
    "supervision": _l("督导中心"),
    "monitor": _l("监督方（区民政局）"),
}
MODES = {"phone": _l("电访"), "visit": _l("走访"), "web": _l("网络问卷")}
CASE_WAYS = {
    "phone": _l("打电话"),
    "visit": _l("走访"),
    "web": _l("网络问卷"),
    "supervisor": _l("等负责人"),
    "closed": _l("已结案"),
}
NOTE_KINDS = {"care": _l("需要关怀"), "never_served": _l("表示没有接受过服务"), "note": _l("留言")}
STAGES = {"midterm": _l("中期"), "final": _l("末期")}
SEVERITIES = {"error": _l("错误"), "warning": _l("提醒"), "info": _l("说明")}
UPLOAD_STATES = {
    "received": _l("待匹配栏目"),
    "imported": _l("在用"),
    "replaced": _l("已被新版替换"),
    "withdrawn": _l("已撤下"),
}
# What is erased when the time is over, and what stays (app.queries.keeping).
HOLDINGS = {
    "people": _l("联系资料：姓名、电话、住址、监护人和监护人电话（人）"),
    "fingerprints": _l("姓名和电话的检索指纹"),
    "birth_years": _l("出生年份（人）"),
    "ledgers": _l("名册的名称、文件名和留存的内容（份）"),
    "findings": _l("名册的逐行发现"),
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
READINGS = {
    "priority": _l("甲：看困难群众和特殊群体人数"),
    "everyone": _l("乙：看全部服务对象人数"),
}
FACTS = {
    "address": _l("社工站地址"),
    "services": _l("服务内容"),
    "staff": _l("社工人员"),
    "help": _l("求助渠道"),
    "funding": _l("经费来源"),
}
STATISTICS = {
    "satisfaction.mean": _l("满意度指数（均值）"),
    "satisfaction.share": _l("满意率"),
    "satisfaction.at_least_95": _l("满意度 95 以上的人所占比例"),
    "awareness.rate": _l("有效知晓率"),
}
LEFT_OUT = {
    "no-consent": _l("没有同意受访"),
    "overall-missing": _l("没有答总体满意度"),
    "too-few-items": _l("满意度题答得太少"),
    "too-few-facts": _l("知晓题答得太少"),
    "never-served": _l("表示没有接受过服务，不评满意度"),
    "not-first": _l("同一个案已有更早的有效答卷"),
    "invalid": _l("无效"),
    "excluded": _l("已排除"),
    "withdrawn": _l("撤回同意，已删除"),
}
PARTS = {
    "area": _l("片区之间"),
    "mode": _l("电访、走访、网络问卷之间"),
    "interviewer": _l("访问员之间"),
    "proxy": _l("本人回答与代答之间"),
}
WAYS = {
    "published": _l("公布的数字（按层加权）"),
    "groups": _l("按人群的已知人数"),
    "margins": _l("同时按人群和村居的已知人数"),
    "classes": _l("按人群的应答率"),
}
SELF_OR_PROXY = {"self": _l("本人回答"), "proxy": _l("代答")}
FACT_NUMBERS = {
    "staff_due": _l("社工应到（人次）"),
    "staff_present": _l("社工实到（人次）"),
    "staff_missing": _l("社工累计缺少（人次）"),
    "certified_due": _l("持证社工应到（人次）"),
    "certified_present": _l("持证社工实到（人次）"),
    "certified_missing": _l("持证社工累计缺少（人次）"),
    "staff_cost_share": _l("人员费用占年度支出（%）"),
}
LEDGER_FIELDS = {
    "name": _l("姓名"),
    "village": _l("村居"),
    "categories": _l("人员类别"),
    "phone": _l("联系电话"),
    "other_phone": _l("其他联系电话"),
    "landline": _l("固定电话"),
    "birth_year": _l("出生年月"),
    "address": _l("居住地址"),
    "guardian": _l("监护人"),
    "guardian_phone": _l("监护人电话"),
    "self_care": _l("自理能力"),
}
DOCUMENT_KINDS = {"questionnaire": _l("问卷"), "scheme": _l("评分方案"), "outcomes": _l("结果代码表")}
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
FACTORS = {"area": _l("片区"), "village": _l("村居"), "group": _l("人群"), "priority": _l("优先与普通")}
METHODS = {
    "proportional": _l("按人数比例"),
    "equal": _l("各层一样多"),
    "neyman": _l("按人数与离散程度（内曼）"),
    "power": _l("按人数的平方根"),
}
PROTOCOLS = {
    "block": _l("分批放出"),
    "one_for_one": _l("一换一"),
    "supervisor": _l("由负责人放出"),
    "none": _l("不替换"),
}
PROTOCOL_CONSEQUENCES = {
    "block": _l("未能访问的个案满一批，系统一次放出同样多的候补：进度整齐，最后可能差不到一批。"),
    "one_for_one": _l("每有一个个案未能访问，系统立即放出一个候补：人数补得最快，也最容易让人草草结案，要看联系次数。"),
    "supervisor": _l("由评估负责人逐个决定是否放出候补：可以先催促再联系，但是否替换取决于人，记录会印在证书上。"),
    "none": _l("不替换：抽多少就是多少，应答率最诚实；要抽得多一些，才能保证有效答卷够数。"),
}
QUEUES = {"all": _l("全部"), "drawn": _l("上一轮抽中"), "listed": _l("上一轮在册未抽中"), "new": _l("新在册")}
CONTRIBUTION_KINDS = {
    "committed": _l("先承诺，后公布"),
    "public": _l("事先指明的公开来源"),
    "system": _l("系统，先承诺"),
}
INTEGRITY_KINDS = {
    "too_fast": _l("整份答得太快"),
    "reading_speed": _l("来不及读题"),
    "straight_lining": _l("答案全一样"),
    "same_words": _l("开放题一字不差"),
    "one_number": _l("很多份打同一个号码"),
    "one_device": _l("很多份在同一个浏览器里填"),
    "too_favourable": _l("某位访问员的满意比别人多"),
    "impossible_hours": _l("不在允许联系的时间"),
    "no_call": _l("没有通话记录"),
    "short_call": _l("通话比答卷短得多"),
}
# The thresholds of rules by name: their words, and the unit where they have one.
INTEGRITY_THRESHOLDS = {
    "share_of_median": (_l("用时不到同类答卷中位数的几倍"), ""),
    "floor_seconds": (_l("而且总用时不到"), _l("秒")),
    "least_others": (_l("至少有多少份别人的答卷可比"), _l("份")),
    "milliseconds": (_l("一道题用时不到"), _l("毫秒")),
    "share_of_questions": (_l("这样的题至少占多大比例"), ""),
    "least_questions": (_l("至少有多少道题记了用时"), _l("道")),
    "least_items": (_l("至少答了多少道满意度题"), _l("道")),
    "ceiling": (_l("多少分以下的一样才算"), _l("分")),
    "least_alike": (_l("同一位访问员至少有多少份这样的"), _l("份")),
    "least_signs": (_l("至少多少个字"), _l("个")),
    "least_interviews": (_l("至少多少份答卷"), _l("份")),
    "alpha": (_l("碰巧的机会不超过"), ""),
    "difference_points": (_l("要看得出的差别"), _l("个百分点")),
    "least_power": (_l("看得出的机会至少有多大才下结论"), ""),
    "share_of_interview": (_l("通话不到答卷用时的几倍"), ""),
    "least_seconds": (_l("答卷至少用了"), _l("秒")),
}
INTEGRITY_SEVERITIES = {"look": _l("看一看"), "back_check": _l("要回访")}
BACK_CHECK_WHYS = {"random": _l("随机抽中"), "flag": _l("有疑点"), "never_served": _l("说没有接受过服务")}
BACK_CHECK_RESULTS = {
    "confirmed": _l("与答卷一致"),
    "differs": _l("有出入"),
    "not_interviewed": _l("说没有接受过访问"),
    "not_reached": _l("没有联系上"),
}
MINOR_REASONS = {
    "interview": _l("要给监护人或本人打电话、做访问"),
    "visit": _l("要上门走访"),
    "guardian": _l("监护人来电询问"),
    "other": _l("别的理由"),
}
# Why a closed case may not be tried again (app.queries.closed_cases.why_not_reopened).
STAYS_CLOSED = {
    "refused": _l("本人明确拒绝过，法律不许再联系，不能放回。"),
    "answered": _l("这个个案有一份计入的答卷。要再联系，先打开答卷把它排除。"),
    "replaced": _l("已经放出候补替换了这个个案，不能放回。"),
}
HOLDERS = {"person": _l("本人"), "guardian": _l("监护人或联系人")}
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


def typed(words: str) -> str:
    """What somebody typed, or that it was erased when its time was over."""
    return str(_("已按期删除")) if words == ERASED_WORDS else words


def action_name(action: str) -> str:
    """An audit action in words."""
    return str(ACTIONS.get(action, _("其他操作")))


def band_name(band: Band) -> str:
    """A band in words."""
    if band.high is None:
        return str(_("%(low)s 及以上", low=plain(band.low)))
    if band.low == 0:
        return str(_("低于 %(high)s", high=plain(band.high)))
    return str(_("%(low)s 到 %(high)s", low=plain(band.low), high=plain(band.high)))


def factors_in_words(factors: Iterable[str]) -> str:
    """What the strata are made of."""
    return listed(str(FACTORS[factor]) for factor in factors) or str(_("不分层"))


def protocol_in_words(plan: Plan) -> str:
    """When the reserve is released."""
    name = str(PROTOCOLS[plan.protocol.value])
    return str(_("%(name)s，每批 %(n)s 人", name=name, n=plan.block)) if plan.protocol is Protocol.BLOCK else name


def overlap_in_words(overlap: int | None) -> str:
    """What becomes of the people drawn last time."""
    if overlap is None:
        return str(_("不考虑"))
    if overlap == 0:
        return str(_("上一轮抽中的人这次不再抽"))
    return str(_("每层约 %(n)s%% 取自上一轮抽中的人", n=overlap))


def outcome_name(code: str, outcomes: OutcomeList | None = None) -> str:
    """An outcome code in the words of a list; a code that no list knows stays as it is."""
    found = known_outcome(code, outcomes or DEFAULT)
    return code if found is None else found.name(str(get_locale()))


def skill_name(code: str) -> str:
    """A language or skill in words."""
    found = SKILLS.get(code)
    return code if found is None else found.in_language(str(get_locale()))


def rescheduled_in_words(number: int) -> str:
    """How many cases are tried at another time or in another way from now on; nothing where none is."""
    return str(_("%(n)s 个等着联系的个案按新的规定重排了。", n=number)) if number else ""


def listed(words: Iterable[str]) -> str:
    """Words one after another, separated as the language of the page does it."""
    return str(_("、")).join(words)


def lacking_in_words(missing: Lacking) -> str:
    """What a case still lacks before it may be given up."""
    wants = [
        str(text)
        for number, text in (
            (missing.attempts, _("再联系 %(n)s 次", n=missing.attempts)),
            (missing.days, _("另找 %(n)s 天", n=missing.days)),
            (missing.day_parts, _("另找 %(n)s 个时段（上午、下午或晚上）", n=missing.day_parts)),
        )
        if number
    ]
    return str(_("还不能结案。还要：%(wants)s。", wants=listed(wants)))
