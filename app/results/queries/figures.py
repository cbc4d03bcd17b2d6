"""A figure: an estimate with its interval, or the reason why none is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.localisation import to_visitor
from sampling.text import NOTHING_SAID, Text
from surveys.estimates import Estimate, NoFigure
from surveys.rounding import half_up

SMALLEST_GROUP = 5
TOO_FEW = Text(f"答卷少于 {SMALLEST_GROUP} 份，不显示。", f"Fewer than {SMALLEST_GROUP} responses: not shown.")
# A domain that cuts across strata and has fewer responses than this gets the shorter (mid-P) limits.
SMALL_DOMAIN = 50


@dataclass(frozen=True)
class Figure:
    """An estimate (points, with `percent` a share, with `people` a number of people), or the reason for its absence."""

    estimate: Estimate | None
    reason: Text = NOTHING_SAID
    percent: bool = False
    people: bool = False

    @property
    def _factor(self) -> int:
        return 100 if self.percent else 1

    @property
    def value(self) -> Decimal | None:
        """The figure with two decimals, rounded half-up; shares in per cent."""
        return None if self.estimate is None else half_up(self.estimate.value * self._factor, 2)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The 95 % interval with two decimals, or None when there is none."""
        if self.estimate is None or self.estimate.low is None or self.estimate.high is None:
            return None
        low, high = Decimal(self.estimate.low), Decimal(self.estimate.high)
        return half_up(low * self._factor, 2), half_up(high * self._factor, 2)

    def in_words(self) -> Text:
        """One line: value, number of responses and interval."""
        if self.estimate is None:
            return self.reason
        unit, between, n = "%" if self.percent else "", self.interval, self.estimate.n
        limits = Text("不给区间", "no interval")
        if between:
            low, high = (f"{limit}{unit}" for limit in between)
            limits = Text(f"95% 区间 {low}-{high}", f"95% interval {low}-{high}")
        return Text(f"{self.value}{unit}（{n} 人，{limits.zh}）", f"{self.value}{unit} ({n} people, {limits.en})")

    def to_dict(self) -> dict[str, Any]:
        """As JSON; numbers as text, sentences in the language of the command line."""
        if self.estimate is None:
            return {"value": None, "reason": to_visitor(self.reason)}
        between = self.interval
        return {
            "value": str(self.value),
            "unit": "people" if self.people else "%" if self.percent else "points",
            "n": self.estimate.n,
            "interval": None if between is None else [str(between[0]), str(between[1])],
            "confidence": "0.95",
            "standard_error": None
            if self.estimate.standard_error is None
            else self.estimate.standard_error * self._factor,
            "method": self.estimate.method,
            "how": to_visitor(self.estimate.how),
            "notes": [to_visitor(note) for note in self.estimate.notes],
        }


def figure_of(make: Callable[[], Estimate], percent: bool = False) -> Figure:
    """The figure that `make` estimates, or the reason of the NoFigure it raises."""
    try:
        return Figure(make(), percent=percent)
    except NoFigure as no_figure:
        return Figure(None, no_figure.message, percent)
