"""One-time links, passwords and locks of accounts, as commands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.commands import (
    LOCKED_FOR,
    MOST_FAILURES,
    account_meant,
    count_failed_sign_in,
    create_first_administrator,
    create_user,
    make_first_administrator_link,
    make_link,
    revoke_links,
    set_active,
    set_password_by_link,
    unlock,
)
from app.accounts.queries import has_administrator, open_link
from app.clock import now
from app.models import AccountLink, AuditEvent, User
from app.shared.errors import Refused
from tests.at_once import at_once
from tests.builders import PASSWORD, a_user

NEW = "another-long-password"
BOSS = {"username": "boss", "display_name": "示例管理员", "password": PASSWORD}


def expire(session: Session) -> None:
    at = now()
    session.execute(update(AccountLink).values(created_at=at - timedelta(days=8), expires_at=at - timedelta(seconds=1)))


def refused_with(session: Session, token: str) -> str:
    with pytest.raises(Refused) as refused:
        set_password_by_link(session, token, NEW)
    return refused.value.code


def test_a_link_sets_a_password_once_and_ends_every_session(session: Session) -> None:
    user = create_user(session, username="lan", display_name="示例", password=None)
    token, before = make_link(session, user), user.fs_uniquifier
    assert set_password_by_link(session, token, NEW) is user
    assert user.verify_and_update_password(NEW)
    assert user.fs_uniquifier != before
    assert not user.must_change_password
    assert refused_with(session, token) == "unusable-link"


def test_an_invitation_is_a_reset_once_there_is_a_password(session: Session) -> None:
    user = create_user(session, username="lan", display_name="示例", password=None)
    set_password_by_link(session, make_link(session, user), NEW)
    make_link(session, user)
    assert session.scalars(select(AccountLink.purpose).order_by(AccountLink.id)).all() == ["invitation", "reset"]


def test_a_second_link_ends_the_first_and_the_password_stays_until_one_is_used(session: Session) -> None:
    user = a_user(session, "lan")
    first, second = make_link(session, user), make_link(session, user)
    assert refused_with(session, first) == "unusable-link"
    assert user.verify_and_update_password(PASSWORD)
    set_password_by_link(session, second, NEW)
    assert not user.verify_and_update_password(PASSWORD)


def test_expired_revoked_guessed_and_closed_links_are_refused_alike(session: Session) -> None:
    boss, user = a_user(session, "boss", administrator=True), a_user(session, "lan")
    assert refused_with(session, "0" * 16) == "unusable-link"
    token = make_link(session, user)
    revoke_links(session, user, actor=boss)
    assert refused_with(session, token) == "unusable-link"
    token = make_link(session, user)
    set_active(session, user, active=False, actor=boss)
    set_active(session, user, active=True, actor=boss)
    assert refused_with(session, token) == "unusable-link"
    token = make_link(session, user)
    expire(session)
    assert refused_with(session, token) == "unusable-link"
    assert user.verify_and_update_password(PASSWORD)


def test_a_closed_account_gets_no_link_and_nobody_makes_their_own(session: Session) -> None:
    boss, user = a_user(session, "boss", administrator=True), a_user(session, "lan")
    set_active(session, user, active=False, actor=boss)
    for account, code in ((user, "closed"), (boss, "own-account")):
        with pytest.raises(Refused) as refused:
            make_link(session, account, actor=boss)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        revoke_links(session, user, actor=boss)
    assert refused.value.code == "no-link"


def test_a_short_password_does_not_use_a_link_up(session: Session) -> None:
    user = a_user(session, "lan")
    token = make_link(session, user)
    with pytest.raises(Refused) as refused:
        set_password_by_link(session, token, "short")
    assert refused.value.code == "short-password"
    assert open_link(session, token) is not None


def test_tokens_are_nowhere_in_the_database_or_the_audit_trail(session: Session) -> None:
    user = a_user(session, "lan")
    token = make_link(session, user)
    set_password_by_link(session, token, NEW)
    hashed = session.scalars(select(AccountLink.token_hash)).one()
    assert token.encode() not in bytes(hashed)
    for event in session.scalars(select(AuditEvent)):
        assert token not in f"{event.details} {event.words}"
        assert NEW not in f"{event.details} {event.words}"


def test_the_first_administrator_is_made_once(session: Session) -> None:
    token, other = make_first_administrator_link(session), make_first_administrator_link(session)
    user = create_first_administrator(session, token, **BOSS)
    assert user.is_administrator
    assert has_administrator(session)
    for spent in (token, other):
        with pytest.raises(Refused) as refused:
            create_first_administrator(session, spent, **BOSS | {"username": "second"})
        assert refused.value.code == "unusable-link"
    with pytest.raises(Refused) as refused:
        make_first_administrator_link(session)
    assert refused.value.code == "administrator-exists"


def test_a_link_for_a_password_makes_no_administrator_and_the_other_way_round(session: Session) -> None:
    reset, first = make_link(session, a_user(session, "lan")), make_first_administrator_link(session)
    with pytest.raises(Refused) as refused:
        create_first_administrator(session, reset, **BOSS)
    assert refused.value.code == "unusable-link"
    assert refused_with(session, first) == "unusable-link"
    assert not has_administrator(session)


def test_of_two_first_administrators_at_once_one_wins(session: Session, app: Flask) -> None:
    tokens = [make_first_administrator_link(session)] * 2 + [make_first_administrator_link(session)]
    session.commit()

    def open_by(number: int) -> object:
        values = BOSS | {"username": f"boss{number}"}
        return lambda s: create_first_administrator(s, tokens[number], **values).username

    told = at_once(app, *(open_by(number) for number in range(3)))  # type: ignore[arg-type]
    assert sorted(told, key=len)[1:] == ["unusable-link"] * 2
    assert session.scalar(select(func.count()).select_from(User)) == 1


def test_a_link_used_twice_at_once_is_used_once(session: Session, app: Flask) -> None:
    token = make_link(session, a_user(session, "lan"))
    session.commit()
    passwords = ["first-long-password", "second-long-password"]
    told = at_once(app, *((lambda s, p=p: set_password_by_link(s, token, p).username) for p in passwords))
    assert sorted(told) == ["lan", "unusable-link"]


def test_wrong_passwords_in_a_row_lock_an_account_for_a_while(session: Session) -> None:
    user = a_user(session, "lan")
    for _ in range(MOST_FAILURES - 1):
        count_failed_sign_in(session, user)
    assert not user.is_locked()
    count_failed_sign_in(session, user)
    assert user.is_locked()
    until = user.locked_until
    assert until is not None
    assert until <= now() + LOCKED_FOR
    count_failed_sign_in(session, user)
    assert (user.locked_until, user.failed_sign_ins) == (until, 0)


def test_a_lock_is_ended_by_an_administrator_by_a_link_or_by_time(session: Session) -> None:
    boss, user = a_user(session, "boss", administrator=True), a_user(session, "lan")
    user.locked_until = now() + LOCKED_FOR
    unlock(session, user, actor=boss)
    assert not user.is_locked()
    with pytest.raises(Refused) as refused:
        unlock(session, user, actor=boss)
    assert refused.value.code == "not-locked"
    user.locked_until = now() + LOCKED_FOR
    set_password_by_link(session, make_link(session, user, actor=boss), NEW)
    assert not user.is_locked()
    user.locked_until = now() - timedelta(seconds=1)
    assert not user.is_locked()


def test_an_account_is_found_by_user_name_or_by_a_name_that_one_person_has(session: Session) -> None:
    lan, _mei = a_user(session, "lan", name="示例兰"), a_user(session, "mei", name="示例梅")
    assert account_meant(session, " LAN ") is lan
    assert account_meant(session, "示例兰") is lan
    with pytest.raises(Refused, match=r"示例兰（lan）、示例梅（mei）"):
        account_meant(session, "示例")
    a_user(session, "lan2", name="示例兰")
    with pytest.raises(Refused, match=r"（lan）、示例兰（lan2）"):
        account_meant(session, "示例兰")
