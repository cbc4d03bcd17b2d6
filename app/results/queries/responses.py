"""The responses of the sample: pages of those in a figure and of those left out, and why each is left out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.clock import local
from app.draw.queries.stratum_names import stratum_names
from app.models import Case, Draw, DrawStratum, Evaluation, Response
from app.shared.queries import live_draw
from sampling.strata import MAIN
from surveys.estimates import INDEX_SCALE
from surveys.rounding import half_up

PAGE_SIZE = 50


@dataclass(frozen=True)
class ResponseLine:
    """One response in a list; `reason` is the code of why it is left out of a figure, empty where it is in."""

    uuid: uuid.UUID
    stratum: str
    mode: str
    on: date
    proxy: bool
    index: Decimal | None
    overall: str | None
    aware: bool | None
    reason: str


@dataclass(frozen=True)
class ResponsePage:
    """A page of responses, numbered from 1."""

    lines: tuple[ResponseLine, ...]
    number: int
    pages: int
    total: int


def responses_of(draw: Draw, *columns: Any) -> Select[Any]:
    """Select columns of the responses in the main part of the sample (the population of the rule)."""
    return (
        select(*columns)
        .select_from(Response)
        .join(Case, Response.case_id == Case.id)
        .join(DrawStratum, and_(DrawStratum.draw_id == Case.draw_id, DrawStratum.stratum == Case.stratum))
        .where(Case.draw_id == draw.id, DrawStratum.part == MAIN)
    )


def _in_base(statistic: str) -> ColumnElement[bool]:
    valid = Response.awareness_valid if statistic == "awareness.rate" else Response.satisfaction_valid
    return and_(Response.counted, valid)


def response_page(
    session: Session, evaluation: Evaluation, statistic: str, *, inside: bool, number: int
) -> ResponsePage | None:
    """A page of the responses in a figure or left out of it, in ticket order; None before the draw."""
    draw = live_draw(session, evaluation)
    if draw is None:
        return None
    condition = _in_base(statistic) if inside else or_(_in_base(statistic).is_(False), _in_base(statistic).is_(None))
    total = session.scalar(responses_of(draw, func.count(Response.id)).where(condition)) or 0
    pages = max(-(-total // PAGE_SIZE), 1)
    number = min(max(number, 1), pages)
    names = stratum_names(draw)
    rows = session.execute(
        responses_of(draw, Response, Case.stratum)
        .where(condition)
        .order_by(Case.ticket, Response.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return ResponsePage(
        tuple(response_line(response, names.get(stratum, stratum), statistic) for response, stratum in rows),
        number,
        pages,
        total,
    )


def response_line(response: Response, stratum: str, statistic: str) -> ResponseLine:
    return ResponseLine(
        uuid=response.uuid,
        stratum=stratum,
        mode=response.mode,
        on=local(response.submitted_at).date(),
        proxy=response.proxy,
        index=_points(response.satisfaction_index),
        overall=response.overall,
        aware=response.aware,
        reason=why_left_out(response, statistic),
    )


def _points(scaled: int | None) -> Decimal | None:
    return None if scaled is None else half_up(Fraction(scaled, INDEX_SCALE), 4)


def why_left_out(response: Response, statistic: str) -> str:
    """The code of the reason why a response is not in a figure (app.results.labels.LEFT_OUT); empty where it is in."""
    if not response.valid:
        return response.invalid_reason or "invalid"
    if response.excluded:
        return "excluded"
    if not response.counted:
        return "not-first"
    if statistic == "awareness.rate":
        return "" if response.awareness_valid else "too-few-facts"
    if response.satisfaction_valid:
        return ""
    return "never-served" if response.never_served else "too-few-items"
