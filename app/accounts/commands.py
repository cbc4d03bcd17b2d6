"""Accounts: opening, inviting, closing, locking; one-time links and passwords."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.queries import accounts_called, accounts_like, has_administrator, open_link, user_named
from app.audit.commands import record
from app.clock import now
from app.database import lock, lock_for_append, lock_row, new_uuid
from app.models import AccountLink, Role, SiteRole, User
from app.privacy.columns import keyring
from app.privacy.tokens import new_token
from app.shared.errors import Refused
from app.shared.labels import listed, with_username

MINIMUM_PASSWORD = 8
LINK_LASTS = timedelta(days=7)
FIRST_LINK_LASTS = timedelta(days=1)
# Wrong passwords one after another until an account is locked, and for how long.
MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
# On PostgreSQL the advisory lock of whoever makes the first administrator.
FIRST_ADMINISTRATOR_LOCK = 7_310_026


def create_user(
    session: Session,
    *,
    username: str,
    display_name: str,
    password: str | None,
    administrator: bool = False,
    must_change_password: bool = False,
    actor: User | None = None,
) -> User:
    """Open an account; refuses a name in use, whatever its case, and a short password.

    Without a password nobody can sign in until a link is used. `must_change_password`: somebody else chose it.
    """
    username = username.strip()
    if not username or not display_name.strip():
        raise Refused(_("账号和姓名都要填写。"), "blank")
    if session.scalar(select(User.id).where(func.lower(User.username) == username.lower())):
        raise Refused(_("账号「%(username)s」已经有人使用。", username=username), "username-taken")
    user = User(
        username=username,
        display_name=display_name.strip(),
        password=None if password is None else _hashed(password),
        fs_uniquifier=uuid.uuid4().hex,
        must_change_password=must_change_password,
    )
    if administrator:
        user.roles.append(_site_role(session, Role.ADMINISTRATOR))
    session.add(user)
    record(session, "user.created", actor=actor, subject=new_uuid(session, user))
    return user


def set_active(session: Session, user: User, *, active: bool, actor: User) -> None:
    """Close an account, with its links and sessions, or open it again; nobody closes their own."""
    if user.id == actor.id:
        raise Refused(_("不能停用自己的账号。"), "own-account")
    user.active = active
    if not active:
        _end_sessions(user)
        _revoke_open_links(session, user)
    record(session, "user.opened" if active else "user.closed", actor=actor, subject=user.uuid)


def make_link(session: Session, user: User, *, actor: User | None = None) -> str:
    """Make the one-time link of an account and revoke earlier ones; returns the token, stored only as a hash.

    It invites somebody who never had a password, and else resets it; the password stays valid until the link is used.
    """
    lock(session, user)
    if actor is not None and user.id == actor.id:
        raise Refused(_("自己的密码在「修改密码」里改。"), "own-account")
    if not user.active:
        raise Refused(_("这个账号已停用。先启用，再生成链接。"), "closed")
    _revoke_open_links(session, user)
    purpose = "invitation" if user.password is None else "reset"
    token = _add_link(session, purpose, LINK_LASTS, user=user, actor=actor)
    record(session, "user.invited" if purpose == "invitation" else "user.reset", actor=actor, subject=user.uuid)
    return token


def revoke_links(session: Session, user: User, *, actor: User | None = None) -> None:
    """Revoke the link of an account; refuses where there is none that could still be used."""
    lock(session, user)
    if not _revoke_open_links(session, user):
        raise Refused(_("没有还能用的链接。"), "no-link")
    record(session, "user.unlinked", actor=actor, subject=user.uuid)


def set_password_by_link(session: Session, token: str, password: str) -> User:
    """Use a link up: set the password of its account, end its sessions and its lock.

    Raises Refused for a short password, and for a link that is unknown, used, revoked, expired, or of a closed account.
    """
    hashed = _hashed(password)
    link = _locked_link(session, token)
    if link is None or link.user is None:
        raise _unusable()
    lock(session, link.user)
    if not link.user.active:
        raise _unusable()
    link.used_at = now()
    link.user.password, link.user.must_change_password = hashed, False
    link.user.failed_sign_ins, link.user.locked_until = 0, None
    _end_sessions(link.user)
    record(session, "user.enrolled", actor=link.user, subject=link.user.uuid)
    return link.user


def make_first_administrator_link(session: Session) -> str:
    """Make a link by which the first administrator opens their account; returns the token, stored only as a hash."""
    if has_administrator(session):
        raise Refused(_("已经有管理员。"), "administrator-exists")
    return _add_link(session, "first_administrator", FIRST_LINK_LASTS)


def create_first_administrator(
    session: Session, token: str, *, username: str, display_name: str, password: str
) -> User:
    """Use a link up to open the first administrator's account; of two people at once the second is refused."""
    lock_for_append(session, FIRST_ADMINISTRATOR_LOCK)
    link = _locked_link(session, token)
    if link is None or link.user_id is not None:
        raise _unusable()
    user = create_user(session, username=username, display_name=display_name, password=password, administrator=True)
    link.used_at = now()
    return user


