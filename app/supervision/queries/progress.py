"""Progress of the fieldwork in counts by village, interviewer and outcome; no names of people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import Session

from app.documents.queries import outcomes_of
from app.models import Attempt, Case, Draw, Recipient, Response, ServiceArea, User, Village
from app.supervision.queries.rates import outcome_counts
from sampling.rule import Reading
from surveys.outcomes import all_known

# Groups of outcomes after which somebody, the person or another, was spoken to; classes of a finished interview.
REACHED = ("reached", "refused", "cannot")
COMPLETED = ("I", "X")
SUMMED = ("population", "drawn", "tried", "reached", "completed", "valid", "open")


@dataclass(frozen=True)
class StratumProgress:
    """One village: people of the population of the rule, cases drawn, tried, reached, completed, valid, open."""

    area: str
    village: str
    population: int
    drawn: int
    tried: int
    reached: int
    completed: int
    valid: int
    open: int


@dataclass(frozen=True)
class InterviewerProgress:
    """One interviewer: cases whose latest attempt is theirs, how many of these are closed, and valid interviews."""

    name: str
    cases: int
    closed: int
    counted: int


@dataclass(frozen=True)
class OutcomeCount:
    """Cases with one outcome; the code is None for those not yet tried."""

    code: str | None
    count: int


@dataclass(frozen=True)
class Fieldwork:
    """The figures of the progress page."""

    strata: tuple[StratumProgress, ...]
    outcomes: tuple[OutcomeCount, ...]
    interviewers: tuple[InterviewerProgress, ...]

    @property
    def totals(self) -> StratumProgress:
        """All villages together."""
        return StratumProgress("", "", *(sum(getattr(s, name) for s in self.strata) for name in SUMMED))


def fieldwork_of(session: Session, draw: Draw) -> Fieldwork:
    """Counts by village, outcome and interviewer."""
    counts = outcome_counts(session, draw)
    listed = [outcome.code for outcome in outcomes_of(draw.evaluation)]
    unlisted = sorted(code for code in counts if code is not None and code not in listed)
    return Fieldwork(
        strata=tuple(_strata(session, draw)),
        outcomes=tuple(OutcomeCount(code, counts[code]) for code in (*listed, *unlisted, None) if counts.get(code)),
        interviewers=tuple(_interviewers(session, draw)),
    )


def _strata(session: Session, draw: Draw) -> list[StratumProgress]:
    """The progress of each village, whatever the strata are: people that could be drawn, and their cases by state."""
    outcomes = all_known(outcomes_of(draw.evaluation))
    spoken_to = [o.code for o in outcomes if o.group in REACHED]
    completed = [o.code for o in outcomes if o.aapor in COMPLETED]
    # By all attempts: a case with an appointment was contacted, even where later attempts reached nobody.
    reached = select(Attempt.id).where(Attempt.case_id == Case.id, Attempt.outcome.in_(spoken_to)).exists()
    drawn_from = or_(Recipient.priority, literal(draw.reading == Reading.EVERYONE or draw.general > 0))
    rows = session.execute(
        select(
            ServiceArea.name,
            Village.name,
            func.count(Recipient.id),
            func.count(Case.id),
            func.count(Case.outcome),
            func.count(Case.id).filter(reached),
            func.count(Case.id).filter(Case.outcome.in_(completed)),
            func.count(Response.id).filter(Response.satisfaction_valid),
            func.count(Case.id).filter(Case.outcome_final.is_(False)),
        )
        .select_from(Recipient)
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .outerjoin(Case, and_(Case.draw_id == draw.id, Case.recipient_id == Recipient.id))
        .outerjoin(Response, and_(Response.case_id == Case.id, Response.counted))
        .where(Recipient.frame_id == draw.frame_id, drawn_from)
        .group_by(ServiceArea.name, Village.name, Village.code)
        .order_by(Village.code)
    )
    return [StratumProgress(*row) for row in rows]


def _interviewers(session: Session, draw: Draw) -> list[InterviewerProgress]:
    rows = session.execute(
        select(
            User.display_name,
            func.count(Case.id),
            func.count(Case.id).filter(Case.outcome_final),
            func.count(Response.id).filter(Response.interviewer_id == User.id),
        )
        .select_from(Case)
        .join(User, Case.interviewer_id == User.id)
        .outerjoin(Response, and_(Response.case_id == Case.id, Response.counted))
        .where(Case.draw_id == draw.id)
        .group_by(User.id, User.display_name)
        .order_by(User.id)
    )
    return [InterviewerProgress(*row) for row in rows]
