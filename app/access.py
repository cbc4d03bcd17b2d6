"""Who may open which page: every view declares it, and the application refuses to start when one does not.

`@public("why")` opens a page to everyone, `@signed_in` to anyone with an account, `@members(Role.LEAD, …)` to those
with one of these roles. For pages of one evaluation the getters (app.shared.getters and those of the subjects) ask for
the role *at that evaluation*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.models import Role

View = TypeVar("View", bound=Callable[..., object])

# Views of extensions, which cannot carry our decorator.
EXTENSION_ENDPOINTS = {
    "static": "public",
    "security.login": "public",
    "security.static": "public",
    "security.verify": "signed in",
    "security.logout": "signed in",
    "security.change_password": "signed in",
}


# What somebody may do, besides opening public pages, who must first change a password that another person chose.
BEFORE_CHANGING_PASSWORD = ("security.change_password", "security.logout")


@dataclass(frozen=True)
class AccessRule:
    """An access rule as a view declares it."""

    public: bool = False
    roles: tuple[Role, ...] = ()
    reason: str = ""


def _declare(rule: AccessRule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def public(reason: str) -> Callable[[View], View]:
    """Open to everyone, for the reason given."""
    return _declare(AccessRule(public=True, reason=reason))


def signed_in(view: View) -> View:
    """Open to anyone with an account."""
    return _declare(AccessRule())(view)


def members(*roles: Role) -> Callable[[View], View]:
    """Open to people with one of these roles."""
    if not roles:
        raise ValueError("name at least one role")
    return _declare(AccessRule(roles=roles))


class UndeclaredAccess(RuntimeError):
    """A route without an access rule."""


def rule_of(app: Flask, endpoint: str) -> AccessRule | None:
    """The rule of an endpoint, or None when it declares none."""
    if endpoint in EXTENSION_ENDPOINTS:
        return AccessRule(public=EXTENSION_ENDPOINTS[endpoint] == "public", reason="extension")
    view = app.view_functions.get(endpoint)
    return cast("AccessRule | None", getattr(view, "access_rule", None))


def refuse_undeclared(app: Flask) -> None:
    """Raise UndeclaredAccess when any route has no rule; create_app() ends with this."""
    bare = sorted({r.endpoint for r in app.url_map.iter_rules() if rule_of(app, r.endpoint) is None})
    if bare:
        raise UndeclaredAccess(f"no access rule for: {', '.join(bare)}")


def roles_anywhere() -> set[Role]:
    """Every role the visitor holds, at any evaluation."""
    roles = {Role(membership.role) for membership in current_user.memberships}
    return roles | {Role.ADMINISTRATOR} if current_user.is_administrator else roles


def enforce() -> BaseResponse | None:
    """Before each request: a page that is not public needs a sign-in with a password of one's own, and a role."""
    if request.endpoint is None:
        return None  # no such route: the 404 follows
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        abort(403)
    if rule.public:
        return None
    if not current_user.is_authenticated:
        response: BaseResponse = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return response
    if current_user.must_change_password and request.endpoint not in BEFORE_CHANGING_PASSWORD:
        return redirect(url_for("security.change_password"), 303)
    if rule.roles and not roles_anywhere() & set(rule.roles):
        abort(403)
    return None


def current_roles_allowed() -> tuple[Role, ...]:
    """The roles that the present view admits."""
    rule = rule_of(current_app, request.endpoint or "")
    return rule.roles if rule else ()
