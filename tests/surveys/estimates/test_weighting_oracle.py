"""Post-stratification, raking and weighting classes beside R's survey (oracle/weighting.R made weighting.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from surveys.estimates import (
    INDEX_SCALE,
    StratumCell,
    Weighted,
    class_weighted,
    post_stratified,
    raked,
    weighted_mean,
    weighted_share,
)

ORACLE = json.loads(Path(__file__).with_name("oracle").joinpath("weighting.json").read_text())["cases"]


def plan_of(case: dict[str, Any]) -> Weighted:
    rows = [StratumCell(**row | {"cell": tuple(row["cell"])}) for row in case["cells"]]
    high = 100 * INDEX_SCALE if case["points"] else 1
    if case["kind"] == "post":
        return post_stratified(rows, case["populations"], {(k,): n for k, n in case["known"].items()}, high)
    if case["kind"] == "rake":
        return raked(rows, case["populations"], case["known"], high)
    return class_weighted(rows, case["populations"], high)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case['kind']}: {case['name']}") for case in ORACLE])
def test_figures_are_those_of_r(case: dict[str, Any]) -> None:
    plan = plan_of(case)
    estimate = weighted_mean(plan) if case["points"] else weighted_share(plan)
    unit = INDEX_SCALE if case["points"] else 1
    assert float(plan.value()) / unit == pytest.approx(case["value"], rel=1e-9)
    assert estimate.standard_error == pytest.approx(case["standard_error"], rel=1e-9)
    assert estimate.degrees_of_freedom == case["degrees_of_freedom"]
    assert max(plan.weights.values()) == pytest.approx(case["largest_weight"], rel=1e-9)
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < float(estimate.value) < estimate.high


def test_every_kind_is_there() -> None:
    assert {case["kind"] for case in ORACLE} == {"post", "rake", "class"}
