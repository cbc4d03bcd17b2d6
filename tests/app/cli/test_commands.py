"""A whole evaluation from the command line, and what each command prints when it refuses."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from app.demo.loading import SLUG
from app.extensions import db
from app.models import (
    Attempt,
    Case,
    Contact,
    DeskNote,
    Draft,
    Paradata,
    Response,
    Schedule,
    User,
)
from app.privacy.keyring import Keyring, new_key
from app.scores.commands.scores import settle_score
from surveys import library
from tests.app.ledger.reader.corpus import FILES
from tests.builders import STATION, a_finished_evaluation, a_ledger, a_sealed_frame, an_evaluation
from tests.clock import Clock, set_clock


@pytest.fixture
def run(app: Flask) -> object:
    runner = app.test_cli_runner()

    def command(*arguments: str) -> Result:
        db.session.commit()
        result = runner.invoke(args=list(arguments))
        db.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return command


COMMANDS = [
    ["import"], ["seal"], ["draw"], ["certificate"], ["verify"], ["results"], ["recount"], ["score"], ["export"],
    ["quality"], ["setup"], ["serve"], ["keys", "rotate"], ["user", "create"], ["user", "join"],
    ["user", "invite"], ["user", "reset"], ["user", "unlock"], ["document", "check"],
    ["document", "publish"], ["demo", "load"], ["demo", "ledger"], ["privacy", "erase"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(sqlite_app: tuple[Flask, object], command: list[str]) -> None:
    result = sqlite_app[0].test_cli_runner().invoke(args=[*command, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4


def test_from_ledger_to_verified_draw(  # type: ignore[no-untyped-def]
    session: Session, run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_evaluation(session)
    ledger, certificate = tmp_path / "台账.csv", tmp_path / "c.json"
    ledger.write_bytes(a_ledger(150) + "\n,甲村,低保,,,\n".encode())
    findings = tmp_path / "f.csv"
    strict = run("import", "sample-2023", str(ledger), "--strict")
    assert (strict.exit_code, "没有导入" in strict.output) == (1, True)
    result = run("import", "sample-2023", str(ledger), "--findings", str(findings))
    assert result.exit_code == 0
    assert "读到 151 行，列入 150 行" in result.output
    assert "第 152 行缺少姓名" in findings.read_text("utf-8-sig")
    ahead = ("--at", "2099-11-30 20:30")
    assert run("draw", "sample-2023", "--source", "骰子", *ahead).exit_code == 1
    assert run("seal", "sample-2023", "--confirm", "别的站").exit_code == 1
    assert "未列入" in run("seal", "sample-2023", "--confirm", STATION).output
    assert run("seal", "sample-2023", "--confirm", STATION, "--leave-out-errors").exit_code == 0
    few = run("draw", "sample-2023", "--size", "40", "--source", "骰子", *ahead)
    assert (few.exit_code, "不少于 100" in few.output) == (1, True)
    value = ("--value", "3 5 2", "--again", "3 5 2")
    assert run("draw", "sample-2023", *value).exit_code == 2
    for moment, sentence in (((), "什么时候揭晓"), (("--at", "2023-11-30 20:30"), "要在以后才揭晓")):
        past = run("draw", "sample-2023", "--source", "当众掷骰", *moment)
        assert (past.exit_code, sentence in past.output) == (1, True)
    announced = run("draw", "sample-2023", "--source", "当众掷骰", *ahead)
    assert (announced.exit_code, "方案已公布" in announced.output) == (0, True)
    assert run("draw", "sample-2023", "--source", "再来一次", *ahead).exit_code == 1
    assert run("draw", "sample-2023", "--size", "120", *value).exit_code == 2
    early = run("draw", "sample-2023", *value)
    assert (early.exit_code, "还没有到" in early.output) == (1, True)
    set_clock(monkeypatch, Clock(datetime(2099, 12, 1, tzinfo=UTC)))
    assert run("draw", "sample-2023", "--value", "3\n5", "--again", "3\n5").exit_code == 1
    other = run("draw", "sample-2023", "--value", "3 5 2", "--again", "3 5 3")
    assert (other.exit_code, "第一次是「3 5 2」，这次是「3 5 3」" in other.output) == (1, True)
    assert run("draw", "sample-2023", "--value", "3 5 2").exit_code == 1  # asked again, and nobody answers
    nowhere = run("draw", "sample-2023", *value, "--certificate", str(tmp_path / "none" / "c.json"))
    assert (nowhere.exit_code, "还什么都没有做" in nowhere.output) == (1, True)
    drawn = run("draw", "sample-2023", *value, "--certificate", str(certificate))
    assert (drawn.exit_code, "从 150 人中抽中 100 人" in drawn.output) == (0, True)
    assert run("draw", "sample-2023", *value).exit_code == 1
    for arguments in (
        [str(certificate)],
        [str(certificate), "--evaluation", "sample-2023"],
        ["--evaluation", "sample-2023"],
    ):
        result = run("verify", *arguments)
        assert (result.exit_code, "一致" in result.output) == (0, True), result.output
    altered = json.loads(certificate.read_text("utf-8"))
    altered["strata"][0]["queues"][0]["drawn"][0]["ticket"] = "0" * 64
    certificate.write_text(json.dumps(altered), "utf-8")
    result = run("verify", str(certificate))
    assert result.exit_code == 1
    assert "strata[0].queues[0].drawn[0].ticket" in result.output
    certificate.write_text("{", "utf-8")
    assert "不是 JSON" in run("verify", str(certificate)).output


@pytest.mark.parametrize("name", ["a renamed program", "a formula", "a zip bomb", "neither UTF-8 nor GB18030"])
def test_a_hostile_ledger_is_one_sentence_and_exit_code_one(session: Session, run, tmp_path: Path, name: str) -> None:  # type: ignore[no-untyped-def]
    an_evaluation(session)
    filename, build, _code, word = FILES[name]
    path = tmp_path / filename
    path.write_bytes(build())
    result = run("import", "sample-2023", str(path))
    assert result.exit_code == 1
    assert word in result.output
    assert session.scalars(select(Contact)).all() == []


def test_an_unknown_evaluation_is_refused_with_the_list_of_evaluations(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    an_evaluation(session)
    result = run("results", "nonsense", "--json")
    assert result.exit_code == 1
    assert "sample-2023" in result.output


def test_the_demonstrations_commands_print_the_figures_of_the_pages(session: Session, run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    first = run("demo", "load", "--if-empty")
    assert first.exit_code == 0
    assert "/q/" in first.output
    again = run("demo", "load", "--if-empty")
    assert (again.exit_code, run("demo", "load").exit_code) == (0, 1)
    results = json.loads(run("results", SLUG, "--json").output)
    assert results["n"] == 124
    assert [band["count"] for band in results["bands"]] == [110, 13, 0, 1, 0]
    assert set(results["satisfaction"]["mean"]) >= {"value", "n", "interval", "how"}
    assert len(results["awareness"]["facts"]) == 5
    assert [area["name"] for area in results["areas"]] == ["第一片区", "第二片区", "第三片区"]
    score = json.loads(run("score", SLUG, "--json").output)
    assert (score["total"], score["grade"]) == ("87.6", "良好")
    assert {"maximum", "given", "counted", "reason"} <= set(score["items"][0])
    assert len(score["conditions"]) == 8
    out = tmp_path / "out.csv"
    assert run("export", SLUG, "--output", str(out)).exit_code == 0
    lines = out.read_text("utf-8-sig").splitlines()
    assert len(lines) == 125
    names = [contact.name for contact in session.scalars(select(Contact).limit(50))]
    assert not [name for name in names if name in out.read_text("utf-8-sig")]
    file = tmp_path / "台账.xlsx"
    assert run("demo", "ledger", str(file), "--with-mistakes").exit_code == 0
    assert file.read_bytes().startswith(b"PK")


def test_a_score_refuses_when_a_case_was_deleted(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    a_finished_evaluation(session, answered=1)
    gone = select(Case.id).where(Case.outcome.is_(None), Case.position == 3)
    session.execute(delete(Schedule).where(Schedule.case_id.in_(gone)))
    session.execute(delete(Case).where(Case.id.in_(gone)))
    result = run("score", "sample-2023", "--json")
    assert result.exit_code == 1
    assert "没有个案" in result.output
    assert "total" not in result.output


def test_a_recount_reports_whether_the_tallies_are_right(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    an_evaluation(session, "empty-2023")
    a_finished_evaluation(session)
    undrawn = run("recount", "empty-2023")
    assert (undrawn.exit_code, "还没有抽样" in undrawn.output) == (1, True)
    assert run("recount", "sample-2023").exit_code == 0
    session.execute(text("UPDATE case_tally SET cases = cases + 1"))
    result = run("recount", "sample-2023")
    assert result.exit_code == 1
    assert "case_tally" in result.output


def test_accounts_are_opened_and_added_to_an_evaluation(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    an_evaluation(session)
    made = run("user", "create", "worker", "--name", "示例", "--password", "long-enough")
    assert made.exit_code == 0
    assert run("user", "create", "worker", "--name", "示例", "--password", "long-enough").exit_code == 1
    assert run("user", "join", "worker", "sample-2023", "lead").exit_code == 0
    refused = run("user", "join", "worker", "sample-2023", "station")
    assert (refused.exit_code, "回避" in refused.output) == (1, True)
    assert session.scalars(select(User.username)).all() == ["worker"]


def test_a_document_is_checked_with_every_mistake_at_once(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "scheme.json"
    path.write_text(json.dumps({"format": "scheme-1", "id": "x", "version": 0, "grades": []}), "utf-8")
    result = run("document", "check", "scheme", str(path))
    assert result.exit_code == 1
    for place in ("version", "title", "parties", "grades"):
        assert place in result.output
    path.write_text("nonsense", "utf-8")
    assert "不是 JSON" in run("document", "publish", "scheme", str(path)).output


def test_a_list_of_outcome_codes_is_checked_and_published(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "outcomes.json"
    body = library.body("outcomes", "guangzhou", 1) | {"id": "foshan"}
    path.write_text(json.dumps(body | {"outcomes": body["outcomes"][1:]}), "utf-8")
    assert "缺少「I1」" in run("document", "check", "outcomes", str(path)).output
    path.write_text(json.dumps(body), "utf-8")
    assert "已发布「foshan」第 1 版" in run("document", "publish", "outcomes", str(path)).output


def test_after_a_rotation_the_old_key_can_be_removed(app: Flask, session: Session, run) -> None:  # type: ignore[no-untyped-def]
    evaluation = a_finished_evaluation(session, answered=1)
    settle_score(session, evaluation, shortfall_reason="测试")
    before = {c.recipient_id: c.name for c in session.scalars(select(Contact))}
    old = app.extensions["keyring"]
    try:
        masters = {**old.masters, 2: Keyring.from_settings(f"2:{new_key()}", new_key()).masters[2]}
        app.extensions["keyring"] = Keyring(masters, old.index_key)
        assert run("keys", "rotate").exit_code == 0
        again = run("keys", "rotate")
        assert "0 个字段" in again.output
        app.extensions["keyring"] = Keyring({2: masters[2]}, old.index_key)
        assert {c.recipient_id: c.name for c in session.scalars(select(Contact))} == before
        stored = session.execute(text("SELECT name FROM contact LIMIT 1")).scalar_one()
        assert bytes(stored)[0] == 2
    finally:
        app.extensions["keyring"] = old


def test_a_rotation_covers_every_encrypted_value_of_the_desk(app: Flask, session: Session, run) -> None:  # type: ignore[no-untyped-def]
    a_finished_evaluation(session, answered=1)
    response = session.scalars(select(Response)).one()
    session.scalars(select(Attempt)).one().note = "下午再打"
    session.add(Paradata(response_id=response.id, witness="见证人甲"))
    session.add(DeskNote(case_id=response.case_id, kind="care", text="两天没有吃饭"))
    session.add(
        Draft(case_id=response.case_id, mode="visit", submission_key=uuid.uuid4(), answers={}, witness="见证人乙")
    )
    session.commit()
    old = app.extensions["keyring"]
    try:
        masters = {**old.masters, 2: Keyring.from_settings(f"2:{new_key()}", new_key()).masters[2]}
        app.extensions["keyring"] = Keyring(masters, old.index_key)
        assert run("keys", "rotate").exit_code == 0
        app.extensions["keyring"] = Keyring({2: masters[2]}, old.index_key)
        sealed = (Attempt.note, Paradata.witness, DeskNote.text, Draft.witness)
        written = ["下午再打", "见证人甲", "两天没有吃饭", "见证人乙"]
        assert [session.scalar(select(column)) for column in sealed] == written
    finally:
        app.extensions["keyring"] = old


def test_all_results_are_printed_as_json(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    a_finished_evaluation(session)
    short = json.loads(run("results", "sample-2023", "--json").output)
    complete = json.loads(run("results", "sample-2023", "--json", "--all").output)
    assert {name: complete[name] for name in short} == short
    assert complete.keys() - short.keys() == {
        "spread", "unheard", "turns", "comparisons", "rounds", "reweighed", "reliability",
    }  # fmt: skip
    assert complete["spread"]["quantiles"][2][1]["value"] == "100.00"
    assert complete["spread"]["unsatisfied"]["unit"] == "people"
    assert complete["rounds"] is None
    luck = json.loads(run("score", "sample-2023", "--json").output)["luck"]
    assert luck["items"][0]["code"] == "satisfaction_points"
    assert luck["items"][0]["chances"][0]["chance"] > 0.5
    modes = next(c for c in complete["comparisons"] if c["part"] == "mode")
    assert modes["satisfied"]["words"]


@pytest.mark.parametrize("people", [64, 99, 100, 101])
def test_everyone_is_asked_without_a_seed_where_the_rule_says_so(  # type: ignore[no-untyped-def]
    session: Session, run, tmp_path: Path, people: int
) -> None:
    a_sealed_frame(session, an_evaluation(session), people)
    certificate = tmp_path / "c.json"
    if people <= 100:
        sampled = run("draw", "sample-2023", "--source", "当众掷骰", "--at", "2099-11-30 20:30")
        assert (sampled.exit_code, "--everyone" in sampled.output) == (2, True)
    assert run("draw", "sample-2023", "--everyone", "--size", "64").exit_code == 2
    done = run("draw", "sample-2023", "--everyone", "--certificate", str(certificate))
    assert (done.exit_code, f"全部 {people} 人都访问" in done.output) == (0, True)
    assert run("draw", "sample-2023", "--everyone").exit_code == 1
    file = str(certificate)
    for arguments in ([file], [file, "--evaluation", "sample-2023"], ["--evaluation", "sample-2023"]):
        assert run("verify", *arguments).exit_code == 0
