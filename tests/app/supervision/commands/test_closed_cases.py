"""Closed cases that the supervisor reviews: listed once, accepted, or reopened where that is allowed."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.queries import details_of
from app.desk.commands.attempts import record_attempt
from app.desk.commands.claiming import claim_next
from app.models import AuditEvent, Case, Draw, Role, Schedule, User
from app.recusals.commands import declare
from app.results.commands import exclude_response
from app.results.queries.tally_check import tally_differences
from app.shared.errors import Refused
from app.supervision.commands.closed_cases import accept_closed, reopen_closed
from app.supervision.queries.closed_cases import unseen_cases, unseen_count, why_not_reopened
from app.supervision.queries.rates import rates_of
from sampling.plan import Protocol
from tests.app.desk_builders import AT, BusyDesk, a_busy_desk, called
from tests.builders import NEVER_SERVED, a_draw, a_member, a_response, an_evaluation, cases_of


@pytest.fixture
def desk(session: Session) -> BusyDesk:
    return a_busy_desk(session)


def ended(
    session: Session, desk: BusyDesk, outcome: str = "NE4", *, before: str | None = None, place: int = 30
) -> Case:
    """A case closed with a note, optionally after another attempt."""
    case = desk.cases(session)[place]
    if before:
        called(session, case, desk.lan, AT - timedelta(hours=4), before)
    called(session, case, desk.lan, AT, outcome, note="和另一行是同一个人。")
    return case


def events(session: Session, action: str) -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def listed(session: Session, desk: BusyDesk) -> list[uuid.UUID]:
    cases = unseen_cases(session, desk.draw)
    assert unseen_count(session, desk.draw) == len(cases)
    return [case.uuid for case in cases]


def test_a_case_closed_with_a_reviewed_outcome_is_listed_with_its_note(session: Session, desk: BusyDesk) -> None:
    before = listed(session, desk)
    case = ended(session, desk)
    for place, code in enumerate(("NE1", "O3", "R1"), 31):  # closed as well, and nothing to look at
        called(session, desk.cases(session)[place], desk.lan, AT, code)
    assert sorted(listed(session, desk)) == sorted([*before, case.uuid])
    closed = next(listed_case for listed_case in unseen_cases(session, desk.draw) if listed_case.uuid == case.uuid)
    assert (closed.outcome, closed.note, closed.interviewer) == ("NE4", "和另一行是同一个人。", "兰访问员")


def test_a_person_never_served_is_listed_unless_a_note_reports_it(session: Session, desk: BusyDesk) -> None:
    cases = desk.cases(session)
    assert cases[2].uuid in listed(session, desk)  # answered as never served, and no note was written
    a_response(session, cases[14], NEVER_SERVED)  # the builder noted this one
    assert cases[14].uuid not in listed(session, desk)


def test_accepting_a_closed_case_removes_it_from_the_list_once(session: Session, desk: BusyDesk) -> None:
    case = ended(session, desk)
    accept_closed(session, case, actor=desk.lead, at=AT)
    another = a_member(session, desk.evaluation, Role.LEAD, "another")
    accept_closed(session, case, actor=another, at=AT + timedelta(hours=1))
    row = session.get_one(Schedule, case.id)
    assert (row.looked_at, row.looked_by_id) == (AT, desk.lead.id)
    assert case.uuid not in listed(session, desk)
    (event,) = events(session, "case.accepted")
    assert (event.subject, event.details, event.actor_id) == (case.uuid, {"outcome": "NE4"}, desk.lead.id)
    assert case.outcome_final


def test_reopening_needs_a_reason_and_restores_the_outcome_before(session: Session, desk: BusyDesk) -> None:
    case = ended(session, desk, before="NC1")
    tally = rates_of(session, desk.draw).tally
    row = reopen_closed(session, case, reason="  名册上是\n两个人 ", actor=desk.lead, at=AT + timedelta(minutes=1))
    session.commit()
    assert (case.outcome, case.outcome_final, row.way, row.attempts) == ("NC1", False, "phone", 2)
    assert row.looked_at is None
    assert case.uuid not in listed(session, desk)
    (event,) = events(session, "case.reopened")
    assert details_of(event) == {"outcome": "NE4", "reason": "名册上是 两个人"}
    after = rates_of(session, desk.draw).tally
    assert (after.NE, after.NC) == (tally.NE - 1, tally.NC + 1)
    assert tally_differences(session, desk.draw) == []


def test_a_reopened_case_with_one_attempt_counts_as_not_attempted_and_is_queued_again(
    session: Session, desk: BusyDesk
) -> None:
    for other_case in desk.cases(session):
        session.get_one(Schedule, other_case.id).assigned_to_id = desk.lan.id
    case = ended(session, desk)
    reopen_closed(session, case, reason="核实过", actor=desk.lead, at=AT + timedelta(minutes=2))
    session.get_one(Schedule, case.id).assigned_to_id = None
    session.commit()
    assert case.outcome is None
    claim = claim_next(session, desk.mei, AT + timedelta(minutes=3))
    assert claim is not None
    assert claim.case.id == case.id


def test_a_reopened_case_closed_again_is_listed_again(session: Session, desk: BusyDesk) -> None:
    case = ended(session, desk)
    accept_closed(session, case, actor=desk.lead)
    reopen_closed(session, case, reason="核实过", actor=desk.lead)
    called(session, case, desk.mei, AT + timedelta(days=1), "NE3", note="不再是低保。")
    assert case.uuid in listed(session, desk)


def refused(session: Session, case: Case, actor: User, reason: str = "核实过") -> str:
    with pytest.raises(Refused) as error:
        reopen_closed(session, case, reason=reason, actor=actor)
    session.rollback()
    return error.value.code


def test_a_case_that_must_stay_closed_is_not_reopened(session: Session, desk: BusyDesk) -> None:
    cases = desk.cases(session)
    assert refused(session, cases[2], desk.lead) == "answered"  # never served, and it counts
    assert refused(session, cases[4], desk.lead) == "not-to-be-seen"  # a clear refusal
    assert refused(session, cases[50], desk.lead) == "not-to-be-seen"  # nobody tried
    case = ended(session, desk)
    assert refused(session, case, desk.lead, reason=" \n") == "reason"
    assert refused(session, case, desk.lead, reason="长" * 401) == "reason"
    declare(session, desk.evaluation.station, desk.lead, "亲属", actor=desk.lead)
    session.commit()
    assert refused(session, case, desk.lead) == "recused"
    with pytest.raises(Refused):
        accept_closed(session, case, actor=desk.lead)
    assert case.outcome_final


def test_an_excluded_response_no_longer_prevents_reopening(session: Session, desk: BusyDesk) -> None:
    case = desk.cases(session)[30]
    response = a_response(session, case).response
    case.outcome, case.outcome_final = "NE4", True
    session.commit()
    assert why_not_reopened(session, case) == "answered"
    exclude_response(session, response, reason="核实")
    assert why_not_reopened(session, case) == ""


def test_a_replaced_case_is_not_reopened(session: Session) -> None:
    evaluation = an_evaluation(session)
    lead = a_member(session, evaluation, Role.LEAD, "lead")
    draw: Draw = a_draw(session, evaluation, protocol=Protocol.ONE_FOR_ONE)
    case = cases_of(session, draw)[0]
    key = uuid.uuid4()
    record_attempt(session, case, attempt_key=key, mode="phone", outcome="NE3", interviewer=None, note="退出低保。")
    session.commit()
    assert why_not_reopened(session, case) == "replaced"
    assert refused(session, case, lead) == "replaced"
    accept_closed(session, case, actor=lead)
    assert unseen_count(session, draw) == 0
