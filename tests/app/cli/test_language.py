"""The commands in two languages: in English they leave nothing in Chinese but data; by default they are Chinese."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import Result
from flask import Flask
from flask_babel import refresh
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

import config
from app.draw.cli import PUBLIC_SOURCE
from app.scores.commands.scores import settle_score
from tests.app.data_of_every_kind import an_evaluation_with_data_of_every_kind
from tests.app.english_pages import CHINESE, data_in
from tests.app.ledger.queries.test_quality import a_flawed_frame
from tests.builders import STATION, a_draw, a_finished_evaluation, a_ledger, an_evaluation
from tests.clock import Clock, set_clock
from tests.conftest import SECRETS, an_app

Run = Callable[..., Result]
AHEAD = ("--at", "2099-11-30 20:30")
VALUE = ("--value", "3 5 2", "--again", "3 5 2")
LIVED_IN, DRAWN, FINISHED = "lived-in-2023", "drawn-2023", "sample-2023"
LEDGER = a_ledger(150) + "\n,甲村,低保,,,\n示例三,甲村,低保,123,,\n示例四,丙丁村,低保,,,\n".encode()


@pytest.fixture
def run(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in English."""

    def command(*arguments: object) -> Result:
        session.commit()
        with monkeypatch.context() as patch:
            patch.setitem(app.config, "CLI_LANGUAGE", "en")
            refresh()  # the language is held for a context of the application, and a test has only one
            result = app.test_cli_runner().invoke(args=list(map(str, arguments)))
        refresh()
        session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


@pytest.fixture
def said(session: Session, run: Run) -> Callable[..., str]:
    """Runs a command in English that ends with this code; what it says, which holds no Chinese but data."""

    def command(*arguments: object, code: int = 0) -> str:
        result = run(*arguments)
        assert result.exit_code == code, result.output
        assert result.output
        assert left_in(result.output, data_in(session)) == []
        return result.output

    return command


def left_in(text: str, data: list[str]) -> list[str]:
    """The lines that hold Chinese which is no data; the longest words of the data come first."""
    for word in data:
        text = text.replace(word, "")
    return [line for line in text.splitlines() if CHINESE.search(line)]


