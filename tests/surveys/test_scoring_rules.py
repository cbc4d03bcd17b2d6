"""Rules from a statistic to points."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.problems import Complaints
from surveys.scoring.rules import Rule, parse_rule

STEPS = {"kind": "steps", "points": [["60", "2"], ["75", "3"], ["85", "4"], ["95", "5"]]}
LINEAR = {"kind": "linear", "points": [["50", "0"], ["80", "3"], ["95", "5"]]}


def rule(raw: Any, maximum: str = "5") -> Rule:
    """A rule read without complaints."""
    notes = Complaints()
    found = parse_rule(notes, raw, "rule", Decimal(maximum))
    notes.raise_if_any()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "points"),
    [("100", 5), ("95", 5), ("94.99", 4), ("85", 4), ("75", 3), ("60", 2), ("59.99", 0), ("0", 0)],
)
def test_steps_begin_at_their_bound(value: str, points: int) -> None:
    assert rule(STEPS).points(Decimal(value)).value == points


@pytest.mark.parametrize(
    ("value", "points"),
    [("0", "0"), ("50", "0"), ("65", "3/2"), ("80", "3"), ("87.5", "4"), ("95", "5"), ("100", "5"), ("94", "73/15")],
)
def test_a_line_runs_between_its_points_and_is_capped(value: str, points: str) -> None:
    assert rule(LINEAR).points(Decimal(value)).value == Fraction(points)


def test_a_line_says_when_it_is_capped() -> None:
    assert rule(LINEAR).points(Decimal(99)).reason == "达到 95 封顶，得 5 分"


def test_proportional_points_are_exact() -> None:
    points = rule({"kind": "proportional"}, "15").points(Decimal("97.15"))
    assert points.value == Fraction("14.5725")
    assert points.reason == "15 × 97.15 ÷ 100 = 14.5725 分"


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ({"kind": "cubic"}, "rule.kind"),
        ({"kind": ["steps"]}, "rule.kind"),
        ({}, "rule.kind"),
        ("steps", "rule"),
        ({"kind": "steps", "points": []}, "rule.points"),
        ({"kind": "steps"}, "rule.points"),
        ({"kind": "linear", "points": [["50", "1"]]}, "rule.points"),
        ({"kind": "steps", "points": [["60", "3"], ["75", "2"]]}, "rule.points"),
        ({"kind": "steps", "points": [["75", "2"], ["60", "3"]]}, "rule.points"),
        ({"kind": "steps", "points": [["60", "2"], ["60", "3"]]}, "rule.points"),
        ({"kind": "steps", "points": [["60", "5.5"]]}, "rule.points[0][1]"),
        ({"kind": "steps", "points": [["101", "5"]]}, "rule.points[0][0]"),
        ({"kind": "steps", "points": [["60", 5]]}, "rule.points[0][1]"),
        ({"kind": "steps", "points": [["60", "5", "1"]]}, "rule.points[0]"),
        ({"kind": "steps", "points": [["6E1", "5"]]}, "rule.points[0][0]"),
        ({"kind": "steps", "points": [["60", "5"]], "cap": "4"}, "rule.cap"),
        ({"kind": "proportional", "points": [["60", "5"]]}, "rule.points"),
    ],
)
def test_a_wrong_rule_is_named_by_its_place(raw: Any, place: str) -> None:
    notes = Complaints()
    parse_rule(notes, raw, "rule", Decimal(5))
    assert place in {problem.place for problem in notes.problems}


@settings(max_examples=100)
@given(
    st.sampled_from([STEPS, LINEAR, {"kind": "proportional"}]),
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=2),
)
def test_a_better_figure_never_earns_fewer_points_nor_more_than_the_maximum(
    raw: dict[str, Any], one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    lower, higher = rule(raw).points(low), rule(raw).points(high)
    assert 0 <= lower.value <= higher.value <= 5
    assert lower.reason
