"""Why this person is called now: reasons as data, and the sentences that the case page shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sampling.text import Text, all_of
from surveys.calling.attempts import DAY_PARTS, day_part
from surveys.calling.local_time import to_local
from surveys.calling.skills import SKILLS
from surveys.durations import duration

PART_WORDS = dict(
    zip(
        DAY_PARTS,
        (
            Text("上午", "morning"),
            Text("下午", "afternoon"),
            Text("晚上", "evening"),
            Text("周末", "weekend"),
        ),
        strict=True,
    )
)
NUMBERS = {
    number: Text(zh, en)
    for number, (zh, en) in enumerate(
        zip(
            "一两三四五六七八九十",
            ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
            strict=True,
        ),
        1,
    )
}


@dataclass(frozen=True)
class Reason:
    """One reason: `code`, and what it says in both languages.

    Codes: resumed, appointment, first_try, retry, new_day_part, fits_language, stratum_needs, other_number,
    after_soft_refusal, interview_begun.
    """

    code: str
    words: Text


def sentence(reason: Reason, language: str) -> str:
    """The reason in a language of the screens."""
    return reason.words.in_language(language)


def ago(length: timedelta) -> Text:
    """A length of time in its longest unit, rounded down.

    >>> ago(timedelta(hours=3, minutes=50)).zh, ago(timedelta(days=1, hours=2)).en
    ('3 小时', '1 day')
    """
    return duration(max(int(length.total_seconds() // 60), 0), units=1)


def resumed() -> Reason:
    """The interviewer still has the case open."""
    return Reason("resumed", Text("您还没有结束的个案", "Your case, still open"))


def appointment(at: datetime, moment: datetime) -> Reason:
    """A time was agreed; how many minutes ago.

    >>> appointment(datetime(2026, 11, 2, 10, 30), datetime(2026, 11, 2, 10, 42)).words.zh
    '预约 10:30，已过 12 分钟'
    """
    local, late = to_local(at), int((to_local(moment) - to_local(at)).total_seconds() // 60)
    if late < 1:
        return Reason("appointment", Text(f"预约 {local:%H:%M}", f"Appointment at {local:%H:%M}"))
    passed = ago(timedelta(minutes=late))
    words = Text(f"预约 {local:%H:%M}，已过 {passed.zh}", f"Appointment at {local:%H:%M}, {passed.en} ago")
    return Reason("appointment", words)


def first_try() -> Reason:
    """Nobody has called yet."""
    return Reason("first_try", Text("第一次联系", "First call"))


def retry(number: int, outcome: Text, since: timedelta) -> Reason:
    """The `number`-th attempt, after one with that outcome, so long ago.

    >>> retry(2, Text("无人接听", "no answer"), timedelta(hours=3)).words.zh
    '第 2 次，上次无人接听，已隔 3 小时'
    """
    passed = ago(since)
    words = Text(
        f"第 {number} 次，上次{outcome.zh}，已隔 {passed.zh}",
        f"Call {number}; last time: {outcome.en}, {passed.en} ago",
    )
    return Reason("retry", words)


def new_day_part(moment: datetime, tries: Sequence[datetime]) -> Reason | None:
    """This part of the day was not tried yet; None when it was, or nothing was.

    >>> tries = [datetime(2026, 11, 2, 9), datetime(2026, 11, 3, 10)]
    >>> new_day_part(datetime(2026, 11, 4, 19), tries).words.zh
    '换到晚上试，前两次都是上午'
    """
    part, tried = day_part(moment), Counter(day_part(at) for at in tries)
    if not tried or part in tried:
        return None
    current = PART_WORDS[part]
    before = [PART_WORDS[earlier] for earlier in DAY_PARTS if earlier in tried]
    parts = all_of(before)
    return Reason(
        "new_day_part",
        Text(f"换到{current.zh}试，", f"Now in the {current.en}; ") + _tried(parts, len(tries), alike=len(before) == 1),
    )


def _tried(parts: Text, count: int, *, alike: bool) -> Text:
    tried = f"tried so far: {parts.en}"
    if count == 1:
        return Text(f"上次是{parts.zh}", tried)
    if not alike:
        return Text(f"试过{parts.zh}", tried)
    times = NUMBERS[count].zh if count in NUMBERS else f" {count} "
    return Text(f"前{times}次都是{parts.zh}", tried)


def fits_language(skill: str) -> Reason:
    """The person needs a language or skill that this interviewer has.

    >>> fits_language("yue").words.zh
    '需要粤语，您会'
    """
    skill_name = SKILLS.get(skill, Text(skill, skill))
    return Reason("fits_language", Text(f"需要{skill_name.zh}，您会", f"Needs {skill_name.en}, which you have"))


def stratum_needs(stratum: str, missing: int) -> Reason:
    """The stratum lacks so many completed interviews.

    >>> stratum_needs("甲村", 4).words.zh
    '甲村还差 4 份'
    """
    interviews = "interview" if missing == 1 else "interviews"
    return Reason("stratum_needs", Text(f"{stratum}还差 {missing} 份", f"{stratum} lacks {missing} {interviews}"))


def other_number(place: int) -> Reason:
    """An earlier number did not work; `place` counts from 0.

    >>> other_number(1).words.zh
    '换第 2 个号码'
    """
    return Reason("other_number", Text(f"换第 {place + 1} 个号码", f"Number {place + 1} this time"))


def after_soft_refusal() -> Reason:
    """Somebody refused softly to another interviewer: the one more try."""
    return Reason("after_soft_refusal", Text("换一位访问员再试一次", "One more try by another interviewer"))


def interview_begun(question: int) -> Reason:
    """An interview was begun and stands at this question, counted from 1.

    >>> interview_begun(9).words.zh
    '答到第 9 题'
    """
    return Reason("interview_begun", Text(f"答到第 {question} 题", f"Answered up to question {question}"))
