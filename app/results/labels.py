"""Screen labels of figures, facts, reasons, parts and weightings."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from surveys.indicators import Band, plain

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


def band_name(band: Band) -> str:
    """The limits of a band as shown."""
    if band.high is None:
        return str(_("%(low)s 及以上", low=plain(band.low)))
    if band.low == 0:
        return str(_("低于 %(high)s", high=plain(band.high)))
    return str(_("%(low)s 到 %(high)s", low=plain(band.low), high=plain(band.high)))
