"""The supervisor's commands: requeueing and reassigning cases, assigning visits, notes, skills, settings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.queries import settings_of, skills_of
from app.desk.commands.claiming import claim_next
from app.models import AuditEvent, DeskNote, Role, Schedule
from app.recusals.commands import declare
from app.shared.errors import Refused
from app.supervision.commands.assignments import assign_visits, mark_note_seen, put_into_queue, reassign, set_skills
from app.supervision.commands.desk_settings import set_settings
from surveys.calling.settings import DEFAULT
from surveys.problems import InvalidDocument
from tests.app.desk_builders import AT, BusyDesk, a_busy_desk
from tests.builders import a_member, a_user


@pytest.fixture
def desk(session: Session) -> BusyDesk:
    return a_busy_desk(session)


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_waiting_case_put_back_is_called_again(session: Session, desk: BusyDesk) -> None:
    case = desk.cases(session)[7]
    row = put_into_queue(session, case, actor=desk.lead, at=AT)
    assert (row.way, row.cleared_at) == ("phone", AT)
    assert actions(session)[-1] == "case.requeued"
    with pytest.raises(Refused, match="不在等"):
        put_into_queue(session, case, actor=desk.lead, at=AT)


def test_a_closed_case_is_neither_put_back_nor_reassigned(session: Session, desk: BusyDesk) -> None:
    closed = desk.cases(session)[4]
    for act in (put_into_queue, lambda s, c, actor: reassign(s, c, desk.lan, actor=actor)):
        with pytest.raises(Refused, match="已经结案"):
            act(session, closed, actor=desk.lead)


def test_a_case_assigned_to_one_interviewer_is_claimed_by_nobody_else(session: Session, desk: BusyDesk) -> None:
    for case in desk.cases(session):
        row = session.get_one(Schedule, case.id)
        row.assigned_to_id = desk.lan.id  # all but one are somebody else's
    session.flush()
    free = desk.cases(session)[50]
    reassign(session, free, desk.mei, actor=desk.lead)
    session.commit()
    claim = claim_next(session, desk.mei, AT - timedelta(minutes=30))
    assert claim is not None
    assert claim.case.id == free.id
    events = len(actions(session))
    reassign(session, free, desk.mei, actor=desk.lead)
    assert len(actions(session)) == events
    reassign(session, free, None, actor=desk.lead)
    assert session.get_one(Schedule, free.id).assigned_to_id is None


def test_a_case_is_not_assigned_to_somebody_who_may_not_take_it(session: Session, desk: BusyDesk) -> None:
    case = desk.cases(session)[50]
    stranger = a_user(session, "stranger")
    buyer = a_member(session, desk.evaluation, Role.PURCHASER, "buyer")
    for person in (stranger, buyer):
        with pytest.raises(Refused, match="不是这次评估的访问员"):
            reassign(session, case, person, actor=desk.lead)
    row = session.get_one(Schedule, case.id)
    row.avoid_id = desk.mei.id
    session.flush()
    with pytest.raises(Refused, match="拒绝过"):
        reassign(session, case, desk.mei, actor=desk.lead)
    row.avoid_id, row.needs = None, "hak"
    session.flush()
    with pytest.raises(Refused, match="没有登记"):
        reassign(session, case, desk.mei, actor=desk.lead)
    set_skills(session, desk.evaluation, desk.mei, ["hak"], actor=desk.lead)
    reassign(session, case, desk.mei, actor=desk.lead)
    declare(session, desk.evaluation.station, desk.lan, "亲属", actor=desk.lan)
    with pytest.raises(Refused, match="回避"):
        reassign(session, case, desk.lan, actor=desk.lead)


def test_the_visits_of_a_village_are_assigned_to_an_interviewer_who_can_make_them(
    session: Session, desk: BusyDesk
) -> None:
    village = desk.evaluation.station.villages[0]
    cases = [case for case in desk.cases(session)[20:] if case.recipient.village_id == village.id][:5]
    rows = [session.get_one(Schedule, case.id) for case in cases]
    for row in rows:
        row.way = "visit"
    rows[1].avoid_id, rows[2].needs, rows[3].assigned_to_id = desk.mei.id, "hak", desk.lan.id
    session.flush()
    assert assign_visits(session, desk.evaluation, village, desk.mei, actor=desk.lead) == (2, 2)
    mei, lan = desk.mei.id, desk.lan.id
    assert [row.assigned_to_id for row in rows] == [mei, None, None, lan, mei]
    assert assign_visits(session, desk.evaluation, village, desk.mei, actor=desk.lead) == (0, 2)
    assert actions(session).count("visits.assigned") == 1
    with pytest.raises(Refused, match="不是这次评估的访问员"):
        assign_visits(session, desk.evaluation, village, desk.lead, actor=desk.lead)


def test_a_note_keeps_who_marked_it_as_seen_first(session: Session, desk: BusyDesk) -> None:
    note = session.scalars(select(DeskNote)).first()
    assert note is not None
    mark_note_seen(session, note, actor=desk.lead, at=AT)
    another = a_member(session, desk.evaluation, Role.LEAD, "another")
    mark_note_seen(session, note, actor=another, at=AT + timedelta(hours=1))
    assert (note.seen_at, note.seen_by_id) == (AT, desk.lead.id)
    assert actions(session).count("note.seen") == 1


def test_skills_are_set_and_removed(session: Session, desk: BusyDesk) -> None:
    assert set_skills(session, desk.evaluation, desk.lan, ["yue", "hak"], actor=desk.lead)
    assert not set_skills(session, desk.evaluation, desk.lan, ["hak", "yue"], actor=desk.lead)
    assert set_skills(session, desk.evaluation, desk.lan, ["sign"], actor=desk.lead)
    session.commit()
    assert skills_of(session, desk.lan) == {"sign"}
    assert actions(session).count("skills.set") == 2
    with pytest.raises(Refused, match="没有这项"):
        set_skills(session, desk.evaluation, desk.lan, ["klingon"], actor=desk.lead)
    with pytest.raises(Refused, match="不是这次评估的访问员"):
        set_skills(session, desk.evaluation, desk.lead, ["yue"], actor=desk.lead)


def test_a_change_of_settings_is_recorded_with_the_names_of_what_changed(session: Session, desk: BusyDesk) -> None:
    body = DEFAULT.to_json() | {"most_attempts": 6, "working_days": [["09:00", "12:00"], ["18:30", "20:00"]]}
    set_settings(session, desk.evaluation, body, actor=desk.lead)
    session.commit()
    assert settings_of(session, desk.evaluation).most_attempts == 6
    changed = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert changed is not None
    assert changed.action == "desk.settings_changed"
    assert changed.details == {
        "most_attempts": "5 → 6",
        "working_days": "09:00-11:30, 14:30-17:30, 18:30-20:30 → 09:00-12:00, 18:30-20:00",
        "rescheduled": 1,  # the case that had been tried five times
    }
    set_settings(session, desk.evaluation, body, actor=desk.lead)
    assert actions(session).count("desk.settings_changed") == 1


def test_invalid_settings_are_refused_with_nothing_saved(session: Session, desk: BusyDesk) -> None:
    with pytest.raises(InvalidDocument) as wrong:
        set_settings(session, desk.evaluation, {"most_attempts": 1, "lease_minutes": 0}, actor=desk.lead)
    assert {problem.place for problem in wrong.value.problems} == {"most_attempts", "lease_minutes"}
    assert settings_of(session, desk.evaluation) == DEFAULT
