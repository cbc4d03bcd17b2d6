"""Soft checks: an unusual interview is asked about, a usual one is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.checks import FEWEST_ALIKE, HURRIED, RULES, TICKS, Check, soft_checks
from surveys.questionnaire import Questionnaire, check_answers, load

LONG, SHORT = load("recipient", 2), load("recipient-short", 1)
CALM = {"self": True, "family": False, "staff": False, "prompted": False}
PLAIN: dict[str, Any] = {
    "C1": "1", "C2": "1", "S1": "1", "S3": "1", "S6": "2", "D3": "2",
    **{f"A{n}": "1" for n in range(1, 6)}, "B1": "5", "B4": "4", "B5": "5", "B8": "4", "B9": 90,
}  # fmt: skip
SLOW = dict.fromkeys(("B1", "B4", "B5", "B8"), HURRIED)


def checks(
    *,
    questionnaire: Questionnaire = SHORT,
    ticks: dict[str, bool] | None = None,
    times: dict[str, int] | None = None,
    **changes: Any,
) -> tuple[Check, ...]:
    answers = {name: answer for name, answer in {**PLAIN, **changes}.items() if answer is not None}
    checked = check_answers(questionnaire, answers, "phone")
    assert not checked.problems
    return soft_checks(questionnaire, checked.answers, CALM if ticks is None else ticks, times)


def codes(**changes: Any) -> list[str]:
    return [check.code for check in checks(**changes)]


def test_a_usual_interview_is_asked_nothing() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # 100, 80, 100 before: mean 93.3; overall 60 is 33 below, 30 is 63 below.
        ({"B8": "3", "B9": None}, []),
        ({"B8": "2", "B9": None}, ["overall"]),
        # 60, 60, 60 before: 100 is exactly 40 above; 80 is 20 above.
        ({"B1": "3", "B4": "3", "B5": "3", "B8": "5", "B9": None}, ["overall"]),
        ({"B1": "3", "B4": "3", "B5": "3", "B8": "4", "B9": None}, []),
        # The index is 90: 61 is 29 away, 60 is 30 away.
        ({"B9": 61}, []),
        ({"B9": 60}, ["direct"]),
        ({"S3": "2"}, ["contact"]),
        ({"S3": "2", "A3": "2"}, []),
        ({"S1": "2", "S2": "1", "S2R": "2"}, ["self"]),
        ({"S1": "2", "S2": "1", "S2R": "2", "ticks": {**CALM, "self": False}}, []),
        ({"ticks": {**CALM, "self": False}}, ["self"]),
        ({"ticks": {}}, []),
        ({"ticks": {**CALM, "staff": True}}, ["staff"]),
        ({"S6": "1"}, ["staff"]),
        ({"S6": "1", "ticks": {**CALM, "staff": True}}, []),
        ({"S6": "3", "ticks": {**CALM, "staff": True}}, []),
    ],
)
def test_what_is_far_apart_or_contradicts_is_asked_about(changes: dict[str, Any], expected: list[str]) -> None:
    assert codes(**changes) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (None, []),
        (dict.fromkeys(SLOW, HURRIED - 1), ["alike"]),
        (SLOW, []),
        ({"B1": 1, "B4": 1, "B5": 1}, []),  # one of them was not measured
    ],
)
def test_alike_answers_are_asked_about_only_when_they_came_fast(
    times: dict[str, int] | None, expected: list[str]
) -> None:
    same = dict.fromkeys(("B1", "B4", "B5", "B8"), "5")
    assert codes(times=times, **same) == expected
    assert codes(times=times) == []
    assert len(same) == FEWEST_ALIKE


def test_who_refused_is_asked_nothing() -> None:
    assert soft_checks(SHORT, {"C1": "3"}, {**CALM, "self": False}) == ()


@given(
    answers=st.fixed_dictionaries(
        {"C1": st.just("1"), "S1": st.sampled_from("12"), "S3": st.sampled_from("123"), "S6": st.sampled_from("123")},
        optional={
            **{f"A{n}": st.sampled_from("12349") for n in range(1, 6)},
            **{f"B{n}": st.sampled_from("12345789") for n in range(1, 9)},
            "B9": st.integers(0, 100),
        },
    ),
    ticks=st.dictionaries(st.sampled_from(TICKS), st.booleans()),
    times=st.dictionaries(st.sampled_from([f"B{n}" for n in range(1, 9)]), st.integers(0, 60_000)),
)
def test_every_check_has_a_code_of_its_own_words_and_places_to_change(
    answers: dict[str, Any], ticks: dict[str, bool], times: dict[str, int]
) -> None:
    for questionnaire in (LONG, SHORT):
        stored = check_answers(questionnaire, answers, "visit").answers
        raised = soft_checks(questionnaire, stored, ticks, times)
        assert len({check.code for check in raised}) == len(raised)
        for check in raised:
            assert check.code in RULES
            assert check.questions
            assert all(name in questionnaire for name in check.questions)
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in check.text.en)
            assert bool(check.text.yue) == check.aloud
