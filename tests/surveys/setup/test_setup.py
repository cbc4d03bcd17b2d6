"""The description of an evaluation: pasted areas, defaults, and reading with every mistake at once."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.text import Text
from surveys.problems import Problems
from surveys.setup import read_setup
from surveys.setup.areas import as_lines, read_areas
from surveys.setup.defaults import Round, held_on, keep_until, next_round, slug_of, title_of
from surveys.setup.example import example
from surveys.setup.identity import identity_of

BODY = example(date(2026, 3, 1)).to_json()


def places(**changes: Any) -> list[str]:
    problems = Problems()
    read_setup(problems, copy.deepcopy(BODY) | changes)
    return [problem.place for problem in problems.entries]


def test_a_description_is_read_back_as_it_was_written() -> None:
    problems = Problems()
    assert read_setup(problems, BODY) == example(date(2026, 3, 1))
    assert problems.entries == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": " "}, ["title"]),
        ({"title": "一\n二"}, ["title"]),
        ({"title": 7}, ["title"]),
        ({"title": "\ud800"}, ["title"]),
        ({"stage": "end", "reading": None}, ["stage", "reading"]),
        ({"period": {"start": "2026-01-01", "end": "2026-01-01"}}, ["period.end"]),
        ({"period": {"start": "20260101"}}, ["period.start", "period.end"]),
        ({"held_on": "2026-02-30"}, ["held_on"]),
        ({"held_on": None}, ["held_on"]),
        ({"questionnaire": {"id": "x", "version": "1"}}, ["questionnaire.version"]),
        ({"scheme": {}}, ["scheme.id"]),
        ({"members": [{"username": "a", "role": "king"}]}, ["members[0].role"]),
        ({"members": [{"username": "a", "role": "lead"}] * 2}, ["members[1]"]),
        ({"nonsense": 1}, ["nonsense"]),
        ({"station": {"name": "x", "areas": [{"name": "一", "villages": []}]}}, ["station.areas[0].villages"]),
        (
            {
                "station": {
                    "name": "x",
                    "areas": [{"name": "一", "villages": ["甲"]}, {"name": "一", "villages": ["甲"]}],
                }
            },
            ["station.areas[1].name", "station.areas[1].villages[0]"],
        ),
    ],
)
def test_every_mistake_has_its_place(changes: dict[str, Any], expected: list[str]) -> None:
    assert places(**changes) == expected


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*BODY, "name", "areas"]), inner),
    max_leaves=12,
)


@given(values)
def test_no_value_makes_the_reader_fail(value: object) -> None:
    problems = Problems()
    read_setup(problems, value)
    assert problems.entries


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("第一片区：甲村、乙村", {"第一片区": ["甲村", "乙村"]}),
        ("第一片区:甲村, 乙村；丙村 丁村", {"第一片区": ["甲村", "乙村", "丙村", "丁村"]}),
        ("片区\t村居\n一\t甲\n\t乙\n二\t丙\n一\t丁", {"一": ["甲", "乙", "丁"], "二": ["丙"]}),
        ("一,甲\n一，乙\n,丙", {"一": ["甲", "乙", "丙"]}),
        ('"一"\t"甲"\t\t\n\n \t \n', {"一": ["甲"]}),
        ("", {}),
    ],
)
def test_areas_are_read_as_people_paste_them(text: str, areas: dict[str, list[str]]) -> None:
    pasted = read_areas(text)
    assert (pasted.areas, pasted.problems) == (areas, [])


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("\t甲", ["第 1 行，片区：缺少片区，上面也没有可以沿用的。"]),
        ("一：甲\n二\t\n三\t丙\t3", ["第 2 行，村居：缺少村居。", "第 3 行，整行：有多于两列。只要片区和村居两列。"]),
        ("一 甲", ["第 1 行，村居：看不出片区和村居。写成「第一片区：石壁一村、石壁二村」，或从表格复制两列。"]),
        ("一：、", ["第 1 行，村居：缺少村居。"]),
    ],
)
def test_complaints_name_line_and_field(text: str, sentences: list[str]) -> None:
    assert [problem.sentence.zh for problem in read_areas(text).problems] == sentences


def test_a_place_of_the_description_is_traced_to_its_line() -> None:
    pasted = read_areas("一：甲、乙\n\n二：丙\n一：丁")
    lines = {place: pasted.lines[place] for place in ("[0].villages[1]", "[0].villages[2]", "[1].name")}
    assert lines == {"[0].villages[1]": 1, "[0].villages[2]": 4, "[1].name": 3}
    assert pasted.problem_at("", Text("错", "wrong")) is None


names = st.text(st.characters(whitelist_categories=["Lo"]), min_size=1, max_size=5)


@given(st.dictionaries(names, st.lists(names, min_size=1, max_size=4), max_size=4))
def test_what_is_written_is_read_back(areas: dict[str, list[str]]) -> None:
    assert read_areas(as_lines(areas.items())).areas == areas


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    pasted = read_areas(text)
    assert all(villages for villages in pasted.areas.values())


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, Round("midterm", date(2026, 1, 1), date(2026, 12, 31))),
        (
            Round("midterm", date(2025, 3, 1), date(2026, 2, 28)),
            Round("final", date(2025, 3, 1), date(2026, 2, 28)),
        ),
        (
            Round("final", date(2023, 3, 1), date(2024, 2, 28)),
            Round("midterm", date(2024, 2, 29), date(2025, 2, 27)),
        ),
    ],
)
def test_the_next_round(last: Round | None, expected: Round) -> None:
    assert next_round(last, date(2026, 5, 5)) == expected


def test_the_other_defaults() -> None:
    midterm = Round("midterm", date(2026, 4, 16), date(2027, 4, 15))
    assert title_of("甲站", midterm) == "甲站 2026 年中期评估"
    assert [slug_of(s, midterm) for s in ("", "shibi-2023-midterm", "shibi-2023-final-2", "shibi")] == [
        "station-2026-midterm", "shibi-2026-midterm", "shibi-2026-midterm", "shibi-2026-midterm",
    ]  # fmt: skip
    assert held_on(midterm) == date(2026, 10, 15)
    assert keep_until(date(2024, 2, 29), date(2023, 1, 1)) == date(2027, 2, 28)
    assert keep_until(date(2020, 1, 1), date(2026, 1, 1)) == date(2029, 1, 1)


def test_the_name_of_a_station_however_it_is_written() -> None:
    assert len({identity_of(name) for name in ("甲 站(A)", "甲站（Ａ）", "甲\u3000站(a)")}) == 1
    assert identity_of("甲站") != identity_of("乙站")
