"""Users, their site-wide roles, and their memberships of evaluations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, Column, ForeignKey, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.models.base import Base, Created, Name, PublicId, RowId

if TYPE_CHECKING:
    from app.models.evaluations import Evaluation


class Role(StrEnum):
    """A role at an evaluation; the administrator is a site-wide role, which gives no access to answers."""

    ADMINISTRATOR = "administrator"
    LEAD = "lead"
    INTERVIEWER = "interviewer"
    EXPERT = "expert"
    PURCHASER = "purchaser"
    SUPERVISION = "supervision"
    MONITOR = "monitor"
    STATION = "station"


MEMBER_ROLES = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
# The evaluating body's side, and those with an interest in the result: nobody holds roles of both at one evaluation.
EVALUATOR_ROLES = (Role.LEAD, Role.INTERVIEWER, Role.EXPERT)
INTERESTED_ROLES = (Role.STATION, Role.PURCHASER)
SCORING_ROLES = (Role.PURCHASER, Role.SUPERVISION, Role.MONITOR)

site_role_of_user = Table(
    "site_role_of_user",
    Base.metadata,
    Column("user_id", ForeignKey("user.id"), primary_key=True),
    Column("site_role_id", ForeignKey("site_role.id"), primary_key=True),
)


class SiteRole(Base, RoleMixin):
    """A role over the whole installation: the administrator's."""

    __tablename__ = "site_role"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(40), unique=True)


class User(Base, UserMixin):
    """A person who signs in.

    `password` is None until an invitation is accepted. `must_change_password`: somebody else chose it.
    `failed_sign_ins` counts the wrong passwords since the last right one or the last lock.
    """

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("failed_sign_ins >= 0", name="failed_sign_ins_counted"),)

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    username: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[Name]
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Created]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    last_sign_in_at: Mapped[datetime | None]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]

    roles: Mapped[list[SiteRole]] = relationship(secondary=site_role_of_user)  # type: ignore[assignment]
    memberships: Mapped[list[Membership]] = relationship(back_populates="user")

    @property
    def is_administrator(self) -> bool:
        """Whether this person administers the installation."""
        return any(role.name == Role.ADMINISTRATOR for role in self.roles)

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """Whether too many wrong passwords keep this account from signing in; Flask-Security asks at each sign-in.

        A message is appended to `form_error`; at the sign-in Flask-Security replaces it by the general one.
        """
        locked = self.locked_until is not None and self.locked_until > now()
        if locked and form_error is not None:
            form_error.append(_("账号暂时锁定。"))
        return locked


class Membership(Base):
    """One person in one role at one evaluation."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "user_id", "role"),
        CheckConstraint(f"role IN ({', '.join(repr(str(r)) for r in MEMBER_ROLES)})", name="role_known"),
    )

    id: Mapped[RowId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    since: Mapped[Created]

    user: Mapped[User] = relationship(back_populates="memberships")
    evaluation: Mapped[Evaluation] = relationship(back_populates="memberships")


class AccountLink(Base):
    """A one-time link with which somebody sets a password: of an account, or of the first administrator's new account.

    The token is stored only as a hash. A link ends by being used, by being revoked, or at `expires_at`.
    """

    __tablename__ = "account_link"
    __table_args__ = (
        CheckConstraint("purpose IN ('first_administrator', 'invitation', 'reset')", name="purpose_known"),
        CheckConstraint("(user_id IS NULL) = (purpose = 'first_administrator')", name="account_named"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="ended_once"),
    )

    id: Mapped[RowId]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[Created]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
