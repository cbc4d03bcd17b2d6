"""What a draw would do, before it is made."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models import Evaluation
from app.queries.evidence import frame_of
from sampling.plan import Plan
from sampling.rule import NobodyToAsk, Reading, planned_size, requirement


def plan_by_villages(session: Session, evaluation: Evaluation, size: int | None = None) -> Plan:
    """The plan most evaluations take: strata by village in proportion, as many people as the rule asks, or more.

    Raises SizeRefused when `size` is not allowed, NobodyToAsk without people.
    """
    frame = frame_of(session, evaluation)
    if frame is None:
        raise NobodyToAsk("还没有名册。先上传名册，再抽样。")
    need = requirement(frame.priority_count, frame.people_count, Reading(evaluation.reading))
    return Plan(planned_size(need, size))
