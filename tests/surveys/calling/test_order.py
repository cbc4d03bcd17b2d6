"""The order of the queue: by examples, and by what holds for any queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calling.attempts import bit, day_part
from surveys.calling.hours import may_call, quiet_at
from surveys.calling.order import DUE_AHEAD, Candidate, Interviewer, appointment_due, barred, best
from surveys.calling.reading import read_calling_settings
from surveys.calling.settings import CallingSettings

MOMENT = datetime.fromisoformat("2026-11-02T10:00")  # a Monday morning, inside the windows
SETTINGS = read_calling_settings({"quiet": [{"from": "2026-11-03", "to": "2026-11-03", "reason": "村里办白事"}]})
ME, OTHER = Interviewer(1, frozenset({"yue"})), 2
NEED = {"A": Fraction(1, 3), "B": Fraction(2, 3)}


def after(minutes: float) -> datetime:
    return MOMENT + timedelta(minutes=minutes)


def a_case(key: int = 1, **facts: object) -> Candidate:
    return replace(Candidate(key, f"{key:02}", "A", after(-60)), **facts)  # type: ignore[arg-type]


def chosen(*candidates: Candidate, moment: datetime = MOMENT, settings: CallingSettings = SETTINGS) -> int | None:
    offered = best(candidates, ME, moment, settings, NEED)
    return offered.key if offered else None


@pytest.mark.parametrize(
    "facts",
    [
        {"way": "visit"},
        {"way": "closed"},
        {"held_by": OTHER, "held_until": after(1)},
        {"assigned_to": OTHER},
        {"avoid": ME.id},
        {"needs": "sign"},
        {"not_before": after(1)},
        {"attempts": 5},
        {"appointment_at": after(6)},
        {"appointment_at": after(6), "appointment_for": ME.id},
        {"appointment_at": after(-14), "appointment_for": OTHER},
        {"appointment_at": after(-20), "assigned_to": OTHER},
        {"appointment_at": after(-20), "avoid": ME.id},
    ],
)
def test_who_is_not_offered(facts: dict[str, object]) -> None:
    assert chosen(a_case(**facts)) is None


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"held_by": OTHER, "held_until": after(0)},
        {"held_by": ME.id, "held_until": after(9)},
        {"assigned_to": ME.id},
        {"avoid": OTHER},
        {"needs": "yue"},
        {"not_before": after(0)},
        {"attempts": 4},
        {"appointment_at": after(5)},
        {"appointment_at": after(5), "appointment_for": ME.id},
        {"appointment_at": after(-15), "appointment_for": OTHER},
        {"appointment_at": after(0), "not_before": after(60), "attempts": 5},
    ],
)
def test_who_is_offered(facts: dict[str, object]) -> None:
    assert chosen(a_case(**facts)) == 1


@pytest.mark.parametrize(
    ("later", "sooner"),
    [
        ({}, {"ticket": "00"}),
        ({"ticket": "00"}, {"stratum": "B"}),
        ({"stratum": "B"}, {"needs": "yue"}),
        ({"needs": "yue", "day_parts": 1}, {"day_parts": 14}),
        ({}, {"appointment_at": after(5), "day_parts": 1}),
        ({"appointment_at": after(5)}, {"appointment_at": after(4)}),
        ({"appointment_at": after(-30)}, {"appointment_at": after(5), "appointment_for": ME.id}),
    ],
)
def test_what_comes_first(later: dict[str, object], sooner: dict[str, object]) -> None:
    assert chosen(a_case(1, **later), a_case(2, **sooner)) == 2
    assert chosen(a_case(2, **sooner), a_case(1, **later)) == 2


def test_an_appointment_is_kept_outside_the_windows_and_not_in_a_quiet_time() -> None:
    noon, quiet = MOMENT.replace(hour=12), MOMENT.replace(day=3)
    assert chosen(a_case(1, appointment_at=noon), moment=noon) == 1
    assert chosen(a_case(1), moment=noon) is None
    assert chosen(a_case(1, appointment_at=quiet), a_case(2), moment=quiet) is None


def test_outside_the_windows_only_who_asked_for_it_is_called_and_nobody_in_a_quiet_time() -> None:
    noon, quiet = MOMENT.replace(hour=12), MOMENT.replace(day=3)
    cases = [(MOMENT, None), (noon, None), (noon, noon + DUE_AHEAD), (noon, noon + DUE_AHEAD * 2), (quiet, quiet)]
    codes = [reason.code if (reason := barred(at, SETTINGS, agreed)) else "" for at, agreed in cases]
    assert codes == ["", "between_hours", "", "between_hours", "quiet"]


near = st.integers(-40, 40).map(after)
people = st.sampled_from([None, ME.id, OTHER])
cases = st.builds(
    Candidate,
    key=st.integers(1, 30),
    ticket=st.sampled_from(["01", "02", "03"]),
    stratum=st.sampled_from(["A", "B", "C"]),
    not_before=near,
    way=st.sampled_from(["phone", "phone", "phone", "visit"]),
    appointment_at=st.none() | near,
    appointment_for=people,
    assigned_to=people,
    avoid=people,
    attempts=st.integers(0, 6),
    day_parts=st.integers(0, 15),
    needs=st.sampled_from(["", "yue", "sign"]),
    held_by=people,
    held_until=st.none() | near,
)
queues = st.lists(cases, max_size=12, unique_by=lambda case: case.key)
presents = st.sampled_from([MOMENT, MOMENT.replace(hour=12), MOMENT.replace(day=3), MOMENT.replace(day=7)])


@given(queues, st.randoms(use_true_random=False), presents)
def test_the_order_of_the_rows_does_not_matter(queue: list[Candidate], chance: object, moment: datetime) -> None:
    mixed = list(queue)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert best(queue, ME, moment, SETTINGS, NEED) == best(mixed, ME, moment, SETTINGS, NEED)


@given(queues, presents)
def test_nobody_is_offered_who_may_not_be_called_by_me_now(queue: list[Candidate], moment: datetime) -> None:
    offered = best(queue, ME, moment, SETTINGS, NEED)
    if offered is None:
        return
    assert offered.way == "phone"
    assert offered.avoid != ME.id
    assert offered.assigned_to in (None, ME.id)
    assert offered.held_by == ME.id or offered.held_until is None or offered.held_until <= moment
    assert offered.needs in ("", "yue")
    assert quiet_at(moment, SETTINGS) is None
    if not appointment_due(offered, ME, moment):
        assert offered.appointment_at is None
        assert offered.not_before <= moment
        assert offered.attempts < SETTINGS.most_attempts
        assert may_call(moment, SETTINGS)


@given(queues, presents)
def test_the_offered_case_is_also_first_without_some_of_the_others(queue: list[Candidate], moment: datetime) -> None:
    offered = best(queue, ME, moment, SETTINGS, NEED)
    for case in queue:
        fewer = [candidate for candidate in queue if candidate != case]
        again = best(fewer, ME, moment, SETTINGS, NEED)
        assert again == offered or case == offered


@given(queues, presents)
def test_nobody_waits_while_there_is_somebody_to_call(queue: list[Candidate], moment: datetime) -> None:
    alone = [case for case in queue if best([case], ME, moment, SETTINGS, NEED)]
    assert (best(queue, ME, moment, SETTINGS, NEED) is None) == (not alone)


@given(queues)
def test_no_due_appointment_and_no_untried_part_of_the_day_is_passed_over(queue: list[Candidate]) -> None:
    offered = best(queue, ME, MOMENT, SETTINGS, NEED)
    alone = [case for case in queue if best([case], ME, MOMENT, SETTINGS, NEED)]
    if offered is None:
        return
    due = [case for case in alone if appointment_due(case, ME, MOMENT)]
    assert not due or offered in due
    fresh = [case for case in alone if not case.day_parts & bit(day_part(MOMENT))]
    assert due or not fresh or offered in fresh
