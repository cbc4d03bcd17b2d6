"""The quality of the ledgers from the command line."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from app.desk.commands.attempts import record_attempt
from app.extensions import db
from tests.app.ledger.queries.test_quality import a_flawed_frame
from tests.builders import a_draw, an_evaluation, cases_of

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def command(*arguments: str) -> Result:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["quality", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


def test_the_quality_table_is_printed(session: Session, run: Run) -> None:
    evaluation = an_evaluation(session)
    refused = run("sample-2023")
    assert (refused.exit_code, "还没有名册" in refused.output) == (1, True)
    a_flawed_frame(session, evaluation)
    lines = run("sample-2023").stdout.splitlines()
    assert lines[:2] == ["村居\t人数\t没有电话\t没有电话和住址\t与人共用电话\t可能登记了两次", "甲村\t5\t1\t0\t3\t1"]
    assert "残疾人\t3\t2\t1\t1\t0" in lines
    assert not any("抽中" in line for line in lines)


def test_the_table_contains_fieldwork_faults_and_the_list_does_not(session: Session, run: Run, tmp_path: Path) -> None:
    draw = a_draw(session, an_evaluation(session))
    case = cases_of(session, draw)[0]
    record_attempt(session, case, attempt_key=uuid.uuid4(), mode="phone", outcome="NE1", interviewer=None)
    village, cases = case.recipient.village.name, [c.recipient.village.name for c in cases_of(session, draw)]
    assert f"{village}\t{cases.count(village)}\t0\t0\t1\t0\t0\t0" in run("sample-2023").stdout.splitlines()
    file = tmp_path / "list.xlsx"
    result = run("sample-2023", "--output", str(file))
    assert (result.exit_code, "共 0 处要改" in result.stderr) == (0, True)
    assert CalamineWorkbook.from_path(file).sheet_names == ["要改的地方", "按村居", "按类别"]


def test_a_missing_output_folder_is_named(session: Session, run: Run, tmp_path: Path) -> None:
    an_evaluation(session)
    result = run("sample-2023", "--output", str(tmp_path / "nowhere" / "list.xlsx"))
    assert (result.exit_code, "不能写入" in result.output) == (1, True)
