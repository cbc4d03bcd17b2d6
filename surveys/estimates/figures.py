"""The inputs of an estimate (counts and sums per stratum) and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sampling.text import Text, TextError

INDEX_SCALE = 10_000
PLACES = 6


class EstimateInputError(ValueError):
    """Counts that cannot be: more answers than people, a stratum without a size, values off the scale."""


class WeightsImpossible(TextError, EstimateInputError):
    """Answers that no weights bring to the known numbers, and why."""


class NoFigure(TextError):
    """There is no figure, and why; never a zero instead."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(message)
        self.code = code


NO_RESPONDENTS = Text("还没有有效回答，暂无结果。", "No valid answers yet, so no result.")
TOO_FEW_FOR_INTERVAL = Text("回答太少，不给区间。", "Too few answers for an interval.")


@dataclass(frozen=True)
class StratumSums:
    """One stratum: people N_h, answers n_h, and the sum and sum of squares of their values.

    Values are integers of a fixed scale (INDEX_SCALE per point), so that every database forms identical sums. For a
    domain that cuts across strata `base` is how many of the answers belong to it, and the sums are of these alone.
    """

    stratum: str
    area: str
    population: int
    answered: int
    total: int
    squares: int
    base: int | None = None

    @property
    def in_domain(self) -> int:
        """Answers that belong to the domain: `base`, or all of them where there is no domain."""
        return self.answered if self.base is None else self.base


@dataclass(frozen=True)
class StratumCount:
    """One stratum: people N_h, answers n_h, how many of them are counted as yes, and how many belong to a domain."""

    stratum: str
    area: str
    population: int
    answered: int
    yes: int
    base: int | None = None

    @property
    def in_domain(self) -> int:
        """Answers that belong to the domain: `base`, or all of them where there is no domain."""
        return self.answered if self.base is None else self.base


@dataclass(frozen=True)
class StratumPairs:
    """One stratum: people N_h, answers n_h, and sums of two whole numbers of each answer: Σx, Σx², Σy, Σy², Σxy.

    For a domain that cuts across strata `base` is how many of the answers belong to it, and the sums are of these
    alone.
    """

    stratum: str
    area: str
    population: int
    answered: int
    x: int
    x_squares: int
    y: int
    y_squares: int
    products: int
    base: int | None = None

    @property
    def in_domain(self) -> int:
        """Answers that belong to the domain: `base`, or all of them where there is no domain."""
        return self.answered if self.base is None else self.base


@dataclass(frozen=True)
class StratumValues:
    """One stratum: people N_h, answers n_h, and how often each (scaled) value was given.

    For a domain that cuts across strata the values are of its own answers alone, fewer than n_h.
    """

    stratum: str
    area: str
    population: int
    answered: int
    values: Mapping[int, int]


@dataclass(frozen=True)
class StratumOverlap:
    """The people of one stratum who answered in both rounds: how many, the sums of their (scaled) values, and Σ xy.

    `listed` are the people of the stratum on the lists of both rounds. For a share the values are 1 and 0, so that
    `products` is how many said yes twice.
    """

    stratum: str
    listed: int
    both: int
    current: int
    before: int
    products: int


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval, its base and how it was made.

    `value`, the limits and `standard_error` are in the unit of the figure: points for a mean, 0-1 for a share. `low`
    and `high` are the interval to show; `t_low` and `t_high` are Student's, for comparison with other programs:
    symmetric, not kept inside the scale, too short where nearly everyone is satisfied. Without a variance (one answer
    in a stratum and no neighbour to join) there is no interval rather than a wrong one. `effective` is how many answers
    of a simple random sample would have the same variance; None without an interval and where everyone answered. `how`
    and `notes` are sentences to print beside the figure.
    """

    value: Decimal
    low: float | None
    high: float | None
    n: int
    population: int
    method: str
    how: Text
    standard_error: float | None
    degrees_of_freedom: int | None
    notes: tuple[Text, ...] = ()
    confidence: float = 0.95
    t_low: float | None = None
    t_high: float | None = None
    effective: float | None = None
