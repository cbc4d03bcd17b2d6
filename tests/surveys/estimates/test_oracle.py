"""Our figures beside those of R's survey package (oracle/estimates.R made oracle/estimates.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from surveys.estimates import INDEX_SCALE, Estimate, StratumCount, StratumSums, mean, share
from surveys.estimates.design_building import design
from surveys.rounding import half_up

FILE = Path(__file__).parent / "oracle" / "estimates.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["cases"]
RELATIVE = 1e-9


def ours(case: dict[str, Any], confidence: float = 0.95) -> Estimate:
    """Our estimate from the sums of a case."""
    domain = case.get("domain")
    if case["kind"] == "share":
        return share([StratumCount(**s) for s in case["strata"]], confidence=confidence, domain=domain)
    return mean([StratumSums(**s) for s in case["strata"]], confidence=confidence, domain=domain)


def summed(case: dict[str, Any]) -> tuple[list[StratumSums], int]:
    """The sums of a case, and how many integers make one of its units."""
    if case["kind"] == "mean":
        return [StratumSums(**s) for s in case["strata"]], INDEX_SCALE
    counts = [StratumCount(**s) for s in case["strata"]]
    return [StratumSums(c.stratum, c.area, c.population, c.answered, c.yes, c.yes, c.base) for c in counts], 1


def named(kind: str = "") -> pytest.MarkDecorator:
    """Run a test for every case of that kind."""
    chosen = [case for case in CASES if case["kind"].startswith(kind)]
    return pytest.mark.parametrize("case", chosen, ids=[case["name"] for case in chosen])


def test_the_oracle_holds_means_and_shares() -> None:
    assert {case["kind"] for case in CASES} == {"mean", "share"}


@named()
def test_the_value_is_that_of_svymean(case: dict[str, Any]) -> None:
    strata, scale = summed(case)
    exact = (
        design(strata, low=0, high=scale if case["kind"] == "share" else 100 * scale, confidence=0.95).value() / scale
    )
    assert float(exact) == pytest.approx(case["value"], rel=RELATIVE, abs=0)
    assert ours(case).value == half_up(exact, 6)


@named()
def test_the_standard_error_is_that_of_svymean(case: dict[str, Any]) -> None:
    assert ours(case).standard_error == pytest.approx(case["standard_error"], rel=RELATIVE, abs=1e-12)


@named()
def test_the_degrees_of_freedom_are_those_of_degf(case: dict[str, Any]) -> None:
    assert ours(case).degrees_of_freedom == case["degrees_of_freedom"]


@named()
def test_student_s_interval_is_that_of_confint(case: dict[str, Any]) -> None:
    estimate = ours(case)
    assert (estimate.t_low, estimate.t_high) == pytest.approx((case["t_low"], case["t_high"]), rel=RELATIVE)


@named("mean")
def test_the_interval_of_a_mean_is_that_of_qbeta(case: dict[str, Any]) -> None:
    estimate = ours(case)
    assert (estimate.low, estimate.high) == pytest.approx((case["low"], case["high"]), rel=RELATIVE)


@named("share")
def test_the_interval_of_a_share_is_found_by_trying_every_count_with_phyper(case: dict[str, Any]) -> None:
    estimate = ours(case)
    assert (estimate.low, estimate.high) == pytest.approx((case["low"], case["high"]), rel=RELATIVE)


@named()
def test_more_confidence_never_makes_an_interval_shorter(case: dict[str, Any]) -> None:
    narrow, wide = ours(case, 0.8), ours(case, 0.99)
    assert wide.low is not None
    assert narrow.low is not None
    assert wide.high is not None
    assert narrow.high is not None
    assert wide.low <= narrow.low <= float(wide.value) + 1e-6
    assert wide.high >= narrow.high >= float(wide.value) - 1e-6
    assert wide.confidence == 0.99
    assert "99%" in wide.how.zh


@named()
def test_the_order_in_which_a_database_returns_the_strata_changes_nothing(case: dict[str, Any]) -> None:
    assert ours(case | {"strata": case["strata"][::-1]}) == ours(case)


def test_a_share_is_the_mean_of_ones_and_zeros() -> None:
    case = next(case for case in CASES if case["name"] == "share, three strata in two areas")
    counts = [StratumCount(**s) for s in case["strata"]]
    points = 1_000_000
    sums = [StratumSums(c.stratum, c.area, c.population, c.answered, c.yes * points, c.yes * points**2) for c in counts]
    as_share, as_mean = share(counts), mean(sums)
    assert as_share.standard_error is not None
    assert as_mean.standard_error == pytest.approx(100 * as_share.standard_error, rel=1e-12)
    # Both values are rounded to six places, each in its own unit.
    assert half_up(as_mean.value / 100, 6) == as_share.value
