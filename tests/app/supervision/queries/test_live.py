"""The figures of the live page agree with the records: strata, interviewers, calls by hour, appointments, notes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.models import Attempt, Schedule
from app.recusals.commands import declare
from app.supervision.queries.desk_notes import unseen_notes
from app.supervision.queries.interviewer_activity import activity_of_interviewers, appointments_ahead, calls_by_hour
from app.supervision.queries.live import WAYS, stratum_counts, totals_of, unreached_sample, waiting_cases, waiting_count
from surveys.calling.settings import DEFAULT
from tests.app.desk_builders import AT, BusyDesk, a_busy_desk, called, holds


@pytest.fixture
def desk(session: Session) -> BusyDesk:
    return a_busy_desk(session)


def test_strata_add_up_to_the_sample_and_count_the_missing_interviews(session: Session, desk: BusyDesk) -> None:
    strata = stratum_counts(session, desk.draw)
    assert [row.name for row in strata] == ["甲村", "乙村", "丙村", "丁村", "戊村"]
    totals = totals_of(strata)
    assert (totals["allocated"], totals["drawn"], totals["population"], totals["reserve"]) == (100, 100, 150, 50)
    assert (totals["valid"], totals["needed"]) == (2, 98)
    assert totals["supervisor"] == 1
    assert totals["closed"] == 5  # two answered, one never served, one refused for good, one too ill
    assert sum(totals[mode] for mode in WAYS) == session.scalar(select(func.count()).select_from(Schedule)) == 100


def test_interviewers_are_listed_with_their_case_in_hand_and_work_of_the_day(session: Session, desk: BusyDesk) -> None:
    lan, mei = activity_of_interviewers(session, desk.draw, DEFAULT, AT)
    assert (lan.name, lan.calls, lan.tries) == ("兰访问员", 3, 2)
    assert lan.code is not None
    assert lan.since == AT - timedelta(minutes=3)
    assert not lan.lapsed
    assert lan.seen == AT - timedelta(minutes=2)
    assert (mei.name, mei.calls, mei.tries, mei.code) == ("梅访问员", 7, 7, None)
    assert mei.seen == AT - timedelta(minutes=39)


def test_an_expired_lease_is_marked(session: Session, desk: BusyDesk) -> None:
    holds(session, desk.cases(session)[20], desk.mei, AT - timedelta(minutes=45))
    mei = next(
        interviewer
        for interviewer in activity_of_interviewers(session, desk.draw, DEFAULT, AT)
        if interviewer.name == "梅访问员"
    )
    assert mei.lapsed


def test_yesterdays_work_is_not_counted_today(session: Session, desk: BusyDesk) -> None:
    called(session, desk.cases(session)[21], desk.mei, AT - timedelta(days=1), "NC1")
    mei = next(
        interviewer
        for interviewer in activity_of_interviewers(session, desk.draw, DEFAULT, AT)
        if interviewer.name == "梅访问员"
    )
    assert mei.calls == 7
    assert activity_of_interviewers(session, desk.draw, DEFAULT, AT + timedelta(days=1))[0].calls == 0
    assert calls_by_hour(session, desk.draw, AT + timedelta(days=1)) == []


def test_calls_are_counted_by_hour_in_guangzhou_and_by_result(session: Session, desk: BusyDesk) -> None:
    hours = {row.hour: row for row in calls_by_hour(session, desk.draw, AT)}
    assert list(hours) == [9, 10]
    assert hours[9].results == {"not_reached": 6, "refused": 1, "cannot": 1}
    assert hours[10].results == {"not_reached": 1, "open": 1}
    assert sum(row.calls for row in hours.values()) == 10


def test_appointments_are_counted_by_day_and_the_next_ones_listed(session: Session, desk: BusyDesk) -> None:
    ahead = appointments_ahead(session, desk.draw, AT)
    assert [(row.day, row.count) for row in ahead.days] == [
        (None, 1), (date(2023, 11, 2), 1), (date(2023, 11, 3), 1),
    ]  # fmt: skip
    assert [(row.overdue, row.interviewer) for row in ahead.next] == [(True, None), (False, "兰访问员"), (False, None)]


def test_a_waiting_case_is_listed_with_its_attempts(session: Session, desk: BusyDesk) -> None:
    assert waiting_count(session, desk.draw) == 1
    (waiting,) = waiting_cases(session, desk.draw)
    assert (waiting.outcome, waiting.attempts, waiting.assigned) == ("NC1", 5, None)
    assert waiting.last_at == session.scalar(
        select(func.max(Attempt.at)).where(Attempt.case_id == desk.cases(session)[7].id)
    )


def test_notes_about_people_in_need_come_first(session: Session, desk: BusyDesk) -> None:
    assert [note.kind for note in unseen_notes(session, desk.draw)] == ["care", "never_served", "note"]


def test_closed_non_contacts_are_sampled_by_ticket(session: Session, desk: BusyDesk) -> None:
    assert unreached_sample(session, desk.draw).count == 0
    cases = desk.cases(session)[30:38]
    for case in cases:
        for days, hours in ((3, 0), (2, 4), (1, 8)):
            called(session, case, desk.lan, AT - timedelta(days=days) + timedelta(hours=hours), "NC1")
        case.outcome_final = True
    session.commit()
    sample = unreached_sample(session, desk.draw)
    assert sample.count == 8
    expected = sorted(cases, key=lambda case: case.ticket[32:])[:5]
    assert list(sample.uuids) == [case.uuid for case in expected]
    assert all(len(overview.attempts) == 3 for overview in sample.cases)


def test_a_recused_interviewer_is_marked(session: Session, desk: BusyDesk) -> None:
    declare(session, desk.evaluation.station, desk.mei, "亲属", actor=desk.mei)
    session.commit()
    activity = activity_of_interviewers(session, desk.draw, DEFAULT, AT)
    recused = {interviewer.name: interviewer.recused for interviewer in activity}
    assert recused == {"兰访问员": False, "梅访问员": True}


def test_the_number_of_statements_of_the_live_page_does_not_grow_with_the_cases(
    session: Session, desk: BusyDesk
) -> None:
    def statements() -> int:
        sent: list[str] = []
        session.expire_all()
        listen = lambda *arguments: sent.append(arguments[2])  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", listen)
        activity_of_interviewers(session, desk.draw, DEFAULT, AT)
        calls_by_hour(session, desk.draw, AT)
        appointments_ahead(session, desk.draw, AT)
        waiting_cases(session, desk.draw)
        unseen_notes(session, desk.draw)
        event.remove(session.get_bind(), "before_cursor_execute", listen)
        # On SQLite the beginning of a transaction is a statement too: it is none of the page.
        return sum(not statement.startswith("BEGIN") for statement in sent)

    before = statements()
    for n, case in enumerate(desk.cases(session)[40:60]):
        called(session, case, desk.lan, AT - timedelta(minutes=n + 1), "NC1")
    assert statements() == before
