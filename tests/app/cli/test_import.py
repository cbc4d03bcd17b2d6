"""Importing a workbook from the command line: without questions, or told which options to give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import LedgerUpload, Recipient
from tests.app.ledger.office_workbook import IN_SIGHT, PEOPLE, office_workbook
from tests.builders import an_evaluation

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, session: Session, tmp_path: Path) -> Run:
    an_evaluation(session)
    file = tmp_path / "台账.xlsx"
    file.write_bytes(office_workbook())

    def command(*options: str, path: Path = file) -> Result:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["import", "sample-2023", str(path), *options])
        db.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Recipient)) or 0


def test_every_open_question_is_named_with_its_option(run: Run) -> None:
    result = run()
    assert result.exit_code == 1
    for line in ("--hidden-rows '失能老人=take|leave'", "--sheet '旧名册=take|leave'", "第 4 行"):
        assert line in result.output
    assert (people(), db.session.scalar(select(func.count()).select_from(LedgerUpload))) == (0, 0)


def test_the_options_answer_and_are_remembered(run: Run) -> None:
    result = run("--hidden-rows", "失能老人=leave", "--sheet", "旧名册=take")
    assert (result.exit_code, people()) == (0, IN_SIGHT - 1 + PEOPLE)
    assert f"读到 {IN_SIGHT - 1 + PEOPLE} 行" in result.output
    again = run("--label", "台账.xlsx")
    assert (again.exit_code, "旧名册" in again.output) == (1, False)
    assert run("--hidden-rows", "take").exit_code == 0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--sheet", "没有的表=take"), "没有工作表「没有的表」"),
        (("--sheet", "旧名册=也许"), "--sheet"),
        (("--column", "低保台账:电话=5"), "--column"),
        (("--column", "低保台账:phone=九"), "从 1 起的序号"),
        (("--column", "低保台账:name=99"), "哪一栏是「姓名」"),
        (("--category", "无此类别"), "--category"),
    ],
)
def test_a_value_that_is_none_is_named(run: Run, options: tuple[str, str], word: str) -> None:
    result = run(*options)
    assert (result.exit_code, word in result.output, people()) == (1, True, 0)


def test_village_and_category_of_a_file_without_them(run: Run, tmp_path: Path) -> None:
    bare = tmp_path / "a.csv"
    bare.write_text("姓名,联系电话\n示例甲,13800000001\n", "utf-8")
    asked = run(path=bare)
    assert (asked.exit_code, "--village" in asked.output, "--category" in asked.output) == (1, True, True)
    assert run("--village", "甲村", "--category", "低保", path=bare).exit_code == 0
    assert people() == 1


def test_the_year_of_birth_is_taken_from_the_identity_number_by_choice(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("姓名,村居,人员类别,联系电话,身份证号\n示例甲,甲村,低保,13800000001,110101195003070013\n", "utf-8")
    run(path=file)
    assert db.session.scalars(select(Recipient.birth_year)).one() is None
    assert run("--birth-from-identity", path=file).exit_code == 0
    assert db.session.scalars(select(Recipient.birth_year)).one() == 1950
