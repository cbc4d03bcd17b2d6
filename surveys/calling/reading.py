"""Reading the settings of calling, with every mistake found at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from datetime import time as ClockTime
from itertools import pairwise
from typing import Any

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
from surveys.problems import Complaints

# Nobody is called earlier or later, whoever asks for it: docs/domain.md, section 6.2.
EARLIEST, LATEST = ClockTime(8, 0), ClockTime(21, 0)

WINDOWS = {"working_days": "工作日的拨打时段", "rest_days": "休息日的拨打时段"}
HOLIDAYS = "法定节假日可以拨打"
QUIET = "免打扰时间"
# The whole numbers: their words, the least and the most that can be set.
NUMBERS: dict[str, tuple[str, int, int]] = {
    "most_attempts": ("最多联系次数", LEAST_ATTEMPTS, 15),
    "least_attempts": ("放弃前最少联系次数", LEAST_ATTEMPTS, 10),
    "least_days": ("放弃前最少联系天数", LEAST_DAYS, 10),
    "least_day_parts": ("放弃前最少联系时段数", LEAST_DAY_PARTS, 4),
    "most_calls_a_day": ("每人每天最多拨打次数", 1, 5),
    "most_calls_a_week": ("每人每周最多拨打次数", 1, 10),
    "lease_minutes": ("个案占用分钟数", 5, 120),
    "undo_seconds": ("可撤销秒数", 0, 60),
    "back_check_percent": ("回访比例（%）", 0, 100),
    "web_wait_days": ("网络问卷等待天数", 1, 30),
    "clash_minutes": ("预约冲突分钟数", 0, 120),
}
NAMES = frozenset([*WINDOWS, "call_on_public_holidays", "quiet", *NUMBERS])


def parse(body: object) -> CallingSettings:
    """The settings a JSON body asks for; raises InvalidDocument with every complaint."""
    c = Complaints()
    said = c.mapping(body, "")
    for name in sorted(str(name) for name in said if name not in NAMES):
        c.say(name, "没有这项设置。")
    numbers = {name: _number(c, said, name) for name in NUMBERS}
    settings = CallingSettings(
        working_days=_windows(c, said, "working_days"),
        rest_days=_windows(c, said, "rest_days"),
        call_on_public_holidays=_yes_or_no(c, said, "call_on_public_holidays"),
        quiet=_all_quiet(c, said),
        **numbers,
    )
    if not c.problems:  # a comparison of values that are wrong themselves would only confuse
        _together(c, settings)
    c.raise_if_any()
    return settings


def _number(c: Complaints, said: dict[str, Any], name: str) -> int:
    words, low, high = NUMBERS[name]
    value = said.get(name, getattr(DEFAULT, name))
    if type(value) is not int or not low <= value <= high:
        c.say(name, f"{words}应为 {low} 到 {high} 之间的整数。")
        return low
    return value


def _yes_or_no(c: Complaints, said: dict[str, Any], name: str) -> bool:
    value = said.get(name, getattr(DEFAULT, name))
    if not isinstance(value, bool):
        c.say(name, f"{HOLIDAYS}：应为是（true）或否（false）。")
        return False
    return value


def _windows(c: Complaints, said: dict[str, Any], name: str) -> tuple[Slot, ...]:
    words = WINDOWS[name]
    if name not in said:
        return tuple(getattr(DEFAULT, name))
    value = said[name]
    if not isinstance(value, list) or len(value) > 12:
        c.say(name, f"{words}应为一个列表，最多 12 段。")
        return ()
    slots = [slot for i, pair in enumerate(value) if (slot := _slot(c, pair, f"{name}[{i}]", words))]
    if any(late.begins < early.ends for early, late in pairwise(slots)):
        c.say(name, f"{words}应从早到晚排列，互不重叠。")
    return tuple(slots)


def _slot(c: Complaints, pair: object, place: str, words: str) -> Slot | None:
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        c.say(place, f'{words}：每段写开始和结束，例如 ["09:00", "11:30"]。')
        return None
    begins, ends = _clock(pair[0]), _clock(pair[1])
    if begins is None or ends is None:
        c.say(place, f"{words}：时刻应写成 09:00 的样子。")
        return None
    if begins >= ends:
        c.say(place, f"{words}：结束应晚于开始。")
        return None
    if begins < EARLIEST or ends > LATEST:
        c.say(place, f"{words}：不能早于 {EARLIEST:%H:%M}，也不能晚于 {LATEST:%H:%M}。")
    return Slot(begins, ends)


def _clock(value: object) -> ClockTime | None:
    if not isinstance(value, str) or not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", value):
        return None
    return ClockTime(int(value[:2]), int(value[3:]))


def _all_quiet(c: Complaints, said: dict[str, Any]) -> tuple[Quiet, ...]:
    value = said.get("quiet", [])
    if not isinstance(value, list) or len(value) > 100:
        c.say("quiet", f"{QUIET}应为一个列表，最多 100 项。")
        return ()
    return tuple(quiet for i, item in enumerate(value) if (quiet := _quiet(c, item, f"quiet[{i}]")))


def _quiet(c: Complaints, item: object, place: str) -> Quiet | None:
    if not isinstance(item, dict) or set(item) != {"from", "to", "reason"}:
        c.say(place, f"{QUIET}：每项写 from（开始）、to（结束）和 reason（原因）。")
        return None
    begins, ends, reason = _moment(item["from"], 0), _moment(item["to"], 1), item["reason"]
    for name, moment in (("from", begins), ("to", ends)):
        if moment is None:
            c.say(f"{place}.{name}", f"{QUIET}：应写日期 2026-02-16，或当地时刻 2026-02-16T12:00。")
    if not isinstance(reason, str) or not reason.strip() or len(reason) > 100 or not reason.isprintable():
        c.say(f"{place}.reason", f"{QUIET}：请写原因，最多 100 个字。")
        return None
    if begins is None or ends is None:
        return None
    if begins >= ends:
        c.say(place, f"{QUIET}：结束应晚于开始。")
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


def _together(c: Complaints, settings: CallingSettings) -> None:
    """What is right alone and wrong together: a rule that could never be met would keep cases open for ever."""
    needed = max(settings.least_attempts, settings.least_days, settings.least_day_parts)
    if settings.most_attempts < needed:
        c.say("most_attempts", f"最多联系次数不能少于放弃前的最低要求（{needed}）。")
    if settings.most_calls_a_week < settings.most_calls_a_day:
        c.say("most_calls_a_week", "每人每周最多拨打次数不能少于每天的。")
    if not settings.working_days and not settings.rest_days:
        c.say("working_days", "工作日和休息日至少要有一段拨打时段。")
    elif len(parts_of(settings)) < settings.least_day_parts:
        c.say("least_day_parts", f"拨打时段只覆盖 {len(parts_of(settings))} 个时段，放弃前最少联系时段数达不到。")
