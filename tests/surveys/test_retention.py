"""The day until which people's data are kept: when it is near, when it is past, and how it may move."""

from __future__ import annotations

from datetime import date

import pytest

from surveys.retention import RetentionDayProblem, Stage, problem_of_change, problem_of_first, stage_of

DAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2023, 11, 17), Stage.KEPT),
        (date(2026, 10, 17), Stage.KEPT),  # 31 days ahead
        (date(2026, 10, 18), Stage.NEAR),  # 30 days ahead
        (date(2026, 11, 16), Stage.NEAR),
        (date(2026, 11, 17), Stage.NEAR),  # kept until the end of the day itself
        (date(2026, 11, 18), Stage.DUE),
        (date(2040, 1, 1), Stage.DUE),
    ],
)
def test_data_are_kept_through_their_last_day_and_due_on_the_next(today: date, stage: Stage) -> None:
    assert stage_of(DAY, today) is stage
    assert stage_of(DAY, today, erased=True) is Stage.ERASED


@pytest.mark.parametrize(
    ("keep_until", "problem"),
    [
        ("2026-11-17", None),
        ("2026-06-01", None),  # today
        ("2026-05-31", RetentionDayProblem.PAST),
        ("2026-07-31", RetentionDayProblem.BEFORE_THE_EVALUATION),
        ("2026-08-01", None),  # the day of the evaluation
    ],
)
def test_a_new_evaluation_keeps_data_until_a_day_ahead(keep_until: str, problem: RetentionDayProblem | None) -> None:
    held_on = date(2026, 8, 1) if keep_until.startswith(("2026-07", "2026-08")) else date(2023, 11, 17)
    assert problem_of_first(date.fromisoformat(keep_until), held_on, date(2026, 6, 1)) is problem


@pytest.mark.parametrize(
    ("today", "new", "anybody_told", "problem"),
    [
        ("2026-06-01", "2026-08-01", True, None),  # sooner, though people were asked
        ("2026-06-01", "2026-08-01", False, None),
        ("2026-06-01", "2026-06-01", True, None),  # today is the earliest
        ("2026-06-01", "2026-05-31", True, RetentionDayProblem.PAST),
        ("2026-06-01", "2026-11-18", True, RetentionDayProblem.LONGER),
        ("2026-06-01", "2026-11-18", False, None),
        ("2026-06-01", "2026-11-17", False, RetentionDayProblem.SAME),
        ("2026-11-17", "2026-11-18", False, None),  # the last day itself
        ("2026-11-18", "2026-12-01", False, RetentionDayProblem.OVER),  # once past it stays
        ("2026-11-18", "2026-11-18", False, RetentionDayProblem.OVER),
    ],
)
def test_the_day_may_be_brought_forward_and_put_off_only_while_nobody_was_told(
    today: str, new: str, anybody_told: bool, problem: RetentionDayProblem | None
) -> None:
    problem_found = problem_of_change(DAY, date.fromisoformat(new), date.fromisoformat(today), asked=anybody_told)
    assert problem_found is problem
