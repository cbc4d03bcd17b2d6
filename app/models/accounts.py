"""Users, their site-wide roles, and their memberships of evaluations."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Created, Name, PublicId, RowId

if TYPE_CHECKING:
    from app.models.evaluations import Evaluation


class Role(StrEnum):
    """A role at an evaluation; the administrator is a site-wide role, which gives no access to answers."""

    ADMINISTRATOR = "administrator"
    LEAD = "lead"
    INTERVIEWER = "interviewer"
    PURCHASER = "purchaser"
    SUPERVISION = "supervision"
    MONITOR = "monitor"
    STATION = "station"


MEMBER_ROLES = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
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
    """A person who signs in."""

    __tablename__ = "user"

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    username: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[Name]
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Created]

    roles: Mapped[list[SiteRole]] = relationship(secondary=site_role_of_user)  # type: ignore[assignment]
    memberships: Mapped[list[Membership]] = relationship(back_populates="user")

    @property
    def is_administrator(self) -> bool:
        """Whether this person administers the installation."""
        return any(role.name == Role.ADMINISTRATOR for role in self.roles)


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
