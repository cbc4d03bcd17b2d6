"""A case closed without an interview: it accepts no answer, and is not counted beside its replacement."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.commands.attempts import give_up, record_attempt
from app.desk.commands.links import issue_link
from app.draw.commands.replacements import replace_case
from app.draw.queries.draws import verify_draw
from app.models import Case, Draw, Invitation, Replacement, Response
from app.results.commands import exclude_response, restore_response, withdraw_consent
from app.results.queries.exclusions import effects_of
from app.results.queries.results import results_of
from app.results.queries.tally_check import tally_differences
from app.shared.errors import Refused
from sampling.plan import Protocol
from surveys.calling.local_time import GUANGZHOU
from tests.builders import NEVER_SERVED, SATISFIED, a_draw, a_response, an_evaluation, cases_of

MONDAY = datetime(2023, 11, 6, 10, 0, tzinfo=GUANGZHOU)
# A link asks without reading out.
BY_LINK = SATISFIED | {f"A{n}": "5" for n in range(1, 6)}
WHY = "核对录音以后"


@pytest.fixture
def draw(session: Session) -> Draw:
    return a_draw(session, an_evaluation(session), protocol=Protocol.ONE_FOR_ONE)


def tried(session: Session, case: Case, outcome: str, at: datetime = MONDAY) -> None:
    record_attempt(
        session, case, attempt_key=uuid.uuid4(), mode="phone", outcome=outcome, interviewer=None, at=at, note="说明"
    )
    session.commit()


def given_up(session: Session, case: Case) -> None:
    for hours in (0, 26, 56):
        tried(session, case, "NC1", MONDAY + timedelta(hours=hours))
    give_up(session, case, actor=None)
    session.commit()


def refused_twice(session: Session, case: Case) -> None:
    for days in (0, 2):
        tried(session, case, "R2", MONDAY + timedelta(days=days))


def at_the_limit(session: Session, case: Case) -> None:
    for days in range(5):
        tried(session, case, "NC1", MONDAY + timedelta(days=days, hours=6 * (days % 2)))


def by(outcome: str) -> Callable[[Session, Case], None]:
    return lambda session, case: tried(session, case, outcome)


def replacements(session: Session) -> list[Replacement]:
    return list(session.scalars(select(Replacement).order_by(Replacement.number)))


@pytest.mark.parametrize(
    ("close", "outcome", "code"),
    [
        (given_up, "NC1", "closed"),
        (refused_twice, "R2", "closed"),
        (at_the_limit, "NC1", "closed"),
        (by("NE1"), "NE1", "closed"),
        (by("O1"), "O1", "closed"),
        (by("R1"), "R1", "refused"),
    ],
    ids=["given up", "refused twice", "limit", "final", "cannot", "refused"],
)
def test_a_case_closed_without_an_interview_accepts_no_answer(
    session: Session, draw: Draw, close: Callable[[Session, Case], None], outcome: str, code: str
) -> None:
    case = cases_of(session, draw)[0]
    issue_link(session, case)
    close(session, case)
    assert session.scalars(select(Invitation.id).where(Invitation.revoked_at.is_(None))).all() == []
    [replaced] = replacements(session)
    for mode, answers in (("web", BY_LINK), ("visit", SATISFIED)):
        with pytest.raises(Refused) as caught:
            a_response(session, case, answers, mode=mode)
        assert caught.value.code == code
        session.rollback()
    assert (case.outcome, case.outcome_final, replaced.outcome) == (outcome, True, outcome)
    a_response(session, replaced.case)
    assert results_of(session, draw.evaluation).valid == 1


def test_an_answer_by_a_link_that_was_not_revoked_is_refused(session: Session, draw: Draw) -> None:
    """The database of an earlier release may contain such a link."""
    case = cases_of(session, draw)[0]
    given_up(session, case)
    session.add(Invitation(case_id=case.id, token_hash=b"x" * 32))
    session.commit()
    with pytest.raises(Refused):
        a_response(session, case, BY_LINK, mode="web")
    session.rollback()
    assert session.scalars(select(Response.id)).all() == []


def test_withdrawing_consent_ends_every_means_of_contact(session: Session, draw: Draw) -> None:
    case = cases_of(session, draw)[0]
    issue_link(session, case)
    response = a_response(session, case).response
    withdraw_consent(session, response, reason="本人来电")
    session.commit()
    assert session.scalars(select(Invitation.id).where(Invitation.revoked_at.is_(None))).all() == []
    assert len(replacements(session)) == 1


def test_the_lead_replaces_only_a_case_that_can_no_longer_be_answered(session: Session) -> None:
    draw = a_draw(session, an_evaluation(session), protocol=Protocol.SUPERVISOR)
    case = cases_of(session, draw)[0]
    issue_link(session, case)
    with pytest.raises(Refused) as caught:
        replace_case(session, case)
    assert caught.value.code == "not-final"
    session.rollback()
    given_up(session, case)
    replace_case(session, case)
    session.commit()
    with pytest.raises(Refused):
        a_response(session, case, BY_LINK, mode="web")
    session.rollback()


def test_a_never_served_person_counts_for_awareness_beside_the_replacement(session: Session, draw: Draw) -> None:
    """Both were drawn: awareness counts both, satisfaction only the person who was served."""
    case = cases_of(session, draw)[0]
    never_served = a_response(session, case, NEVER_SERVED).response
    [replaced] = replacements(session)
    a_response(session, replaced.case)
    before = results_of(session, draw.evaluation)
    assert (before.valid, before.awareness_n, before.never_served) == (1, 2, 1)
    announced = {effect.name: effect.outside.value for effect in effects_of(session, draw.evaluation, never_served)}

    exclude_response(session, never_served, reason=WHY)
    session.commit()
    after = results_of(session, draw.evaluation)
    assert (after.valid, after.awareness_n, after.never_served) == (1, 1, 0)
    assert {name: after.figures[name].value for name in announced} == announced
    # Who was replaced does not come back to the desk, and is not replaced again.
    assert (case.outcome, case.outcome_final) == ("X1", True)
    assert len(replacements(session)) == 1
    assert tally_differences(session, draw) == []
    verify_draw(session, draw.evaluation)
    with pytest.raises(Refused):
        a_response(session, case)
    session.rollback()

    restore_response(session, never_served, reason=WHY)
    session.commit()
    assert results_of(session, draw.evaluation).to_dict() == before.to_dict()


def test_excluding_an_answer_counts_no_satisfaction_of_a_replaced_case(session: Session, draw: Draw) -> None:
    case = cases_of(session, draw)[0]
    never_served = a_response(session, case, NEVER_SERVED).response
    later = a_response(session, case, BY_LINK, mode="web").response
    assert not later.counted
    exclude_response(session, never_served, reason=WHY)
    session.commit()
    assert [never_served.counted, later.counted] == [False, False]
    assert (case.outcome, case.outcome_final) == ("X1", True)


def test_an_answer_is_not_restored_once_the_case_was_replaced(session: Session, draw: Draw) -> None:
    case = cases_of(session, draw)[0]
    response = a_response(session, case).response
    exclude_response(session, response, reason=WHY)
    session.commit()
    given_up(session, case)
    [replaced] = replacements(session)
    with pytest.raises(Refused) as caught:
        restore_response(session, response, reason=WHY)
    assert caught.value.code == "replaced"
    session.rollback()
    assert (case.outcome, case.outcome_final, response.counted) == (replaced.outcome, True, False)
