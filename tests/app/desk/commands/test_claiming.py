"""Claiming the next case: in the order of the rules, by one interviewer only, free again when the lease expires."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.desk.commands.claiming import claim_case, claim_next, put_back, renew_lease
from app.models import (
    AuditEvent,
    Case,
    Contact,
    Draw,
    DrawStratum,
    Evaluation,
    InterviewerSkill,
    Recusal,
    Role,
    Schedule,
    User,
)
from app.shared.errors import Refused
from surveys.calling.local_time import GUANGZHOU
from surveys.calling.order import Candidate, Interviewer, best
from surveys.calling.settings import DEFAULT
from tests.at_once import Act, at_once
from tests.builders import a_draw, a_hold, a_member, a_response, an_evaluation, cases_of, without_rules

# A Monday on which people are called from 9:00.
MORNING = datetime(2026, 11, 2, 10, 0, tzinfo=GUANGZHOU)
NIGHT = datetime(2026, 11, 2, 23, 0, tzinfo=GUANGZHOU)


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    return an_evaluation(session)


@pytest.fixture
def draw(session: Session, evaluation: Evaluation) -> Draw:
    new_draw = a_draw(session, evaluation)
    session.execute(sa.update(Schedule).values(not_before=MORNING - timedelta(days=1)))
    session.commit()
    return new_draw


@pytest.fixture
def interviewer(session: Session, evaluation: Evaluation) -> User:
    return a_member(session, evaluation, Role.INTERVIEWER)


def claimed(session: Session, user: User, at: datetime = MORNING) -> Case | None:
    claim = claim_next(session, user, at)
    session.commit()
    return claim.case if claim else None


def rows(session: Session) -> list[Schedule]:
    return list(session.scalars(sa.select(Schedule).order_by(Schedule.ticket)))


def test_the_first_ticket_is_claimed_first_and_audited(session: Session, draw: Draw, interviewer: User) -> None:
    case = claimed(session, interviewer)
    assert case is not None
    # All strata need all of theirs: the ticket decides.
    assert case.ticket == min(row.ticket for row in rows(session))
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.claimed")).one()
    assert (event.subject, event.actor_id) == (case.uuid, interviewer.id)


def test_a_held_case_is_returned_until_it_is_put_back(session: Session, draw: Draw, interviewer: User) -> None:
    first = claimed(session, interviewer)
    assert claimed(session, interviewer, MORNING + timedelta(minutes=5)) is first
    assert first is not None
    put_back(session, first, actor=interviewer)
    session.commit()
    with pytest.raises(Refused, match="不在您手上"):
        put_back(session, first, actor=interviewer)
    assert claimed(session, interviewer) is first


def test_a_case_is_free_again_when_its_lease_expires(
    session: Session, evaluation: Evaluation, draw: Draw, interviewer: User
) -> None:
    other = a_member(session, evaluation, Role.INTERVIEWER)
    first = claimed(session, interviewer)
    assert claimed(session, other) is not first
    put_back(session, session.get_one(Case, _held(session, other)), actor=other)
    later = MORNING + timedelta(minutes=DEFAULT.lease_minutes + 1)
    assert claimed(session, other, later) is first
    assert first is not None
    with pytest.raises(Refused, match="不在您手上"):
        renew_lease(session, first, actor=interviewer, at=later)


def _held(session: Session, user: User) -> int:
    return session.scalars(sa.select(Schedule.case_id).where(Schedule.held_by_id == user.id)).one()


def test_outside_hours_only_an_appointment_is_called(session: Session, draw: Draw, interviewer: User) -> None:
    assert claimed(session, interviewer, NIGHT) is None
    row = rows(session)[7]
    row.appointment_at = NIGHT
    session.commit()
    case = claimed(session, interviewer, NIGHT)
    assert case is not None
    assert case.id == row.case_id


def test_the_stratum_furthest_below_its_allocation_comes_first(session: Session, draw: Draw, interviewer: User) -> None:
    strata = {row.stratum for row in rows(session)}
    behind = max(strata)
    for stratum in strata - {behind}:
        a_response(session, next(case for case in cases_of(session, draw) if case.stratum == stratum))
    session.execute(sa.update(Schedule).where(Schedule.way == "phone").values(not_before=MORNING - timedelta(days=1)))
    session.commit()
    case = claimed(session, interviewer)
    assert case is not None
    assert case.stratum == behind


def test_a_case_without_a_number_becomes_a_visit_and_the_next_is_claimed(
    session: Session, draw: Draw, interviewer: User
) -> None:
    first = rows(session)[0]
    contact = session.get_one(Contact, session.get_one(Case, first.case_id).recipient_id)
    contact.phones = []
    session.commit()
    case = claimed(session, interviewer)
    assert case is not None
    assert case.id == rows(session)[1].case_id
    visit = session.get_one(Schedule, first.case_id)
    assert (visit.way, visit.assigned_to_id, visit.held_by_id) == ("visit", interviewer.id, None)


def test_a_recused_interviewer_gets_no_case_of_the_station(
    session: Session, evaluation: Evaluation, draw: Draw, interviewer: User
) -> None:
    case = claimed(session, interviewer)
    assert case is not None
    session.add(Recusal(station_id=evaluation.station_id, user_id=interviewer.id, reason="亲属在该站工作"))
    session.commit()
    assert claimed(session, interviewer) is None
    assert session.get_one(Schedule, case.id).held_by_id is None
    with pytest.raises(Refused, match="回避"):
        claim_case(session, case, actor=interviewer)


def test_no_case_of_a_voided_draw_is_claimed(session: Session, draw: Draw, interviewer: User) -> None:
    without_rules(session)
    draw.voided_at, draw.void_reason = MORNING, "试验"
    session.commit()
    assert claimed(session, interviewer) is None


def test_a_particular_case_is_claimed_only_when_free_and_holding_no_other(
    session: Session, evaluation: Evaluation, draw: Draw, interviewer: User
) -> None:
    other = a_member(session, evaluation, Role.INTERVIEWER)
    first, second = cases_of(session, draw)[:2]
    a_hold(session, first, other)
    with pytest.raises(Refused, match="别的访问员接走"):
        claim_case(session, first, actor=interviewer)
    claim_case(session, second, actor=interviewer)
    session.commit()
    with pytest.raises(Refused, match="手上还有"):
        claim_case(session, cases_of(session, draw)[2], actor=interviewer)


@pytest.mark.parametrize("seed", range(12))
def test_the_claiming_statement_follows_the_order_of_the_rules(
    session: Session, evaluation: Evaluation, draw: Draw, interviewer: User, seed: int
) -> None:
    """With random schedules the database claims the case that surveys.calling.order puts first."""
    pick = random.Random(seed)
    other = a_member(session, evaluation, Role.INTERVIEWER)
    skills = frozenset(pick.sample(["yue", "hak", "sign"], pick.randint(0, 2)))
    session.add_all(InterviewerSkill(user_id=interviewer.id, skill=skill) for skill in skills)
    at = pick.choice([MORNING, MORNING + timedelta(hours=5), NIGHT])
    for row in rows(session):
        row.way = pick.choice(["phone"] * 6 + ["visit", "supervisor", "closed"])
        row.not_before = at + timedelta(minutes=pick.choice([-200, -1, 0, 1, 300]))
        row.day_parts, row.needs = pick.randint(0, 15), pick.choice(["", "", "", "yue", "hak"])
        row.assigned_to_id = pick.choice([None] * 6 + [interviewer.id, other.id])
        row.avoid_id = pick.choice([None] * 6 + [interviewer.id, other.id])
        if pick.random() < 0.1:
            row.appointment_at = at + timedelta(minutes=pick.choice([-60, -16, -3, 4, 6, 500]))
            row.appointment_for_id = pick.choice([None, interviewer.id, other.id])
    free = rows(session)
    held = pick.choice(free)
    held.held_by_id, held.held_since, held.held_until = other.id, at, at + timedelta(minutes=pick.choice([-1, 9]))
    session.commit()
    for number in range(6):
        strata = session.scalars(sa.select(DrawStratum.stratum)).all()
        expected = best(
            [_candidate(row) for row in rows(session)],
            Interviewer(interviewer.id, skills),
            at.astimezone(GUANGZHOU),
            DEFAULT,
            {stratum: Fraction(1) for stratum in strata},
        )
        case = claimed(session, interviewer, at)
        assert (case and case.id) == (expected and expected.key), f"{seed} {number}"
        if case is None:
            break
        session.get_one(Schedule, case.id).way = "closed"
        session.commit()


def _candidate(row: Schedule) -> Candidate:
    def there(moment: datetime | None) -> datetime | None:
        return moment and moment.astimezone(GUANGZHOU)

    return Candidate(
        key=row.case_id,
        ticket=row.ticket,
        stratum=row.stratum,
        not_before=row.not_before.astimezone(GUANGZHOU),
        way=row.way,
        appointment_at=there(row.appointment_at),
        appointment_for=row.appointment_for_id,
        assigned_to=row.assigned_to_id,
        avoid=row.avoid_id,
        attempts=row.attempts,
        day_parts=row.day_parts,
        needs=row.needs,
        held_by=row.held_by_id,
        held_until=there(row.held_until),
    )


CLAIMERS = 20


@pytest.fixture
def crowd(session: Session, evaluation: Evaluation, draw: Draw) -> list[int]:
    return [a_member(session, evaluation, Role.INTERVIEWER).id for _ in range(CLAIMERS)]


def test_twenty_interviewers_claiming_at_once_get_twenty_cases(app: Flask, session: Session, crowd: list[int]) -> None:
    """Three rounds of twenty threads at the same instant: each gets a case of its own."""
    session.rollback()
    for turn in range(3):
        got = _all_press(app, crowd)
        assert len(set(got)) == CLAIMERS
        assert 0 not in got, turn
        session.execute(
            sa.update(Schedule)
            .where(Schedule.held_by_id.is_not(None))
            .values(way="closed", held_by_id=None, held_since=None, held_until=None)
        )
        session.commit()


def test_an_interviewer_claiming_twice_at_once_gets_one_case(app: Flask, session: Session, crowd: list[int]) -> None:
    session.rollback()
    assert len(set(_all_press(app, [crowd[0]] * CLAIMERS))) == 1


def test_the_database_allows_one_held_case_for_each_interviewer(
    session: Session, draw: Draw, interviewer: User
) -> None:
    first, second = cases_of(session, draw)[:2]
    a_hold(session, first, interviewer)
    row = session.get_one(Schedule, second.id)
    row.held_by_id, row.held_since, row.held_until = interviewer.id, datetime.now(UTC), datetime.now(UTC)
    with pytest.raises(sa.exc.IntegrityError):
        session.commit()
    session.rollback()


def _all_press(app: Flask, crowd: list[int]) -> list[int]:
    """The ids of the cases claimed by threads at the same instant; 0 for a thread that got none."""

    def press(user_id: int) -> Act:
        def claim(own: Session) -> int:
            claim_made = claim_next(own, own.get_one(User, user_id), MORNING)
            return claim_made.case.id if claim_made else 0

        return claim

    return at_once(app, *(press(user_id) for user_id in crowd))
