"""What is known of the station that a disqualifying condition looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

NUMBERS = ("staff_due", "staff_present", "certified_due", "certified_present", "staff_cost_share")


@dataclass(frozen=True)
class StationFacts:
    """Stated numbers (person-times, per cent) and declared conditions; whatever is absent was not stated."""

    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    declared: Mapping[str, bool] = field(default_factory=dict)

    @classmethod
    def from_statements(cls, statements: Mapping[str, str]) -> StationFacts:
        """From stored texts: "true"/"false" for declared conditions, decimals for numbers."""
        words = {"true": True, "false": False}
        return cls(
            numbers={code: Decimal(text) for code, text in statements.items() if text not in words},
            declared={code: words[text] for code, text in statements.items() if text in words},
        )

    def value(self, quantity: str) -> Decimal | None:
        """A quantity: a stated number, or a shortage (due less present, never below 0); None when not stated."""
        if quantity in ("staff_missing", "certified_missing"):
            kind = quantity.removesuffix("_missing")
            due, present = self.numbers.get(f"{kind}_due"), self.numbers.get(f"{kind}_present")
            return None if due is None or present is None else max(due - present, Decimal(0))
        return self.numbers.get(quantity)

    def to_dict(self) -> dict[str, object]:
        """As JSON."""
        return {
            "numbers": {code: str(number) for code, number in sorted(self.numbers.items())},
            "declared": dict(sorted(self.declared.items())),
        }
