"""What the rules flag and what they do not, by tables: each rule at its threshold and just beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.integrity import Flag, Interview, flags, normalised, standard, to_back_check
from surveys.integrity.flags import FINDERS
from surveys.integrity.rules import ACCUSING, KINDS
from tests.surveys.integrity.interviews import an_interview, several

LINE = (80,) * 8
TOP = (100,) * 8


def kinds(interviews: list[Interview], **more: Any) -> list[str]:
    return [flag.kind for flag in flags(interviews, **more)]


def flags_of_kind(kind: str, interviews: list[Interview], **more: Any) -> list[Flag]:
    return [flag for flag in flags(interviews, **more) if flag.kind == kind]


def test_unremarkable_interviews_are_not_flagged() -> None:
    assert flags(several(10) + several(10, "lin")) == ()
    assert flags([]) == ()


def test_every_kind_of_rule_has_its_finder_and_a_delivered_rule() -> None:
    assert set(FINDERS) == set(KINDS) == {rule.kind for rule in standard()}


@pytest.mark.parametrize(
    ("seconds", "others", "flagged"),
    [
        (48, 5, True),
        (79, 5, True),  # below 40 % of 200
        (81, 5, False),
        (48, 4, False),  # too few to compare with
    ],
)
def test_an_interview_far_faster_than_the_others_is_flagged(seconds: float, others: int, flagged: bool) -> None:
    fast = an_interview("fast", total_seconds=seconds, call_seconds=seconds)
    result = flags_of_kind("too_fast", [fast, *several(others, "lin")])
    assert [flag.interviews for flag in result] == ([("fast",)] if flagged else [])


def test_the_sentence_says_the_seconds_and_the_median_in_both_languages() -> None:
    fast = an_interview("fast", questions=21, total_seconds=48)
    (found,) = flags_of_kind("too_fast", [fast, *several(6, "lin", questions=21, total_seconds=212)])
    assert found.text.zh == "21 题用了 48 秒，同样题数的同类答卷中位数是 212 秒，值得回访。"
    assert "took 48 seconds" in found.text.en
    assert "212 seconds" in found.text.en


def test_few_questions_take_less_time_and_that_is_not_fast() -> None:
    short = an_interview("short", questions=5, total_seconds=50)
    assert flags_of_kind("too_fast", [short, *several(6, "lin")]) == []


def test_a_long_interview_is_not_fast_however_slow_the_others_are() -> None:
    quick = an_interview("quick", total_seconds=151)
    assert flags_of_kind("too_fast", [quick, *several(6, "lin", total_seconds=900)]) == []


def test_an_interviewer_with_most_interviews_does_not_set_the_usual_pace() -> None:
    hasty = several(30, "ma", total_seconds=40)
    assert len(flags_of_kind("too_fast", hasty + several(6, "lin"))) == 30


def test_web_answers_are_compared_with_web_answers() -> None:
    web = several(6, "", mode="web", total_seconds=60, had_call=None)
    assert flags_of_kind("too_fast", web + several(6, "lin")) == []


def test_an_interview_whose_time_was_not_measured_is_not_fast() -> None:
    assert kinds([an_interview("x", total_seconds=None), *several(6, "lin")]) == []


@pytest.mark.parametrize(("quick", "flagged"), [(12, True), (11, False)])
def test_questions_too_quick_to_be_read_are_counted(quick: int, flagged: bool) -> None:
    seconds = {f"Q{i}": 1.0 if i < quick else 9.0 for i in range(20)}
    result = flags_of_kind("reading_speed", [an_interview(seconds=seconds)])
    assert len(result) == flagged
    if result:
        assert "20 题里有 12 题不到 1.5 秒" in result[0].text.zh


def test_interviews_with_few_timed_questions_are_not_flagged_for_reading_speed() -> None:
    assert flags_of_kind("reading_speed", [an_interview(seconds=dict.fromkeys("abcdefg", 0.5))]) == []


@pytest.mark.parametrize(
    ("scale", "seconds", "flagged"),
    [
        (TOP, 200, False),  # the ceiling alone: common and honest
        (TOP, 110, True),  # and fast
        (LINE, 110, True),
        (LINE, 200, False),
        ((100,) * 7 + (80,), 110, False),
        ((100,) * 5, 110, False),  # too few items
    ],
)
def test_equal_answers_throughout_are_flagged_only_when_fast(
    scale: tuple[int, ...], seconds: float, flagged: bool
) -> None:
    interview = an_interview("line", scale=scale, total_seconds=seconds)
    result = flags_of_kind("straight_lining", [interview, *several(6, "lin")])
    assert len(result) == flagged
    if result:
        assert result[0].text.zh.startswith("8 道满意度题答案全一样，而且用时只有同类答卷中位数的 55%")


@pytest.mark.parametrize(("scale", "count", "flagged"), [(LINE, 3, 3), (LINE, 2, 0), (TOP, 30, 0)])
def test_lines_below_the_ceiling_are_flagged_where_one_interviewer_has_several(
    scale: tuple[int, ...], count: int, flagged: int
) -> None:
    result = flags_of_kind("straight_lining", several(count, scale=scale) + several(6, "lin"))
    assert len(result) == flagged
    assert all("同一位访问员有 3 份" in flag.text.zh for flag in result)


@pytest.mark.parametrize(
    ("text", "count", "flagged"),
    [("社工很好很耐心", 3, True), ("社工很好很耐心", 2, False), ("没有意见", 9, False)],
)
def test_the_same_words_in_several_interviews_of_one_interviewer(text: str, count: int, flagged: bool) -> None:
    result = flags_of_kind("same_words", several(count, texts=(normalised(text),)))
    assert len(result) == flagged
    if result:
        assert len(result[0].interviews) == 3
        assert text not in result[0].text.zh  # words of people are not repeated


def test_the_same_words_with_other_punctuation_are_the_same_and_other_interviewers_do_not_add_up() -> None:
    texts = [normalised(text) for text in ("社工很好，很耐心！", "社工很好 很耐心", "社工很好很耐心。")]
    assert len(set(texts)) == 1
    mixed = several(2, "chen", texts=(texts[0],)) + several(2, "lin", texts=(texts[0],))
    assert flags_of_kind("same_words", mixed) == []


def test_words_that_several_interviewers_wrote_down_are_a_common_saying() -> None:
    saying = (normalised("没有什么意见"),)
    common = several(4, "chen", texts=saying) + several(1, "lin", texts=saying) + several(1, "wu", texts=saying)
    assert flags_of_kind("same_words", common) == []
    assert len(flags_of_kind("same_words", common[:5])) == 1


def test_one_telephone_for_many_interviews_is_flagged_once() -> None:
    guardians = several(1, start=9, called="n", holder="guardian")
    (found,) = flags_of_kind("one_number", several(2, called="n", holder="person") + guardians)
    assert found.interviewer == "chen"
    assert "3 份答卷" in found.text.zh
    assert "其中 1 份打的是登记为监护人" in found.text.zh
    assert flags_of_kind("one_number", several(2, called="n")) == []
    assert flags_of_kind("one_number", several(3, called="n", mode="visit")) == []
    assert flags_of_kind("one_number", several(3, called=None)) == []
    (found,) = flags_of_kind("one_number", several(2, called="n") + several(1, "lin", called="n"))
    assert found.interviewer == ""


@pytest.mark.parametrize(("count", "flagged"), [(10, 1), (9, 0)])
def test_one_device_for_many_web_answers(count: int, flagged: int) -> None:
    assert len(flags_of_kind("one_device", several(count, "", mode="web", device="d1", had_call=None))) == flagged


def test_calls_outside_the_allowed_hours_are_flagged_with_their_time() -> None:
    late = an_interview("late", started=datetime(2026, 11, 3, 23, 40, tzinfo=UTC))

    def hours(moment: datetime) -> bool:
        return 9 <= moment.hour < 21

    (found,) = flags_of_kind("impossible_hours", [late, an_interview("fine")], hours=hours)
    assert found.interviews == ("late",)
    assert "2026-11-03 23:40" in found.text.zh
    assert flags_of_kind("impossible_hours", [late]) == []  # nobody said which hours are allowed
    web = an_interview("web", "", mode="web", started=late.started, had_call=None)
    assert flags_of_kind("impossible_hours", [web], hours=hours) == []  # people answer when they like


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"had_call": False}, ["no_call"]),
        ({"had_call": None, "call_seconds": None}, []),  # calls were not kept
        ({"had_call": False, "mode": "visit"}, []),
        ({"call_seconds": 79}, ["short_call"]),
        ({"call_seconds": 81}, []),
        ({"call_seconds": None}, []),
        ({"call_seconds": 10, "total_seconds": 59}, []),  # hung up early
    ],
)
def test_an_interview_by_telephone_needs_a_call(changes: dict[str, Any], expected: list[str]) -> None:
    assert kinds([an_interview(**changes)]) == expected


def test_only_flags_that_ask_for_it_send_interviews_to_a_back_check() -> None:
    late = an_interview("late", started=datetime(2026, 11, 3, 23, 40, tzinfo=UTC))
    raised = flags([late, an_interview("none", had_call=False)], hours=lambda moment: moment.hour < 21)
    assert {flag.severity for flag in raised} == {"look", "back_check"}
    assert to_back_check(raised) == {"none"}


def test_no_sentence_accuses() -> None:
    for rule in standard():
        sentence = f"{rule.sentence.zh} {rule.sentence.en}".casefold()
        assert not any(word in sentence for word in ACCUSING)
        assert "值得" in rule.sentence.zh
        assert "Worth" in rule.sentence.en


@settings(max_examples=60)
@given(st.randoms(use_true_random=False), st.integers(0, 12))
def test_the_order_of_the_interviews_makes_no_difference(chance: Any, hasty: int) -> None:
    interviews = several(hasty, total_seconds=40, texts=("一样的几个字",), had_call=False) + several(
        8, "lin", scale=LINE
    )
    shuffled = list(interviews)
    chance.shuffle(shuffled)
    assert flags(shuffled) == flags(interviews)
