"""Reliability of a scale: Cronbach's alpha, item-rest correlations, ceiling and missing answers.

Everything is made from sums over people: per item the number of answers, sum, sum of squares and sum of products with
the person's total, so that a database can form them. People who answered every item are the base of alpha.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sampling.text import Text
from surveys.estimates import EstimateInputError, NoFigure

LOW_ALPHA = 0.7


@dataclass(frozen=True)
class ItemSums:
    """One item: answers, answers at the top and missing ones among everybody; and, of complete answers, sums in whole
    points: Σx, Σx², Σx·total."""

    item: str
    answered: int
    at_top: int
    missing: int
    total: int
    squares: int
    with_total: int


@dataclass(frozen=True)
class ItemReliability:
    """An item: share at the ceiling, share missing, and its correlation with the rest of the scale (None when nothing
    varies)."""

    item: str
    answered: int
    missing: int
    ceiling: Fraction | None
    item_rest: float | None


@dataclass(frozen=True)
class Reliability:
    """Alpha with its interval over `n` complete answers; None where nothing varies, and in words why."""

    n: int
    alpha: float | None
    low: float | None
    high: float | None
    items: tuple[ItemReliability, ...]
    words: Text


def reliability(
    n: int, total: int, squares: int, items: Sequence[ItemSums], *, confidence: float = 0.95
) -> Reliability:
    """Cronbach's alpha (1951) with Feldt's interval (1965) of `n` complete answers with totals Σt and Σt².

    Raises EstimateInputError for sums that fit no answers, NoFigure for fewer than two items.
    """
    if len(items) < 2:
        message = Text("只有一题，谈不上内部一致性。", "One item alone has no internal consistency.")
        raise NoFigure("one-item", message)
    if sum(item.total for item in items) != total or sum(item.with_total for item in items) != squares:
        raise EstimateInputError("the items' sums do not add up to the scale's")
    own = [_devs(n, item.squares, item.total, item.total) for item in items]
    total_variation = _devs(n, squares, total, total)
    _check(n, own, total_variation, items)
    rests = [
        _correlation(variance, total_variation, _devs(n, item.with_total, item.total, total))
        for item, variance in zip(items, own, strict=True)
    ]
    item_results = tuple(_item(item, rest) for item, rest in zip(items, rests, strict=True))
    if n < 3 or total_variation == 0:
        return Reliability(n, None, None, None, item_results, _why_none(n))
    k = len(items)
    alpha = float(Fraction(k, k - 1) * (1 - Fraction(sum(own), total_variation)))
    low, high = _feldt(alpha, n, k, confidence)
    return Reliability(n, alpha, low, high, item_results, _words(alpha, item_results))


def _check(n: int, own: Sequence[int], total_variation: int, items: Sequence[ItemSums]) -> None:
    """Raise EstimateInputError for sums that no answers could have."""
    if (
        n < 0
        or total_variation < 0
        or min(own) < 0
        or (n == 0 and any(item.squares or item.with_total for item in items))
    ):
        raise EstimateInputError("sums of squares that no answers have")
    for item, variance in zip(items, own, strict=True):
        if not 0 <= item.at_top <= item.answered or item.missing < 0 or item.answered < n:
            raise EstimateInputError(f"item {item.item}: {item.at_top} at the top of {item.answered}, {n} complete")
        if variance == 0 and n * item.with_total != item.total * sum(i.total for i in items):
            raise EstimateInputError(f"item {item.item}: never varies and yet goes with the total")


def _devs(n: int, products: int, first: int, second: int) -> int:
    """n times the sum of products of deviations."""
    return n * products - first * second


def _correlation(variance: int, total_variation: int, covariance: int) -> float | None:
    """Of an item with the total less the item."""
    rest_variation = total_variation - 2 * covariance + variance
    if variance <= 0 or rest_variation <= 0:
        return None
    return (covariance - variance) / math.sqrt(variance * rest_variation)


def _item(item: ItemSums, item_rest: float | None) -> ItemReliability:
    ceiling = Fraction(item.at_top, item.answered) if item.answered else None
    return ItemReliability(item.item, item.answered, item.missing, ceiling, item_rest)


def _feldt(alpha: float, n: int, k: int, confidence: float) -> tuple[float, float]:
    from scipy.stats import f

    tail = (1 - confidence) / 2
    upper, lower = (float(f.ppf(p, n - 1, (n - 1) * (k - 1))) for p in (1 - tail, tail))
    return 1 - (1 - alpha) * upper, 1 - (1 - alpha) * lower


def _why_none(n: int) -> Text:
    if n < 3:
        return Text("完整作答的人太少，算不出。", "Too few people answered every item.")
    return Text(
        "所有人的总分一样，没有差异可以分析。", "Everyone has the same total: there is no variation to analyse."
    )


def _words(alpha: float, items: Sequence[ItemReliability]) -> Text:
    crowded = sum(1 for item in items if item.ceiling is not None and item.ceiling > Fraction(4, 5))
    if alpha >= LOW_ALPHA:
        verdict = Text("各题方向一致。", "The items agree.")
    else:
        verdict = Text("各题不太一致，综合指数要谨慎使用。", "The items do not agree well: use the index with care.")
    return verdict + _crowded(crowded) if crowded else verdict


def _crowded(items: int) -> Text:
    number = "1 item has" if items == 1 else f"{items} items have"
    return Text(
        f"有 {items} 题超过八成的人答最高档，区分不出好与更好。",
        f" {number} more than 80% of answers at the top and cannot tell good from better.",
    )
