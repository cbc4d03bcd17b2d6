"""Totals, ratios, quantiles and changes beside R's survey package (oracle/derived.R made oracle/derived.json)."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from surveys.estimates import (
    StratumCount,
    StratumOverlap,
    StratumPairs,
    StratumSums,
    StratumValues,
    mean_change,
    quantile,
    ratio,
    share_change,
    total,
)

ORACLE = json.loads(Path(__file__).with_name("oracle").joinpath("derived.json").read_text())["cases"]


def of_kind(kind: str) -> list[Any]:
    cases = [pytest.param(case, id=case["name"]) for case in ORACLE if case["kind"] == kind]
    assert cases
    return cases


def near(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-12)


def published(value: float) -> Any:
    """Figures are published with six places."""
    return pytest.approx(value, rel=1e-9, abs=0.51e-6)


@pytest.mark.parametrize("case", of_kind("total"))
def test_a_total_is_that_of_svytotal(case: dict[str, Any]) -> None:
    estimate = total([StratumCount(**s) for s in case["strata"]], domain=case["domain"])
    assert float(estimate.value) == published(case["value"])
    assert estimate.standard_error == near(case["standard_error"])
    assert estimate.degrees_of_freedom == case["degrees_of_freedom"]
    assert (estimate.t_low, estimate.t_high) == (near(case["t_low"]), near(case["t_high"]))


@pytest.mark.parametrize("case", of_kind("ratio"))
def test_a_ratio_is_that_of_svyratio(case: dict[str, Any]) -> None:
    estimate = ratio([StratumPairs(**s) for s in case["strata"]])
    assert float(estimate.value) == published(case["value"])
    assert estimate.standard_error == near(case["standard_error"])
    assert estimate.degrees_of_freedom == case["degrees_of_freedom"]
    assert (estimate.t_low, estimate.t_high) == (near(case["t_low"]), near(case["t_high"]))


@pytest.mark.parametrize("case", of_kind("quantile"))
def test_a_quantile_and_woodruff_s_limits_are_those_of_svyquantile(case: dict[str, Any]) -> None:
    strata = [
        StratumValues(**s | {"values": {int(value): count for value, count in s["values"].items()}})
        for s in case["strata"]
    ]
    estimate = quantile(strata, Fraction(case["part"]), domain=case["domain"])
    assert float(estimate.value) == published(case["value"])
    assert estimate.degrees_of_freedom == case["degrees_of_freedom"]
    assert (estimate.t_low, estimate.t_high) == (near(case["t_low"]), near(case["t_high"]))


@pytest.mark.parametrize("case", of_kind("change of a mean"))
def test_a_change_of_a_mean_counts_the_covariance_of_people_asked_twice(case: dict[str, Any]) -> None:
    current, before = ([StratumSums(**s) for s in case[name]] for name in ("current", "before"))
    change = mean_change(current, before, [StratumOverlap(**s) for s in case["twice"]])
    assert change.value == near(case["value"])
    assert change.standard_error == near(case["standard_error"])
    assert change.p_value == near(case["p_value"])


@pytest.mark.parametrize("case", of_kind("change of a share"))
def test_a_change_of_a_share_counts_the_covariance_of_people_asked_twice(case: dict[str, Any]) -> None:
    current, before = ([StratumCount(**s) for s in case[name]] for name in ("current", "before"))
    change = share_change(current, before, [StratumOverlap(**s) for s in case["twice"]])
    assert change.value == near(case["value"])
    assert change.standard_error == near(case["standard_error"])
    assert change.p_value == near(case["p_value"])
