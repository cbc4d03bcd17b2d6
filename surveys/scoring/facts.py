"""The inputs of a score besides the parties' points: figures of the survey and facts of the station."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from sampling.text import Text, TextError
from surveys.rounding import plain

# Numbers that may be stated of a station, with their names on screens.
NUMBERS = {
    "staff_due": Text("社工应到（人次）", "Social workers due (person-times)"),
    "staff_present": Text("社工实到（人次）", "Social workers present (person-times)"),
    "staff_missing": Text("社工累计缺少（人次）", "Social workers missing in all (person-times)"),
    "certified_due": Text("持证社工应到（人次）", "Certified social workers due (person-times)"),
    "certified_present": Text("持证社工实到（人次）", "Certified social workers present (person-times)"),
    "certified_missing": Text("持证社工累计缺少（人次）", "Certified social workers missing in all (person-times)"),
    "staff_cost_share": Text("人员费用占年度支出（%）", "Staff costs in the yearly spending (%)"),
}
# Whose answers each statistic of surveys.scoring.STATISTICS is made from.
BASES = {
    "satisfaction.mean": Text("有效答卷的满意度指数", "satisfaction index of valid responses"),
    "satisfaction.share": Text(
        "总体满意度答「满意」或「很满意」的人", "people satisfied or very satisfied on the whole"
    ),
    "satisfaction.at_least_95": Text("满意度指数不低于 95 的人", "people with an index of 95 or more"),
    "awareness.rate": Text("至少答了四项知晓题的人", "people who answered at least four awareness questions"),
}


class ScoreInputError(TextError, ValueError):
    """Points or facts that cannot be: outside their range, or for something the scheme does not have."""


@dataclass(frozen=True)
class Statistic:
    """A figure that a computed item may use: value in per cent or points, answers, base, and how it was made.

    `base` and `how` are kept and hashed with the score, so they stay in Chinese; `base_in_words` is for people.
    """

    name: str
    value: Decimal
    n: int
    base: str
    how: str

    @property
    def base_in_words(self) -> Text:
        """The base in both languages; one that no statistic has any more stays as it was kept."""
        return next((text for text in BASES.values() if text.zh == self.base), Text(self.base, self.base))


@dataclass(frozen=True)
class Override:
    """Points an expert gives instead of what the rule gives, and why; never without a reason."""

    points: Decimal
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ScoreInputError(Text("改分要写明理由。", "Other points need a reason."))


@dataclass(frozen=True)
class Quantity:
    """A number a condition looks at, and in words where it comes from."""

    value: Decimal
    words: Text


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
                raise ScoreInputError(Text(f"没有「{code}」这一项数字。", f"There is no number “{code}”."))
            if not number.is_finite() or number < 0:
                raise ScoreInputError(
                    Text(
                        f"「{NUMBERS[code].zh}」应为不小于 0 的数，不是 {number}。",
                        f"“{NUMBERS[code].en}” should be a number, 0 or more, not {number}.",
                    )
                )

    @classmethod
    def from_statements(cls, statements: Mapping[str, str]) -> StationFacts:
        """From stored texts: "true"/"false" for declared conditions, decimals for numbers."""
        flags = {"true": True, "false": False}
        try:
            numbers = {code: Decimal(text) for code, text in statements.items() if text not in flags}
        except InvalidOperation as error:
            raise ScoreInputError(Text("有一项数字写得不对。", "One of the numbers is no number.")) from error
        return cls(numbers, {code: flags[text] for code, text in statements.items() if text in flags})

    def quantity(self, name: str) -> Quantity | None:
        """A quantity of NUMBERS with its figures; None when not stated.

        Missing person-times are those stated or due less present, whichever is more: people missing in one month are
        not made good by a surplus in another, so the difference over the year is only the least that can be missing.
        """
        if not name.endswith("_missing"):
            value = self.numbers.get(name)
            if value is None:
                return None
            return Quantity(value, NUMBERS[name] + Text(f" {plain(value)}", f" {plain(value)}"))
        kind = name.removesuffix("_missing")
        stated = self.numbers.get(name)
        due, present = self.numbers.get(f"{kind}_due"), self.numbers.get(f"{kind}_present")
        if due is None or present is None:
            if stated is None:
                return None
            return Quantity(stated, Text(f"累计缺 {plain(stated)} 人次", f"{plain(stated)} person-times missing"))
        net = max(due - present, Decimal(0))
        stated_figures = Text(
            f"应到 {plain(due)} 人次，实到 {plain(present)} 人次，缺 {plain(net)} 人次",
            f"{plain(due)} person-times due, {plain(present)} present, {plain(net)} missing",
        )
        if stated is None or stated == net:
            return Quantity(net, stated_figures)
        both = Text(
            f"；另填累计缺 {plain(stated)} 人次，取多的",
            f"; {plain(stated)} stated as missing, the larger counts",
        )
        return Quantity(max(stated, net), stated_figures + both)

    def to_dict(self) -> dict[str, object]:
        """As JSON; equal numbers give equal texts."""
        return {
            "numbers": {code: str(plain(number)) for code, number in sorted(self.numbers.items())},
            "declared": dict(sorted(self.declared.items())),
        }
