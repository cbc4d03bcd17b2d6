"""Rules from a statistic to points."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.problems import Problems
from surveys.scoring.rule_reading import parse_rule
from surveys.scoring.rules import Rule

STEPS = {"kind": "steps", "points": [["60", "2"], ["75", "3"], ["85", "4"], ["95", "5"]]}
LINEAR = {"kind": "linear", "points": [["50", "0"], ["80", "3"], ["95", "5"]]}


def rule(raw: Any, maximum: str = "5") -> Rule:
    """A rule read without problems."""
    problems = Problems()
    rule_read = parse_rule(problems, raw, "rule", Decimal(maximum))
    problems.raise_if_any()
    assert rule_read is not None
    return rule_read


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
    assert rule(LINEAR).points(Decimal(99)).reason.zh == "达到 95 封顶，得 5 分"


def test_proportional_points_are_exact() -> None:
    points = rule({"kind": "proportional"}, "15").points(Decimal("97.15"))
    assert points.value == Fraction("14.5725")
    assert points.reason.zh == "15 × 97.15 ÷ 100 = 14.5725 分"


DEDUCTION = {"kind": "deduction", "from": "95", "per": "2", "points": "0.5"}


@pytest.mark.parametrize(
    ("value", "whole_steps", "partial"),
    [
        ("100", "5", "5"),
        ("95", "5", "5"),
        ("94.99", "5", "4.9975"),
        ("93", "4.5", "4.5"),
        ("92.5", "4.5", "4.375"),
        ("75", "0", "0"),
        ("74", "0", "0"),
        ("0", "0", "0"),
    ],
)
def test_points_are_taken_for_what_is_missing(value: str, whole_steps: str, partial: str) -> None:
    assert rule(DEDUCTION).points(Decimal(value)).value == Fraction(whole_steps)
    assert rule(DEDUCTION | {"partial": True}).points(Decimal(value)).value == Fraction(partial)


def test_a_deduction_says_how_it_came_about() -> None:
    assert rule(DEDUCTION).points(Decimal(96)).reason.zh == "不低于 95，不扣分，得 5 分"
    assert (
        rule(DEDUCTION).points(Decimal("92.5")).reason.zh
        == "比 95 低 2.5，每低 2 扣 0.5 分（不满不扣），扣 0.5 分，得 4.5 分"
    )
    assert rule(DEDUCTION | {"partial": True}).points(Decimal(10)).reason.zh == (
        "比 95 低 85，每低 2 扣 0.5 分，扣完为止，得 0 分"
    )


@settings(deadline=None)
@given(
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=2),
    st.decimals("0.01", 100, places=2),
    st.decimals("0.01", 100, places=2),
    st.decimals("0.01", 5, places=2),
    st.booleans(),
)
def test_a_deduction_never_rises_as_the_figure_falls(
    first: Decimal, second: Decimal, start: Decimal, per: Decimal, points: Decimal, partial: bool
) -> None:
    read = rule({"kind": "deduction", "from": str(start), "per": str(per), "points": str(points), "partial": partial})
    low, high = sorted((first, second))
    assert 0 <= read.points(low).value <= read.points(high).value <= 5


def test_every_mistake_of_a_deduction_is_reported_at_once() -> None:
    problems = Problems()
    raw = {"kind": "deduction", "from": "0", "per": "x", "points": "6", "partial": "no", "steps": []}
    assert parse_rule(problems, raw, "rule", Decimal(5)) is None
    assert [problem.place for problem in problems.entries] == [
        "rule.steps", "rule.from", "rule.per", "rule.points", "rule.partial",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ({"kind": "deduction"}, "rule.from"),
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
    problems = Problems()
    parse_rule(problems, raw, "rule", Decimal(5))
    assert place in {problem.place for problem in problems.entries}


@settings(max_examples=100)
@given(
    st.sampled_from([STEPS, LINEAR, {"kind": "proportional"}]),
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=2),
)
def test_a_better_figure_never_earns_fewer_points_nor_more_than_the_maximum(
    raw: dict[str, Any], first: Decimal, second: Decimal
) -> None:
    low, high = sorted((first, second))
    lower, higher = rule(raw).points(low), rule(raw).points(high)
    assert 0 <= lower.value <= higher.value <= 5
    assert lower.reason
