"""From a statistic to points, by a declared rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from surveys.rounding import half_up, plain


@dataclass(frozen=True)
class Measure:
    """A statistic a rule may use: its name on screens and its unit."""

    name: str
    unit: str


# Every statistic a scheme may name. Values run from 0 to 100.
STATISTICS = {
    "satisfaction.mean": Measure("满意度指数（均值）", "分"),
    "satisfaction.share": Measure("满意率", "%"),
    "satisfaction.at_least_95": Measure("满意度 95% 以上的人所占比例", "%"),
    "awareness.rate": Measure("有效知晓率", "%"),
}


@dataclass(frozen=True)
class Points:
    """Points a rule gives, not rounded, and in words how."""

    value: Fraction
    reason: str


def written(value: Fraction) -> str:
    """A number of points in a sentence: at most four places."""
    return str(plain(half_up(value, 4)))


@dataclass(frozen=True)
class Steps:
    """The points of the highest step the statistic reaches; none below the lowest. Highest step first."""

    steps: tuple[tuple[Decimal, Decimal], ...]

    def points(self, value: Decimal) -> Points:
        """Points for a statistic."""
        reached = next(((low, given) for low, given in self.steps if value >= low), None)
        if reached is None:
            return Points(Fraction(0), f"低于最低一档 {self.steps[-1][0]}，得 0 分")
        return Points(Fraction(reached[1]), f"达到 {reached[0]} 一档，得 {reached[1]} 分")


@dataclass(frozen=True)
class Linear:
    """Straight lines between declared points; below the first its points, above the last its points (the cap)."""

    points_at: tuple[tuple[Decimal, Decimal], ...]

    def points(self, value: Decimal) -> Points:
        """Points for a statistic."""
        (first_x, first_y), (last_x, last_y) = self.points_at[0], self.points_at[-1]
        if value <= first_x:
            return Points(Fraction(first_y), f"不高于 {first_x}，得 {first_y} 分")
        if value >= last_x:
            return Points(Fraction(last_y), f"达到 {last_x} 封顶，得 {last_y} 分")
        (x0, y0), (x1, y1) = next(pair for pair in pairwise(self.points_at) if pair[0][0] <= value < pair[1][0])
        exact = Fraction(y0) + (Fraction(value) - Fraction(x0)) * Fraction(y1 - y0) / Fraction(x1 - x0)
        return Points(exact, f"在 {x0}（{y0} 分）与 {x1}（{y1} 分）之间按比例，得 {written(exact)} 分")


@dataclass(frozen=True)
class Proportional:
    """The maximum times the statistic over one hundred."""

    maximum: Decimal

    def points(self, value: Decimal) -> Points:
        """Points for a statistic."""
        exact = Fraction(self.maximum) * Fraction(value) / 100
        return Points(exact, f"{self.maximum} × {value} ÷ 100 = {written(exact)} 分")


@dataclass(frozen=True)
class Deduction:
    """The maximum from `start` upwards; below it `points` less for each `per` of the statistic, never less than none.

    Only whole `per` are counted unless `partial`.
    """

    maximum: Decimal
    start: Decimal
    per: Decimal
    taken: Decimal
    partial: bool

    def points(self, value: Decimal) -> Points:
        """Points for a statistic."""
        if value >= self.start:
            return Points(Fraction(self.maximum), f"不低于 {self.start}，不扣分，得 {self.maximum} 分")
        below = Fraction(self.start) - Fraction(value)
        times = below / Fraction(self.per)
        if not self.partial:
            times = Fraction(times.numerator // times.denominator)
        lost = times * Fraction(self.taken)
        exact = max(Fraction(self.maximum) - lost, Fraction(0))
        how = f"比 {self.start} 低 {written(below)}，每低 {self.per} 扣 {self.taken} 分"
        if not self.partial:
            how += "（不满不扣）"
        words = "扣完为止" if lost > self.maximum else f"扣 {written(lost)} 分"
        return Points(exact, f"{how}，{words}，得 {written(exact)} 分")


Rule = Steps | Linear | Proportional | Deduction
