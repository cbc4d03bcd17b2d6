"""Opening, closing and reopening accounts."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.database import new_uuid
from app.models import (
    Role,
    SiteRole,
    User,
)
from app.shared.errors import Refused

MINIMUM_PASSWORD = 8


def create_user(
    session: Session,
    *,
    username: str,
    display_name: str,
    password: str,
    administrator: bool = False,
    actor: User | None = None,
) -> User:
    """Open an account; refuses a name in use, whatever its case, and a short password."""
    username = username.strip()
    if not username or not display_name.strip():
        raise Refused(_("账号和姓名都要填写。"), "blank")
    if len(password) < MINIMUM_PASSWORD:
        raise Refused(_("密码至少 %(n)s 个字符。", n=MINIMUM_PASSWORD), "short-password")
    if session.scalar(select(User.id).where(func.lower(User.username) == username.lower())):
        raise Refused(_("账号「%(username)s」已经有人使用。", username=username), "username-taken")
    user = User(
        username=username,
        display_name=display_name.strip(),
        password=hash_password(password),
        fs_uniquifier=uuid.uuid4().hex,
    )
    if administrator:
        user.roles.append(_site_role(session, Role.ADMINISTRATOR))
    session.add(user)
    record(session, "user.created", actor=actor, subject=new_uuid(session, user))
    return user


def set_active(session: Session, user: User, *, active: bool, actor: User) -> None:
    """Close an account or open it again; nobody closes their own."""
    if user.id == actor.id:
        raise Refused(_("不能停用自己的账号。"), "own-account")
    user.active = active
    if not active:
        user.fs_uniquifier = uuid.uuid4().hex  # ends every session of that account
    record(session, "user.opened" if active else "user.closed", actor=actor, subject=user.uuid)


def _site_role(session: Session, role: Role) -> SiteRole:
    site_role = session.scalar(select(SiteRole).where(SiteRole.name == role.value))
    if site_role is None:
        site_role = SiteRole(name=role.value)
        session.add(site_role)
    return site_role
