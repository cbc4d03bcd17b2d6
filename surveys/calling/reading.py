"""Reading the settings of calling, with every mistake found at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from datetime import time as ClockTime
from itertools import pairwise
from typing import Any

from sampling.text import Text
from surveys.calling.attempts import parts_of
from surveys.calling.settings import (
    DEFAULT,
    LEAST_ATTEMPTS,
    LEAST_DAY_PARTS,
    LEAST_DAYS,
    CallingSettings,
    Quiet,
    Slot,
)
from surveys.problems import Problems
from surveys.reading import ABSENT, ObjectReader, Reader, default, flag, unknown_setting, whole_number

# Nobody is called earlier or later, whoever asks for it: docs/domain.md, section 6.2.
EARLIEST, LATEST = ClockTime(8, 0), ClockTime(21, 0)

WINDOWS = {
    "working_days": Text("工作日的拨打时段", "Calling hours on working days"),
    "rest_days": Text("休息日的拨打时段", "Calling hours on days of rest"),
}
HOLIDAYS = Text("法定节假日可以拨打", "Calls on public holidays")
QUIET = Text("免打扰时间", "Quiet times")
# The whole numbers: their words, the least and the most that can be set.
NUMBERS: dict[str, tuple[Text, int, int]] = {
    "most_attempts": (Text("最多联系次数", "The largest number of attempts"), LEAST_ATTEMPTS, 15),
    "least_attempts": (
        Text("放弃前最少联系次数", "The smallest number of attempts before giving up"),
        LEAST_ATTEMPTS,
        10,
    ),
    "least_days": (
        Text("放弃前最少联系天数", "The smallest number of days of attempts before giving up"),
        LEAST_DAYS,
        10,
    ),
    "least_day_parts": (
        Text("放弃前最少联系时段数", "The smallest number of times of day before giving up"),
        LEAST_DAY_PARTS,
        4,
    ),
    "most_calls_a_day": (Text("每人每天最多拨打次数", "The largest number of calls to a person a day"), 1, 5),
    "most_calls_a_week": (Text("每人每周最多拨打次数", "The largest number of calls to a person a week"), 1, 10),
    "lease_minutes": (Text("个案占用分钟数", "The number of minutes a case is held"), 5, 120),
    "undo_seconds": (Text("可撤销秒数", "The number of seconds for taking back"), 0, 60),
    "back_check_percent": (Text("回访比例（%）", "The share of back-checks (%)"), 0, 100),
    "web_wait_days": (Text("网络问卷等待天数", "The number of days to wait for a web questionnaire"), 1, 30),
    "clash_minutes": (Text("预约冲突分钟数", "The number of minutes between appointments"), 0, 120),
}
MOST_WINDOWS, MOST_QUIET, LONGEST_REASON = 12, 100, 100

# What follows the name of a setting in a message.
MANY_WINDOWS = Text(f"应为一个列表，最多 {MOST_WINDOWS} 段。", f"must be a list with at most {MOST_WINDOWS} entries.")
IN_ORDER = Text("应从早到晚排列，互不重叠。", "must be in order from early to late and must not overlap.")
TWO_TIMES = Text(
    '每段写开始和结束，例如 ["09:00", "11:30"]。',
    'write the beginning and the end of each, for example ["09:00", "11:30"].',
)
CLOCK_TIME = Text("时刻应写成 09:00 的样子。", "write a time like 09:00.")
ENDS_LATER = Text("结束应晚于开始。", "the end must be later than the beginning.")
WITHIN_THE_DAY = Text(
    f"不能早于 {EARLIEST:%H:%M}，也不能晚于 {LATEST:%H:%M}。",
    f"not before {EARLIEST:%H:%M} and not after {LATEST:%H:%M}.",
)
YES_OR_NO = Text("应为是（true）或否（false）。", "write yes (true) or no (false).")
THREE_PARTS = Text(
    "每项写 from（开始）、to（结束）和 reason（原因）。",
    "each entry needs from (the beginning), to (the end) and reason.",
)
DATE_OR_TIME = Text(
    "应写日期 2026-02-16，或当地时刻 2026-02-16T12:00。",
    "write a date like 2026-02-16, or a local time like 2026-02-16T12:00.",
)
A_REASON = Text(
    f"请写原因，最多 {LONGEST_REASON} 个字。", f"write the reason, with at most {LONGEST_REASON} characters."
)
MANY_QUIET = Text(
    f"{QUIET.zh}应为一个列表，最多 {MOST_QUIET} 项。", f"{QUIET.en} must be a list with at most {MOST_QUIET} entries."
)


def read_calling_settings(body: object) -> CallingSettings:
    """The settings a JSON body asks for; raises InvalidDocument with every mistake."""
    problems = Problems()
    settings = CallingSettings(**SETTINGS(problems, body, ""))
    if not problems.entries:  # a comparison of values that are wrong themselves would only confuse
        _together(problems, settings)
    problems.raise_if_any()
    return settings


def _after(name: Text, requirement: Text) -> Text:
    """A message that begins with the name of its setting."""
    return Text(f"{name.zh}：{requirement.zh}", f"{name.en}: {requirement.en}")


def _of(name: Text, requirement: Text) -> Text:
    """A message whose subject is the name of its setting."""
    return Text(f"{name.zh}{requirement.zh}", f"{name.en} {requirement.en}")


def _number(name: Text, low: int, high: int) -> Reader:
    bounds = Text(f"应为 {low} 到 {high} 之间的整数。", f"must be a whole number from {low} to {high}.")
    return whole_number(low, high, _of(name, bounds))


def _list_of(reader: Reader, most: int, message: Text) -> Reader:
    """A list with at most so many entries; those that cannot be read are left out."""

    def read(problems: Problems, value: object, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            problems.add(place, message)
            return ()
        values = [reader(problems, entry, f"{place}[{number}]") for number, entry in enumerate(value)]
        return tuple(entry for entry in values if entry is not None)

    return read


def _windows(name: str) -> Reader:
    label = WINDOWS[name]
    entries = _list_of(_slot(label), MOST_WINDOWS, _of(label, MANY_WINDOWS))

    def read(problems: Problems, value: object, place: str) -> tuple[Slot, ...]:
        if value is ABSENT:
            return tuple(getattr(DEFAULT, name))
        slots: tuple[Slot, ...] = entries(problems, value, place)
        if any(late.begins < early.ends for early, late in pairwise(slots)):
            problems.add(place, _of(label, IN_ORDER))
        return slots

    return read


def _slot(label: Text) -> Reader:
    def read(problems: Problems, pair: object, place: str) -> Slot | None:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            problems.add(place, _after(label, TWO_TIMES))
            return None
        begins, ends = _clock(pair[0]), _clock(pair[1])
        if begins is None or ends is None:
            problems.add(place, _after(label, CLOCK_TIME))
            return None
        if begins >= ends:
            problems.add(place, _after(label, ENDS_LATER))
            return None
        if begins < EARLIEST or ends > LATEST:
            problems.add(place, _after(label, WITHIN_THE_DAY))
        return Slot(begins, ends)

    return read


def _clock(value: object) -> ClockTime | None:
    if not isinstance(value, str) or not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", value):
        return None
    return ClockTime(int(value[:2]), int(value[3:]))


def _quiet(problems: Problems, item: object, place: str) -> Quiet | None:
    if not isinstance(item, dict) or set(item) != {"from", "to", "reason"}:
        problems.add(
            place,
            _after(QUIET, THREE_PARTS),
        )
        return None
    begins, ends, reason = _moment(item["from"], 0), _moment(item["to"], 1), item["reason"]
    for name, moment in (("from", begins), ("to", ends)):
        if moment is None:
            problems.add(f"{place}.{name}", _after(QUIET, DATE_OR_TIME))
    if not isinstance(reason, str) or not reason.strip() or len(reason) > LONGEST_REASON or not reason.isprintable():
        problems.add(f"{place}.reason", _after(QUIET, A_REASON))
        return None
    if begins is None or ends is None:
        return None
    if begins >= ends:
        problems.add(place, _after(QUIET, ENDS_LATER))
        return None
    return Quiet(begins, ends, reason.strip())


def _moment(value: object, days: int) -> datetime | None:
    """A local moment; of a date its midnight, `days` later: the last day of a stretch belongs to it."""
    whole_day = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII)
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d)?", value, re.ASCII):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment + timedelta(days=days) if whole_day else moment
    except (ValueError, OverflowError):
        return None


def _together(problems: Problems, settings: CallingSettings) -> None:
    """Problems of settings that contradict each other: a rule that can never be met would keep cases open for ever."""
    needed = max(settings.least_attempts, settings.least_days, settings.least_day_parts)
    if settings.most_attempts < needed:
        zh, en = NUMBERS["most_attempts"][0].zh, NUMBERS["most_attempts"][0].en
        problems.add(
            "most_attempts",
            Text(
                f"{zh}不能少于放弃前的最低要求（{needed}）。",
                f"{en} cannot be less than what is required before giving up ({needed}).",
            ),
        )
    if settings.most_calls_a_week < settings.most_calls_a_day:
        problems.add(
            "most_calls_a_week",
            Text(
                "每人每周最多拨打次数不能少于每天的。",
                "The largest number of calls to a person a week cannot be less than that a day.",
            ),
        )
    parts = len(parts_of(settings))
    if not settings.working_days and not settings.rest_days:
        problems.add(
            "working_days",
            Text(
                "工作日和休息日至少要有一段拨打时段。",
                "There must be at least one stretch of calling hours on working days or days of rest.",
            ),
        )
    elif parts < settings.least_day_parts:
        problems.add(
            "least_day_parts",
            Text(
                f"拨打时段只覆盖 {parts} 个时段，放弃前最少联系时段数达不到。",
                f"The calling hours cover only {parts} times of day, fewer than are required before giving up.",
            ),
        )


SETTINGS = ObjectReader(
    {
        **{name: default(_number(*bounds), getattr(DEFAULT, name)) for name, bounds in NUMBERS.items()},
        **{name: _windows(name) for name in WINDOWS},
        "call_on_public_holidays": default(
            flag(_after(HOLIDAYS, YES_OR_NO)),
            DEFAULT.call_on_public_holidays,
        ),
        "quiet": default(_list_of(_quiet, MOST_QUIET, MANY_QUIET), []),
    },
    unknown_setting,
)
