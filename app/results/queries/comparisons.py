"""Comparisons of groups (areas, modes, interviewers, self and proxy) and of this round with the previous one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.queries.rounds import previous_draw, recognisable
from app.models import Draw, Evaluation, User
from app.models.tallies import NOBODY
from app.results.queries.figures import SMALL_DOMAIN, SMALLEST_GROUP, TOO_FEW, Figure, figure_of
from app.results.queries.overlap import Overlap, overlap_of
from app.results.queries.results import Results, results_of
from app.results.queries.strata import MODES, Part, StratumRow, bases, joined, part_rows
from app.shared.queries import live_draw
from sampling.strata import MAIN
from surveys.estimates import (
    Difference,
    HomogeneityTest,
    StratumCount,
    StratumSums,
    holm,
    holm_tables,
    homogeneity_test,
    mean,
    mean_change,
    mean_difference,
    share,
    share_change,
)
from surveys.rounding import half_up

Count = Callable[[StratumRow], int]


@dataclass(frozen=True)
class Group:
    """One group: its figures, and the difference of its mean satisfaction from that of all other respondents.

    `name` is a person's or an area's name, empty where the key suffices; `hidden` below five valid responses.
    """

    key: str
    name: str
    valid: int
    hidden: bool
    satisfaction: Figure
    satisfied: Figure
    awareness: Figure
    difference: Difference | None


@dataclass(frozen=True)
class GroupComparison:
    """The groups of one part, and tests of whether satisfaction and awareness are the same in all of them."""

    part: Part
    groups: tuple[Group, ...]
    satisfied: HomogeneityTest
    aware: HomogeneityTest


@dataclass(frozen=True)
class Change:
    """One figure now and in the previous round."""

    name: str
    current: Figure
    before: Figure
    difference: Difference | None


@dataclass(frozen=True)
class RoundComparison:
    """This round and the previous one; `again` people were drawn in both, `twice` of them answered in both.

    Not `recognisable`: people's data are erased, nobody can be matched, and the rounds are treated as independent.
    """

    title: str
    changes: tuple[Change, ...]
    again: int
    twice: int
    recognisable: bool = True


def comparisons_of(session: Session, evaluation: Evaluation) -> tuple[GroupComparison, ...]:
    """Every comparison within the sample of the rule, p values adjusted by Holm's method; empty before the draw."""
    draw = live_draw(session, evaluation)
    if draw is None:
        return ()
    by_part = [_comparison(session, evaluation, draw, part) for part in Part]
    # Holm's adjustment covers every test made here together.
    tests = holm_tables(
        {
            f"{each.part} {name}": getattr(each, name)
            for each in by_part
            if len(each.groups) > 1
            for name in ("satisfied", "aware")
        }
    )
    return tuple(
        replace(
            each,
            satisfied=tests.get(f"{each.part} satisfied", each.satisfied),
            aware=tests.get(f"{each.part} aware", each.aware),
        )
        for each in by_part
    )


def _comparison(session: Session, evaluation: Evaluation, draw: Draw, part: Part) -> GroupComparison:
    strata = [base for base in bases(session, draw) if base.part == MAIN]
    rows_of_stratum = part_rows(session, evaluation, draw, part)
    keys = sorted({key for stratum in strata for key in rows_of_stratum.get(stratum.stratum, {})}, key=_order)
    names = _names(session, evaluation, part, keys)
    rows_of_group = {
        key: [rows_of_stratum.get(stratum.stratum, {}).get(key, stratum) for stratum in strata] for key in keys
    }
    whole = [joined(stratum, list(rows_of_stratum.get(stratum.stratum, {}).values())) for stratum in strata]
    sums = {key: _sums(whole, rows) for key, rows in rows_of_group.items() if sum(row.valid for row in rows)}
    differences = holm(_against_the_rest(whole, sums))
    return GroupComparison(
        part,
        tuple(_group(key, names.get(key, ""), whole, rows_of_group[key], differences.get(key)) for key in keys),
        homogeneity_test({key: _counts(whole, rows, _valid, _satisfied) for key, rows in rows_of_group.items()}),
        homogeneity_test({key: _counts(whole, rows, _awareness_n, _aware) for key, rows in rows_of_group.items()}),
    )


def _order(key: str) -> tuple[int, tuple[bool, int], str]:
    """Sort key: modes in their usual order, self before proxy, interviewers by number (none last), areas by code."""
    usual = (*MODES, "self", "proxy")
    number = int(key) if key.isdecimal() else NOBODY
    return usual.index(key) if key in usual else len(usual), (number == NOBODY, number), key


def _names(session: Session, evaluation: Evaluation, part: Part, keys: Sequence[str]) -> dict[str, str]:
    if part is Part.AREA:
        return {area.code: area.name for area in evaluation.station.areas}
    if part is Part.INTERVIEWER:
        rows = session.execute(select(User.id, User.display_name).where(User.id.in_([int(key) for key in keys])))
        return {str(number): name for number, name in rows}
    return {}


