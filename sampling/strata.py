"""The stratum and queue of a person, and the number of people in each (docs/certificate.md, 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import repeat
from operator import attrgetter
from types import MappingProxyType

from sampling.frame import FramePerson, Last
from sampling.plan import MOST_STRATA, Factor, Plan, PlanRefused
from sampling.rule import Reading
from sampling.text import Text

MAIN, GENERAL = "main", "general"
ALL = "all"
DRAWN, LISTED, NEW = "drawn", "listed", "new"
LAST_QUEUES = (DRAWN, LISTED, NEW)
# A person carrying several categories belongs to the first group that holds one of them.
GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "child": frozenset({"07", "08"}),
        "elder": frozenset({"11", "12", "13", "14", "15", "16", "17"}),
        "disabled": frozenset({"05"}),
        "poor": frozenset({"01", "02", "03", "04", "06", "09", "10"}),
    }
)

Cell = tuple[str, str]
"""A stratum's code and a queue of it."""


def group_of(categories: Iterable[str]) -> str:
    """The category group of a person.

    >>> group_of(("01", "13")), group_of(("05",)), group_of(())
    ('elder', 'disabled', 'general')
    """
    carried = set(categories)
    return next((name for name, codes in GROUPS.items() if carried & codes), GENERAL)


def queues_of(plan: Plan) -> tuple[str, ...]:
    """The queues of every stratum, in their order."""
    return (ALL,) if plan.overlap is None else LAST_QUEUES


def cell_of(plan: Plan, reading: Reading) -> Callable[[FramePerson], Cell | None]:
    """The function from a person to stratum and queue; None for whoever is not to be drawn from at all.

    >>> plan = Plan(100, strata=(Factor.AREA, Factor.GROUP), overlap=30)
    >>> cell_of(plan, Reading.PRIORITY)(FramePerson("0" * 32, "0101", "01", ("05", "13"), Last.DRAWN))
    ('01/elder', 'drawn')
    """
    values: dict[Factor, Callable[[FramePerson], str]] = {
        Factor.AREA: lambda p: p.area,
        Factor.VILLAGE: lambda p: p.village,
        Factor.GROUP: lambda p: group_of(p.categories),
        Factor.PRIORITY: lambda p: Factor.PRIORITY.value if p.categories else GENERAL,
    }
    main = [values[factor] for factor in plan.strata]
    general = [values[f] for f in plan.strata if f in (Factor.AREA, Factor.VILLAGE)]
    everyone, with_general = reading is Reading.EVERYONE, plan.general > 0
    by_last = {Last.DRAWN: DRAWN, Last.LISTED: LISTED, Last.UNKNOWN: NEW}
    one_queue = plan.overlap is None

    def cell(person: FramePerson) -> Cell | None:
        if everyone or person.categories:
            code = "/".join([value(person) for value in main]) or ALL
        elif with_general:
            code = "/".join([GENERAL, *(value(person) for value in general)])
        else:
            return None
        return code, ALL if one_queue else by_last[person.last]

    traits = attrgetter(*_traits(plan))
    cells_by_traits: dict[object, Cell | None] = {}

    def cached_cell(person: FramePerson) -> Cell | None:
        traits_of_person = traits(person)
        try:
            return cells_by_traits[traits_of_person]
        except KeyError:
            place = cells_by_traits[traits_of_person] = cell(person)
            return place

    return cached_cell


def _traits(plan: Plan) -> list[str]:
    """The attributes of a person that decide their stratum and queue; each combination of them is worked out once."""
    placed = [factor.value for factor in plan.strata if factor in (Factor.AREA, Factor.VILLAGE)]
    return [*placed, "categories", *([] if plan.overlap is None else ["last"])]


@dataclass(frozen=True)
class StratumSize:
    """A stratum: its area (empty when it spans several), its part, its people and those of each queue."""

    stratum: str
    area: str
    part: str
    population: int
    queues: Mapping[str, int]


def sizes(people: Iterable[FramePerson], plan: Plan, reading: Reading) -> dict[str, StratumSize]:
    """Every stratum with its people, by code in the order of UTF-8 bytes; one pass, memory grows with the strata.

    Raises PlanRefused when the plan makes more than MOST_STRATA strata.
    """
    return sizes_of_kinds(zip(people, repeat(1), strict=False), plan, reading)


def sizes_of_kinds(kinds: Iterable[tuple[FramePerson, int]], plan: Plan, reading: Reading) -> dict[str, StratumSize]:
    """The strata from kinds of people: one person of each, with the number of people who differ from them only by key.

    >>> kinds = [(FramePerson("", "0101", "01", ("05",)), 412), (FramePerson("", "0102", "01", ("13",)), 287)]
    >>> [(row.stratum, row.population) for row in sizes_of_kinds(kinds, Plan(100), Reading.PRIORITY).values()]
    [('0101', 412), ('0102', 287)]
    """
    cell = cell_of(plan, reading)
    strata: dict[str, StratumSize] = {}
    counts: dict[Cell, int] = {}
    empty = dict.fromkeys(queues_of(plan), 0)
    for person, number in kinds:
        place = cell(person)
        if place is None:
            continue
        if place in counts:
            counts[place] += number
            continue
        counts[place] = number
        code = place[0]
        if code not in strata:
            part = MAIN if reading is Reading.EVERYONE or person.categories else GENERAL
            strata[code] = StratumSize(code, person.area if plan.knows_areas else "", part, 0, empty)
            if len(strata) > MOST_STRATA:
                message = Text(f"这样分层会超过 {MOST_STRATA} 层。", f"This would make more than {MOST_STRATA} strata.")
                raise PlanRefused(message, "strata")
    for (code, queue), number in counts.items():
        row = strata[code]
        strata[code] = replace(row, population=row.population + number, queues={**row.queues, queue: number})
    return {code: strata[code] for code in sorted(strata)}
