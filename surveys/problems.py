"""Reading documents so that every mistake is found at once, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One mistake in a document: where, and what to do about it, in Chinese."""

    place: str
    message: str


class InvalidDocument(ValueError):
    """A document that cannot be used; `problems` holds every mistake found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.place}: {p.message}" for p in problems))
        self.problems = tuple(problems)


@dataclass
class Complaints:
    """Collects mistakes while a document is read; each getter returns a usable value even for a wrong one."""

    problems: list[Problem] = field(default_factory=list)

    def say(self, place: str, message: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(place or "（全文）", message))

    def raise_if_any(self) -> None:
        """Raise InvalidDocument with everything noted."""
        if self.problems:
            raise InvalidDocument(self.problems)

    def mapping(self, value: object, place: str) -> dict[str, Any]:
        """A JSON object."""
        if isinstance(value, dict):
            return value
        self.say(place, "应为一个对象 {…}。")
        return {}

    def list(self, holder: dict[str, Any], name: str, place: str, *, required: bool = True) -> list[Any]:
        """A JSON array, not empty when required."""
        value = holder.get(name)
        if value is None and not required:
            return []
        if not isinstance(value, list):
            self.say(f"{place}{name}", "应为一个列表 […]。")
            return []
        if required and not value:
            self.say(f"{place}{name}", "列表是空的。")
        if len(value) > 500:
            self.say(f"{place}{name}", "超过 500 项。")
            return []
        return value

    def string(self, holder: dict[str, Any], name: str, place: str, longest: int = 200) -> str:
        """A text, not blank."""
        value = holder.get(name)
        if not isinstance(value, str) or not value.strip():
            self.say(f"{place}{name}", "缺少文字。")
            return ""
        if len(value) > longest or not value.replace("\n", "").isprintable():
            self.say(f"{place}{name}", f"最多 {longest} 个字符，不能有控制字符。")
            return ""
        return value

    def integer(
        self, holder: dict[str, Any], name: str, place: str, low: int, high: int, default: int | None = None
    ) -> int:
        """A whole number within bounds."""
        value = holder.get(name, default)
        if type(value) is not int or not low <= value <= high:
            self.say(f"{place}{name}", f"应为 {low} 到 {high} 之间的整数。")
            return low
        return value

    def decimal(self, value: object, place: str, low: Decimal, high: Decimal) -> Decimal:
        """A decimal written as text, within bounds."""
        try:
            number = Decimal(value) if isinstance(value, str) and len(value) < 20 else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not low <= number <= high:
            self.say(place, f'应为 {low} 到 {high} 之间的数，写成文字，例如 "12.5"。')
            return low
        return number
