"""Opening an evaluation from a description: every problem at once, one station, one evaluation in force."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.documents.commands import add_document
from app.draw.queries.draws import verify_draw
from app.evaluations.commands.evaluations import withdraw_evaluation
from app.evaluations.commands.opening import SetupRefused, open_evaluation
from app.extensions import db
from app.ledger.commands.uploads import store_upload
from app.ledger.reader.errors import Limits
from app.models import MEMBER_ROLES, Evaluation, Membership, Station
from app.shared.errors import Refused
from surveys import library
from surveys.setup.example import example
from surveys.setup.model import MEMBER_ROLES as DESCRIBED_ROLES
from tests.builders import AREAS, a_draft_frame, a_draw, a_station, a_user, an_evaluation

BODY: dict[str, Any] = example(date(2026, 3, 1)).to_json()


@pytest.fixture
def documents(session: Session) -> None:
    add_document(session, "questionnaire", library.body("questionnaires", "recipient", 1))
    add_document(session, "scheme", library.body("schemes", "guangzhou-2023", 1))
    session.commit()


@pytest.fixture
def run(app: Flask, session: Session) -> Callable[..., Result]:
    def invoke(*arguments: str) -> Result:
        session.commit()
        return app.test_cli_runner().invoke(args=list(arguments))

    return invoke


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def changed(**changes: Any) -> dict[str, Any]:
    body = copy.deepcopy(BODY)
    body["station"] |= changes.pop("station", {})
    return body | changes


def places(session: Session, body: object, slug: str = "new-2026") -> set[str]:
    with pytest.raises(SetupRefused) as refused:
        open_evaluation(session, slug, body)
    session.rollback()
    return {problem.place for problem in refused.value.problems}


def test_the_example_opens_an_evaluation_on_an_empty_server(
    session: Session, run: Callable[..., Result], documents: None, tmp_path: Path
) -> None:
    file = tmp_path / "example.json"
    file.write_text(run("evaluation", "example").stdout, encoding="utf-8")
    done = run("evaluation", "create", "mine-2026", str(file))
    assert done.exit_code == 0, done.output
    shown = run("evaluation", "show", "mine-2026", "--json")
    summary = json.loads(shown.stdout)
    given = json.loads(file.read_text(encoding="utf-8"))
    given["questionnaire"]["version"] = given["scheme"]["version"] = 1
    assert summary["setup"] == given
    assert (summary["frame"], summary["undecided_findings"]) == (None, {})
    again = run("evaluation", "create", "mine-2026", str(file))
    assert again.exit_code == 1
    assert "slug: " in again.stderr
    assert "stage: " in again.stderr


def test_show_counts_the_frame_and_the_findings(session: Session, run: Callable[..., Result]) -> None:
    lines = [
        "姓名,村居,人员类别,联系电话",
        "示例一,甲村,低保,19900000001",
        "示例二,乙村,低保,123",
        "示例三,无此村,低保,19900000003",
    ]
    a_draft_frame(session, an_evaluation(session), data="\n".join(lines).encode())
    summary = json.loads(run("evaluation", "show", "sample-2023", "--json").stdout)
    assert summary["frame"]["people"] == sum(summary["frame"]["by_village"].values())
    assert summary["frame"]["by_village"]["甲村"] == 1
    assert summary["frame"]["by_category"] == {"01": summary["frame"]["people"]}
    assert sum(summary["undecided_findings"].values()) >= 2
    assert "示例一" not in json.dumps(summary, ensure_ascii=False)
    assert "sample-2023" in run("evaluation", "show", "sample-2023").stdout


def test_documents_that_are_delivered_but_not_published_name_the_command(
    session: Session, run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "new.json"
    file.write_text(json.dumps(changed(scheme={"id": "nowhere"})), encoding="utf-8")
    refused = run("evaluation", "create", "new-2026", str(file))
    assert refused.exit_code == 1
    assert "questionnaire: " in refused.stderr
    assert "`flask setup`" in refused.stderr
    assert "「nowhere」" in refused.stderr
    assert (count(session, Evaluation), count(session, Station)) == (0, 0)


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[" * 50_000, b"NaN", b'"\\ud800"'])
def test_a_file_that_is_no_json_is_refused(run: Callable[..., Result], tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "new.json"
    file.write_bytes(data)
    refused = run("evaluation", "create", "new-2026", str(file))
    assert refused.exit_code == 1
    assert "不是 JSON" in refused.stderr


def test_everything_that_stands_in_the_way_is_named_at_once(session: Session, documents: None) -> None:
    a_user(session, "lan")
    body = changed(
        title="",
        keep_until="2001-01-01",
        questionnaire={"id": "recipient", "version": 9},
        station={"operator": "", "areas": [{"name": "一", "villages": ["甲", "甲"]}]},
        members=[
            {"username": "nobody", "role": "lead"},
            {"username": "lan", "role": "lead"},
            {"username": "lan", "role": "station"},
        ],
    )
    assert places(session, body, "Bad Slug") == {
        "slug", "title", "keep_until", "questionnaire", "station.operator", "station.areas[0].villages[1]",
        "members[0]", "members[2]",
    }  # fmt: skip
    assert (count(session, Evaluation), count(session, Station)) == (0, 0)


@pytest.mark.parametrize("body", [None, [], "x", 1, {}, {"station": []}, {"station": {"areas": "x"}}, {"members": {}}])
def test_a_description_that_is_none_is_refused(session: Session, documents: None, body: object) -> None:
    assert places(session, body)


def test_a_known_station_is_named_only(session: Session, documents: None) -> None:
    a_user(session, "lan")
    known = a_station(session, BODY["station"]["name"])
    session.commit()
    same = [{"name": name, "villages": list(villages)} for name, villages in AREAS]
    different = changed(station={"operator": "别的机构"})
    assert places(session, different) == {"station.operator", "station.areas"}
    body = changed(members=[{"username": "lan", "role": "lead"}])
    body["station"] = {"name": f" {known.name} ", "areas": same}
    evaluation = open_evaluation(session, "new-2026", body)
    session.commit()
    assert evaluation.station_id == known.id
    assert session.scalars(select(Membership.role)).all() == ["lead"]
    assert count(session, Station) == 1


def test_a_station_is_entered_once_however_its_name_is_written(session: Session) -> None:
    a_station(session, "示例社工服务站（A）")
    for name in ("示例社工服务站（A）", "示例 社工服务站(a)", "示例社工服务站\u3000（Ａ）"):
        with pytest.raises(Refused) as refused:
            a_station(session, name)
        assert refused.value.code == "station-known"
    session.add(Station(name="x", identity="示例社工服务站(a)", operator="x", street="x", district="x"))
    with pytest.raises(IntegrityError, match=r"(?i)uq_station_identity|station.identity"):
        session.flush()


def test_one_evaluation_of_a_year_and_stage_is_in_force(session: Session) -> None:
    first = an_evaluation(session)
    with pytest.raises(Refused) as refused:
        an_evaluation(session, "again", station=first.station, period=(date(2023, 5, 1), date(2024, 5, 1)))
    assert refused.value.code == "year-taken"
    assert "sample-2023" in refused.value.message
    an_evaluation(session, "final", station=first.station, stage="final")
    an_evaluation(session, "next", station=first.station, held_on=date(2024, 11, 1))
    other = an_evaluation(session, "other")
    with pytest.raises(IntegrityError, match=r"(?i)uq_evaluation_in_force|evaluation.station_id"):
        session.execute(update(Evaluation).where(Evaluation.id == other.id).values(station_id=first.station_id))


def test_a_withdrawn_evaluation_is_read_only_and_replaced_by_name(session: Session) -> None:
    first = an_evaluation(session)
    for typed, reason, code in (("别的", "理由", "typed_title"), (first.title, " ", "reason")):
        with pytest.raises(Refused) as refused:
            withdraw_evaluation(session, first, typed_title=typed, reason=reason)
        assert refused.value.code == code
    withdraw_evaluation(session, first, typed_title=first.title, reason="建错了")
    session.commit()
    with pytest.raises(Refused, match="已经撤销"):
        withdraw_evaluation(session, first, typed_title=first.title, reason="再来")
    with pytest.raises(Refused, match="已经撤销"):
        store_upload(session, first, filename="x.csv", data=b"x", limits=Limits())
    second = an_evaluation(session, "second", station=first.station)
    assert second.replaces_id == first.id


def test_the_draw_of_a_withdrawn_evaluation_stands_on_the_certificate_of_the_next(session: Session) -> None:
    first = an_evaluation(session)
    drawn = a_draw(session, first)
    withdraw_evaluation(session, first, typed_title=first.title, reason="不满意结果")
    session.commit()
    second = an_evaluation(session, "second", station=first.station)
    draw = a_draw(session, second)
    assert [(entry["digest"], entry["reason"]) for entry in draw.certificate["voided"]] == [
        (drawn.certificate_digest, "评估「sample-2023」已撤销：不满意结果")
    ]
    assert verify_draw(session, second).digest == draw.certificate_digest


def test_a_withdrawal_without_a_plan_stands_on_the_certificate_too(session: Session) -> None:
    first = an_evaluation(session)
    withdraw_evaluation(session, first, typed_title=first.title, reason="建错了")
    session.commit()
    second = an_evaluation(session, "second", station=first.station)
    draw = a_draw(session, second)
    assert [entry["reason"] for entry in draw.certificate["voided"]] == ["评估「sample-2023」已撤销：建错了"]
    assert verify_draw(session, second).digest == draw.certificate_digest


def test_two_who_open_the_same_evaluation_at_once_open_one(app: Flask, session: Session, documents: None) -> None:
    def open_one(number: int) -> str:
        with app.app_context():
            try:
                open_evaluation(db.session, f"new-{number}", BODY)
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                return refused.code
            return "opened"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(open_one, range(4)))
    assert outcomes.count("opened") == 1
    assert set(outcomes) <= {"opened", "setup", "station-known", "year-taken"}
    assert (count(session, Evaluation), count(session, Station)) == (1, 1)


def test_roles_of_the_description_are_those_of_members() -> None:
    assert tuple(role.value for role in MEMBER_ROLES) == DESCRIBED_ROLES
