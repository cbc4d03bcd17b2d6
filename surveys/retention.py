"""How long identifying data of the people asked are kept: the last day, which each of them is told.

The day may be brought forward at any time, and put off only while nobody has been told. What is kept until a day is
erased from the day after on, never before. Days are those of a calendar in Guangzhou.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

NOTICE_DAYS = 30


class Stage(StrEnum):
    """Where an evaluation stands: nothing to do, the day draws near, it is past, or all is erased."""

    KEPT = "kept"
    NEAR = "near"
    DUE = "due"
    ERASED = "erased"


def is_past(keep_until: date, day: date) -> bool:
    """Whether the day itself, on which everything is still kept, is over.

    >>> is_past(date(2026, 11, 17), date(2026, 11, 17)), is_past(date(2026, 11, 17), date(2026, 11, 18))
    (False, True)
    """
    return day > keep_until


def stage_of(keep_until: date, day: date, *, erased: bool = False) -> Stage:
    """The stage on a day; the notice begins NOTICE_DAYS before the last day."""
    if erased:
        return Stage.ERASED
    if is_past(keep_until, day):
        return Stage.DUE
    return Stage.NEAR if (keep_until - day).days <= NOTICE_DAYS else Stage.KEPT


class RetentionDayProblem(StrEnum):
    """Why a day cannot be the one until which people's data are kept."""

    PAST = "past"
    BEFORE_THE_EVALUATION = "before-the-evaluation"
    OVER = "over"
    LONGER = "longer"
    SAME = "same"


def problem_of_first(keep_until: date, held_on: date, day: date) -> RetentionDayProblem | None:
    """What is wrong with the day of a new evaluation, if anything."""
    if is_past(keep_until, day):
        return RetentionDayProblem.PAST
    return RetentionDayProblem.BEFORE_THE_EVALUATION if keep_until < held_on else None


def problem_of_change(keep_until: date, new: date, day: date, *, asked: bool) -> RetentionDayProblem | None:
    """What is wrong with another day, if anything; `asked`: whether anybody has been told the present one."""
    if is_past(keep_until, day):
        return RetentionDayProblem.OVER
    if new == keep_until:
        return RetentionDayProblem.SAME
    if is_past(new, day):
        return RetentionDayProblem.PAST
    return RetentionDayProblem.LONGER if asked and new > keep_until else None
