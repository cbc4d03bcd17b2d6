"""What of an evaluation can still be changed, and which step fixes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Case, Ceremony, Draw, Evaluation, Frame, Response, Settlement


class Step(StrEnum):
    """A step after which something of an evaluation cannot be changed any more."""

    SEALED = "sealed"
    ANNOUNCED = "announced"
    DRAWN = "drawn"
    ANSWERED = "answered"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


# By setting, the step that fixes it. Nothing is changed once the evaluation is withdrawn.
FIXED_BY: Mapping[str, Step] = {
    "title": Step.SETTLED,
    "stage": Step.DRAWN,
    "period_start": Step.DRAWN,
    "period_end": Step.DRAWN,
    "reading": Step.ANNOUNCED,
    "held_on": Step.SETTLED,
    "evaluator": Step.SETTLED,
    "commissioner": Step.SETTLED,
    "purchaser": Step.SETTLED,
    "hotline": Step.WITHDRAWN,
    "questionnaire": Step.ANSWERED,
    "areas": Step.SEALED,
}


@dataclass(frozen=True)
class Fixing:
    """The step that fixes a setting, and when it was taken; None before."""

    step: Step
    at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether the setting can still be changed."""
        return self.at is None


def fixings_of(session: Session, evaluation: Evaluation) -> dict[str, Fixing]:
    """For every setting the step that fixes it, and when it did."""
    taken = _steps_taken(session, evaluation)
    withdrawn = Fixing(Step.WITHDRAWN, taken[Step.WITHDRAWN])
    return {
        name: Fixing(step, taken[step]) if taken[step] is not None or withdrawn.is_open else withdrawn
        for name, step in FIXED_BY.items()
    }


def _steps_taken(session: Session, evaluation: Evaluation) -> dict[Step, datetime | None]:
    """When each step was taken first; a draw that was voided later had its certificate all the same."""
    own = evaluation.id
    drawn = select(func.min(Draw.drawn_at)).where(Draw.evaluation_id == own)
    answered = (
        select(func.min(Response.submitted_at))
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .where(Draw.evaluation_id == own)
    )
    return {
        Step.SEALED: session.scalar(select(Frame.sealed_at).where(Frame.evaluation_id == own)),
        Step.ANNOUNCED: session.scalar(select(func.min(Ceremony.announced_at)).where(Ceremony.evaluation_id == own)),
        Step.DRAWN: session.scalar(drawn),
        Step.ANSWERED: session.scalar(answered),
        Step.SETTLED: session.scalar(select(Settlement.settled_at).where(Settlement.evaluation_id == own)),
        Step.WITHDRAWN: session.scalar(select(Evaluation.withdrawn_at).where(Evaluation.id == own)),
    }
