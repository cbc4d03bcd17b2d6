"""Erasing from the command line: due evaluations, the dry run, and once for each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import AuditEvent, Contact, Erasure
from tests.app.data_of_every_kind import (
    LONG_AGO,
    SOMEBODY,
    an_evaluation_with_data_of_every_kind,
    an_evaluation_with_ledgers_only,
)
from tests.builders import an_evaluation

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    runner = app.test_cli_runner()

    def command(*arguments: str) -> Result:
        db.session.commit()
        result = runner.invoke(args=["privacy", "erase", *arguments])
        db.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


def people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Contact)) or 0


def test_all_due_evaluations_are_erased_and_no_others(session: Session, run: Run) -> None:
    made, unsealed = an_evaluation_with_data_of_every_kind(session), an_evaluation_with_ledgers_only(session)
    an_evaluation(session, "not-yet-2023")
    made.time_passes(session)
    unsealed.keep_until = LONG_AGO.replace(day=1)
    dry = run("--due", "--dry-run")
    assert dry.exit_code == 0
    assert people(session) == 150
    done = run("--due", "--by", "lead")
    assert done.exit_code == 0
    assert people(session) == 0
    for output in (dry.output, done.output):
        assert output.index("unsealed-2023") < output.index("sample-2023")  # the longest overdue first
        assert "not-yet-2023" not in output
        assert "130\t联系资料" in output
        assert not SOMEBODY.search(output)
    assert session.scalar(select(func.count()).select_from(Erasure)) == 2
    actors = session.scalars(select(AuditEvent.actor_id).where(AuditEvent.action == "personal_data.erased")).all()
    assert actors == [made.lead.id] * 2
    again = run("--due")
    assert (again.exit_code, "没有到期的评估" in again.output) == (0, True)


def test_an_evaluation_is_erased_once_and_not_before_its_day(session: Session, run: Run) -> None:
    made = an_evaluation_with_data_of_every_kind(session)
    early = run("--evaluation", "sample-2023")
    assert early.exit_code == 1
    assert "从第二天起才能删除" in early.output
    assert "还没有到期" in run("--evaluation", "sample-2023", "--dry-run").output
    assert people(session) == 130
    made.time_passes(session)
    assert "已经到期" in run("--evaluation", "sample-2023", "--dry-run").output
    assert "已删除" in run("--evaluation", "sample-2023").output
    assert people(session) == 0
    assert "已经删除过" in run("--evaluation", "sample-2023").output
    assert "已经删除过" in run("--evaluation", "sample-2023", "--dry-run").output


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ([], 2, "--due"),
        (["--due", "--evaluation", "sample-2023"], 2, "--due"),
        (["--evaluation", "nowhere"], 1, "没有评估"),
        (["--due", "--by", "nobody"], 1, "没有账号"),
    ],
)
def test_wrong_usage_is_explained(session: Session, run: Run, arguments: list[str], code: int, sentence: str) -> None:
    an_evaluation(session)
    result = run(*arguments)
    assert (result.exit_code, sentence in result.output) == (code, True)
