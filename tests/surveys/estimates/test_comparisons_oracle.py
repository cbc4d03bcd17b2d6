"""Comparisons and reliability against R: comparisons.R made comparisons.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from surveys.estimates import StratumCount, StratumSums, mean_difference, rao_scott
from surveys.estimates.contingency_tables import fisher_where_small
from surveys.estimates.tables import freeman_halton
from surveys.reliability import ItemSums, reliability

ORACLE = json.loads(Path(__file__).with_name("oracle").joinpath("comparisons.json").read_text())["cases"]


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in ORACLE if case["kind"] == kind]


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-12)


def groups_of(case: dict[str, Any]) -> list[str]:
    return sorted({group["group"] for stratum in case["strata"] for group in stratum["groups"]})


def part(stratum: dict[str, Any], group: str) -> dict[str, int]:
    none = {"base": 0, "total": 0, "squares": 0}
    return next((g for g in stratum["groups"] if g["group"] == group), none)


def sums(case: dict[str, Any], group: str) -> list[StratumSums]:
    return [
        StratumSums(s["stratum"], "", s["population"], s["answered"], g["total"], g["squares"], g["base"])
        for s in case["strata"]
        for g in [part(s, group)]
    ]


def counts(case: dict[str, Any], group: str) -> list[StratumCount]:
    return [
        StratumCount(s["stratum"], "", s["population"], s["answered"], g["total"], g["base"])
        for s in case["strata"]
        for g in [part(s, group)]
    ]


@pytest.mark.parametrize("case", of_kind("mean"))
def test_the_difference_of_two_means_agrees_with_r(case: dict[str, Any]) -> None:
    first, second, *_ = groups_of(case)
    difference = mean_difference(sums(case, first), sums(case, second))
    assert difference.value == near(case["value"])
    assert difference.standard_error == near(case["standard_error"])
    assert difference.degrees_of_freedom == case["degrees_of_freedom"]
    assert (difference.low, difference.high) == (near(case["low"]), near(case["high"]))
    assert difference.p_value == near(case["p_value"])


@pytest.mark.parametrize("case", of_kind("table"))
def test_the_test_of_a_table_agrees_with_r(case: dict[str, Any]) -> None:
    test = rao_scott({group: counts(case, group) for group in case["groups"]})
    assert test.statistic == near(case["statistic"])
    assert (test.df1, test.df2) == (near(case["df1"]), near(case["df2"]))
    assert test.p_value == near(case["p_value"])


@pytest.mark.parametrize("case", of_kind("alpha"))
def test_alpha_and_its_interval_agree_with_r(case: dict[str, Any]) -> None:
    rows = case["rows"]
    totals = [sum(row) for row in rows]
    items = [
        ItemSums(
            str(i), len(rows), 0, 0, sum(x), sum(v * v for v in x), sum(v * t for v, t in zip(x, totals, strict=True))
        )
        for i, x in enumerate(zip(*rows, strict=True))
    ]
    result = reliability(len(rows), sum(totals), sum(t * t for t in totals), items)
    assert (result.alpha, result.low, result.high) == (near(case["alpha"]), near(case["low"]), near(case["high"]))
    assert [item.item_rest for item in result.items] == [near(value) for value in case["rest"]]


@pytest.mark.parametrize("case", of_kind("exact"))
def test_exact_tests_of_small_tables_are_those_of_fisher_test(case: dict[str, Any]) -> None:
    rows = [(yes, no) for yes, no in case["rows"]]
    assert freeman_halton(rows) == near(case["p_value"])
    if len(rows) == 2:
        assert fisher_where_small(rows) == near(case["p_value"])
