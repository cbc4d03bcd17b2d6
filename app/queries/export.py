"""Responses for analysis elsewhere, without anything that identifies a person."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local
from app.documents import questionnaire_of
from app.models import Case, Draw, Evaluation, Recipient, Response, ServiceArea, Village
from surveys.estimates import INDEX_SCALE
from surveys.rounding import half_up

BATCH = 1_000
# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def inert(value: object) -> str:
    """The text of a cell, which no spreadsheet will execute."""
    text = "" if value is None else ";".join(map(str, value)) if isinstance(value, list) else str(value)
    return "'" + text if text.startswith(FORMULA_SIGNS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


def response_rows(session: Session, evaluation: Evaluation) -> Iterator[list[str]]:
    """A header and one row for each counted response, in ticket order; open texts are left out.

    Read in short batches, so that a long export never holds a database snapshot open.
    """
    questions = [q for q in questionnaire_of(evaluation).questions if q.kind != "text"]
    yield [
        "response", "area", "village", "mode", "date", "proxy", "staff_present", "coached", "never_served",
        "satisfaction_index", "facts_known", "facts_answered", "aware", *(q.id for q in questions),
    ]  # fmt: skip
    last = ""
    while rows := session.execute(
        select(Response, Case.ticket, Village.code, ServiceArea.code)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(
            Draw.evaluation_id == evaluation.id,
            Draw.voided_at.is_(None),
            Response.counted,
            Case.ticket > last,
        )
        .order_by(Case.ticket)
        .limit(BATCH)
    ).all():
        for response, _ticket, village, area in rows:
            index = response.satisfaction_index
            yield [
                inert(value)
                for value in (
                    response.uuid,
                    area,
                    village,
                    response.mode,
                    local(response.submitted_at).date(),
                    *map(_flag, (response.proxy, response.staff_present, response.coached, response.never_served)),
                    None if index is None else str(half_up(Fraction(index, INDEX_SCALE), 4)),
                    response.facts_known,
                    response.facts_answered,
                    _flag(response.aware),
                    *(response.answers.get(q.id) for q in questions),
                )
            ]
        last = rows[-1][1]
        session.rollback()


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)
