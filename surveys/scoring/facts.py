"""What a score is made from besides the parties' points: figures of the survey and facts of the station."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from surveys.rounding import plain

# Numbers that may be stated of a station, with their names on screens.
NUMBERS = {
    "staff_due": "社工应到（人次）",
    "staff_present": "社工实到（人次）",
    "staff_missing": "社工累计缺少（人次）",
    "certified_due": "持证社工应到（人次）",
    "certified_present": "持证社工实到（人次）",
    "certified_missing": "持证社工累计缺少（人次）",
    "staff_cost_share": "人员费用占年度支出（%）",
}


class ScoreInputError(ValueError):
    """Points or facts that cannot be: outside their range, or for something the scheme does not have."""


@dataclass(frozen=True)
class Statistic:
    """A figure that a computed item may use: value in per cent or points, answers, base, and how it was made."""

    name: str
    value: Decimal
    n: int
    base: str
    how: str


@dataclass(frozen=True)
class Override:
    """Points an expert gives instead of what the rule gives, and why; never without a reason."""

    points: Decimal
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ScoreInputError("改分要写明理由。")


@dataclass(frozen=True)
class Quantity:
    """A number a condition looks at, and in words where it comes from."""

    value: Decimal
    words: str


@dataclass(frozen=True)
class StationFacts:
    """Stated numbers (person-times, per cent; see NUMBERS) and declared conditions; what is absent was not stated.

    Raises ScoreInputError for a number that is unknown, negative or not finite.
    """

    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    declared: Mapping[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code, number in self.numbers.items():
            if code not in NUMBERS:
                raise ScoreInputError(f"没有「{code}」这一项数字。")
            if not number.is_finite() or number < 0:
                raise ScoreInputError(f"「{NUMBERS[code]}」应为不小于 0 的数，不是 {number}。")

    @classmethod
    def from_statements(cls, statements: Mapping[str, str]) -> StationFacts:
        """From stored texts: "true"/"false" for declared conditions, decimals for numbers."""
        words = {"true": True, "false": False}
        try:
            numbers = {code: Decimal(text) for code, text in statements.items() if text not in words}
        except InvalidOperation as error:
            raise ScoreInputError("有一项数字写得不对。") from error
        return cls(numbers, {code: words[text] for code, text in statements.items() if text in words})

    def quantity(self, name: str) -> Quantity | None:
        """A quantity of NUMBERS with its figures; None when not stated.

        Missing person-times are those stated or due less present, whichever is more: people missing in one month are
        not made good by a surplus in another, so the difference over the year is only the least that can be missing.
        """
        if not name.endswith("_missing"):
            value = self.numbers.get(name)
            return None if value is None else Quantity(value, f"{NUMBERS[name]} {plain(value)}")
        kind = name.removesuffix("_missing")
        stated = self.numbers.get(name)
        due, present = self.numbers.get(f"{kind}_due"), self.numbers.get(f"{kind}_present")
        if due is None or present is None:
            return None if stated is None else Quantity(stated, f"累计缺 {plain(stated)} 人次")
        net = max(due - present, Decimal(0))
        words = f"应到 {plain(due)} 人次，实到 {plain(present)} 人次，缺 {plain(net)} 人次"
        if stated is None or stated == net:
            return Quantity(net, words)
        return Quantity(max(stated, net), f"{words}；另填累计缺 {plain(stated)} 人次，取多的")

    def to_dict(self) -> dict[str, object]:
        """As JSON; equal numbers give equal texts."""
        return {
            "numbers": {code: str(plain(number)) for code, number in sorted(self.numbers.items())},
            "declared": dict(sorted(self.declared.items())),
        }
