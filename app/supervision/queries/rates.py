"""AAPOR outcome rates of the whole sample and of its parts, and the number of attempts per case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.queries import outcomes_of
from app.models import Attempt, Case, CaseTally, Draw, User, Village
from app.models.tallies import NOBODY
from surveys.outcomes import FORMULAS, Tally, letter_of, rates

MANY_ATTEMPTS = 5


@dataclass(frozen=True)
class Rate:
    """A named rate, its formula, and its value or None where there is no figure."""

    name: str
    formula: str
    value: Fraction | None


@dataclass(frozen=True)
class RatesOfPart:
    """The rates of a village, a mode or an interviewer, by name; `name` is empty for cases without one."""

    name: str
    cases: int
    tally: Tally
    values: Mapping[str, Fraction | None]


@dataclass(frozen=True)
class CasesByAttempts:
    """Cases with this number of attempts (the last row: or more), and how many of them ended in an interview."""

    attempts: int
    cases: int
    interviewed: int


@dataclass(frozen=True)
class FieldworkRates:
    """The figures of the page of rates."""

    tally: Tally
    eligibility: Fraction | None
    rates: tuple[Rate, ...]
    modes: tuple[RatesOfPart, ...]
    villages: tuple[RatesOfPart, ...]
    interviewers: tuple[RatesOfPart, ...]
    tries: tuple[CasesByAttempts, ...]


def rates_of(session: Session, draw: Draw) -> FieldworkRates:
    """Rates by outcome codes: of villages and interviewers from the tallies, of modes from the latest attempts.

    A case belongs to the mode of its latest attempt. e (the estimated share eligible among cases of unknown
    eligibility) is that of the whole sample in every part: small parts would estimate it badly.
    """
    outcomes = outcomes_of(draw.evaluation)
    villages, interviewers = _by_village(session, draw), _by_interviewer(session, draw)
    counts: dict[str | None, int] = {}
    for own in villages.values():
        for outcome, number in own.items():
            counts[outcome] = counts.get(outcome, 0) + number
    tally = Tally.of(counts, outcomes)
    values = rates(tally)
    e = tally.eligibility

    def parts(groups: Mapping[str, Mapping[str | None, int]]) -> tuple[RatesOfPart, ...]:
        tallies = ((name, Tally.of(own, outcomes), sum(own.values())) for name, own in groups.items())
        return tuple(RatesOfPart(name, cases, own, rates(own, e)) for name, own, cases in tallies)

    return FieldworkRates(
        tally=tally,
        eligibility=e,
        rates=tuple(Rate(name, FORMULAS[name], values[name]) for name in FORMULAS),
        modes=parts(_by_mode(session, draw)),
        villages=parts(villages),
        interviewers=parts(interviewers),
        tries=_tries(session, draw),
    )


def outcome_counts(session: Session, draw: Draw) -> dict[str | None, int]:
    """Cases by latest outcome; None for those not yet tried."""
    rows = session.execute(
        select(CaseTally.outcome, func.sum(CaseTally.cases))
        .where(CaseTally.draw_id == draw.id)
        .group_by(CaseTally.outcome)
    )
    return {outcome or None: int(number) for outcome, number in rows if number}


Groups = dict[str, dict[str | None, int]]


def _by_village(session: Session, draw: Draw) -> Groups:
    rows = session.execute(
        select(Village.name, CaseTally.outcome, func.sum(CaseTally.cases))
        .join(Village, CaseTally.village_id == Village.id)
        .where(CaseTally.draw_id == draw.id, CaseTally.cases > 0)
        .group_by(Village.code, Village.name, CaseTally.outcome)
        .order_by(Village.code, CaseTally.outcome)
    )
    return _grouped((name, outcome, number) for name, outcome, number in rows)


def _by_interviewer(session: Session, draw: Draw) -> Groups:
    rows = session.execute(
        select(CaseTally.interviewer_id, User.display_name, CaseTally.outcome, func.sum(CaseTally.cases))
        .outerjoin(User, CaseTally.interviewer_id == User.id)
        .where(CaseTally.draw_id == draw.id, CaseTally.cases > 0)
        .group_by(CaseTally.interviewer_id, User.display_name, CaseTally.outcome)
        .order_by(CaseTally.interviewer_id == NOBODY, CaseTally.interviewer_id, CaseTally.outcome)
    )
    return _grouped((name or "", outcome, number) for _, name, outcome, number in rows)


def _by_mode(session: Session, draw: Draw) -> Groups:
    latest = (
        select(func.max(Attempt.id))
        .join(Case, Attempt.case_id == Case.id)
        .where(Case.draw_id == draw.id)
        .group_by(Attempt.case_id)
    )
    rows = session.execute(
        select(Attempt.mode, Case.outcome, func.count())
        .join(Case, Attempt.case_id == Case.id)
        .where(Attempt.id.in_(latest))
        .group_by(Attempt.mode, Case.outcome)
        .order_by(Attempt.mode, Case.outcome)
    )
    return _grouped((mode, outcome or "", number) for mode, outcome, number in rows)


def _grouped(rows: Iterable[tuple[str, str, int]]) -> Groups:
    groups: Groups = {}
    for name, outcome, number in rows:
        own = groups.setdefault(name, {})
        own[outcome or None] = own.get(outcome or None, 0) + int(number)
    return groups


def _tries(session: Session, draw: Draw) -> tuple[CasesByAttempts, ...]:
    tried = (
        select(Case.id.label("case_id"), Case.outcome.label("outcome"), func.count(Attempt.id).label("attempts"))
        .outerjoin(Attempt, Attempt.case_id == Case.id)
        .where(Case.draw_id == draw.id)
        .group_by(Case.id, Case.outcome)
        .subquery()
    )
    rows = session.execute(
        select(tried.c.attempts, tried.c.outcome, func.count()).group_by(tried.c.attempts, tried.c.outcome)
    )
    outcomes = outcomes_of(draw.evaluation)
    counts: dict[int, list[int]] = {}
    for attempts, outcome, number in rows:
        own = counts.setdefault(min(attempts, MANY_ATTEMPTS), [0, 0])
        own[0] += number
        own[1] += number if letter_of(outcome, outcomes) in ("I", "X") else 0
    return tuple(CasesByAttempts(attempts, *counts[attempts]) for attempts in sorted(counts))
