"""Rows of the progress of the survey: outcomes, rates, reserves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flask import url_for
from flask_babel import gettext as _

from app.draw.queries.reserves import LostCase, Release
from app.localisation import moment, percent
from app.shared.cells import Button, Cell, Code, Parts
from app.shared.labels import outcome_name
from app.supervision.queries.progress import OutcomeCount
from app.supervision.queries.rates import MANY_ATTEMPTS, CasesByAttempts, Rate, RatesOfPart
from surveys.outcomes import OutcomeList

# Cases without an attempt have no outcome code: an empty cell, not the sign for a missing value.
NO_CODE = Parts(())


@dataclass(frozen=True)
class OutcomeCountRow:
    """How many cases have one outcome."""

    name: Cell
    code: Cell
    count: Cell


def outcome_rows(counts: Iterable[OutcomeCount], outcomes: OutcomeList) -> list[OutcomeCountRow]:
    """The cases by latest outcome, those without an attempt among them."""
    return [
        OutcomeCountRow(
            outcome_name(row.code, outcomes) if row.code else _("还没有联系"), row.code or NO_CODE, row.count
        )
        for row in counts
    ]


@dataclass(frozen=True)
class RateRow:
    """A rate with its formula."""

    name: Cell
    value: Cell
    formula: Cell


def rate_rows(rates: Iterable[Rate]) -> list[RateRow]:
    """All rates of the whole sample."""
    return [RateRow(rate.name, _rate(rate.value), Code(rate.formula)) for rate in rates]


def _rate(value: Fraction | None) -> str:
    return str(_("暂无")) if value is None else percent(value)


@dataclass(frozen=True)
class PartRatesRow:
    """The rates of a village, a mode or an interviewer."""

    name: Cell
    cases: Cell
    rr1: Cell
    rr3: Cell
    coop1: Cell
    ref1: Cell
    con1: Cell


RATES_OF_PARTS = ("RR1", "RR3", "COOP1", "REF1", "CON1")


def part_rates_rows(
    rows: Iterable[RatesOfPart], names: Mapping[str, str] | None = None, nobody: str = ""
) -> list[PartRatesRow]:
    """The rates by part; `names`: the labels of the parts, `nobody`: the label of the part without a name."""
    return [
        PartRatesRow(
            (names[row.name] if names else row.name) or nobody,
            row.cases,
            *(_rate(row.values[rate]) for rate in RATES_OF_PARTS),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class CasesByAttemptsRow:
    """How many cases have this number of attempts."""

    attempts: Cell
    cases: Cell
    interviewed: Cell


def cases_by_attempts_rows(rows: Iterable[CasesByAttempts]) -> list[CasesByAttemptsRow]:
    """The cases by number of attempts."""
    return [CasesByAttemptsRow(_times(row.attempts), row.cases, row.interviewed) for row in rows]


def _times(attempts: int) -> str:
    return str(_("5 次或更多") if attempts >= MANY_ATTEMPTS else _("%(n)s 次", n=attempts))


@dataclass(frozen=True)
class LostCaseRow:
    """A case that ended without an interview and was not replaced."""

    code: Cell
    village: Cell
    outcome: Cell
    act: Cell


def lost_case_rows(cases: Iterable[LostCase], slug: str, outcomes: OutcomeList) -> list[LostCaseRow]:
    """The cases the lead may replace."""
    return [
        LostCaseRow(case.code, case.village, outcome_name(case.outcome, outcomes), _release(case, slug))
        for case in cases
    ]


def _release(case: LostCase, slug: str) -> Cell:
    if not case.replaceable:
        return str(_("这一层没有候补"))
    return Button(_("放出候补"), url_for("fieldwork.release", slug=slug, case_uuid=case.uuid), about=case.code)


@dataclass(frozen=True)
class ReleaseRow:
    """One person of the reserve who was released."""

    number: Cell
    code: Cell
    replaces: Cell
    outcome: Cell
    at: Cell


def release_rows(released: Iterable[Release], outcomes: OutcomeList) -> list[ReleaseRow]:
    """Everybody released, in order."""
    return [
        ReleaseRow(row.number, row.code, row.replaces, outcome_name(row.outcome, outcomes), moment(row.at))
        for row in released
    ]
