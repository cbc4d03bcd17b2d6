"""When and how a case is tried next, computed from its attempts.

It is computed anew from the records after every attempt, undo, appointment or change of mode, so that the queue can be
checked against them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.calling.attempts import earliest_within_call_limits, mask_of
from surveys.calling.settings import CallingSettings
from surveys.outcomes import NextAction, Outcome, consequence_of

# The delay after an outcome that is in no list of outcomes any more.
UNKNOWN_DELAY = timedelta(minutes=60)


@dataclass(frozen=True)
class PastAttempt:
    """An attempt by telephone or visit: when, its outcome, by whom, which number (from 0), the skill needed."""

    at: datetime
    outcome: Outcome | None
    interviewer: int | None = None
    place: int | None = None
    needs: str = ""


@dataclass(frozen=True)
class ChosenMode:
    """The mode chosen for a case (phone, visit or web), and since when (for a web link: when it was made)."""

    way: str = "phone"
    since: datetime | None = None


@dataclass(frozen=True)
class CaseState:
    """The state of a case: its way (phone, visit, web, supervisor or closed), attempts, and earliest next attempt.

    `day_parts` is a mask of the parts of the day tried, `number_place` the next number to dial (from 0), `avoid` who
    may not try next, `needs` the skill the person needs.
    """

    way: str
    not_before: datetime
    attempts: int = 0
    day_parts: int = 0
    needs: str = ""
    number_place: int = 0
    avoid: int | None = None


def case_state(
    attempts: Sequence[PastAttempt],
    settings: CallingSettings,
    *,
    made_at: datetime,
    numbers: int,
    closed: bool = False,
    chosen: ChosenMode | None = None,
    cleared_at: datetime | None = None,
) -> CaseState:
    """The state of a case after these attempts, the oldest first.

    `made_at`: when the case came into the sample. `numbers`: how many telephone numbers the person has; without any
    the case is visited. `cleared_at`: when a supervisor last put it back; what happened before no longer stops it.
    """
    chosen = chosen or ChosenMode()
    if not attempts:
        way = "closed" if closed else _reachable(chosen.way, numbers)
        return CaseState(way, _after_link(made_at, chosen, settings))
    last, step = attempts[-1], next_step(attempts, settings, numbers=numbers)
    cleared = cleared_at is not None and cleared_at >= last.at
    way = "closed" if closed else _way(step, chosen, numbers, cleared)
    return CaseState(
        way=way,
        not_before=_after_link(_not_before(attempts, step, settings), chosen, settings),
        attempts=len(attempts),
        day_parts=mask_of([attempt.at for attempt in attempts]),
        needs=next((attempt.needs for attempt in reversed(attempts) if attempt.needs), ""),
        number_place=_place(last, step),
        avoid=last.interviewer if step is not None and step.another_interviewer else None,
    )


def next_step(attempts: Sequence[PastAttempt], settings: CallingSettings, *, numbers: int) -> NextAction | None:
    """The consequence of the last of these attempts; None when its outcome is in no list."""
    last = attempts[-1]
    if last.outcome is None:
        return None
    return consequence_of(
        last.outcome,
        attempt=len(attempts),
        maximum=settings.most_attempts,
        numbers_left=max(numbers - 1 - (last.place or 0), 0),
        refusals=soft_refusals(attempts[:-1]),
    )


def soft_refusals(attempts: Sequence[PastAttempt]) -> int:
    """How many of these attempts ended in a soft refusal, after which another attempt is allowed."""
    return sum(attempt.outcome is not None and attempt.outcome.retries is not None for attempt in attempts)


def _reachable(way: str, numbers: int) -> str:
    return "visit" if way == "phone" and numbers == 0 else way


def _way(step: NextAction | None, chosen: ChosenMode, numbers: int, cleared: bool) -> str:
    if step is not None and not cleared:
        # Closing is a command; a case that should be closed and is not yet waits for the supervisor.
        if step.closes or step.way == "supervisor":
            return "supervisor"
        if step.way == "visit" and chosen.way == "phone":
            return "visit"
    return _reachable(chosen.way, numbers)


def _not_before(attempts: Sequence[PastAttempt], step: NextAction | None, settings: CallingSettings) -> datetime:
    last = attempts[-1].at
    delay = UNKNOWN_DELAY if step is None else timedelta(minutes=step.delay or 0)
    # Not within the time in which the outcome can still be undone.
    earliest = last + max(delay, timedelta(seconds=settings.undo_seconds))
    return earliest_within_call_limits([attempt.at for attempt in attempts], earliest, settings)


def _after_link(moment: datetime, chosen: ChosenMode, settings: CallingSettings) -> datetime:
    """The moment, or the end of the days to wait for a web questionnaire where that is later."""
    if chosen.way != "web" or chosen.since is None:
        return moment
    return max(moment, chosen.since + timedelta(days=settings.web_wait_days))


def _place(last: PastAttempt, step: NextAction | None) -> int:
    place = last.place or 0
    if step is not None and step.next_number:
        return place + 1
    # After the last wrong number an attempt, if there is one, is to the first number.
    return 0 if last.outcome is not None and last.outcome.next_number else place
