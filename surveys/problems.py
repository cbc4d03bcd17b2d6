"""The mistakes of a document, all found before it is refused, each with its place and in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sampling.text import Text

WHOLE_DOCUMENT = Text("（全文）", "(whole document)")


@dataclass(frozen=True)
class Problem:
    """One mistake in a document: where (empty for the whole of it), and what to do about it."""

    place: str
    message: Text

    @property
    def where(self) -> Text:
        """The place as it is shown."""
        return Text(self.place, self.place) if self.place else WHOLE_DOCUMENT


class InvalidDocument(ValueError):
    """A document that cannot be used; `problems` holds every mistake found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.where.zh}: {p.message.zh}" for p in problems))
        self.problems = tuple(problems)


@dataclass
class Problems:
    """The mistakes found so far while a document is read."""

    entries: list[Problem] = field(default_factory=list)

    def add(self, place: str, message: Text) -> None:
        """Add a mistake."""
        self.entries.append(Problem(place, message))

    def raise_if_any(self) -> None:
        """Raise InvalidDocument with every mistake found."""
        if self.entries:
            raise InvalidDocument(self.entries)
