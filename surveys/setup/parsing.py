"""Reading the description of an evaluation from JSON: every mistake at once, with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sampling.text import Text
from surveys.problems import Problems
from surveys.reading import (
    ABSENT,
    SLUG,
    SLUG_MESSAGE,
    ObjectReader,
    Reader,
    constant,
    default,
    one_of,
    optional,
    several,
    text,
    unknown_each,
    whole_number,
)
from surveys.setup.model import (
    FORMAT,
    MEMBER_ROLES,
    NO_DAY,
    READINGS,
    STAGES,
    AreaSetup,
    DocumentChoice,
    EvaluationSetup,
    MemberSetup,
    StationSetup,
)

WRITTEN_DAY = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
ONE_LINE = re.compile(r"[^\n]*")
LONGEST_VILLAGE = 100
LONGEST_NAME = 200
LONGEST_HOTLINE = 40
LONGEST_USERNAME = 80
EMPTY = Text("请填写这一项。", "Fill this in.")
NO_AREAS = Text("至少填写一个片区，每个片区至少一个村居。", "Give at least one area, and a village for each area.")
END_BEFORE_START = Text("服务期的结束日期要晚于开始日期。", "The service period has to end after it begins.")
NO_DATE = Text("应为日期，例如 2024-01-31。", "Write a date such as 2024-01-31.")


def line(longest: int = LONGEST_NAME) -> Reader:
    """One line of text without blanks around it."""
    read_text = text(longest, ONE_LINE, Text("要写在一行里。", "Write it on one line."))

    def read(problems: Problems, value: object, place: str) -> str:
        if value in (ABSENT, None) or (isinstance(value, str) and not value.strip()):
            problems.add(place, EMPTY)
            return ""
        read_value: str = read_text(problems, value.strip() if isinstance(value, str) else value, place)
        return read_value

    return read


def line_or_nothing(longest: int = LONGEST_NAME) -> Reader:
    """One line of text, "" where it was left out or is blank."""
    read_line = line(longest)

    def read(problems: Problems, value: object, place: str) -> str:
        blank = value in (ABSENT, None) or (isinstance(value, str) and not value.strip())
        return "" if blank else read_line(problems, value, place)

    return read


def day(problems: Problems, value: object, place: str) -> date:
    """A day of the calendar, written 2024-01-31; NO_DAY for a wrong one."""
    if value in (ABSENT, None, ""):
        problems.add(place, EMPTY)
        return NO_DAY
    try:
        if isinstance(value, str) and WRITTEN_DAY.fullmatch(value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    problems.add(place, NO_DATE)
    return NO_DAY


PERIOD = ObjectReader({"start": day, "end": day}, unknown_each)
AREA = ObjectReader({"name": line(LONGEST_VILLAGE), "villages": several(line(LONGEST_VILLAGE))}, unknown_each)
STATION = ObjectReader(
    {
        "name": line(),
        "operator": line_or_nothing(),
        "street": line_or_nothing(),
        "district": line_or_nothing(),
        "hotline": line_or_nothing(LONGEST_HOTLINE),
        "areas": several(AREA, empty=True),
    },
    unknown_each,
)
DOCUMENT = ObjectReader(
    {"id": text(40, SLUG, SLUG_MESSAGE), "version": optional(whole_number(1, 10_000))},
    unknown_each,
)
MEMBER = ObjectReader({"username": line(LONGEST_USERNAME), "role": one_of(MEMBER_ROLES)}, unknown_each)
EVALUATION = ObjectReader(
    {
        "format": constant(FORMAT, Text(f"应为「{FORMAT}」。", f'Write "{FORMAT}".')),
        "title": line(),
        "stage": one_of(STAGES),
        "reading": default(one_of(READINGS), READINGS[0]),
        "period": PERIOD,
        "held_on": day,
        "keep_until": day,
        "evaluator": line(),
        "commissioner": line(),
        "purchaser": line(),
        "hotline": line_or_nothing(LONGEST_HOTLINE),
        "station": STATION,
        "questionnaire": DOCUMENT,
        "scheme": DOCUMENT,
        "outcomes": optional(DOCUMENT),
        "members": several(MEMBER, empty=True),
    },
    unknown_each,
)


def read_setup(problems: Problems, body: object) -> EvaluationSetup:
    """The description in a JSON body; its mistakes are added to `problems`, at places such as "station.areas[0].name".

    What is returned can be checked further even when something was wrong: texts are then "", days NO_DAY.
    """
    values = EVALUATION(problems, body, "")
    period, members = values.pop("period"), tuple(MemberSetup(**member) for member in values.pop("members"))
    if NO_DAY not in period.values() and period["end"] <= period["start"]:
        problems.add("period.end", END_BEFORE_START)
    station = _station(problems, values.pop("station"))
    _refuse_repeated_members(problems, members)
    documents = {name: _document(values.pop(name)) for name in ("questionnaire", "scheme", "outcomes")}
    values.pop("format")
    return EvaluationSetup(
        **values, period_start=period["start"], period_end=period["end"], station=station, members=members, **documents
    )


def _document(read: Mapping[str, Any] | None) -> Any:
    return None if read is None else DocumentChoice(read["id"], read["version"])


def _station(problems: Problems, read: dict[str, Any]) -> StationSetup:
    areas = tuple(AreaSetup(area["name"], area["villages"]) for area in read.pop("areas"))
    check_areas(problems, areas, "station.areas")
    return StationSetup(**read, areas=areas)


def check_areas(problems: Problems, areas: Collection[AreaSetup], place: str) -> None:
    """Add a problem for each area or village that has the name of one before it."""
    area_names, village_names = set[str](), dict[str, str]()
    for number, area in enumerate(areas):
        if area.name and area.name in area_names:
            problems.add(f"{place}[{number}].name", _area_twice(area.name))
        area_names.add(area.name)
        for position, village in enumerate(area.villages):
            if village and village in village_names:
                message = _village_twice(village, village_names[village])
                problems.add(f"{place}[{number}].villages[{position}]", message)
            village_names.setdefault(village, area.name)


def _area_twice(name: str) -> Text:
    return Text(f"片区「{name}」写了两次。", f'The area "{name}" is written twice.')


def _village_twice(name: str, area: str) -> Text:
    return Text(
        f"村居「{name}」写了两次，前一次在「{area}」。",
        f'The village "{name}" is written twice; it stands in "{area}" too.',
    )


def _refuse_repeated_members(problems: Problems, members: Collection[MemberSetup]) -> None:
    seen = set[MemberSetup]()
    for number, member in enumerate(members):
        if member.username and member in seen:
            message = Text(f"「{member.username}」在这个角色里写了两次。", f'"{member.username}" has this role twice.')
            problems.add(f"members[{number}]", message)
        seen.add(member)
