"""Accounts and setting up from the command line; the command of README is run as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.commands import MOST_FAILURES, count_failed_sign_in
from app.extensions import db
from app.models import AccountLink, Document, User
from tests.builders import PASSWORD, a_user
from tests.visitor import Visitor


@pytest.fixture
def run(app: Flask) -> object:
    runner = app.test_cli_runner()

    def command(*arguments: str, typed: str = "") -> Result:
        db.session.commit()
        result = runner.invoke(args=list(arguments), input=typed)
        db.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


def link_in(output: str) -> str:
    return re.findall(r"http://127\.0\.0\.1:8000(/account/link/[0-9a-z]{16})\n", output)[-1]


def test_setup_publishes_the_documents_and_prints_the_first_administrators_link(
    session: Session, run, visitor: Visitor
) -> None:  # type: ignore[no-untyped-def]
    result = run("setup")
    assert (result.exit_code, "已发布随系统提供的文档" in result.output) == (0, True)
    published = session.scalar(select(func.count()).select_from(Document))
    assert visitor.get(link_in(result.output)).heading == "建立第一个管理员"
    assert "已发布" not in run("setup").output
    assert session.scalar(select(func.count()).select_from(Document)) == published
    assert "account/link" not in run("setup", "--no-link").output
    a_user(session, "boss", administrator=True)
    assert run("setup").output == ""


def test_the_command_of_the_readme_makes_the_first_administrator(
    session: Session, run, visitor: Visitor, repository: Path
) -> None:  # type: ignore[no-untyped-def]
    written = re.search(r"`flask (user create [^`]+)`", (repository / "README.md").read_text("utf-8"))
    assert written
    arguments = shlex.split(written[1])
    result = run(*arguments, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert visitor.sign_in(arguments[2]).path == "/admin"


def test_an_account_with_an_initial_password_has_to_change_it(session: Session, run, visitor: Visitor) -> None:  # type: ignore[no-untyped-def]
    a_user(session, "boss", administrator=True)
    for options in ([], ["--administrator"]):
        name = f"lan{len(options)}"
        assert run("user", "create", name, "--name", "示例", *options, typed=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0
        assert session.scalars(select(User).where(User.username == name)).one().must_change_password
    assert visitor.sign_in("lan0").path == "/change"


def test_invite_and_reset_print_a_link_that_works_once(session: Session, run, visitor: Visitor) -> None:  # type: ignore[no-untyped-def]
    for arguments in (["invite", "lan", "--name", "示例"], ["reset", "LAN"]):
        result = run("user", *arguments)
        assert result.exit_code == 0, result.output
        page = visitor.get(link_in(result.output)).submit(password=PASSWORD, password_again=PASSWORD)
        assert page.path == "/login"
        assert visitor.get(link_in(result.output)).status == 404
    assert (run("user", "reset", "nobody").exit_code, run("user", "invite", "lan", "--name", "示例").exit_code) == (
        1,
        1,
    )
    assert session.scalar(select(func.count()).select_from(AccountLink)) == 2


def test_a_lock_is_ended(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    user = a_user(session, "lan")
    for _ in range(MOST_FAILURES):
        count_failed_sign_in(session, user)
    assert run("user", "unlock", "lan").exit_code == 0
    result = run("user", "unlock", "lan")
    assert (result.exit_code, "没有锁定" in result.output) == (1, True)
