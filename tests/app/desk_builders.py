"""Builders of a desk with calls, held cases, appointments, notes and a case that waits for the supervisor."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.desk.commands.attempts import record_attempt
from app.models import Appointment, Attempt, Case, DeskNote, Draw, Evaluation, PhoneCall, Role, Schedule, User
from tests.builders import NEVER_SERVED, a_draw, a_member, a_response, an_evaluation, cases_of
from tests.copies import kept

# A working Thursday, 11:00 in Guangzhou.
AT = datetime(2023, 11, 2, 3, 0, tzinfo=UTC)
NOTES = (
    ("note", "下午再打，家里有人午睡。"),
    ("care", "老人说已经两天没有吃饭，家里没有人。"),
    ("never_served", "说从来没有人来过，名字却在册上。"),
)


@dataclass
class BusyDesk:
    """A desk with work in progress, for tests of supervision."""

    evaluation: Evaluation
    draw: Draw
    lead: User
    lan: User
    mei: User

    def cases(self, session: Session) -> list[Case]:
        """Its cases in ticket order."""
        return cases_of(session, self.draw)


def called(
    session: Session, case: Case, user: User, at: datetime, outcome: str | None, *, seconds: int = 60, **more: object
) -> Attempt | None:
    """A call at that moment with its outcome; None leaves it under way."""
    call = PhoneCall(case_id=case.id, interviewer_id=user.id, holder="person", place=0, dialler="tel", started_at=at)
    session.add(call)
    session.flush()
    if outcome is None:
        return None
    attempt = record_attempt(
        session,
        case,
        attempt_key=uuid.uuid4(),
        mode="phone",
        outcome=outcome,
        interviewer=user,
        at=at + timedelta(seconds=seconds),
        **more,  # type: ignore[arg-type]
    )
    session.commit()
    return attempt


def waiting_case(session: Session, case: Case, user: User, at: datetime) -> Case:
    """A case at the limit of attempts, all on one morning: it may not be given up, and is not called again."""
    for n in range(5):
        called(session, case, user, at + timedelta(minutes=5 * n), "NC1")
    return case


def holds(session: Session, case: Case, user: User, at: datetime, *, minutes: int = 20) -> Schedule:
    """Let an interviewer hold this case since that moment."""
    row = session.get_one(Schedule, case.id)
    row.held_by_id, row.held_since, row.held_until = user.id, at, at + timedelta(minutes=minutes)
    session.commit()
    return row


def agreed(session: Session, case: Case, at: datetime, user: User | None = None) -> Appointment:
    """An appointment at that moment, with this interviewer where one is named."""
    row = Appointment(case_id=case.id, at=at, interviewer_id=user.id if user else None, made_at=AT)
    session.add(row)
    schedule = session.get_one(Schedule, case.id)
    schedule.appointment_at, schedule.appointment_for_id = at, row.interviewer_id
    session.commit()
    return row


def noted(session: Session, case: Case, user: User, kind: str, text: str, at: datetime = AT) -> DeskNote:
    """A note about a case."""
    note = DeskNote(case_id=case.id, kind=kind, text=text, written_at=at, written_by_id=user.id)
    session.add(note)
    session.commit()
    return note


@kept
def a_busy_desk(session: Session, at: datetime = AT, *, lead_name: str = "lead") -> BusyDesk:
    """A morning's work up to `at`: 100 drawn, 3 answered, 6 called, one waits, one in hand, three appointments."""
    evaluation = an_evaluation(session)
    lead = a_member(session, evaluation, Role.LEAD, lead_name)
    lan = a_member(session, evaluation, Role.INTERVIEWER, "lan")
    mei = a_member(session, evaluation, Role.INTERVIEWER, "mei")
    lan.display_name, mei.display_name = "兰访问员", "梅访问员"
    draw = a_draw(session, evaluation)
    session.execute(update(Schedule).values(not_before=at - timedelta(days=1)))
    cases = cases_of(session, draw)
    for case in cases[:2]:
        a_response(session, case, interviewer=lan)
    a_response(session, cases[2], NEVER_SERVED, interviewer=mei)
    called(session, cases[3], lan, at - timedelta(minutes=100), "NC1")
    called(session, cases[4], lan, at - timedelta(minutes=80), "R1")
    called(session, cases[5], mei, at - timedelta(minutes=70), "O1", note="重病，没有人可以代答。")
    called(session, cases[6], mei, at - timedelta(minutes=40), "NC2")
    waiting_case(session, cases[7], mei, at - timedelta(minutes=115))
    called(session, cases[8], lan, at - timedelta(minutes=2), None)
    holds(session, cases[8], lan, at - timedelta(minutes=3))
    agreed(session, cases[9], at - timedelta(minutes=10))
    agreed(session, cases[10], at + timedelta(hours=3), lan)
    agreed(session, cases[11], at + timedelta(days=1))
    for (kind, text), case in zip(NOTES, cases[12:], strict=False):
        noted(session, case, lan, kind, text, at - timedelta(minutes=30))
    session.commit()
    return BusyDesk(evaluation, draw, lead, lan, mei)
