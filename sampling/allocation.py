"""How many people to draw from each stratum and queue: integers only, the same everywhere (docs/certificate.md, 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt

from sampling.plan import Method, Plan, PlanRefused
from sampling.strata import ALL, DRAWN, GENERAL, LISTED, MAIN, NEW, Cell, StratumSize
from sampling.text import Text, joined

ROOT_SCALE = 10**12


@dataclass(frozen=True)
class ShareItem:
    """A stratum that gets a share: its people, its weight (at least 1), the fewest and the most people it may get."""

    code: str
    people: int
    weight: int
    floor: int
    cap: int


def share(total: int, items: Sequence[ShareItem]) -> dict[str, int]:
    """Whole shares that sum to `total`, each within its floor and cap, otherwise proportional to the weights.

    The exact proportional share clamped to the bounds, then largest remainders; ties go to more people, then to the
    smaller code. Cost: O(items²) at worst. Raises PlanRefused when the bounds leave no solution.

    >>> share(100, [ShareItem(code, n, n, 2, n) for code, n in (("a", 412), ("b", 287), ("c", 139))])
    {'a': 49, 'b': 34, 'c': 17}
    """
    least, most = sum(item.floor for item in items), sum(item.cap for item in items)
    if not least <= total <= most:
        message = Text(
            f"要抽 {total} 人，而各层至少 {least} 人、至多 {most} 人。",
            f"{total} people are to be drawn, but the strata give at least {least} and at most {most}.",
        )
        raise PlanRefused(message, "size")
    fixed: dict[str, int] = {}
    while True:
        free = [item for item in items if item.code not in fixed]
        remaining, weights = total - sum(fixed.values()), sum(item.weight for item in free)
        excess_of_floors = sum(max(0, item.floor * weights - item.weight * remaining) for item in free)
        excess_of_caps = sum(max(0, item.weight * remaining - item.cap * weights) for item in free)
        if excess_of_floors == excess_of_caps == 0:
            break
        if excess_of_floors >= excess_of_caps:
            fixed |= {item.code: item.floor for item in free if item.weight * remaining < item.floor * weights}
        else:
            fixed |= {item.code: item.cap for item in free if item.weight * remaining > item.cap * weights}
    if free:
        shares = {item.code: item.weight * remaining // weights for item in free}
        leftover = remaining - sum(shares.values())
        order = sorted(free, key=lambda item: (-(item.weight * remaining % weights), -item.people, item.code))
        fixed |= shares | {item.code: shares[item.code] + 1 for item in order[:leftover]}
    return {item.code: fixed[item.code] for item in items}


def allocate(plan: Plan, strata: Mapping[str, StratumSize]) -> dict[Cell, int]:
    """How many people each queue of each stratum gives: `plan.size` from the main part, `plan.general` beside them.

    Raises PlanRefused when a part is smaller than its size, or Neyman allocation lacks a stratum's standard deviation.

    >>> rows = [StratumSize(code, "1", MAIN, n, {ALL: n}) for code, n in (("0101", 412), ("0102", 287), ("0103", 3))]
    >>> allocate(Plan(100, method=Method.POWER), {row.stratum: row for row in rows})
    {('0101', 'all'): 53, ('0102', 'all'): 44, ('0103', 'all'): 3}
    """
    _check_stddev(plan, strata)
    numbers: dict[Cell, int] = {}
    for part, total in ((MAIN, plan.size), (GENERAL, plan.general)):
        rows = [row for row in strata.values() if row.part == part]
        available = sum(row.population for row in rows)
        if total > available:
            raise PlanRefused(_too_few(part, available, total), "general" if part == GENERAL else "size")
        for code, number in _strata(plan, rows, total, part).items():
            numbers |= {(code, queue): n for queue, n in by_queue(plan.overlap, strata[code].queues, number).items()}
    return numbers


def _too_few(part: str, available: int, total: int) -> Text:
    group = Text("普通服务对象", "general recipients") if part == GENERAL else Text("可抽的人", "people to draw from")
    return Text(
        f"{group.zh}一共只有 {available} 人，不能抽 {total} 人。",
        f"There are only {available} {group.en}; {total} cannot be drawn.",
    )


def _check_stddev(plan: Plan, strata: Mapping[str, StratumSize]) -> None:
    if plan.method is Method.NEYMAN and set(plan.stddev) != set(strata):
        missing = sorted(set(strata) - set(plan.stddev))
        names = joined(missing[:5])
        if missing:
            named = Text(f"还缺 {names.zh}。", f"lacking for {names.en}.")
        else:
            named = Text("有的层在抽样框里没有人。", "and some strata named have nobody on the frame.")
        raise PlanRefused(
            Text("内曼分配要有每一层的离散程度，", "Neyman allocation needs the spread of every stratum, ") + named,
            "spread",
        )


def _weight(plan: Plan, row: StratumSize) -> int:
    return {
        Method.PROPORTIONAL: row.population,
        Method.EQUAL: 1,
        Method.NEYMAN: row.population * plan.stddev.get(row.stratum, 1),
        Method.POWER: isqrt(row.population * ROOT_SCALE),
    }[plan.method]


def _strata(plan: Plan, rows: Sequence[StratumSize], total: int, part: str) -> dict[str, int]:
    areas: Counter[str] = Counter()
    for row in rows:
        areas[row.area] += row.population

    def floor(row: StratumSize, minimum: int, of_area: int) -> int:
        return min(row.population, max(minimum, -(-of_area * row.population // areas[row.area])))

    minimum = _largest(plan.minimum, lambda m: sum(floor(row, m, 0) for row in rows) <= total)
    area_minimum = plan.area_minimum if part == MAIN else 0
    of_area = _largest(area_minimum, lambda q: sum(floor(row, minimum, q) for row in rows) <= total)
    return share(
        total,
        [
            ShareItem(row.stratum, row.population, _weight(plan, row), floor(row, minimum, of_area), row.population)
            for row in rows
        ],
    )


def _largest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number from 0 to `wanted` that fits; 0 always fits, and so does every number below one that fits."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def by_queue(overlap: int | None, people: Mapping[str, int], number: int) -> dict[str, int]:
    """A stratum's sample of `number` people by queue: newcomers in proportion, then by `overlap`.

    Of those who are no newcomers, `overlap` per cent are people drawn last time. Newcomers have a queue of
    their own, so that everyone has the same chance over both rounds (docs/between-rounds.md).

    >>> by_queue(0, {"drawn": 100, "listed": 880, "new": 20}, 100)
    {'drawn': 0, 'listed': 98, 'new': 2}
    """
    if overlap is None:
        return {ALL: number}
    drawn, listed, new = people[DRAWN], people[LISTED], people[NEW]
    everyone = drawn + listed + new
    of_new = min(new, max(number - drawn - listed, (2 * number * new + everyone) // (2 * everyone)))
    old = number - of_new
    of_listed = min(listed, old - min(drawn, (old * overlap + 50) // 100))
    return {DRAWN: old - of_listed, LISTED: of_listed, NEW: of_new}
