"""Outcome lists: publishing, editing into the next version, and choosing one for an evaluation."""

from __future__ import annotations

import copy
import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.commands.attempts import record_attempt
from app.documents.commands import add_document
from app.documents.queries import outcomes_of
from app.draw.queries.reserves import reserves_of
from app.models import AuditEvent, Case, Document, Evaluation
from app.outcome_lists.commands import choose_outcomes, publish_next_version
from app.scores.commands.scores import settle_score
from app.shared.errors import Refused
from app.shared.labels import outcome_name
from app.supervision.queries.progress import fieldwork_of
from app.supervision.queries.rates import rates_of
from sampling.plan import Protocol
from surveys import library
from surveys.outcomes import DEFAULT, InvalidDocument
from tests.builders import a_draw, a_finished_evaluation, an_evaluation, cases_of


def a_list(version: int = 2, **changes: dict[str, Any]) -> dict[str, Any]:
    """The delivered list under another version, with a code of its own, and changes by code."""
    body = copy.deepcopy(library.body("outcomes", "guangzhou", 1)) | {"version": version}
    body["outcomes"].append(
        {"code": "NC6", "label": {"zh": "语音信箱", "en": "Voice mail"}, "group": "not_reached", "aapor": "NC",
         "final": False, "delay": 90}
    )  # fmt: skip
    for outcome in body["outcomes"]:
        outcome.update(changes.get(outcome["code"], {}))
    return body


def published(session: Session, body: dict[str, Any]) -> Document:
    document = add_document(session, "outcomes", body)
    session.commit()
    return document


def tried(session: Session, case: Case, outcome: str) -> None:
    record_attempt(session, case, attempt_key=uuid.uuid4(), mode="phone", outcome=outcome, interviewer=None)
    session.commit()


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    return an_evaluation(session)


def test_an_evaluation_works_with_the_delivered_list_until_another_is_chosen(
    session: Session, evaluation: Evaluation
) -> None:
    assert outcomes_of(evaluation) is DEFAULT
    document = published(session, a_list())
    for _ in range(2):  # a second time changes nothing
        choose_outcomes(session, evaluation, document)
        session.commit()
    assert outcomes_of(evaluation)["NC6"].delay == 90
    [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "outcomes.chosen"))
    assert event.details == {"id": "guangzhou", "version": 2, "digest": document.digest, "rescheduled": 0}
    choose_outcomes(session, evaluation, None)
    assert outcomes_of(evaluation) is DEFAULT


def test_another_text_under_the_delivered_version_is_refused(session: Session) -> None:
    with pytest.raises(Refused, match="请改用新的版本号"):
        add_document(session, "outcomes", a_list(version=1))
    assert add_document(session, "outcomes", library.body("outcomes", "guangzhou", 1)).digest == DEFAULT.digest


def test_a_code_of_the_chosen_list_is_recorded_counted_and_named(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation)
    case = cases_of(session, draw)[0]
    with pytest.raises(Refused, match="不能手工登记"):
        tried(session, case, "NC6")
    session.rollback()
    choose_outcomes(session, evaluation, published(session, a_list()))
    tried(session, case, "NC6")
    assert (case.outcome, case.outcome_final) == ("NC6", False)
    assert rates_of(session, draw).tally.NC == 1
    assert next((o.code, o.count) for o in fieldwork_of(session, draw).outcomes) == ("NC6", 1)
    assert outcome_name("NC6", outcomes_of(evaluation)) == "语音信箱"
    assert outcome_name("NC6") == "NC6"


def test_the_list_decides_whether_an_outcome_is_final(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation, protocol=Protocol.ONE_FOR_ONE)
    closing = {"final": True, "delay": None, "needs_skill": False}
    choose_outcomes(session, evaluation, published(session, a_list(O2=closing)))
    tried(session, cases_of(session, draw)[0], "O2")
    reserves = reserves_of(session, draw)
    assert reserves is not None
    assert len(reserves.released) == 1


def test_a_code_no_longer_recorded_by_hand_is_refused_and_still_named(session: Session, evaluation: Evaluation) -> None:
    choose_outcomes(session, evaluation, published(session, a_list(NC2={"hand": False})))
    case = cases_of(session, a_draw(session, evaluation))[0]
    with pytest.raises(Refused, match="不能手工登记"):
        tried(session, case, "NC2")
    assert outcome_name("NC2", outcomes_of(evaluation)) == "忙线"


def test_a_list_that_would_change_recorded_outcomes_is_refused(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation)
    cases = cases_of(session, draw)
    choose_outcomes(session, evaluation, published(session, a_list()))
    tried(session, cases[0], "NC6")
    tried(session, cases[0], "NC1")
    with pytest.raises(Refused, match="NC6"):
        choose_outcomes(session, evaluation, None)
    moved = published(session, a_list(version=3, NC1={"aapor": "UO"}))
    with pytest.raises(Refused, match="不能换类别：NC1"):
        choose_outcomes(session, evaluation, moved)
    slower = published(session, a_list(version=4, NC1={"delay": 600}))
    choose_outcomes(session, evaluation, slower)
    assert outcomes_of(evaluation)["NC1"].delay == 600


def test_a_recorded_code_that_the_list_lacks_is_still_counted(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation)
    choose_outcomes(session, evaluation, published(session, a_list()))
    tried(session, cases_of(session, draw)[0], "NC6")
    evaluation.outcomes = None  # as if the code came from a list that is gone
    session.commit()
    assert len(cases_of(session, draw)) == rates_of(session, draw).tally.UO
    assert ("NC6", 1) in [(o.code, o.count) for o in fieldwork_of(session, draw).outcomes]


def test_after_settlement_no_other_list_is_chosen(session: Session) -> None:
    evaluation = a_finished_evaluation(session, answered=1)
    document = published(session, a_list())
    settle_score(session, evaluation, shortfall_reason="测试")
    session.commit()
    with pytest.raises(Refused, match="评分已经定案"):
        choose_outcomes(session, evaluation, document)


def test_an_edited_list_is_published_as_the_next_version(session: Session) -> None:
    document = publish_next_version(session, a_list(version=1), base_version=1)
    assert (document.document_id, document.version) == ("guangzhou", 2)
    with pytest.raises(Refused, match="没有改动"):
        publish_next_version(session, a_list(version=2), base_version=2)
    with pytest.raises(Refused, match="刚有了新的版本"):
        publish_next_version(session, a_list(version=1), base_version=1)
    with pytest.raises(InvalidDocument):
        publish_next_version(session, a_list(version=2, R1={"final": False, "delay": 5}), base_version=2)
