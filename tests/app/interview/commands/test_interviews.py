"""Saving an interview as a draft and finishing it, on both databases."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.interview.commands.interviews import (
    LONGEST_MILLISECONDS,
    IncompleteInterview,
    InterviewParadata,
    SavedInterview,
    finish_interview,
    save_answers,
)
from app.interview.commands.responses import Submission
from app.interview.queries import interview_draft
from app.models import DeskNote, Draft, Paradata, Response, Schedule
from app.results.commands import withdraw_consent
from app.shared.errors import Refused
from surveys.calling.settings import DEFAULT
from tests.app.survey_builders import Survey, a_survey
from tests.builders import NEVER_SERVED, SATISFIED, a_hold, a_response

AT = datetime(2023, 7, 3, 2, 0, tzinfo=UTC)
TICKED = InterviewParadata(ticks={"self": True, "family": False, "staff": False, "prompted": True})


@pytest.fixture
def survey(session: Session) -> Survey:
    made = a_survey(session)
    a_hold(session, made.cases[0], made.interviewer)
    return made


def save(
    survey: Survey, answers: dict[str, object], paradata: InterviewParadata | None = None, **changes: Any
) -> SavedInterview:
    values: dict[str, Any] = {"mode": "phone", "submission_key": uuid.uuid4(), "actor": survey.interviewer, "at": AT}
    paradata = paradata or InterviewParadata()
    saved = save_answers(survey.session, survey.cases[0], answers=answers, paradata=paradata, **{**values, **changes})
    survey.session.commit()
    return saved


def finish(survey: Survey, answers: dict[str, Any], paradata: InterviewParadata = TICKED, **changes: Any) -> Submission:
    later, key = AT + timedelta(hours=1), uuid.uuid4()
    values: dict[str, Any] = {"mode": "phone", "submission_key": key, "interviewer": survey.interviewer, "at": later}
    stored = finish_interview(
        survey.session, survey.cases[0], answers=answers, paradata=paradata, **{**values, **changes}
    )
    survey.session.commit()
    return stored


def test_an_interview_is_stored_under_the_key_and_time_it_began_with(survey: Survey) -> None:
    key = uuid.uuid4()
    save(survey, {"C1": "1"}, submission_key=key)
    a_hold(survey.session, survey.cases[0], survey.other)
    save(survey, {"C2": "1"}, actor=survey.other, at=AT + timedelta(minutes=5))
    stored = finish(survey, SATISFIED, interviewer=survey.other).response
    assert (stored.submission_key, stored.started_at, stored.interviewer_id) == (key, AT, survey.other.id)
    assert interview_draft(survey.session, survey.cases[0]) is None


def test_finishing_again_returns_the_stored_response(survey: Survey) -> None:
    key = uuid.uuid4()
    first, second = (finish(survey, SATISFIED, submission_key=key) for _ in range(2))
    assert (first.response.id, first.repeated, second.repeated) == (second.response.id, False, True)
    assert len(survey.session.scalars(select(Paradata)).all()) == 1


def test_saves_are_merged_and_totals_of_time_are_not_added_twice(survey: Survey) -> None:
    times = InterviewParadata(
        position="A2", milliseconds={"A1": 900, "Q": 7, "B1": -5}, changes={"A1": 5000}, language="yue"
    )
    save(survey, {"C1": "1", "A1": "1"}, times)
    save(survey, {"A1": "2", "C2": None, "B8": "77"}, replace(times, milliseconds={"A1": 10**12}, language="klingon"))
    draft = interview_draft(survey.session, survey.cases[0])
    assert draft is not None
    assert (draft.answers, draft.position, draft.language) == ({"C1": "1", "A1": "2"}, "A2", "yue")
    assert (draft.milliseconds, draft.changes) == ({"A1": LONGEST_MILLISECONDS, "B1": 0}, {"A1": 999})


def test_an_answer_survives_while_its_question_does_not_apply(survey: Survey) -> None:
    save(survey, {"C1": "1", "S3": "1", "B1": "4"})
    save(survey, {"S3": "2"})
    save(survey, {"S3": "1"})
    draft = interview_draft(survey.session, survey.cases[0])
    assert draft is not None
    assert draft.answers["B1"] == "4"


def test_an_interview_with_an_unanswered_tick_is_refused(survey: Survey) -> None:
    with pytest.raises(IncompleteInterview) as caught:
        finish(survey, SATISFIED, InterviewParadata(ticks={"self": True}))
    assert set(caught.value.marks) == {"family", "staff", "prompted"}
    survey.session.rollback()
    save(survey, {}, TICKED)
    assert not finish(survey, SATISFIED, InterviewParadata()).repeated  # ticks of the draft count


def test_a_proxy_interview_on_a_visit_requires_a_witness(survey: Survey) -> None:
    proxy = {**SATISFIED, "S1": "2", "S2": "1", "S2R": "2"}
    paradata = InterviewParadata(ticks={**TICKED.ticks, "self": False})
    with pytest.raises(IncompleteInterview) as caught:
        finish(survey, proxy, paradata, mode="visit")
    assert list(caught.value.marks) == ["witness"]
    survey.session.rollback()
    stored = finish(survey, proxy, replace(paradata, witness="  王某  邻居 "), mode="visit")
    assert survey.session.get_one(Paradata, stored.response.id).witness == "王某 邻居"


def test_of_a_person_who_refused_only_the_refusal_is_stored(survey: Survey) -> None:
    save(survey, {"C1": "1", "A1": "1", "B1": "5"}, TICKED)
    stored = finish(survey, {"C1": "3"}, InterviewParadata(milliseconds={"C1": 50, "A1": 60})).response
    paradata = survey.session.get_one(Paradata, stored.id)
    assert (stored.answers, paradata.milliseconds, paradata.answered_self) == ({"C1": "3"}, {"C1": 50}, None)
    assert interview_draft(survey.session, survey.cases[0]) is None


def test_a_person_never_served_is_noted_to_the_supervisor_once(survey: Survey) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        finish(survey, NEVER_SERVED, submission_key=key)
    [note] = survey.session.scalars(select(DeskNote))
    assert (note.kind, note.case_id) == ("never_served", survey.cases[0].id)


def test_no_interview_begins_for_a_closed_case(survey: Survey) -> None:
    finish(survey, SATISFIED, mode="visit")
    with pytest.raises(Refused) as caught:
        save(survey, {"C1": "1"})
    assert caught.value.code == "closed"


def test_an_answer_by_link_deletes_the_draft_begun_by_telephone(survey: Survey) -> None:
    save(survey, {"C1": "1"})
    web = SATISFIED | {f"A{n}": "5" for n in range(1, 6)}
    a_response(survey.session, survey.cases[0], web, mode="web")
    assert interview_draft(survey.session, survey.cases[0]) is None


def test_only_the_holder_of_the_case_saves_and_a_save_renews_the_lease(survey: Survey) -> None:
    with pytest.raises(Refused) as caught:
        save(survey, {"C1": "1"}, actor=survey.other)
    assert caught.value.code == "not-mine"
    survey.session.rollback()
    save(survey, {"C1": "1"})
    row = survey.session.get_one(Schedule, survey.cases[0].id)
    assert (row.held_by_id, row.held_until) == (survey.interviewer.id, AT + timedelta(minutes=DEFAULT.lease_minutes))


def test_the_assigned_interviewer_saves_a_visit(survey: Survey) -> None:
    row = survey.session.get_one(Schedule, survey.cases[1].id)
    row.way, row.assigned_to_id = "visit", survey.other.id
    survey.session.commit()
    save_answers(
        survey.session, survey.cases[1], mode="visit", answers={"C1": "1"}, paradata=InterviewParadata(),
        submission_key=uuid.uuid4(), actor=survey.other,
    )  # fmt: skip
    assert interview_draft(survey.session, survey.cases[1]) is not None


def test_saving_into_a_stored_interview_is_refused(survey: Survey) -> None:
    key = uuid.uuid4()
    finish(survey, SATISFIED, submission_key=key)
    survey.cases[0].outcome_final = False
    survey.session.commit()
    with pytest.raises(Refused) as caught:
        save(survey, {"C1": "3"}, submission_key=key)
    assert caught.value.code == "stored"


def test_after_settling_nothing_is_saved(survey: Survey) -> None:
    survey.settle()
    with pytest.raises(Refused) as caught:
        save(survey, {"C1": "1"})
    assert caught.value.code == "settled"


def test_withdrawing_consent_deletes_the_paradata(survey: Survey) -> None:
    stored = finish(survey, NEVER_SERVED).response
    withdraw_consent(survey.session, survey.session.get_one(Response, stored.id), reason="本人要求")
    survey.session.commit()
    for model in (Paradata, Draft, DeskNote):
        assert survey.session.scalars(select(model)).all() == []


def test_the_witness_is_not_readable_in_the_database(survey: Survey) -> None:
    save(survey, {"C1": "1"}, InterviewParadata(witness="王某"))
    raw = survey.session.connection().exec_driver_sql("SELECT witness, answers FROM draft").one()
    assert "王某" not in str(raw)