def test_from_ledger_to_verified_draw(
    session: Session, said: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_evaluation(session)
    ledger, findings, certificate = (tmp_path / name for name in ("ledger.csv", "findings.csv", "c.json"))
    ledger.write_bytes(LEDGER)
    assert "Nothing was imported" in said("import", FINISHED, ledger, "--strict", code=1)
    assert "taken in: 151" in said("import", FINISHED, ledger, "--findings", findings)
    assert "Row 152 has no name" in findings.read_text("utf-8-sig")
    assert left_in(findings.read_text("utf-8-sig"), ["丙丁村", *data_in(session)]) == []
    assert "no ledger" not in said("quality", FINISHED)
    said("seal", FINISHED, "--confirm", "another station", code=1)
    said("seal", FINISHED, "--confirm", STATION, code=1)
    assert "Sealed: 151 people" in said("seal", FINISHED, "--confirm", STATION, "--leave-out-errors")
    assert "at least 100" in said("draw", FINISHED, "--size", 40, "--source", "dice", *AHEAD, code=1)
    said("draw", FINISHED, *VALUE, code=2)
    assert "The plan is announced" in said("draw", FINISHED, "--source", "dice", *AHEAD)
    said("draw", FINISHED, "--size", 120, *VALUE, code=2)
    assert "has not come yet" in said("draw", FINISHED, *VALUE, code=1)
    set_clock(monkeypatch, Clock(datetime(2099, 12, 1, tzinfo=UTC)))
    assert "of 151 people" in said("draw", FINISHED, *VALUE, "--certificate", certificate)
    said("draw", FINISHED, *VALUE, code=1)
    assert PUBLIC_SOURCE in said("certificate", FINISHED)
    for arguments in ([certificate], [certificate, "--evaluation", FINISHED], ["--evaluation", FINISHED]):
        assert "grees" in said("verify", *arguments)
    altered = json.loads(certificate.read_text("utf-8"))
    altered["strata"][0]["queues"][0]["drawn"][0]["ticket"] = "0" * 64
    certificate.write_text(json.dumps(altered), "utf-8")
    assert "Does not agree" in said("verify", certificate, code=1)
    certificate.write_text("{", "utf-8")
    assert "not a JSON file" in said("verify", certificate, code=1)


def test_results_scores_and_what_becomes_of_the_data(session: Session, said: Callable[..., str]) -> None:
    lived_in = an_evaluation_with_data_of_every_kind(session, LIVED_IN)
    a_draw(session, an_evaluation(session, DRAWN))
    for slug in (LIVED_IN, DRAWN):
        for arguments in ([], ["--json"], ["--json", "--all"]):
            said("results", slug, *arguments)
    assert "Agrees" in said("recount", LIVED_IN)
    assert "Still missing" in said("score", DRAWN)
    assert "not settled" in said("recompute", LIVED_IN, code=1)
    said("score", LIVED_IN)
    settle_score(session, lived_in.evaluation, shortfall_reason="访问期已过", actor=lived_in.lead)
    assert "Agrees" in said("recompute", LIVED_IN)
    said("recompute", LIVED_IN, "--json")
    for arguments in ([LIVED_IN, DRAWN], [DRAWN, LIVED_IN]):
        said("compare", *arguments)
        said("compare", *arguments, "--json")
    assert "not over" in said("privacy", "erase", "--evaluation", LIVED_IN, "--dry-run")
    said("privacy", "erase", "--evaluation", LIVED_IN, code=1)
    said("privacy", "erase", code=2)
    lived_in.time_passes(session)
    assert "erased" in said("privacy", "erase", "--due")
    assert "already erased" in said("privacy", "erase", "--evaluation", LIVED_IN, "--dry-run")


def test_a_score_as_json(session: Session, run: Run) -> None:
    a_finished_evaluation(session)
    score = json.loads(run("score", FINISHED, "--json").output)
    for item in score["luck"]["items"]:
        assert item.pop("name") != item["name_en"]  # the only place where both languages stand side by side
    assert left_in(json.dumps(score, ensure_ascii=False, indent=0), data_in(session)) == []


def test_exports_and_files(session: Session, run: Run, said: Callable[..., str], tmp_path: Path) -> None:
    a_flawed_frame(session, an_evaluation(session, "flawed-2023"))
    a_finished_evaluation(session, answered=3)
    said("export", "flawed-2023", code=1)
    said("export", FINISHED, "--format", "xlsx", code=1)
    corrections, results = tmp_path / "list.xlsx", tmp_path / "results.xlsx"
    assert "To be mended" in said("quality", "flawed-2023", "--output", corrections)
    assert "cannot be written" in said("quality", "flawed-2023", "--output", tmp_path / "none" / "a.xlsx", code=1)
    assert "Written" in said("export", FINISHED, "--format", "xlsx", "--output", results)
    for path in (corrections, results):
        workbook = CalamineWorkbook.from_path(path)
        cells = [
            str(cell)
            for name in workbook.sheet_names
            for row in [[name], *workbook.get_sheet_by_name(name).to_python()]
            for cell in row
        ]
        assert left_in("\n".join(cells), data_in(session)) == []


def test_documents_accounts_and_unknown_names(session: Session, said: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "scheme.json"
    path.write_text(json.dumps({"format": "scheme-1", "id": "x", "version": 0, "grades": []}), "utf-8")
    assert "To be corrected" in said("document", "check", "scheme", path, code=1)
    path.write_text("{\n nonsense", "utf-8")
    assert "(line 2)" in said("document", "check", "scheme", path, code=1)
    path.write_bytes(b"\xff\xfe\x00")
    said("document", "publish", "scheme", path, code=1)
    assert "There are: (none)" in said("results", "nonsense", code=1)
    an_evaluation(session)
    assert "There are: sample-2023" in said("results", "nonsense", code=1)
    said("export", FINISHED, "--by", "nobody", code=1)
    new = ["user", "create", "worker", "--name", "Example", "--password", "long-enough"]
    assert "is open" in said(*new)
    said(*new, code=1)
    assert "lead" in said("user", "join", "worker", FINISHED, "lead")
    assert "fields" in said("keys", "rotate")


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words that call each command and group, without Flask's own."""
    for name, command in group.commands.items():
        if not (command.callback and command.callback.__module__.startswith("flask")):
            yield (*path, name)
            if isinstance(command, click.Group):
                yield from every_command(command, (*path, name))


def test_every_command_explains_itself_in_english() -> None:
    english = an_app("sqlite://", CLI_LANGUAGE="en")
    commands = list(every_command(english.cli))
    assert {("import",), ("document", "check"), ("privacy", "erase")} <= set(commands)
    for command in commands:
        with english.app_context():
            result = english.test_cli_runner().invoke(args=[*command, "--help"])
        assert (result.exit_code, left_in(result.output, [])) == (0, []), command


def test_a_document_is_checked_without_database_or_context(tmp_path: Path) -> None:
    path = tmp_path / "scheme.json"
    path.write_text("nonsense", "utf-8")
    for language, words in (
        ("en", "scheme.json is not JSON (line 1)."),
        ("zh_Hans_CN", "scheme.json 不是 JSON(第 1 行)。"),
    ):
        runner = an_app("sqlite://", CLI_LANGUAGE=language).test_cli_runner()
        result = runner.invoke(args=["document", "check", "scheme", str(path)])
        assert (result.exit_code, result.output) == (1, f"Error: {words}\n")


def test_without_a_setting_the_commands_are_chinese(app: Flask, session: Session) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["results", "nonsense"]).output == "Error: 没有评估「nonsense」。现有：（无）\n"
    assert "输出 JSON" in runner.invoke(args=["score", "--help"]).output
    an_evaluation(session)
    session.commit()
    assert runner.invoke(args=["certificate", FINISHED]).output == "Error: 还没有抽样。\n"


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(config.UnknownSetting, match="CLI_LANGUAGE is fr; there are: zh_Hans_CN, en"):
        config.Testing({**SECRETS, "CLI_LANGUAGE": "fr"})
    assert config.Testing({**SECRETS, "CLI_LANGUAGE": ""}).CLI_LANGUAGE == "zh_Hans_CN"
