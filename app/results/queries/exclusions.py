"""What excluding a response would change in each figure, and the exclusions already entered for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.queries import questionnaire_of
from app.models import Evaluation, Exclusion, Response
from app.results.queries.figures import Figure
from app.results.queries.responses import why_left_out
from app.results.queries.results import headline, results_of
from app.results.queries.strata import StratumRow
from surveys.scoring import STATISTICS


@dataclass(frozen=True)
class Effect:
    """A headline figure with a response in it and without."""

    name: str
    inside: Figure
    outside: Figure


def effects_of(session: Session, evaluation: Evaluation, response: Response) -> tuple[Effect, ...]:
    """Each figure a counted response is in, with it and without; empty for a response that does not count."""
    if not response.counted:
        return ()
    rows = results_of(session, evaluation).strata
    satisfied = response.overall in questionnaire_of(evaluation).measures.satisfied
    remaining = [_without(row, response, satisfied) if row.stratum == response.case.stratum else row for row in rows]
    inside, outside = headline(rows), headline(remaining)
    return tuple(Effect(name, inside[name], outside[name]) for name in STATISTICS if not why_left_out(response, name))


def _without(row: StratumRow, response: Response, satisfied: bool) -> StratumRow:
    valid, index = response.satisfaction_valid, response.satisfaction_index or 0
    indices = dict(row.indices)
    if valid:
        indices[index] -= 1
    return replace(
        row,
        valid=row.valid - valid,
        index_total=row.index_total - index * valid,
        index_squares=row.index_squares - index * index * valid,
        satisfied=row.satisfied - (valid and satisfied),
        awareness_n=row.awareness_n - response.awareness_valid,
        aware=row.aware - bool(response.awareness_valid and response.aware),
        indices={value: number for value, number in indices.items() if number},
    )


def exclusions_of(session: Session, response: Response) -> list[Exclusion]:
    """The exclusions and restorations of a response, newest first."""
    return list(
        session.scalars(select(Exclusion).where(Exclusion.response_id == response.id).order_by(Exclusion.id.desc()))
    )
