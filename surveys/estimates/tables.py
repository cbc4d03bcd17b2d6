"""Is a share the same in several groups? Exactly where counts are small, by Rao & Scott elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb

from sampling.text import NOTHING_SAID, Text
from surveys.estimates.comparison import LEVEL
from surveys.estimates.contingency_tables import rao_scott
from surveys.estimates.figures import NoFigure, StratumCount
from surveys.estimates.multiple_testing import holm_p_values

SMALL = 5
MOST_TABLES = 100_000


@dataclass(frozen=True)
class HomogeneityTest:
    """The test that a share is the same in all groups: p-value and method; without a p-value, the reason."""

    p_value: float | None
    method: str
    reason: Text = NOTHING_SAID
    adjusted: float | None = None

    @property
    def deciding(self) -> float | None:
        """The p-value that decides: the adjusted one where several tables were tested together."""
        return self.p_value if self.adjusted is None else self.adjusted

    @property
    def words(self) -> Text:
        """The result of the test as one sentence."""
        if self.deciding is None:
            return self.reason
        if self.deciding <= LEVEL:
            return Text(
                "各组之间的差异大于偶然可以解释的。",
                "The differences between the groups are larger than chance would explain.",
            )
        return Text("各组之间的差异可能来自偶然。", "The differences between the groups may be due to chance.")


def holm_tables(tests: Mapping[str, HomogeneityTest]) -> dict[str, HomogeneityTest]:
    """The same tests with p-values for having made all of them (Holm 1979)."""
    adjusted = holm_p_values({name: test.p_value for name, test in tests.items()})
    return {name: replace(test, adjusted=adjusted.get(name)) for name, test in tests.items()}


def homogeneity_test(groups: Mapping[str, Sequence[StratumCount]]) -> HomogeneityTest:
    """Test that the share of yes is the same in these groups of one sample; all name the same strata.

    Where a cell would hold fewer than five answers if nothing differed: the exact test of Freeman & Halton (1951) on
    the answers themselves, without weights. Otherwise Rao & Scott's second-order test. Groups without answers are left
    out.
    """
    rows = {name: _row(counts) for name, counts in groups.items()}
    answered = {name: row for name, row in rows.items() if sum(row)}
    if len(answered) < 2:
        message = Text("只有一组有回答，无从比较。", "Only one group has answers: nothing to compare.")
        return HomogeneityTest(None, "none", message)
    columns = [sum(row[side] for row in answered.values()) for side in (0, 1)]
    if 0 in columns:
        return HomogeneityTest(1.0, "all-alike")
    total = sum(columns)
    if min(sum(row) * column / total for row in answered.values() for column in columns) < SMALL:
        exact = freeman_halton(list(answered.values()))
        if exact is not None:
            return HomogeneityTest(exact, "freeman-halton")
    try:
        return HomogeneityTest(rao_scott({name: groups[name] for name in answered}).p_value, "rao-scott")
    except NoFigure as none:
        return HomogeneityTest(None, "none", none.message)


def _row(counts: Sequence[StratumCount]) -> tuple[int, int]:
    yes = sum(c.yes for c in counts)
    return yes, sum(c.in_domain for c in counts) - yes


def freeman_halton(rows: Sequence[tuple[int, int]]) -> float | None:
    """The exact p-value of a table of groups × (yes, no), given its margins; None when there are too many tables.

    Sum of the probabilities of all tables no more likely than the observed one. For two groups this is Fisher's exact
    test.
    """
    sizes = [sum(row) for row in rows]
    side = min((0, 1), key=lambda place: sum(row[place] for row in rows))
    observed = [row[side] for row in rows]
    if comb(sum(observed) + len(rows) - 1, len(rows) - 1) > MOST_TABLES:
        return None
    weight = _weight(sizes, observed)
    unlikely = sum(w for w in (_weight(sizes, table) for table in _tables(sizes, sum(observed))) if w <= weight)
    return float(Fraction(unlikely, comb(sum(sizes), sum(observed))))


def _weight(sizes: Sequence[int], table: Sequence[int]) -> int:
    product = 1
    for size, count in zip(sizes, table, strict=True):
        product *= comb(size, count)
    return product


def _tables(sizes: Sequence[int], remaining: int) -> Iterator[tuple[int, ...]]:
    """Every way to distribute `remaining` over groups of these sizes."""
    if len(sizes) == 1:
        if remaining <= sizes[0]:
            yield (remaining,)
        return
    for first in range(min(sizes[0], remaining) + 1):
        for others in _tables(sizes[1:], remaining - first):
            yield (first, *others)
