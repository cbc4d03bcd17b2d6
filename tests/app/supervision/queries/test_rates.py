"""AAPOR rates, computed by hand: partial interviews, people never served, undone attempts, excluded responses."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from app.desk.commands.attempts import record_attempt, undo_attempt
from app.models import Attempt, Case, Draft
from app.results.commands import exclude_response, restore_response
from app.results.queries.tally_check import tally_differences
from app.shared.errors import Refused
from app.supervision.queries.progress import fieldwork_of
from app.supervision.queries.rates import outcome_counts, rates_of
from surveys.outcomes import Tally
from tests.app.desk_builders import AT
from tests.app.survey_builders import Survey, a_survey
from tests.builders import NEVER_SERVED, SATISFIED, a_hold, a_response
from tests.copies import kept

SECOND = timedelta(seconds=1)


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session, people=12)


def tried(survey: Survey, case: Case, outcome: str, **more: object) -> Attempt:
    a_hold(survey.session, case, survey.interviewer)
    attempt = record_attempt(
        survey.session, case, attempt_key=uuid.uuid4(), mode="phone", outcome=outcome, interviewer=survey.interviewer,
        at=AT, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    survey.session.commit()
    return attempt


def begun(survey: Survey, case: Case) -> None:
    """A draft of an interview: a partial interview may be recorded only while there is one."""
    draft = Draft(case_id=case.id, mode="phone", submission_key=uuid.uuid4(), answers={"C1": "1"}, started_at=AT)
    survey.session.add(draft)
    survey.session.commit()


@pytest.fixture
@kept
def worked(session: Session, survey: Survey) -> Survey:
    """Of twelve: two answered, one never served, one partly, one refused, one not reached, one dead, five untouched."""
    cases = survey.cases
    for case in cases[:2]:
        a_response(survey.session, case, SATISFIED, interviewer=survey.interviewer)
    a_response(survey.session, cases[2], NEVER_SERVED, interviewer=survey.interviewer)
    begun(survey, cases[3])
    tried(survey, cases[3], "P1")
    tried(survey, cases[4], "R1")
    tried(survey, cases[5], "NC1")
    tried(survey, cases[6], "NE1")
    return survey


def test_a_partial_interview_and_a_person_never_served_are_counted_in_their_classes(worked: Survey) -> None:
    rates = rates_of(worked.session, worked.cases[0].draw)
    assert rates.tally == Tally(I=3, P=1, R=1, NC=1, NE=1, UO=5)
    assert rates.eligibility == Fraction(6, 7)
    values = {rate.name: rate.value for rate in rates.rates}
    # 6 known to be eligible and 5 of unknown status, of whom six sevenths count where e does.
    everyone, estimated = 11, 6 + Fraction(6, 7) * 5
    assert {name: values[name] for name in ("RR1", "RR2", "RR3", "RR5", "RR6")} == {
        "RR1": Fraction(3, everyone),
        "RR2": Fraction(4, everyone),
        "RR3": 3 / estimated,
        "RR5": Fraction(3, 6),
        "RR6": Fraction(4, 6),
    }
    assert (values["COOP1"], values["COOP2"], values["REF1"], values["CON1"]) == (
        Fraction(3, 5), Fraction(4, 5), Fraction(1, everyone), Fraction(5, everyone),
    )  # fmt: skip
    assert tally_differences(worked.session, worked.cases[0].draw) == []


def test_the_counts_by_attempts_include_never_served_but_no_partial_as_interviewed(worked: Survey) -> None:
    counts = {
        row.attempts: (row.cases, row.interviewed) for row in rates_of(worked.session, worked.cases[0].draw).tries
    }
    assert counts == {0: (5, 0), 1: (7, 3)}


def test_a_partial_interview_is_recorded_only_while_a_draft_exists_and_can_be_finished(survey: Survey) -> None:
    case = survey.cases[0]
    with pytest.raises(Refused):
        tried(survey, case, "P1")
    survey.session.rollback()
    begun(survey, case)
    tried(survey, case, "P1")
    assert (case.outcome, case.outcome_final) == ("P1", False)
    assert outcome_counts(survey.session, case.draw) == {"P1": 1, None: 11}
    a_response(survey.session, case, SATISFIED, interviewer=survey.interviewer)
    assert rates_of(survey.session, case.draw).tally == Tally(I=1, UO=11)
    assert tally_differences(survey.session, case.draw) == []


def test_an_undone_attempt_is_in_no_count(worked: Survey) -> None:
    session, draw = worked.session, worked.cases[0].draw
    untouched, reached = worked.cases[7], worked.cases[5]
    before, work = rates_of(session, draw), fieldwork_of(session, draw)
    for case in (untouched, reached):
        attempt = tried(worked, case, "NC3")
        assert rates_of(session, draw) != before
        assert tally_differences(session, draw) == []
        undo_attempt(session, attempt, actor=worked.interviewer, at=AT + SECOND)
        session.commit()
        assert (rates_of(session, draw).tally, rates_of(session, draw).tries) == (before.tally, before.tries)
        assert tally_differences(session, draw) == []
    assert fieldwork_of(session, draw).outcomes == work.outcomes
    assert (untouched.outcome, reached.outcome) == (None, "NC1")


def test_excluding_and_restoring_a_response_changes_the_rates_and_restores_them(worked: Survey) -> None:
    session, draw = worked.session, worked.cases[0].draw
    before = rates_of(session, draw).tally
    for response in worked.responses[:3:2]:  # one satisfied, one never served
        exclude_response(session, response, reason="核实")
        session.commit()
        # Nothing of it is left but that an interview was begun.
        assert rates_of(session, draw).tally == replace(before, I=before.I - 1, P=before.P + 1)
        assert tally_differences(session, draw) == []
        restore_response(session, response, reason="核实过")
        session.commit()
        assert rates_of(session, draw).tally == before
        assert tally_differences(session, draw) == []
