"""Everything the page of one case shows, read in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.queries import PhoneNumber, has_counted_response, numbers_of, settings_of
from app.clock import local
from app.desk.queries.minors import has_opened
from app.desk.queries.reasons import reasons_for
from app.documents.queries import outcomes_of
from app.models import Case, Draft, PhoneCall, Schedule, User
from app.shared.queries import is_settled, retention_is_over
from surveys.calling.attempts import Lacking, lacking
from surveys.calling.call_scheduling import PastAttempt, soft_refusals
from surveys.calling.hours import WhyNot
from surveys.calling.minors import Protection, protection
from surveys.calling.order import barred
from surveys.calling.reasons import Reason
from surveys.calling.settings import CallingSettings
from surveys.outcomes import OutcomeList, consequence_of, known_outcome
from surveys.outcomes.consequences import NextAction
from surveys.outcomes.model import Outcome


@dataclass(frozen=True)
class AttemptLine:
    """An attempt as the page lists it; the note is for whoever works on the case."""

    at: datetime
    mode: str
    outcome: str
    note: str


@dataclass(frozen=True)
class CaseDetails:
    """A case as an interviewer sees it.

    `held`: they hold it; `visiting`: it is assigned to them to visit; neither: they may only read. `call` is their call
    under way, `hung_up` that one ended without an outcome. `locked`: a minor's record they have not opened. `over`: the
    retention period of people's data has ended. `attempts` leaves out web answers, `history` lists them too.
    """

    settings: CallingSettings
    outcomes: OutcomeList
    protected: Protection
    locked: bool
    held: bool
    visiting: bool
    settled: bool
    over: bool
    answered: bool
    under_way: bool
    attempts: tuple[PastAttempt, ...]
    history: tuple[AttemptLine, ...]
    numbers: tuple[PhoneNumber, ...]
    number_place: int
    call: PhoneCall | None
    hung_up: bool
    appointment_at: datetime | None
    closed_now: WhyNot | None
    reasons: tuple[Reason, ...]

    @property
    def acting(self) -> bool:
        """Whether this interviewer may do something about the case."""
        return (self.held or self.visiting) and not self.settled and not self.over

    @property
    def mode(self) -> str:
        """The mode of the present attempt: "phone" or "visit"."""
        return "visit" if self.visiting and not self.held else "phone"

    @property
    def lacking(self) -> Lacking:
        """What the attempts lack before the case may be given up."""
        return lacking([past.at for past in self.attempts], self.settings)

    @property
    def numbers_left(self) -> int:
        """How many numbers come after the present one; 0 on a visit."""
        return max(len(self.numbers) - 1 - self.number_place, 0) if self.mode == "phone" else 0

    def next(self, outcome: Outcome) -> NextAction:
        """The consequence of recording this outcome now."""
        return consequence_of(
            outcome,
            attempt=len(self.attempts) + 1,
            maximum=self.settings.most_attempts,
            numbers_left=self.numbers_left,
            refusals=soft_refusals(self.attempts),
        )

    def closes(self, outcome: Outcome, at: datetime) -> bool:
        """Whether recording this outcome now closes the case."""
        return self.next(outcome).closes and not self.limit_without_rule(outcome, at)

    def limit_without_rule(self, outcome: Outcome, at: datetime) -> bool:
        """Whether the limit of attempts is reached without meeting the attempt rule: then the supervisor decides."""
        if self.next(outcome).closed_by != "limit":
            return False
        return bool(lacking([*(past.at for past in self.attempts), local(at)], self.settings))


def case_details(session: Session, case: Case, user: User, at: datetime) -> CaseDetails:
    """The details of a case that a getter has fetched, and so authorised, before."""
    row = session.get_one(Schedule, case.id)
    evaluation, recipient = case.draw.evaluation, case.recipient
    settings, outcomes = settings_of(session, evaluation), outcomes_of(evaluation)
    protected = protection(recipient.birth_year, local(at).date())
    attempts = tuple(
        PastAttempt(
            local(attempt.at),
            known_outcome(attempt.outcome, outcomes),
            attempt.interviewer_id,
            attempt.place,
            attempt.needs,
        )
        for attempt in case.attempts
        if attempt.mode != "web"
    )
    draft = session.get(Draft, case.id)
    call = session.scalar(
        select(PhoneCall)
        .where(PhoneCall.case_id == case.id, PhoneCall.back_check_id.is_(None))
        .order_by(PhoneCall.started_at.desc(), PhoneCall.id.desc())
        .limit(1)
    )
    mine = call is not None and call.interviewer_id == user.id
    held = row.held_by_id == user.id
    return CaseDetails(
        settings=settings,
        outcomes=outcomes,
        protected=protected,
        locked=protected.minor and not has_opened(session, case, user),
        held=held,
        visiting=row.way == "visit" and row.assigned_to_id == user.id,
        settled=is_settled(session, evaluation),
        over=retention_is_over(evaluation),
        answered=case.outcome_final and has_counted_response(session, case),
        under_way=draft is not None,
        attempts=attempts,
        history=tuple(
            AttemptLine(attempt.at, attempt.mode, attempt.outcome, attempt.note or "") for attempt in case.attempts
        ),
        numbers=numbers_of(recipient.contact, guardian_only=protected.guardian_consents),
        number_place=row.number_place,
        call=call if call is not None and mine and held and call.ended_at is None else None,
        hung_up=call is not None and mine and held and call.ended_at is not None and call.attempt_id is None,
        appointment_at=row.appointment_at,
        closed_now=barred(local(at), settings, row.appointment_at),
        reasons=reasons_for(session, case, row, attempts, draft, user, at),
    )
