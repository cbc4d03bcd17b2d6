"""How one worksheet is to be read: which columns are which, and what its name, title or headings say for its rows.

A plan is stored as JSON with the upload, and applied again to the next file of the same office.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

from app.ledger.reader.columns import FIELDS
from sampling.text import Text, TextError

HiddenRows = Literal["take", "leave"]
GivenSource = Literal["heading", "sheet", "title", "choice"]
_LONGEST = 200
_MOST_COLUMNS = 16_384


class PlanError(TextError, ValueError):
    """A stored plan that cannot be used; the message says which part is wrong."""


@dataclass(frozen=True, slots=True)
class Given:
    """What gives the village or category of rows without one of their own.

    `source` is a heading row within the table (`text` is then empty, as each heading gives its own), the sheet's name,
    its title, or a person's choice; `text` is the word found there, in the spelling of the file.
    """

    source: GivenSource
    text: str = ""


@dataclass(frozen=True)
class SheetPlan:
    """How to read one sheet; None for `take` and `hidden_rows` means that a person must decide.

    `columns` says field → columns, counted from 0; only telephones and remarks may have several, and several for
    another field mean that a person must choose, as does a field named in `unsure`. `headers` are the headings the
    plan was made for. With `birth_from_identity` a year of birth that is missing is taken from the identity number in
    passing.
    """

    sheet: str
    take: bool | None
    columns: Mapping[str, tuple[int, ...]]
    headers: tuple[str, ...] = ()
    village: Given | None = None
    category: Given | None = None
    hidden_rows: HiddenRows | None = "take"
    birth_from_identity: bool = False
    unsure: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The plan in values that JSON has."""
        return {
            "sheet": self.sheet,
            "take": self.take,
            "columns": {name: list(columns) for name, columns in self.columns.items()},
            "headers": list(self.headers),
            "village": _given_to_json(self.village),
            "category": _given_to_json(self.category),
            "hidden_rows": self.hidden_rows,
            "birth_from_identity": self.birth_from_identity,
            "unsure": list(self.unsure),
        }

    @classmethod
    def from_json(cls, value: object) -> SheetPlan:
        """The plan that `to_json` wrote; raises PlanError for anything else."""
        parts = _object(value, frozenset(cls.__dataclass_fields__), "plan")
        return cls(
            sheet=_text(parts["sheet"], "sheet"),
            take=_truth(parts["take"], "take", none=True),
            columns=_columns(parts["columns"]),
            headers=tuple(_text(heading, "headers") for heading in _list(parts["headers"], "headers")),
            village=_given(parts["village"], "village"),
            category=_given(parts["category"], "category"),
            hidden_rows=_one_of(parts["hidden_rows"], (*get_args(HiddenRows), None), "hidden_rows"),
            birth_from_identity=bool(_truth(parts["birth_from_identity"], "birth_from_identity")),
            unsure=tuple(_one_of(name, tuple(FIELDS), "unsure") for name in _list(parts["unsure"], "unsure")),
        )


def _given_to_json(given: Given | None) -> dict[str, str] | None:
    return None if given is None else {"source": given.source, "text": given.text}


def _given(value: object, part: str) -> Given | None:
    if value is None:
        return None
    parts = _object(value, frozenset(("source", "text")), part)
    return Given(_one_of(parts["source"], get_args(GivenSource), part), _text(parts["text"], part))


def _columns(value: object) -> Mapping[str, tuple[int, ...]]:
    if not isinstance(value, dict) or not value.keys() <= FIELDS.keys():
        raise _wrong("columns")
    columns = {name: tuple(_column(column) for column in _list(value[name], "columns")) for name in value}
    used = [column for several in columns.values() for column in several]
    if len(set(used)) < len(used) or not all(columns.values()):
        raise _wrong("columns")
    return MappingProxyType(columns)


def _column(value: object) -> int:
    if type(value) is not int or not 0 <= value < _MOST_COLUMNS:
        raise _wrong("columns")
    return value


def _object(value: object, names: frozenset[str], part: str) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != names:
        raise _wrong(part)
    return value


def _list(value: object, part: str) -> list[object]:
    if not isinstance(value, list) or len(value) > _MOST_COLUMNS:
        raise _wrong(part)
    return value


def _text(value: object, part: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise _wrong(part)
    return value


def _truth(value: object, part: str, *, none: bool = False) -> bool | None:
    if not isinstance(value, bool) and not (none and value is None):
        raise _wrong(part)
    return value


def _one_of(value: object, allowed: tuple[Any, ...], part: str) -> Any:
    if not any(value is None if choice is None else type(value) is str and value == choice for choice in allowed):
        raise _wrong(part)
    return value


def _wrong(part: str) -> PlanError:
    return PlanError(Text(f"保存的读法不对：{part}。", f"The stored way of reading is wrong: {part}."))
