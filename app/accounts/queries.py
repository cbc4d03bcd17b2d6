"""Reading accounts: by name, in pages with what each did last, and the links that can still be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import now
from app.models import AccountLink, AuditEvent, Membership, Role, SiteRole, User
from app.privacy.columns import keyring

PAGE = 50
# The most accounts offered in one list to choose from; whoever has more types the name.
MOST_OFFERED = 500


@dataclass(frozen=True)
class LastAction:
    """The last audit event of an account: its action and moment."""

    action: str
    at: datetime


@dataclass(frozen=True)
class AccountsPage:
    """One page of accounts: `users` of the `total` that fit the filter, with their last actions by user id."""

    users: Sequence[User]
    last_actions: dict[int, LastAction]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def user_named(session: Session, username: str) -> User | None:
    """The account of that name, whatever its case."""
    return session.scalar(select(User).where(func.lower(User.username) == username.strip().lower()))


def has_administrator(session: Session) -> bool:
    """Whether anybody administers the installation: an account with that role that is not closed."""
    query = select(User.id).where(User.active, User.roles.any(SiteRole.name == Role.ADMINISTRATOR.value)).limit(1)
    return session.scalar(query) is not None


def open_link(session: Session, token: str) -> AccountLink | None:
    """The link of this token that can still be used: not used, revoked or expired, its account not closed.

    That of a first administrator also ends as soon as there is one.
    """
    link = session.scalar(
        select(AccountLink)
        .where(AccountLink.token_hash == keyring().token_hash(token), *_is_open())
        .options(joinedload(AccountLink.user))
    )
    if link is None:
        return None
    usable = link.user.active if link.user is not None else not has_administrator(session)
    return link if usable else None


def link_of(session: Session, user: User) -> AccountLink | None:
    """The link of an account that can still be used; None where there is none."""
    return session.scalar(select(AccountLink).where(AccountLink.user_id == user.id, *_is_open()))


def accounts_page(session: Session, *, words: str = "", state: str = "", number: int = 1) -> AccountsPage:
    """A page of the accounts whose name or user name contains `words`, in a state of STATES, by user name."""
    fitting = _fitting(words, state)
    total = session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    users = session.scalars(
        fitting.options(selectinload(User.roles))
        .order_by(func.lower(User.username), User.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    return AccountsPage(users, last_actions(session, users), total, number)


def last_actions(session: Session, users: Sequence[User]) -> dict[int, LastAction]:
    """The last audit event of each of these accounts, by user id."""
    latest = (
        select(func.max(AuditEvent.id))
        .where(AuditEvent.actor_id.in_([user.id for user in users]))
        .group_by(AuditEvent.actor_id)
    )
    rows = session.execute(
        select(AuditEvent.actor_id, AuditEvent.action, AuditEvent.at).where(AuditEvent.id.in_(latest))
    )
    return {actor_id: LastAction(action, at) for actor_id, action, at in rows if actor_id is not None}


def accounts_offered(session: Session) -> Sequence[User]:
    """The accounts to choose from, closed ones left out; the first MOST_OFFERED by user name."""
    return session.scalars(
        select(User).where(User.active).order_by(func.lower(User.username)).limit(MOST_OFFERED)
    ).all()


def accounts_called(session: Session, name: str) -> Sequence[User]:
    """The open accounts of people of exactly this name, at most five."""
    called = select(User).where(User.active, User.display_name == name.strip())
    return session.scalars(called.order_by(func.lower(User.username)).limit(5)).all()


def accounts_like(session: Session, words: str) -> Sequence[User]:
    """Up to five open accounts whose name or user name contains these words."""
    return session.scalars(_fitting(words, "open").order_by(func.lower(User.username)).limit(5)).all()


def memberships_of(session: Session, user: User) -> Sequence[Membership]:
    """The roles of an account at evaluations, the newest first."""
    return session.scalars(
        select(Membership)
        .where(Membership.user_id == user.id)
        .options(joinedload(Membership.evaluation))
        .order_by(Membership.id.desc())
    ).all()


def _is_open() -> tuple[ColumnElement[bool], ...]:
    return AccountLink.used_at.is_(None), AccountLink.revoked_at.is_(None), AccountLink.expires_at > now()


def _fitting(words: str, state: str) -> Select[User]:
    query = select(User)
    if words := words.strip():
        query = query.where(
            or_(User.username.icontains(words, autoescape=True), User.display_name.icontains(words, autoescape=True))
        )
    conditions: dict[str, ColumnElement[bool]] = {
        "open": User.active.is_(True),
        "closed": User.active.is_(False),
        "invited": User.active.is_(True) & User.password.is_(None),
        "locked": User.locked_until > now(),
        "administrator": User.roles.any(SiteRole.name == Role.ADMINISTRATOR.value),
    }
    return query.where(conditions[state]) if state in conditions else query
