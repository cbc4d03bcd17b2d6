"""Rules that turn a statistic (0 to 100) into points. The sentences are the reasons on the score sheet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from sampling.text import Text
from surveys.rounding import half_up, plain


@dataclass(frozen=True)
class Measure:
    """A statistic a rule may use: its name on screens, and its unit as it follows a number."""

    name: Text
    unit: Text


PER_CENT = Text("%", "%")
# Every statistic a scheme may name. Values run from 0 to 100.
STATISTICS = {
    "satisfaction.mean": Measure(Text("满意度指数（均值）", "Satisfaction index (mean)"), Text(" 分", " points")),
    "satisfaction.share": Measure(Text("满意率", "Share satisfied"), PER_CENT),
    "satisfaction.at_least_95": Measure(
        Text("满意度 95% 以上的人所占比例", "Share of people with a satisfaction of 95% or more"), PER_CENT
    ),
    "awareness.rate": Measure(Text("有效知晓率", "Awareness rate"), PER_CENT),
}


@dataclass(frozen=True)
class Points:
    """Points a rule gives, not rounded, and the reason in words."""

    value: Fraction
    reason: Text


def written(value: Fraction) -> str:
    """A number of points in a sentence: at most four places."""
    return str(plain(half_up(value, 4)))


def _gives(points: object) -> Text:
    return Text(f"，得 {points} 分", f": {points} points")


def _below_all(lowest: Decimal) -> Text:
    return Text(f"低于最低一档 {lowest}，得 0 分", f"below the lowest step of {lowest}: 0 points")


@dataclass(frozen=True)
class Steps:
    """The points of the highest step the statistic reaches; none below the lowest. Highest step first."""

    steps: tuple[tuple[Decimal, Decimal], ...]

    def points(self, value: Decimal) -> Points:
        """Points for a statistic."""
        reached = next(((low, points) for low, points in self.steps if value >= low), None)
        if reached is None:
            return Points(Fraction(0), _below_all(self.steps[-1][0]))
        step = Text(f"达到 {reached[0]} 一档", f"reaches the step of {reached[0]}")
        return Points(Fraction(reached[1]), step + _gives(reached[1]))


@dataclass(frozen=True)
class Linear:
    """Straight lines between declared points; below the first its points, above the last its points (the cap)."""

    points_at: tuple[tuple[Decimal, Decimal], ...]

    def points(self, value: Decimal) -> Points:
        """Points for a statistic."""
        (first_x, first_y), (last_x, last_y) = self.points_at[0], self.points_at[-1]
        if value <= first_x:
            return Points(Fraction(first_y), Text(f"不高于 {first_x}", f"not above {first_x}") + _gives(first_y))
        if value >= last_x:
            capped = Text(f"达到 {last_x} 封顶", f"reaches the cap at {last_x}")
            return Points(Fraction(last_y), capped + _gives(last_y))
        (x0, y0), (x1, y1) = next(pair for pair in pairwise(self.points_at) if pair[0][0] <= value < pair[1][0])
        exact = Fraction(y0) + (Fraction(value) - Fraction(x0)) * Fraction(y1 - y0) / Fraction(x1 - x0)
        between = Text(
            f"在 {x0}（{y0} 分）与 {x1}（{y1} 分）之间按比例",
            f"in proportion between {x0} ({y0} points) and {x1} ({y1} points)",
        )
        return Points(exact, between + _gives(written(exact)))


@dataclass(frozen=True)
class Proportional:
    """The maximum times the statistic over one hundred."""

    maximum: Decimal

    def points(self, value: Decimal) -> Points:
        """Points for a statistic."""
        exact = Fraction(self.maximum) * Fraction(value) / 100
        product = f"{self.maximum} × {value} ÷ 100 = {written(exact)}"
        return Points(exact, Text(f"{product} 分", f"{product} points"))


@dataclass(frozen=True)
class Deduction:
    """The maximum from `start` upwards; below it `points` less for each `per` of the statistic, never less than none.

    Only whole `per` are counted unless `partial`.
    """

    maximum: Decimal
    start: Decimal
    per: Decimal
    deducted: Decimal
    partial: bool

    def points(self, value: Decimal) -> Points:
        """Points for a statistic."""
        if value >= self.start:
            undiminished = Text(f"不低于 {self.start}，不扣分", f"not below {self.start}, nothing deducted")
            return Points(Fraction(self.maximum), undiminished + _gives(self.maximum))
        below = Fraction(self.start) - Fraction(value)
        times = below / Fraction(self.per)
        if not self.partial:
            times = Fraction(times.numerator // times.denominator)
        lost = times * Fraction(self.deducted)
        exact = max(Fraction(self.maximum) - lost, Fraction(0))
        how = Text(
            f"比 {self.start} 低 {written(below)}，每低 {self.per} 扣 {self.deducted} 分",
            f"{written(below)} below {self.start}, {self.deducted} points less for each {self.per}",
        )
        if not self.partial:
            how += Text("（不满不扣）", " (whole steps only)")
        if lost > self.maximum:
            how += Text("，扣完为止", ", until none is left")
        else:
            how += Text(f"，扣 {written(lost)} 分", f", {written(lost)} points deducted")
        return Points(exact, how + _gives(written(exact)))


Rule = Steps | Linear | Proportional | Deduction
