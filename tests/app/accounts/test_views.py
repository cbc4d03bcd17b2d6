"""The administrator's pages of accounts, and the pages behind one-time links, with those who try to get round them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.commands import MOST_FAILURES, make_first_administrator_link, make_link
from app.accounts.queries import PAGE
from app.clock import now
from app.models import AccountLink, Role, User
from tests.builders import PASSWORD, a_member, a_user, an_evaluation
from tests.visitor import Page, Visitor, text_of

NEW = "another-long-password"


@pytest.fixture
def boss(session: Session, visitor: Visitor) -> Visitor:
    a_user(session, "boss", administrator=True)
    visitor.sign_in("boss")
    return visitor


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def address_on(page: Page) -> str:
    """The path of the one-time link that a page shows."""
    shown = next(text_of(code) for code in page.tree.iter("code") if code.get("id") == "account-link")
    return shown.removeprefix("http://localhost")


def test_an_account_is_opened_and_its_owner_signs_in(
    session: Session, boss: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    page = boss.get("/admin/users/new").submit(username=" 访问员甲 ", display_name="示例甲", password="long-enough")
    assert page.path == "/admin/users"
    assert "已开立账号「访问员甲」" in page.text
    assert "long-enough" not in page.html
    other = another_visitor()
    page = other.sign_in("访问员甲", "long-enough")
    assert page.path == "/change"
    assert "别人替您定的" in page.text
    assert other.get("/account/recusals").path == "/change"
    assert other.get("/desk").path == "/change"
    page.submit(password="long-enough", new_password=NEW, new_password_confirm=NEW)
    assert "还没有参加任何评估" in other.get("/").text
    assert other.get("/admin").status == 403


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"username": "BOSS"}, "已经有人使用"),
        ({"username": ""}, "请填写这一项"),
        ({"username": "  "}, "请填写这一项"),
        ({"username": "a\x07b"}, "控制字符"),
        ({"username": "a" * 81}, "最多 80 个字符"),
        ({"display_name": " "}, "请填写这一项"),
        ({"password": "short"}, "至少 8 个字符"),
    ],
)
def test_an_invalid_account_is_refused_and_the_input_is_kept(
    session: Session, boss: Visitor, values: dict[str, str], word: str
) -> None:
    filled = {"username": "new", "display_name": "示例", "password": "long-enough"} | values
    page = boss.get("/admin/users/new").submit(**filled)
    assert page.status == 422
    assert word in page.text
    assert page.form(containing="username").values()["display_name"] == [filled["display_name"].strip()]
    assert filled["password"] not in page.html or not filled["password"]
    assert count(session, User) == 1


def test_an_account_is_closed_at_once_and_opened_again(
    session: Session, boss: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    evaluation = an_evaluation(session)
    user = a_member(session, evaluation, Role.LEAD, "lead")
    lead = another_visitor()
    lead.sign_in("lead")
    assert lead.get("/evaluations").status == 200
    page = boss.get(f"/admin/users/{user.uuid}").form(action="/active").submit()
    assert "已停用" in page.text
    assert lead.get("/evaluations").path.startswith("/login")
    assert lead.sign_in("lead", PASSWORD).path.startswith("/login")
    page = page.form(action="/active").submit()
    assert "已停用" not in page.text
    assert lead.sign_in("lead").path == "/evaluations"


def test_nobody_closes_their_own_account(session: Session, boss: Visitor) -> None:
    own = session.scalars(select(User)).one()
    page = boss.get(f"/admin/users/{own.uuid}")
    assert [f for f in page.forms() if str(own.uuid) in f.action] == []
    token = boss.get("/admin/users/new").form(containing="username").values()["csrf_token"][0]
    page = boss.post(f"/admin/users/{own.uuid}/active", {"csrf_token": token, "active": "0"})
    assert "不能停用自己的账号" in page.text
    assert session.scalars(select(User.active)).one() is True


def test_somebody_is_invited_and_sets_the_password_once(
    session: Session, boss: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    page = boss.get("/admin/users/new").submit(username="lan", display_name="示例兰")
    assert page.heading == "邀请链接"
    address = address_on(page)
    assert "等本人设密码" in boss.get("/admin/users").text
    lan = another_visitor()
    assert lan.sign_in("lan", "").path.startswith("/login")
    opened = lan.get(address)
    assert opened.path == "/account/link"
    assert address.rpartition("/")[2] not in opened.html
    assert opened.response.headers["Referrer-Policy"] == "no-referrer"
    assert opened.response.headers["Cache-Control"] == "no-store"
    assert lan.get(address).path == "/account/link"  # opening it again uses nothing up
    wrong = lan.get("/account/link").submit(password=NEW, password_again="something-else")
    assert (wrong.status, "两次输入的新密码不一样" in wrong.text) == (422, True)
    page = lan.get("/account/link").submit(password=NEW, password_again=NEW)
    assert page.path == "/login"
    assert lan.sign_in("lan", NEW).status == 200
    for visitor in (lan, another_visitor()):
        assert visitor.get(address).status == 404
        assert visitor.get("/account/link").status == 404


def test_a_link_is_shown_once_revoked_and_made_anew(
    session: Session, boss: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    user = a_user(session, "lan")
    path = f"/admin/users/{user.uuid}"
    first = address_on(boss.get(path).form(action=f"{path}/link").submit())
    page = boss.get(path)
    assert first.rpartition("/")[2] not in page.html
    assert "还没有用" in page.text
    opened = another_visitor()
    assert opened.get(first).status == 200
    assert "链接已撤回" in page.form(action="/revoke").submit().text
    assert opened.get("/account/link").status == 404
    assert opened.get(first).status == 404
    second = address_on(boss.post(f"{path}/link", boss_token(boss)))
    assert second != first
    assert opened.get(second).status == 200
    assert opened.sign_in("lan").path != "/login"  # the old password serves until the link is used


def boss_token(boss: Visitor, **values: str) -> dict[str, str]:
    return {"csrf_token": boss.get("/admin/users/new").form(containing="username").values()["csrf_token"][0], **values}


def test_an_administrator_makes_no_link_for_their_own_account(session: Session, boss: Visitor) -> None:
    own = session.scalars(select(User)).one()
    page = boss.post(f"/admin/users/{own.uuid}/link", boss_token(boss))
    assert "自己的密码在「修改密码」里改" in page.text
    assert count(session, AccountLink) == 0


@pytest.mark.parametrize("ending", ["used", "expired", "closed", "guessed"])
def test_a_link_that_does_not_work_says_so_without_saying_why(session: Session, visitor: Visitor, ending: str) -> None:
    user = a_user(session, "lan")
    token = make_link(session, user)
    at = now()
    if ending == "used":
        session.execute(update(AccountLink).values(used_at=at))
    elif ending == "expired":
        session.execute(update(AccountLink).values(created_at=at - timedelta(days=8), expires_at=at))
    elif ending == "closed":
        user.active = False
    else:
        token = "0" * 16
    session.commit()
    page = visitor.get(f"/account/link/{token}")
    assert (page.status, page.heading) == (404, "这个链接用不了")
    assert token not in page.html.replace(f"/account/link/{token}", "")
    assert visitor.get("/account/link").status == 404


def test_a_link_that_ends_while_its_page_is_open_sets_nothing(
    session: Session, visitor: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    token = make_link(session, a_user(session, "lan"))
    session.commit()
    slow, quick = visitor, another_visitor()
    open_page = slow.get(f"/account/link/{token}")
    quick.get(f"/account/link/{token}").submit(password=NEW, password_again=NEW)
    page = open_page.submit(password="a-thief-password", password_again="a-thief-password")
    assert (page.status, page.heading) == (404, "这个链接用不了")
    assert quick.sign_in("lan", NEW).status == 200


def test_a_new_password_ends_the_sessions_that_were_open(
    session: Session, visitor: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    user = a_user(session, "lan")
    visitor.sign_in("lan")
    token = make_link(session, user)
    session.commit()
    another_visitor().get(f"/account/link/{token}").submit(password=NEW, password_again=NEW)
    assert visitor.get("/account/recusals").path.startswith("/login")


def test_guessing_links_is_slowed_and_a_link_that_works_is_not(
    session: Session, counting: Callable[..., Flask]
) -> None:
    token = make_link(session, a_user(session, "lan"))
    session.commit()
    guesser = Visitor(counting(TOKEN_LIMIT="3 per minute"))
    assert {guesser.get(f"/account/link/{token}").status for _ in range(6)} == {200}
    assert [guesser.get(f"/account/link/{'0' * 15}{n}").status for n in range(4)] == [404, 404, 404, 429]


def test_no_token_is_logged(session: Session, visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    token = make_link(session, a_user(session, "lan"))
    session.commit()
    with caplog.at_level(logging.DEBUG):
        visitor.get(f"/account/link/{token}").submit(password=NEW, password_again=NEW)
        visitor.get(f"/account/link/{token}")
    assert token not in caplog.text
    assert NEW not in caplog.text


def test_the_first_administrator_is_made_in_the_browser_and_told_what_to_do_first(
    session: Session, visitor: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    assert "先建立第一个管理员" in visitor.get("/").text
    token = make_first_administrator_link(session)
    session.commit()
    form = visitor.get(f"/account/link/{token}")
    assert form.heading == "建立第一个管理员"
    rival = another_visitor()
    rivals_page = rival.get(f"/account/link/{token}")
    values = {"username": "boss", "display_name": "示例管理员", "password": PASSWORD, "password_again": PASSWORD}
    assert form.submit(**values | {"password": "short", "password_again": "short"}).status == 422
    assert visitor.get("/account/link").submit(**values).path == "/login"
    assert rivals_page.submit(**values | {"username": "rival"}).status == 404
    page = visitor.sign_in("boss")
    assert page.path == "/admin"
    assert "这台服务器上还没有评估" in page.text
    assert {"/admin/users/new", "/admin/documents"} <= set(page.links()) | {"/admin/users/new"}
    assert "先建立第一个管理员" not in another_visitor().get("/").text
    assert [user.username for user in session.scalars(select(User))] == ["boss"]


def test_an_account_is_locked_by_wrong_passwords_and_unlocked_by_an_administrator(
    session: Session, boss: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    user = a_user(session, "lan")
    lan = another_visitor()
    said = {lan.sign_in("lan", "wrong-password").text.replace("lan", "") for _ in range(MOST_FAILURES)}
    assert len(said) == 1
    locked = lan.sign_in("lan")
    assert locked.path == "/login"
    assert locked.text.replace("lan", "") in said  # a thief does not learn that this password was the right one
    assert "lan" in boss.get("/admin/users", query_string={"state": "locked"}).text
    page = boss.get(f"/admin/users/{user.uuid}").form(action="/unlock").submit()
    assert "已解除锁定" in page.text
    assert lan.sign_in("lan").path != "/login"
    assert boss.post(f"/admin/users/{user.uuid}/unlock", boss_token(boss)).text.count("没有锁定") == 1


def test_a_right_password_lets_earlier_wrong_ones_be_forgotten(session: Session, visitor: Visitor) -> None:
    user = a_user(session, "lan")
    for _ in range(MOST_FAILURES - 1):
        visitor.sign_in("lan", "wrong-password")
    session.refresh(user)
    assert user.failed_sign_ins == MOST_FAILURES - 1
    visitor.sign_in("lan")
    session.refresh(user)
    assert (user.failed_sign_ins, user.last_sign_in_at is not None) == (0, True)


def test_the_accounts_are_found_paged_and_say_what_each_did_last(session: Session, boss: Visitor) -> None:
    for number in range(PAGE + 5):
        a_user(session, f"user{number:03d}", name=f"示例{number:03d}")
    boss.get("/admin/users/new").submit(username="new", display_name="新人")
    page = boss.get("/admin/users")
    assert f"账号，共 {PAGE + 7} 个" in page.text
    assert "生成邀请链接" in page.text
    assert "user054" not in page.text
    assert "user054" in page.follow("下一页").text
    found = page.form(containing="words").submit(words="例007")
    assert "user007" in found.text
    assert "user008" not in found.text
    for words in ("%", "_", "'", "nobody"):
        assert "没有这样的账号" in boss.get("/admin/users", query_string={"words": words}).text
    for number in ("0", "-1", "x", "99999", "9" * 30, "²"):
        assert boss.get("/admin/users", query_string={"page": number, "state": "no-such"}).status == 200


@pytest.mark.parametrize("role", [Role.LEAD, Role.EXPERT, Role.STATION])
def test_the_accounts_are_closed_to_members(session: Session, visitor: Visitor, role: Role) -> None:
    other = a_user(session, "lan")
    a_member(session, an_evaluation(session), role, "someone")
    visitor.sign_in("someone")
    token = next(iter(visitor.get("/verify").forms())).values()["csrf_token"][0]
    assert visitor.get(f"/admin/users/{other.uuid}").status == 403
    for path in ("link", "link/revoke", "unlock", "active"):
        assert visitor.post(f"/admin/users/{other.uuid}/{path}", {"csrf_token": token}).status == 403
    assert count(session, AccountLink) == 0


def test_an_account_that_is_none_is_not_found(boss: Visitor) -> None:
    assert boss.get("/admin/users/00000000-0000-4000-8000-000000000000").status == 404
