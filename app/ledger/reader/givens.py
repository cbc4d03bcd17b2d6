"""The village and category that a sheet's name, its title or a heading row gives to rows without their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.ledger.reader.line_kinds import bare_heading
from app.ledger.reader.plans import SheetPlan
from app.ledger.reader.sheets import Heading
from app.ledger.reader.village_names import VillageIndex, VillageName
from sampling import categories

# What follows the word in a sheet's name: 「低保台账」.
_LIST = re.compile(r"(?:信息|情况)?(?:名单|台账|名册|花名册|登记表|统计表|明细表|汇总表|一览表|信息表|表)?[0-9()_-]*$")


def village_in(text: str, villages: VillageIndex) -> tuple[str, VillageName] | None:
    """The village named by a heading, a title or a sheet's name, and its spelling there; None for none or several."""
    bare = _LIST.sub("", bare_heading(text))
    for spelling in filter(None, (bare, f"{bare}村", f"{bare}社区")):
        if (village := villages.find(spelling)) is not None:
            return spelling, village
    return villages.within(text)


def category_in(text: str) -> tuple[str, tuple[str, ...]] | None:
    """The category named by such a text, in its own words, and its codes, none for general recipients."""
    bare = _LIST.sub("", bare_heading(text))
    if categories.is_general(bare):
        return bare, ()
    if (code := categories.find(bare)) is not None:
        return bare, (code,)
    codes = categories.within(text)
    return (categories.CATEGORIES[codes[0]].zh, codes) if len(codes) == 1 else None


class GivenByHeadings:
    """What the heading rows, and behind them the plan, give to each row; rows are asked for in their order.

    Headings of the kind that came first are the outer ones: a new one ends what the inner one gave. A heading that
    names neither a village nor a category ends both, for its rows belong to something unknown.
    """

    def __init__(self, headings: Sequence[Heading], plan: SheetPlan, villages: VillageIndex) -> None:
        self._headings = headings
        self._villages = villages
        self._next = 0
        self._order: list[str] = []
        self._held: dict[str, VillageName | tuple[str, ...]] = {}
        self._village = villages.find(plan.village.text) if plan.village else None
        self._categories = codes_of(plan.category.text) if plan.category else None

    def village(self, row: int) -> VillageName | None:
        """The village for a row without one."""
        self._advance(row)
        held = self._held.get("village")
        return held if isinstance(held, VillageName) else self._village

    def categories(self, row: int) -> tuple[str, ...] | None:
        """The codes for a row without a category."""
        self._advance(row)
        held = self._held.get("categories")
        return held if isinstance(held, tuple) else self._categories

    def _advance(self, row: int) -> None:
        while self._next < len(self._headings) and self._headings[self._next].number < row:
            self._take(self._headings[self._next].text)
            self._next += 1

    def _take(self, text: str) -> None:
        village, category = village_in(text, self._villages), category_in(text)
        if village is None and category is None:
            self._held.clear()
        if village is not None:
            self._hold("village", village[1])
        if category is not None:
            self._hold("categories", category[1])

    def _hold(self, kind: str, value: VillageName | tuple[str, ...]) -> None:
        if kind not in self._order:
            self._order.append(kind)
        for inner in self._order[self._order.index(kind) + 1 :]:
            self._held.pop(inner, None)
        self._held[kind] = value


def codes_of(text: str) -> tuple[str, ...] | None:
    """The codes of a category named in a plan; None for no category."""
    if categories.is_general(text):
        return ()
    parts = [categories.find(part) for part in categories.split_categories(text)]
    return tuple(sorted({code for code in parts if code})) if parts and all(parts) else None
