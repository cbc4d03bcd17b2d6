"""Labels of the desk for the screens."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.shared.labels import listed
from surveys.calling.attempts import Lacking

CASE_WAYS = {
    "phone": _l("打电话"),
    "visit": _l("走访"),
    "web": _l("网络问卷"),
    "supervisor": _l("等负责人"),
    "closed": _l("已结案"),
}
NOTE_KINDS = {"care": _l("需要关怀"), "never_served": _l("表示没有接受过服务"), "note": _l("留言")}
MINOR_REASONS = {
    "interview": _l("要给监护人或本人打电话、做访问"),
    "visit": _l("要上门走访"),
    "guardian": _l("监护人来电询问"),
    "other": _l("别的理由"),
}
HOLDERS = {"person": _l("本人"), "guardian": _l("监护人或联系人")}


def lacking_in_words(missing: Lacking) -> str:
    """What a case still lacks before it may be given up, as a sentence."""
    requirements = [
        str(text)
        for number, text in (
            (missing.attempts, _("再联系 %(n)s 次", n=missing.attempts)),
            (missing.days, _("另找 %(n)s 天", n=missing.days)),
            (missing.day_parts, _("另找 %(n)s 个时段（上午、下午或晚上）", n=missing.day_parts)),
        )
        if number
    ]
    return str(_("还不能结案。还要：%(wants)s。", wants=listed(requirements)))
