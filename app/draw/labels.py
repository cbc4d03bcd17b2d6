"""Screen labels of plans, protocols and seed contributions."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.shared.labels import listed
from sampling.plan import Plan, Protocol

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


def factors_in_words(factors: Iterable[str]) -> str:
    """The stratification factors as shown."""
    return listed(str(FACTORS[factor]) for factor in factors) or str(_("不分层"))


def protocol_in_words(plan: Plan) -> str:
    """The replacement protocol as shown."""
    name = str(PROTOCOLS[plan.protocol.value])
    return str(_("%(name)s，每批 %(n)s 人", name=name, n=plan.block)) if plan.protocol is Protocol.BLOCK else name


def overlap_in_words(overlap: int | None) -> str:
    """The treatment of people drawn in the previous round, as shown."""
    if overlap is None:
        return str(_("不考虑"))
    if overlap == 0:
        return str(_("上一轮抽中的人这次不再抽"))
    return str(_("每层约 %(n)s%% 取自上一轮抽中的人", n=overlap))
