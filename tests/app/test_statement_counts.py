"""The number of statements of a page does not grow with cases, attempts, notes, interviews or interviewers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Attempt, BackCheck, Case, DeskNote, Evaluation, PhoneCall, Response, Role, Schedule, User
from app.quality_control.commands.back_checks import draw_back_checks
from tests.builders import SATISFIED, a_draw, a_hold, a_member, a_response, an_evaluation, cases_of
from tests.visitor import Visitor

S = "/evaluations/sample-2023"
FEW, MANY = 5, 40


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements executed within the context."""
    sent: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)


class Work:
    """Fieldwork that grows: each step adds cases with attempts, calls and notes, and an interviewer with interviews."""

    def __init__(self, session: Session, evaluation: Evaluation) -> None:
        self.session, self.evaluation = session, evaluation
        self.cases = cases_of(session, a_draw(session, evaluation))
        self.in_hand, self.others = self.cases[0], self.cases[1:]
        self.size = 0

    def grow(self, size: int, me: User) -> None:
        """Add data up to this size."""
        at = datetime.now(UTC) - timedelta(minutes=30)
        for number in range(self.size, size):
            self._interview(self.others[number], number)
            tried = self.others[MANY + number]
            for case in (self.in_hand, tried):
                self._try(case, me, at - timedelta(days=number + 1))
            self._try(tried, me, at)
            self.session.execute(update(Schedule).where(Schedule.case_id == tried.id).values(way="supervisor"))
            for case in (self.in_hand, tried):
                self.session.add(DeskNote(case_id=case.id, kind="note", text="下午再打。", written_by_id=me.id))
        self.session.flush()
        draw_back_checks(self.session, self.evaluation)
        for check in self.session.scalars(select(BackCheck).where(BackCheck.done_at.is_(None))):
            other = next(user for user in self._people() if user != check.response.interviewer_id)
            check.checker_id, check.done_at, check.result = other, at, "confirmed"
        self.size = size
        self.session.commit()

    def _people(self) -> list[int]:
        return list(self.session.scalars(select(Response.interviewer_id).distinct().order_by(Response.interviewer_id)))

    def _interview(self, case: Case, number: int) -> None:
        who = a_member(self.session, self.evaluation, Role.INTERVIEWER, f"other-{number}")
        a_response(self.session, case, SATISFIED, interviewer=who)

    def _try(self, case: Case, me: User, at: datetime) -> None:
        attempt = Attempt(
            case_id=case.id, attempt_key=uuid.uuid4(), at=at, mode="phone", outcome="NC1", interviewer_id=me.id, place=0
        )
        self.session.add(attempt)
        self.session.flush()
        self.session.add(
            PhoneCall(
                case_id=case.id, interviewer_id=me.id, holder="person", place=0, dialler="tel", started_at=at,
                ended_at=at, attempt_id=attempt.id,
            )
        )  # fmt: skip
        case.outcome, case.interviewer_id = "NC1", me.id


def test_the_number_of_statements_of_a_page_does_not_grow_with_the_data(
    session: Session, visitor: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    me = a_member(session, evaluation, Role.INTERVIEWER, "lan")
    work = Work(session, evaluation)
    lan, lead = visitor, another_visitor()
    lan.sign_in("lan")
    lead.sign_in("lead")
    mine, theirs = f"/desk/cases/{work.in_hand.uuid}", f"{S}/desk/cases/{work.in_hand.uuid}"
    pages = [
        *((lan, path) for path in ("/desk", mine, f"{mine}/interview/phone", "/desk/visits", "/desk/back-checks")),
        *((lead, path) for path in (f"{S}/desk", theirs, f"{S}/desk/visits", f"{S}/fieldwork")),
        *((lead, path) for path in (f"{S}/quality", f"{S}/quality/rules")),
    ]

    def statements() -> dict[str, list[str]]:
        by_path = {}
        for who, path in pages:
            assert who.get(path).status == 200, path  # once before: what a process keeps is not counted
            with counted() as sent:
                who.get(path)
            by_path[path] = sent
        return by_path

    counts = []
    for size in (FEW, MANY):
        work.grow(size, me)
        a_hold(session, work.in_hand, me)
        counts.append(statements())
    few, many = counts
    grown = {
        path: (
            len(few[path]),
            len(many[path]),
            next(statement for statement in many[path] if many[path].count(statement) > few[path].count(statement)),
        )
        for path in few
        if len(many[path]) > len(few[path])
    }
    assert grown == {}
    assert min(len(sent) for sent in few.values()) > 2  # something was counted
