"""The counted responses of a survey with their weights, without anything that identifies a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Draw, Evaluation, Recipient, Response, ServiceArea, Village
from app.results.queries.strata import StratumRow, stratum_rows
from app.shared.queries import live_draw
from surveys.estimates import StratumCount, StratumWeight, stratum_weights

BATCH = 1_000
Count = Callable[[StratumRow], int]


class ResponsesChanged(Exception):
    """Responses arrived while they were read, so that rows and weights do not match; export again."""

    def __init__(self) -> None:
        super().__init__(_("导出的时候又收到了答卷，数字对不上。请再导出一次。"))


@dataclass(frozen=True)
class ExportedResponse:
    """One counted response with its stratum; a weight is None where the response is not in the base of the figure."""

    response: Response
    area: str
    village: str
    stratum: StratumRow
    satisfaction: StratumWeight | None
    awareness: StratumWeight | None


def exported_responses(session: Session, evaluation: Evaluation) -> Iterator[ExportedResponse]:
    """Every counted response of the draw in force, in ticket order.

    Read in short batches, so that a long export never holds a database snapshot open. Raises ResponsesChanged at the
    end when the rows read are not those the weights were made from.
    """
    draw = live_draw(session, evaluation)
    if draw is None:
        return
    rows = stratum_rows(session, evaluation, draw)
    strata = {row.stratum: row for row in rows}
    satisfaction = _weights(rows, lambda row: row.valid)
    awareness = _weights(rows, lambda row: row.awareness_n)
    read: Counter[tuple[str, str]] = Counter()
    for response, stratum, area, village in _responses(session, draw.id):
        read["satisfaction", stratum] += response.satisfaction_valid
        read["awareness", stratum] += response.awareness_valid
        yield ExportedResponse(
            response=response,
            area=area,
            village=village,
            stratum=strata[stratum],
            satisfaction=satisfaction.get(stratum) if response.satisfaction_valid else None,
            awareness=awareness.get(stratum) if response.awareness_valid else None,
        )
    for row in rows:
        if (read["satisfaction", row.stratum], read["awareness", row.stratum]) != (row.valid, row.awareness_n):
            raise ResponsesChanged


def _responses(session: Session, draw_id: int) -> Iterator[tuple[Response, str, str, str]]:
    last = ""
    while batch := session.execute(
        select(Response, Case.ticket, Case.stratum, ServiceArea.code, Village.code)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(Draw.id == draw_id, Response.counted, Case.ticket > last)
        .order_by(Case.ticket)
        .limit(BATCH)
    ).all():
        for response, _ticket, stratum, area, village in batch:
            yield response, stratum, area, village
        last = batch[-1][1]
        session.rollback()


def _weights(rows: Sequence[StratumRow], answered: Count) -> dict[str, StratumWeight]:
    """The weights by stratum, computed separately for the main part and for the general recipients."""
    weights: dict[str, StratumWeight] = {}
    for part in {row.part for row in rows}:
        counts = [StratumCount(r.stratum, r.area, r.population, answered(r), 0) for r in rows if r.part == part]
        weights |= {weight.stratum: weight for weight in stratum_weights(counts)}
    return weights
