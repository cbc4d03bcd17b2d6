"""The state of a case after its attempts: mode, next attempt, number, and who may not call."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calling.attempts import mask_of
from surveys.calling.call_scheduling import CaseState, ChosenMode, PastAttempt, case_state, next_step
from surveys.calling.local_time import GUANGZHOU
from surveys.calling.settings import DEFAULT, CallingSettings
from surveys.outcomes import OUTCOMES

MADE = datetime(2026, 11, 1, 8, 0, tzinfo=GUANGZHOU)
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=GUANGZHOU)


def tried(*codes: str, every: timedelta = timedelta(days=1), by: int = 1, place: int = 0) -> list[PastAttempt]:
    return [PastAttempt(MONDAY + number * every, OUTCOMES.get(code), by, place) for number, code in enumerate(codes)]


def after(*codes: str, numbers: int = 1, **more: object) -> CaseState:
    return case_state(tried(*codes), DEFAULT, made_at=MADE, numbers=numbers, **more)  # type: ignore[arg-type]


def test_an_untouched_case_is_called_at_once_and_visited_without_a_number() -> None:
    assert case_state([], DEFAULT, made_at=MADE, numbers=2) == CaseState("phone", MADE)
    assert case_state([], DEFAULT, made_at=MADE, numbers=0).way == "visit"
    assert case_state([], DEFAULT, made_at=MADE, numbers=1, closed=True).way == "closed"


@pytest.mark.parametrize(("code", "minutes"), [("NC1", 180), ("NC2", 10), ("NC3", 240), ("P1", 60), ("R2", 1440)])
def test_the_next_try_waits_for_the_delay_of_the_outcome(code: str, minutes: int) -> None:
    assert after(code).not_before == MONDAY + timedelta(minutes=minutes)


def test_a_wrong_number_leads_to_the_next_at_once_and_the_last_one_to_a_visit() -> None:
    first = after("U1", numbers=2)
    assert (first.way, first.number_place) == ("phone", 1)
    # Not within the seconds in which the outcome can still be taken back.
    assert first.not_before == MONDAY + timedelta(seconds=DEFAULT.undo_seconds)
    last = case_state(tried("U1", place=1), DEFAULT, made_at=MADE, numbers=2)
    assert (last.way, last.number_place) == ("visit", 0)


def test_a_soft_refusal_leaves_one_try_to_somebody_else() -> None:
    assert after("R2").avoid == 1
    assert after("R2", "NC1").avoid is None
    # A second one closes the case; while the case is open it waits for a decision.
    assert after("R2", "R3").way == "supervisor"


def test_the_attempt_limit_and_supervisor_outcomes_stop_a_case_until_it_is_cleared() -> None:
    assert after("NC1", "NC2", "NC1", "NC2").way == "phone"
    stopped = after("NC1", "NC2", "NC1", "NC2", "NC1")
    assert (stopped.way, stopped.attempts) == ("supervisor", 5)
    last = MONDAY + timedelta(days=4)
    assert after("NC1", "NC2", "NC1", "NC2", "NC1", cleared_at=last + timedelta(hours=1)).way == "phone"
    assert after("NC1", "NC2", "NC1", "NC2", "NC1", cleared_at=last - timedelta(hours=1)).way == "supervisor"


def test_a_chosen_mode_is_kept_and_a_web_link_delays_the_next_call() -> None:
    assert after("NC1", chosen=ChosenMode("visit")).way == "visit"
    sent = MONDAY + timedelta(hours=1)
    waiting = after("NC1", chosen=ChosenMode("web", sent))
    assert (waiting.way, waiting.not_before) == ("web", sent + timedelta(days=DEFAULT.web_wait_days))


def test_nobody_is_called_more_often_than_a_day_and_a_week_allow() -> None:
    thrice = case_state(tried("NC2", "NC2", "NC2", every=timedelta(minutes=20)), DEFAULT, made_at=MADE, numbers=1)
    assert thrice.not_before == datetime(2026, 11, 3, tzinfo=GUANGZHOU)


def test_the_language_that_was_needed_is_remembered_and_an_unknown_outcome_is_tried_again() -> None:
    tries = [PastAttempt(MONDAY, OUTCOMES["O2"], 1, 0, "hak"), PastAttempt(MONDAY + timedelta(days=1), None, 2, 0)]
    state = case_state(tries, DEFAULT, made_at=MADE, numbers=1)
    assert (state.needs, state.way) == ("hak", "phone")
    assert next_step(tries, DEFAULT, numbers=1) is None


@given(
    st.lists(st.sampled_from([code for code, outcome in OUTCOMES.items() if outcome.hand]), min_size=1, max_size=8),
    st.integers(0, 4),
    st.integers(3, 15),
)
def test_whatever_happened_the_next_try_lies_ahead_and_the_counts_are_the_tries(
    codes: list[str], numbers: int, most: int
) -> None:
    settings = CallingSettings(most_attempts=most)
    tries = tried(*codes)
    state = case_state(tries, settings, made_at=MADE, numbers=numbers)
    assert state.not_before > tries[-1].at
    assert (state.attempts, state.day_parts) == (len(tries), mask_of([attempt.at for attempt in tries]))
    assert state.way in ("phone", "visit", "supervisor")
    assert 0 <= state.number_place <= 1
    assert case_state(tries, settings, made_at=MADE, numbers=numbers, closed=True).way == "closed"