def change_own_password(session: Session, user: User) -> None:
    """Note that somebody changed their own password, which Flask-Security has stored; open links of theirs end."""
    user.must_change_password = False
    _revoke_open_links(session, user)
    record(session, "user.rekeyed", actor=user, subject=user.uuid)


def count_sign_in(session: Session, user: User) -> None:
    """Store the moment of a sign-in; wrong passwords before it no longer count."""
    user.last_sign_in_at, user.failed_sign_ins = now(), 0


def count_failed_sign_in(session: Session, user: User) -> None:
    """Count a wrong password; after MOST_FAILURES in a row the account is locked for LOCKED_FOR.

    While it is locked nothing is counted, so that nobody can keep it locked without a pause.
    """
    lock(session, user)
    if user.is_locked():
        return
    user.failed_sign_ins += 1
    if user.failed_sign_ins >= MOST_FAILURES:
        user.failed_sign_ins, user.locked_until = 0, now() + LOCKED_FOR
        record(session, "user.locked", subject=user.uuid)


def unlock(session: Session, user: User, *, actor: User | None = None) -> None:
    """End the lock of an account; refuses where it is not locked."""
    lock(session, user)
    if not user.is_locked():
        raise Refused(_("这个账号没有锁定。"), "not-locked")
    user.failed_sign_ins, user.locked_until = 0, None
    record(session, "user.unlocked", actor=actor, subject=user.uuid)


def named_user(session: Session, username: str) -> User:
    """The account of that name, whatever its case; raises Refused where there is none."""
    user = user_named(session, username)
    if user is None:
        raise Refused(_("没有账号「%(name)s」。", name=username), "no-such-account")
    return user


def account_meant(session: Session, typed: str) -> User:
    """The account that somebody means by a user name, or by a name that only one open account has.

    Raises Refused where there is none or are several; the message names up to five that are like it.
    """
    user = user_named(session, typed)
    if user is not None:
        return user
    named = accounts_called(session, typed)
    if len(named) == 1:
        return named[0]
    similar = listed(with_username(one) for one in (named or accounts_like(session, typed)))
    if similar:
        raise Refused(
            _("没有账号「%(name)s」。相近的：%(similar)s。请填账号。", name=typed, similar=similar), "no-such-account"
        )
    raise Refused(_("没有账号「%(name)s」。", name=typed), "no-such-account")


def _hashed(password: str) -> str:
    if len(password) < MINIMUM_PASSWORD:
        raise Refused(_("密码至少 %(n)s 个字符。", n=MINIMUM_PASSWORD), "short-password")
    return str(hash_password(password))


def _unusable() -> Refused:
    return Refused(_("这个链接用不了：可能用过了、过期了，或者被撤回了。"), "unusable-link")


def _add_link(
    session: Session, purpose: str, lasts: timedelta, *, user: User | None = None, actor: User | None = None
) -> str:
    token, at = new_token(), now()
    session.add(
        AccountLink(
            token_hash=keyring().token_hash(token),
            purpose=purpose,
            user_id=user.id if user else None,
            created_by_id=actor.id if actor else None,
            created_at=at,
            expires_at=at + lasts,
        )
    )
    session.flush()
    return token


def _locked_link(session: Session, token: str) -> AccountLink | None:
    """The link of a token that can still be used, locked and read anew; None where there is none."""
    link = open_link(session, token)
    if link is None:
        return None
    lock_row(session, AccountLink.id, link.id)
    session.expire(link)
    return open_link(session, token)


def _revoke_open_links(session: Session, user: User) -> int:
    """Revoke the links of an account that could still be used; returns how many."""
    open_links = (
        AccountLink.user_id == user.id,
        AccountLink.used_at.is_(None),
        AccountLink.revoked_at.is_(None),
        AccountLink.expires_at > now(),
    )
    ids = list(session.scalars(select(AccountLink.id).where(*open_links)))
    session.execute(update(AccountLink).where(AccountLink.id.in_(ids)).values(revoked_at=now()))
    return len(ids)


def _end_sessions(user: User) -> None:
    """End every session of an account: Flask-Security knows them by this value."""
    user.fs_uniquifier = uuid.uuid4().hex


def _site_role(session: Session, role: Role) -> SiteRole:
    site_role = session.scalar(select(SiteRole).where(SiteRole.name == role.value))
    if site_role is None:
        site_role = SiteRole(name=role.value)
        session.add(site_role)
    return site_role
