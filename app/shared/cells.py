"""What a cell of a table holds: a plain value, or parts that templates/components/cell.html draws.

The rows of a table are small dataclasses of such cells, made in the module `rows` of the subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar, TypeAlias


@dataclass(frozen=True)
class Link:
    """A link; `about` is read aloud only, `look` is "code" or a class of the style sheets."""

    part: ClassVar[str] = "link"
    text: str
    url: str
    about: str = ""
    look: str = ""


@dataclass(frozen=True)
class Badge:
    """A state as shape and word (components/badge.html)."""

    part: ClassVar[str] = "badge"
    text: str
    kind: str = "wait"


@dataclass(frozen=True)
class Strong:
    """Text set in bold."""

    part: ClassVar[str] = "strong"
    text: str


@dataclass(frozen=True)
class Code:
    """A digest, a formula, a name of a variable; `breaking` where it is long and may break anywhere."""

    part: ClassVar[str] = "code"
    text: str
    breaking: bool = False


@dataclass(frozen=True)
class Button:
    """An action of one click (components/button.html, post_button)."""

    part: ClassVar[str] = "button"
    label: str
    url: str
    kind: str = "secondary"
    fields: Mapping[str, object] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True)
class Span:
    """Text with a class of the style sheets; class "under" puts it on a line of its own."""

    part: ClassVar[str] = "span"
    text: str | None
    css: str


Plain: TypeAlias = str | int | Decimal | date | None
Part: TypeAlias = Link | Badge | Strong | Code | Button | Span


@dataclass(frozen=True)
class Parts:
    """Several parts with a space between; a part of class "under" follows without one."""

    part: ClassVar[str] = "parts"
    found: tuple[Plain | Part, ...]


Cell: TypeAlias = Plain | Part | Parts


def small(text: str) -> Span:
    """Small text beside a value."""
    return Span(text, "small quiet-text")


def under(text: str) -> Span:
    """Small text below a value."""
    return Span(text, "under")


def parts(*cells: Plain | Part) -> Parts | None:
    """The non-empty cells one after another as one cell; None where all are empty."""
    non_empty = tuple(part for part in cells if part is not None and getattr(part, "text", part) != "")
    return Parts(non_empty) if non_empty else None
