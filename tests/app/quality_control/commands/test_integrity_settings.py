"""The integrity rules of an evaluation: changing them, their effect on flags and back-checks, called numbers."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.interview.commands.responses import submit_response
from app.models import AuditEvent, BackCheck, Case, IntegritySetting, Paradata, PhoneCall, Response
from app.quality_control.commands.back_checks import draw_back_checks
from app.quality_control.commands.integrity_settings import set_rules
from app.quality_control.queries.back_checks import quality_control
from app.quality_control.queries.integrity import flag_counts_by_rule, flags_of, integrity_settings_of, interviews_of
from app.recusals.commands import declare
from app.results.commands import withdraw_consent
from app.shared.errors import Refused
from surveys.integrity import STANDARD_SETTINGS, Flag
from surveys.problems import InvalidDocument
from tests.app.survey_builders import Survey, a_survey
from tests.builders import SATISFIED

NOON = datetime(2023, 11, 2, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session, people=12)


def answered(
    survey: Survey, case: Case, *, place: int | None = 0, holder: str = "person", browser: str = "", at: datetime = NOON
) -> Response:
    """An interview with its telephone call, or a web response."""
    web = bool(browser)
    if not web and place is not None:
        survey.session.add(
            PhoneCall(
                case_id=case.id, interviewer_id=survey.interviewer.id, holder=holder, place=place, dialler="tel",
                started_at=at - MINUTE, ended_at=at + 5 * MINUTE,
            )
        )  # fmt: skip
    answers = {name: answer for name, answer in SATISFIED.items() if not web or name[0] != "A"}
    submission = submit_response(
        survey.session, case, mode="web" if web else "phone", answers=answers, submission_key=uuid.uuid4(),
        started_at=at, interviewer=None if web else survey.interviewer, at=at + 5 * MINUTE, browser=browser,
    )  # fmt: skip
    survey.session.commit()
    return submission.response


def flags_now(survey: Survey, code: str) -> list[Flag]:
    draw = survey.cases[0].draw
    return [flag for flag in flags_of(survey.session, draw, interviews_of(survey.session, draw)) if flag.code == code]


def events(session: Session) -> list[dict[str, Any]]:
    recorded = session.scalars(select(AuditEvent).where(AuditEvent.action == "integrity.settings_changed"))
    return [event.details for event in recorded]


def test_a_change_of_rules_is_recorded_with_the_names_of_what_changed(session: Session, survey: Survey) -> None:
    body = {"rules": {"fast": {"thresholds": {"floor_seconds": 90}}, "hours": {"on": False}}}
    set_rules(session, survey.evaluation, body, actor=survey.lead)
    session.commit()
    settings = integrity_settings_of(session, survey.evaluation)
    assert settings.rules[0].rule.of("floor_seconds") == 90
    assert "hours" not in {rule.code for rule in settings.in_force}
    assert events(session) == [{"fast.floor_seconds": "150 → 90", "hours.on": "true → false"}]
    set_rules(session, survey.evaluation, settings.to_json(), actor=survey.lead)
    assert len(events(session)) == 1
    set_rules(session, survey.evaluation, {}, actor=survey.lead)
    assert integrity_settings_of(session, survey.evaluation) == STANDARD_SETTINGS


def test_invalid_rules_are_refused_with_nothing_saved(session: Session, survey: Survey) -> None:
    body = {"rules": {"fast": {"thresholds": {"floor_seconds": 0}}, "hours": {"on": False}, "guess": {}}}
    with pytest.raises(InvalidDocument) as wrong:
        set_rules(session, survey.evaluation, body, actor=survey.lead)
    assert {problem.place for problem in wrong.value.problems} == {"fast.floor_seconds", "guess"}
    assert session.scalars(select(IntegritySetting)).all() == []


def test_rules_are_changed_neither_after_settlement_nor_by_a_recused_person(session: Session, survey: Survey) -> None:
    declare(session, survey.evaluation.station, survey.lead, "亲属", actor=survey.lead)
    session.commit()
    for code in ("recused", "settled"):
        with pytest.raises(Refused) as refused:
            set_rules(session, survey.evaluation, {"rules": {"hours": {"on": False}}}, actor=survey.lead)
        assert refused.value.code == code
        session.rollback()
        survey.settle()


def test_the_rules_in_force_decide_what_is_flagged_and_back_checked(session: Session, survey: Survey) -> None:
    answered(survey, survey.cases[0])
    answered(survey, survey.cases[1], place=None)
    assert [flag.severity for flag in flags_now(survey, "no-call")] == ["back_check"]
    draw = survey.cases[0].draw
    set_rules(session, survey.evaluation, {"rules": {"no-call": {"severity": "look"}}})
    draw_back_checks(session, survey.evaluation)
    assert "flag" not in set(session.scalars(select(BackCheck.why)))
    set_rules(session, survey.evaluation, {"rules": {"no-call": {"on": False}, "favourable": {"on": False}}})
    assert flags_now(survey, "no-call") == []
    page = quality_control(session, draw)
    assert [rule.code for rule in page.unused] == ["favourable", "no-call"]
    # What a rule would point at is known also while it is not used.
    assert (
        flag_counts_by_rule(session, draw, integrity_settings_of(session, survey.evaluation))["no-call"].interviews == 1
    )


def test_interviews_are_compared_by_the_number_that_was_called(session: Session, survey: Survey) -> None:
    """Two people whose guardian is one woman, and a third who has her number as one of several."""
    shared = "19900008888"
    for place, case in enumerate(survey.cases[:3]):
        contact = case.recipient.contact
        assert contact is not None
        if place < 2:
            contact.guardian_phones = [shared]
        else:
            contact.phones = ["19900007777", shared]
    for case in survey.cases[:2]:
        answered(survey, case, place=1, holder="guardian")
    answered(survey, survey.cases[2], place=0)
    # All three have the number; two were called there.
    assert flags_now(survey, "number") == []
    response = answered(survey, survey.cases[3])
    assert survey.cases[3].recipient.contact is not None
    survey.cases[3].recipient.contact.phones = [shared]
    session.commit()
    (flag,) = flags_now(survey, "number")
    assert str(response.uuid) in flag.interviews
    assert len(flag.interviews) == 3
    assert "其中 2 份打的是登记为监护人或联系人的号码" in flag.text.zh


def test_for_a_child_the_place_of_a_number_counts_the_guardians_numbers_only(session: Session, survey: Survey) -> None:
    for case in survey.cases[:3]:
        case.recipient.contact.guardian_phones = ["19900009999"]  # type: ignore[union-attr]
        answered(survey, case, place=0, holder="guardian")
    assert flags_now(survey, "number") == []  # an adult's first number is their own: the place says another
    called = {interview.called for interview in interviews_of(session, survey.cases[0].draw)}
    assert called == {None}


def test_erased_contact_data_are_no_longer_compared(session: Session, survey: Survey) -> None:
    for case in survey.cases[:3]:
        case.recipient.contact.phones = ["19900009999"]  # type: ignore[union-attr]
        answered(survey, case)
    assert len(flags_now(survey, "number")) == 1
    for case in survey.cases[:3]:
        session.delete(case.recipient.contact)
    session.commit()
    session.expire_all()
    assert flags_now(survey, "number") == []


def test_many_responses_from_one_browser_are_flagged_without_storing_its_number(
    session: Session, survey: Survey
) -> None:
    number = "ab" * 16
    responses = [answered(survey, case, browser=number) for case in survey.cases[:10]]
    answered(survey, survey.cases[10], browser="cd" * 16)
    (flag,) = flags_now(survey, "device")
    assert set(flag.interviews) == {str(response.uuid) for response in responses}
    devices = {row.device for row in session.scalars(select(Paradata))}
    assert len(devices) == 2
    assert all(number.encode() not in device and bytes.fromhex(number) != device for device in devices)
    withdraw_consent(session, responses[0], reason="来电")
    session.commit()
    assert len(session.scalars(select(Paradata)).all()) == 10
    assert flags_now(survey, "device") == []
