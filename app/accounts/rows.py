"""Rows of the pages about accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.accounts.labels import ACCOUNT_STATES
from app.accounts.queries import AccountsPage, LastAction
from app.audit.labels import action_name
from app.localisation import moment
from app.models import Membership, Role, User
from app.shared.cells import Badge, Cell, Link, parts, under
from app.shared.labels import ROLES


@dataclass(frozen=True)
class UserRow:
    """An account."""

    username: Cell
    display_name: Cell
    state: Cell
    last_sign_in: Cell
    last_action: Cell


def user_rows(page: AccountsPage) -> list[UserRow]:
    """The accounts of one page."""
    return [
        UserRow(
            Link(user.username, url_for("accounts.show", user_uuid=user.uuid)),
            parts(user.display_name, Badge(_("管理员"), "now") if user.is_administrator else None),
            state_badge(user),
            moment(user.last_sign_in_at) if user.last_sign_in_at else None,
            last_action_cell(page.last_actions.get(user.id)),
        )
        for user in page.users
    ]


def state_badge(user: User) -> Badge:
    """The state of an account: closed, locked, waiting for a password, or in use."""
    if not user.active:
        return Badge(str(ACCOUNT_STATES["closed"]), "off")
    if user.is_locked():
        return Badge(str(ACCOUNT_STATES["locked"]), "warn")
    if user.password is None:
        return Badge(str(ACCOUNT_STATES["invited"]), "wait")
    return Badge(str(ACCOUNT_STATES["open"]), "good")


def last_action_cell(action: LastAction | None) -> Cell:
    """What somebody did last, and when."""
    return parts(action_name(action.action), under(moment(action.at))) if action else None


@dataclass(frozen=True)
class RoleRow:
    """A role of an account at an evaluation."""

    evaluation: Cell
    role: Cell
    since: Cell


def role_rows(memberships: Iterable[Membership]) -> list[RoleRow]:
    """The roles of an account."""
    return [
        RoleRow(
            Link(membership.evaluation.title, url_for("admin.members_page", slug=membership.evaluation.slug)),
            ROLES[Role(membership.role)],
            moment(membership.since),
        )
        for membership in memberships
    ]