def _valid(row: StratumRow) -> int:
    return row.valid


def _satisfied(row: StratumRow) -> int:
    return row.satisfied


def _awareness_n(row: StratumRow) -> int:
    return row.awareness_n


def _aware(row: StratumRow) -> int:
    return row.aware


def _sums(whole: Sequence[StratumRow], rows: Sequence[StratumRow]) -> list[StratumSums]:
    return [
        StratumSums(w.stratum, w.area, w.population, w.valid, r.index_total, r.index_squares, r.valid)
        for w, r in zip(whole, rows, strict=True)
    ]


def _counts(whole: Sequence[StratumRow], rows: Sequence[StratumRow], base: Count, yes: Count) -> list[StratumCount]:
    return [
        StratumCount(w.stratum, w.area, w.population, base(w), yes(r), base(r))
        for w, r in zip(whole, rows, strict=True)
    ]


def _against_the_rest(whole: Sequence[StratumRow], sums: Mapping[str, Sequence[StratumSums]]) -> dict[str, Difference]:
    differences: dict[str, Difference] = {}
    for key, own in sums.items():
        rest = [
            StratumSums(
                all_rows.stratum,
                all_rows.area,
                all_rows.population,
                all_rows.valid,
                all_rows.index_total - own_sums.total,
                all_rows.index_squares - own_sums.squares,
                all_rows.valid - (own_sums.base or 0),
            )
            for all_rows, own_sums in zip(whole, own, strict=True)
        ]
        # Of two groups each is the rest of the other: the one comparison is made once.
        if len(sums) == 2 and differences:
            break
        if _enough(own) and _enough(rest):
            differences[key] = mean_difference(own, rest)
    return differences


def _enough(sums: Sequence[StratumSums]) -> bool:
    return sum(row.base or 0 for row in sums) >= SMALLEST_GROUP


def _group(
    key: str, name: str, whole: Sequence[StratumRow], rows: Sequence[StratumRow], difference: Difference | None
) -> Group:
    valid = sum(row.valid for row in rows)
    if valid < SMALLEST_GROUP:
        no_figure = Figure(None, TOO_FEW)
        return Group(key, name, valid, True, no_figure, no_figure, no_figure, None)
    sums = _sums(whole, rows)

    def rate(base: Count, yes: Count) -> Figure:
        counts = _counts(whole, rows, base, yes)
        few = sum(base(row) for row in rows) < SMALL_DOMAIN
        return figure_of(lambda: share(counts, domain=_people(whole, rows, base), mid_p=few), percent=True)

    return Group(
        key=key,
        name=name,
        valid=valid,
        hidden=False,
        satisfaction=figure_of(lambda: mean(sums, domain=_people(whole, rows, _valid))),
        satisfied=rate(_valid, _satisfied),
        awareness=rate(_awareness_n, _aware),
        difference=difference,
    )


def _people(whole: Sequence[StratumRow], rows: Sequence[StratumRow], base: Count) -> int:
    """The estimated number of people of the population in the group, at least its responses."""
    shares = (Fraction(w.population * base(r), base(w)) for w, r in zip(whole, rows, strict=True) if base(w))
    return max(int(half_up(sum(shares, Fraction(0)), 0)), sum(base(row) for row in rows))


def round_comparison_of(session: Session, evaluation: Evaluation) -> RoundComparison | None:
    """The headline figures with those of the station's previous evaluation; None where there was none.

    The covariance of people who answered in both rounds is used where both draws have strata of the same codes.
    """
    draw, previous = live_draw(session, evaluation), previous_draw(session, evaluation)
    if draw is None or previous is None:
        return None
    current, before = results_of(session, evaluation), results_of(session, previous.evaluation)
    shared = overlap_of(session, draw, previous)
    pairs = {name: (current.figures[name], before.figures[name]) for name in shared.strata}
    differences = holm(
        {
            name: _change(name, current, before, shared)
            for name, (now, then) in pairs.items()
            if now.estimate is not None and then.estimate is not None
        }
    )
    return RoundComparison(
        previous.evaluation.title,
        tuple(Change(name, now, then, differences.get(name)) for name, (now, then) in pairs.items()),
        shared.again,
        shared.twice,
        recognisable(evaluation, previous.evaluation),
    )


def _change(name: str, current: Results, before: Results, shared: Overlap) -> Difference:
    twice = shared.strata[name]
    if name == "satisfaction.mean":
        sums, earlier = (
            [
                StratumSums(r.stratum, r.area, r.population, r.valid, r.index_total, r.index_squares)
                for r in round.strata
            ]
            for round in (current, before)
        )
        return mean_change(sums, earlier, twice)
    base, yes = {"satisfaction.share": (_valid, _satisfied), "awareness.rate": (_awareness_n, _aware)}[name]
    counts, earlier_counts = (
        [StratumCount(r.stratum, r.area, r.population, base(r), yes(r)) for r in round.strata]
        for round in (current, before)
    )
    return share_change(counts, earlier_counts, twice)
