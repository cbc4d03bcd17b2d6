"""How many people to draw from each stratum."""

from __future__ import annotations

from collections.abc import Mapping

MINIMUM_PER_STRATUM = 2  # one answer has no variance


class AllocationRefused(ValueError):
    """Sizes that cannot be met; the message says why, in Chinese."""


def proportional(sizes: Mapping[str, int], total: int, *, minimum: int = MINIMUM_PER_STRATUM) -> dict[str, int]:
    """Sizes per stratum in proportion to its people, summing to `total`, by largest remainder.

    Each stratum first gets `minimum` (or all its people when fewer; as many as fit when `total` is too small for
    that, larger strata first). What exact proportion would give beyond the minimum is then shared by largest
    remainder; ties go to the larger stratum, then to the smaller code. No stratum gets more than it has.
    Cost: O(strata² log strata) at worst; integers only, so it is the same on every machine.

    >>> proportional({"a": 412, "b": 287, "c": 139}, 100)
    {'a': 49, 'b': 34, 'c': 17}
    >>> proportional({"a": 500, "b": 3}, 10)
    {'a': 8, 'b': 2}
    """
    if any(size < 0 for size in sizes.values()):
        raise AllocationRefused("层的人数不能是负数。")
    people = sum(sizes.values())
    if not 0 <= total <= people:
        raise AllocationRefused(f"要抽 {total} 人，而各层合计 {people} 人。")
    floors = _floors(sizes, total, minimum)
    # Strata whose proportional share falls below their floor keep the floor; the others share what remains.
    fixed: dict[str, int] = {}
    while True:
        free = {code: size for code, size in sizes.items() if code not in fixed}
        shares = _largest_remainder(free, total - sum(fixed.values()))
        short = {code: floors[code] for code in free if shares[code] < floors[code]}
        if not short:
            found = fixed | shares
            return {code: found[code] for code in sizes}
        fixed |= short


def _floors(sizes: Mapping[str, int], total: int, minimum: int) -> dict[str, int]:
    floors = dict.fromkeys(sizes, 0)
    left = total
    for _round in range(minimum):
        for code in sorted(sizes, key=lambda c: (-sizes[c], c)):
            if left and floors[code] < sizes[code]:
                floors[code] += 1
                left -= 1
    return floors


def _largest_remainder(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    people = sum(sizes.values())
    if people == 0:
        return dict.fromkeys(sizes, 0)
    shares = {code: size * total // people for code, size in sizes.items()}
    left = total - sum(shares.values())
    by_remainder = sorted(sizes, key=lambda c: (-(sizes[c] * total % people), -sizes[c], c))
    for code in by_remainder[:left]:
        shares[code] += 1
    return shares
