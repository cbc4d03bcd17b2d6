"""The probability that a sample puts a station in another score band than a survey of everyone would.

A band is a range of shares between two lines, in per cent; a share that is exactly on a line belongs to the band above.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import fsum

NEGLIGIBLE = 1e-30  # beside the most likely count; what is left out could not be seen in the sum


@dataclass(frozen=True)
class Misclassification:
    """The probability of a band below, equal to or above the true one, if `asked` of `people` answer."""

    people: int
    satisfied: int
    asked: int
    below: float
    same: float
    above: float

    @property
    def misclassified(self) -> float:
        """The chance that the sample's band is not the true one."""
        return self.below + self.above


def distribution(people: int, satisfied: int, asked: int) -> Iterator[tuple[int, float]]:
    """The hypergeometric probability of each number of satisfied people among those asked.

    Built outwards from the most likely count by the ratio of neighbours and divided by its sum, which needs no
    factorials: the cost grows with the standard deviation, not with the people. Counts less likely than 1e-30 of the
    most likely are left out. Raises ValueError unless 0 <= satisfied <= people and 1 <= asked <= people.

    >>> [(k, round(p, 4)) for k, p in distribution(10, 8, 4)]
    [(2, 0.1333), (3, 0.5333), (4, 0.3333)]
    """
    if not 0 <= satisfied <= people or not 1 <= asked <= people:
        raise ValueError(f"cannot ask {asked} of {people} people, {satisfied} of them satisfied")
    unsatisfied = people - satisfied
    low, high = max(0, asked - unsatisfied), min(asked, satisfied)
    mode = min(max((asked + 1) * (satisfied + 1) // (people + 2), low), high)
    weights = {mode: 1.0}
    weight, k = 1.0, mode
    while k < high and weight > NEGLIGIBLE:
        weight *= (satisfied - k) * (asked - k) / ((k + 1) * (unsatisfied - asked + k + 1))
        k += 1
        weights[k] = weight
    weight, k = 1.0, mode
    while k > low and weight > NEGLIGIBLE:
        weight *= k * (unsatisfied - asked + k) / ((satisfied - k + 1) * (asked - k + 1))
        k -= 1
        weights[k] = weight
    total = fsum(weights.values())
    for count in sorted(weights):
        yield count, weights[count] / total


def misclassification(people: int, satisfied: int, asked: int, lines: Sequence[Fraction | int]) -> Misclassification:
    """The probability that the share among those asked lies in another band than the share among everyone.

    `lines` are per cents in rising order. Exact where counts meet lines: they are compared as fractions. Raises
    ValueError as distribution() does, and for lines that do not rise.

    >>> result = misclassification(1300, 1144, 100, (90,))
    >>> round(result.above, 4), result.below, round(misclassification(1300, 1144, 400, (90,)).above, 4)
    (0.3253, 0.0, 0.0813)
    """
    if any(low >= high for low, high in pairwise(lines)):
        raise ValueError("the lines between bands must rise")
    true = bisect_right(lines, Fraction(100 * satisfied, people))
    chances: dict[int, list[float]] = {-1: [], 0: [], 1: []}
    for count, chance in distribution(people, satisfied, asked):
        band = bisect_right(lines, Fraction(100 * count, asked))
        chances[(band > true) - (band < true)].append(chance)
    return Misclassification(people, satisfied, asked, *(fsum(chances[side]) for side in (-1, 0, 1)))


def satisfied_at(people: int, share: int) -> int:
    """The fewest satisfied people that make `share` per cent of everyone.

    >>> satisfied_at(1300, 88), satisfied_at(101, 90)
    (1144, 91)
    """
    return -(-share * people // 100)
