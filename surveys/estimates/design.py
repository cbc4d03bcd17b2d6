"""The stratified design: inputs, weights, variance, and what is done with strata that have too few answers.

Estimator Σ N_h ȳ_h / Σ N_h: people not reached are taken to be like those of their stratum who answered (weighting
classes). Variance by Taylor linearisation with the finite-population correction of each stratum (Cochran 1977, 5.9):
Σ (N_h/N)² (1 - n_h/N_h) s²_h / n_h. Degrees of freedom: answering units minus strata, as R's `degf`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

INDEX_SCALE = 10_000
PLACES = 6


class EstimateInputError(ValueError):
    """Counts that cannot be: more answers than people, a stratum without a size."""


class NoFigure(Exception):
    """There is no figure, and why, in Chinese; never a zero instead."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class StratumSums:
    """One stratum: people N_h, answers n_h, and the sum and sum of squares of their values.

    Values are integers of a fixed scale (INDEX_SCALE per point), so that every database forms identical sums.
    """

    stratum: str
    area: str
    population: int
    answered: int
    total: int
    squares: int
    members: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class StratumCount:
    """One stratum: people N_h, answers n_h, and how many of them are counted as yes."""

    stratum: str
    area: str
    population: int
    answered: int
    yes: int


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval, its base and how it was made.

    `value`, `low`, `high` and `standard_error` are in the unit of the figure (points, or a share 0-1). Without a
    variance (a stratum of one answer and no neighbour) the interval is None rather than wrong.
    """

    value: Decimal
    low: float | None
    high: float | None
    n: int
    population: int
    method: str
    how: str
    standard_error: float | None
    degrees_of_freedom: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Design:
    """Strata ready for estimation: each has answers; `notes` say what was joined or left aside."""

    strata: tuple[StratumSums, ...]
    notes: tuple[str, ...]

    @property
    def population(self) -> int:
        """People the estimate speaks of."""
        return sum(s.population for s in self.strata)

    @property
    def n(self) -> int:
        """Answers."""
        return sum(s.answered for s in self.strata)

    @property
    def complete(self) -> bool:
        """Whether everyone answered, so that nothing is estimated."""
        return all(s.answered == s.population for s in self.strata)

    def value(self) -> Fraction:
        """Σ N_h ȳ_h / N, exact, in scaled units."""
        weighted = sum(Fraction(s.population * s.total, s.answered) for s in self.strata)
        return Fraction(weighted) / self.population

    def variance(self) -> Fraction | None:
        """The linearised variance in scaled units squared; None when a sampled stratum has a single answer."""
        total = Fraction(0)
        for s in self.strata:
            if s.answered == s.population:
                continue  # a certainty stratum adds nothing
            if s.answered < 2:
                return None
            spread = Fraction(s.answered * s.squares - s.total**2, s.answered * (s.answered - 1))
            weight = Fraction(s.population, self.population)
            total += weight**2 * (1 - Fraction(s.answered, s.population)) * spread / s.answered
        return total

    def equal_spread_size(self) -> Fraction | None:
        """n0: the size of a simple random sample whose variance would equal this design's if all strata were alike.

        1/n0 = n/(n-1) · Σ w²(1-f_h) / (Σ w)² over the answering units; None (infinite) when everyone answered.
        """
        spread = sum(
            (Fraction(s.population**2, s.answered) * (1 - Fraction(s.answered, s.population)) for s in self.strata),
            Fraction(0),
        )
        if spread == 0:
            return None
        if self.n == 1:
            return Fraction(1)
        return Fraction(self.population**2) / (Fraction(self.n, self.n - 1) * spread)

    @property
    def degrees_of_freedom(self) -> int:
        """Answers minus strata."""
        return self.n - len(self.strata)


def design(strata: Sequence[StratumSums]) -> Design:
    """Check the strata and join those that cannot stand alone; raises EstimateInputError or NoFigure.

    A stratum in which nobody, or only one of several people, answered is joined with the largest other stratum of its
    area (the nearest declared neighbour); without one it is joined across areas, and the notes say so.
    """
    _check(strata)
    if not any(s.answered for s in strata):
        raise NoFigure("no-respondents", "还没有人回答,暂无结果。")
    pool = {
        s.stratum: replace(s, members=(s.stratum,)) for s in sorted(strata, key=lambda s: s.stratum) if s.population
    }
    notes: list[str] = []
    while lonely := _next_lonely(pool.values()):
        others = [s for s in pool.values() if s.stratum != lonely.stratum]
        if not others:
            break
        near = [s for s in others if s.area == lonely.area] or others
        host = max(near, key=lambda s: (s.answered, s.population, s.stratum))
        reason = "没有人回答" if lonely.answered == 0 else "只有 1 人回答"
        across = "" if host.area == lonely.area else "(另一片区)"
        notes.append(f"层 {'+'.join(lonely.members)} {reason},与 {'+'.join(host.members)}{across} 合并计算。")
        del pool[lonely.stratum]
        pool[host.stratum] = _joined(host, lonely)
    return Design(tuple(pool.values()), tuple(notes))


def _name(stratum: StratumSums) -> str:
    return stratum.stratum


def _check(strata: Sequence[StratumSums]) -> None:
    if len({s.stratum for s in strata}) != len(strata):
        raise EstimateInputError("a stratum occurs twice")
    for s in strata:
        if s.population < 0 or s.answered < 0 or s.answered > s.population:
            raise EstimateInputError(f"stratum {s.stratum}: {s.answered} answers of {s.population} people")
        if s.answered * s.squares < s.total**2:
            raise EstimateInputError(f"stratum {s.stratum}: the sum of squares is too small for the sum")


def _next_lonely(strata: Iterable[StratumSums]) -> StratumSums | None:
    lonely = [s for s in strata if s.answered < 2 and s.answered < s.population]
    return min(lonely, key=lambda s: (s.answered, s.stratum)) if lonely else None


def _joined(host: StratumSums, guest: StratumSums) -> StratumSums:
    return StratumSums(
        host.stratum,
        host.area,
        host.population + guest.population,
        host.answered + guest.answered,
        host.total + guest.total,
        host.squares + guest.squares,
        (*host.members, *guest.members),
    )
