"""Names of the states of accounts and of the purposes of their links, for the screens."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ACCOUNT_STATES = {
    "open": _l("在用"),
    "invited": _l("等本人设密码"),
    "locked": _l("已锁定"),
    "closed": _l("已停用"),
    "administrator": _l("管理员"),
}
LINK_PURPOSES = {"invitation": _l("邀请链接"), "reset": _l("重设密码的链接")}
