"""A figure: an estimate with its interval, or the reason why none is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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

    def in_words(self) -> str:
        """One line in Chinese: value, number of responses and interval."""
        if self.estimate is None:
            return self.reason.zh
        unit = "%" if self.percent else ""
        between = self.interval
        limits = f"95% 区间 {between[0]}{unit}-{between[1]}{unit}" if between else "不给区间"
        return f"{self.value}{unit}（{self.estimate.n} 人，{limits}）"

    def to_dict(self) -> dict[str, Any]:
        """As JSON; numbers as text."""
        if self.estimate is None:
            return {"value": None, "reason": self.reason.zh}
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
            "how": self.estimate.how.zh,
            "notes": [note.zh for note in self.estimate.notes],
        }


def figure_of(make: Callable[[], Estimate], percent: bool = False) -> Figure:
    """The figure that `make` estimates, or the reason of the NoFigure it raises."""
    try:
        return Figure(make(), percent=percent)
    except NoFigure as no_figure:
        return Figure(None, no_figure.message, percent)
