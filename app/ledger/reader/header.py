"""Finds the header of a sheet: the line, or the two lines, with the most known headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.ledger.reader.columns import JOINT, is_heading
from app.ledger.reader.sheet_scan import HEADER_WITHIN

__all__ = ["HEADER_WITHIN", "Header", "find_header"]

Line = tuple[int, list[str]]
Range = tuple[tuple[int, int], tuple[int, int]]
HEADINGS_NEEDED = 2
_LONGEST_SUBHEADING = 20
_NUMBER = re.compile("[0-9]{5}")


@dataclass(frozen=True)
class Header:
    """The header: the first and last index of its lines, their numbers in the file, and the headings.

    The rank says how good it is: known headings, whether cells merged over both lines bear it out, whether it is one
    line.
    """

    first: int
    last: int
    numbers: tuple[int, ...]
    headings: tuple[str, ...]
    merged: bool = False

    @property
    def rank(self) -> tuple[int, bool, bool, int]:
        known = len({cell for cell in self.headings if cell.strip() and is_heading(cell)})
        return known, self.merged, self.first == self.last, -self.first


def find_header(lines: Sequence[Line], merged: Sequence[Range]) -> Header | None:
    """The header within the first ten rows; None where too few headings are known. Titles above it have none."""
    near = [place for place, (number, _) in enumerate(lines[:HEADER_WITHIN]) if number <= lines[0][0] + HEADER_WITHIN]
    numbers = {lines[place][0] - 1 for place in near}
    ranges = [range_ for range_ in merged if range_[0][0] in numbers]
    best = max(_candidates(lines, near, ranges), key=lambda header: header.rank)
    return best if best.rank[0] >= HEADINGS_NEEDED else None


def _candidates(lines: Sequence[Line], near: Sequence[int], ranges: Sequence[Range]) -> Iterator[Header]:
    for place in near:
        number, cells = lines[place]
        yield Header(place, place, (number,), tuple(cells))
        if place + 1 < len(lines) and lines[place + 1][0] == number + 1:
            pair = _joined(place, lines[place], lines[place + 1], ranges)
            if pair is not None:
                yield pair


def _joined(place: int, upper: Line, lower: Line, ranges: Sequence[Range]) -> Header | None:
    """Two lines as one header; None if the lower one is not made of headings under those of the upper one."""
    number, width = upper[0], max(len(upper[1]), len(lower[1]))
    above = [cell.strip() for cell in upper[1]] + [""] * (width - len(upper[1]))
    below = [cell.strip() for cell in lower[1]] + [""] * (width - len(lower[1]))
    if not any(below) or any(len(cell) > _LONGEST_SUBHEADING or _NUMBER.search(cell) for cell in below):
        return None
    own = [range_ for range_ in ranges if range_[0][0] == number - 1]
    groups, tall = _groups(above, below, own, width)
    if len(set(filter(None, above))) < 2 or any(cell and above[c] and c not in groups for c, cell in enumerate(below)):
        return None
    tops = [above[groups[c]] if c in groups else above[c] for c in range(width)]
    pairs = zip(tops, below, strict=True)
    headings = tuple(JOINT.join(dict.fromkeys(filter(None, pair))) for pair in pairs)
    return Header(place, place + 1, (number, lower[0]), headings, tall)


def _groups(above: list[str], below: list[str], own: Sequence[Range], width: int) -> tuple[dict[int, int], bool]:
    """Column → the first column of the upper heading that spans it, and whether any heading spans both lines."""
    groups: dict[int, int] = {}
    tall = False
    for (top, left), (bottom, right) in own:
        tall |= bottom > top
        if bottom == top:
            groups |= dict.fromkeys(range(left, min(right + 1, width)), left)
    if own:
        return groups, tall
    for column in range(1, width):
        if below[column] and not above[column]:
            start = groups.get(column - 1, column - 1)
            if above[start] and below[start]:
                groups |= {start: start, column: start}
    return groups, tall
