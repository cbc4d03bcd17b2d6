"""The reasons for calling a person now, as sentences."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from sampling.text import Text
from surveys.calling import reasons
from surveys.calling.reasons import Reason, sentence

at = datetime.fromisoformat
NOON_TRIES = [at("2026-11-02T09:00"), at("2026-11-03T10:00")]
EVENING = at("2026-11-04T19:00")


def _new_part(tries: list[datetime]) -> Reason:
    reason = reasons.new_day_part(EVENING, tries)
    assert reason is not None
    return reason


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        (reasons.resumed(), "您还没有结束的个案", "Your case, still open"),
        (reasons.appointment(at("2026-11-02T10:30"), at("2026-11-02T10:27")), "预约 10:30", "Appointment at 10:30"),
        (
            reasons.appointment(at("2026-11-02T10:30"), at("2026-11-02T12:35")),
            "预约 10:30，已过 2 小时",
            "Appointment at 10:30, 2 hours ago",
        ),
        (reasons.first_try(), "第一次联系", "First call"),
        (
            reasons.retry(2, Text("无人接听", "no answer"), timedelta(minutes=61)),
            "第 2 次，上次无人接听，已隔 1 小时",
            "Call 2; last time: no answer, 1 hour ago",
        ),
        (_new_part(NOON_TRIES[:1]), "换到晚上试，上次是上午", "Now in the evening; tried so far: morning"),
        (_new_part(NOON_TRIES), "换到晚上试，前两次都是上午", "Now in the evening; tried so far: morning"),
        (
            _new_part([*NOON_TRIES, at("2026-11-07T10:00")]),
            "换到晚上试，试过上午、周末",
            "Now in the evening; tried so far: morning, weekend",
        ),
        (reasons.fits_language("hak"), "需要客家话，您会", "Needs Hakka, which you have"),
        (reasons.stratum_needs("A-1", 1), "A-1还差 1 份", "A-1 lacks 1 interview"),
        (reasons.other_number(1), "换第 2 个号码", "Number 2 this time"),
        (reasons.after_soft_refusal(), "换一位访问员再试一次", "One more try by another interviewer"),
        (reasons.interview_begun(9), "答到第 9 题", "Answered up to question 9"),
    ],
)
def test_a_reason_is_said_in_both_languages(reason: Reason, zh: str, en: str) -> None:
    assert sentence(reason, "zh") == sentence(reason, "zh_Hans_CN") == zh
    assert sentence(reason, "en") == en
    assert not re.search("[\u4e00-\u9fff]", en)


def test_a_part_of_the_day_already_tried_is_no_reason() -> None:
    assert reasons.new_day_part(at("2026-11-04T09:00"), NOON_TRIES) is None
    assert reasons.new_day_part(EVENING, []) is None
