"""The arithmetic of planning a sample: margins of error, sample sizes, numbers of answers to expect.

Everything here is about a share (of people who are satisfied) and a 95 % margin by the normal approximation: good
enough to choose a size by, never used for a result (surveys/estimates does those).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, isqrt, lgamma, log, log1p, sqrt

Z = 1.959963984540054  # R: qnorm(0.975)
WORST = 0.5  # the share whose margin is widest
SURE = 0.9


@dataclass(frozen=True)
class StratumAnswers:
    """A stratum, or the piece of it that lies in an area: its people, and the answers expected from it."""

    people: int
    answers: float


def margin(answers: float, people: int, share: float = WORST) -> float:
    """Half the width of a 95 % interval of a share, 0-1, with finite-population correction.

    Source: Cochran, Sampling Techniques, 3rd ed. 1977, 3.2 (variance of a proportion). Raises ValueError unless
    0 < answers <= people and 0 <= share <= 1.

    >>> round(margin(100, 1300), 4), margin(60, 60)
    (0.0942, 0.0)
    """
    if not 0 < answers <= people or not 0 <= share <= 1:
        raise ValueError(f"no margin for {answers} answers of {people} people at {share}")
    return Z * sqrt(_variance(StratumAnswers(people, answers), share))


def _variance(part: StratumAnswers, share: float) -> float:
    return share * (1 - share) / part.answers * (part.people - part.answers) / max(part.people - 1, 1)


def size_for_margin(widest: float, people: int, share: float = WORST) -> int:
    """The fewest answers whose margin (0-1) is at most `widest`.

    Source: Cochran 1977, 4.4; found by bisection, so that it is the inverse of margin() to the last person. Raises
    ValueError unless `widest` and `people` are positive.

    >>> size_for_margin(0.05, 1300), size_for_margin(0.05, 10**9)
    (297, 385)
    """
    if widest <= 0 or people < 1:
        raise ValueError(f"no size for a margin of {widest} among {people} people")
    return 1 + bisect_left(range(1, people + 1), True, key=lambda n: margin(n, people, share) <= widest)


def margin_of(parts: Sequence[StratumAnswers], shares: Sequence[float] | float = WORST) -> float | None:
    """The margin of a share estimated from strata, each weighted by its people; None when one of them gives no answer.

    `shares` is the share expected in each part, or in all of them. Source: Cochran 1977, 5.10.

    >>> round(margin_of([StratumAnswers(800, 61.5), StratumAnswers(500, 38.5)]), 4)
    0.0942
    >>> margin_of([StratumAnswers(800, 100), StratumAnswers(500, 0)]) is None
    True
    """
    expected = [shares] * len(parts) if isinstance(shares, float | int) else shares
    if not parts or any(part.answers <= 0 for part in parts):
        return None
    people = sum(part.people for part in parts)
    return Z * sqrt(
        fsum((part.people / people) ** 2 * _variance(part, share) for part, share in zip(parts, expected, strict=True))
    )


def design_effect(parts: Sequence[StratumAnswers]) -> float | None:
    """How many times the variance of a proportional sample of the same size this one has; None when a part is empty.

    1 for proportional allocation. Supposes the same standard deviation in every part. Source: Kish, Weighting for
    unequal P_i, Journal of Official Statistics 8 (1992): n sum(W^2 / n_h) for weights that differ between strata alone.

    >>> design_effect([StratumAnswers(900, 50), StratumAnswers(100, 50)])
    1.64
    """
    if not parts or any(part.answers <= 0 for part in parts):
        return None
    people, answers = sum(part.people for part in parts), fsum(part.answers for part in parts)
    return round(answers * fsum((part.people / people) ** 2 / part.answers for part in parts), 12)


def size_for_answers(answers: int, rate: int) -> int:
    """How many to draw so that `answers` come on average when `rate` per cent respond; ValueError unless 1-100.

    >>> size_for_answers(100, 80), size_for_answers(100, 33)
    (125, 304)
    """
    if not 1 <= rate <= 100:
        raise ValueError(f"no response rate: {rate}")
    return -(-answers * 100 // rate)


def chance_of_answers(answers: int, drawn: int, rate: int) -> float:
    """The probability that at least `answers` of `drawn` respond, each with `rate` per cent: the binomial upper tail.

    >>> round(chance_of_answers(100, 125, 80), 4)
    0.5533
    """
    if answers <= 0:
        return 1.0
    if answers > drawn:
        return 0.0
    if rate == 100:
        return 1.0
    p = rate / 100
    start = lgamma(drawn + 1)
    below = fsum(
        exp(start - lgamma(k + 1) - lgamma(drawn - k + 1) + k * log(p) + (drawn - k) * log1p(-p))
        for k in range(answers)
    )
    return min(1.0, max(0.0, 1 - below))


def size_for_answers_surely(answers: int, rate: int, sure: float = SURE) -> int:
    """The fewest to draw so that `answers` come with probability `sure`; people answer independently of each other.

    >>> size_for_answers_surely(100, 80), size_for_answers_surely(100, 100)
    (132, 100)
    """
    most = 2 * size_for_answers(answers, rate) + 20
    while chance_of_answers(answers, most, rate) < sure:
        most *= 2
    sizes = range(answers, most + 1)
    return sizes[bisect_left(sizes, True, key=lambda n: chance_of_answers(answers, n, rate) >= sure)]


def stddev_of(share: int) -> int:
    """The standard deviation of yes and no when `share` per cent say yes, in hundredths of a percentage point.

    Whole, so that an allocation by it is the same everywhere; ValueError unless 1-99.

    >>> stddev_of(50), stddev_of(90), stddev_of(99)
    (5000, 3000, 994)
    """
    if not 1 <= share <= 99:
        raise ValueError(f"no spread at {share} per cent")
    return isqrt(share * (100 - share) * 10_000)
