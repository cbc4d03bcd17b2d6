"""The fingerprint changes with any change of the list, and a frame is read back as it was written."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.canonical import sha256
from sampling.frame import (
    DisorderedFrame,
    FramePerson,
    Last,
    MalformedFrame,
    canonical_lines,
    check_frame,
    fingerprint,
    fingerprint_sorted,
    is_code,
    population,
    read_canonical,
)
from sampling.rule import Reading
from tests.sampling.people import frames, key_of, mixed, people, person


def in_order(frame: list[FramePerson]) -> list[FramePerson]:
    """The people in the order of their keys."""
    return sorted(frame, key=lambda person: person.key)


@given(frames(), st.randoms(use_true_random=False))
def test_a_frame_is_read_back_as_it_was_written(frame: list[FramePerson], chance: random.Random) -> None:
    lines = list(canonical_lines(in_order(frame)))
    assert list(read_canonical(lines)) == in_order(frame)
    assert check_frame(frame) == ()
    chance.shuffle(frame)
    assert fingerprint(frame) == sha256(b"".join(lines))


def test_the_bytes_are_those_of_the_definition() -> None:
    listed = FramePerson("0" * 31 + "1", "石壁一村", "01", ("01", "13"), Last.DRAWN)
    two = FramePerson("0" * 31 + "2", "0101", "1")
    assert b"".join(canonical_lines([listed, two])).decode() == (
        "frame-2\n"
        "00000000000000000000000000000001|石壁一村|01|01,13|drawn\n"
        "00000000000000000000000000000002|0101|1||\n"
        "people 2\n"
    )


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101])
def test_frames_of_any_length_have_a_fingerprint_of_their_own(count: int) -> None:
    frame = mixed(count)
    assert len(list(canonical_lines(in_order(frame)))) == count + 2
    assert len(list(read_canonical(canonical_lines(in_order(frame))))) == count
    assert fingerprint(frame) != fingerprint(mixed(count + 1))


CHANGES: list[dict[str, Any]] = [
    {"village": "9999"},
    {"area": "9"},
    {"categories": ("01", "05")},
    {"key": "f" * 32},
    {"categories": ()},
    {"last": Last.LISTED},
    {"last": Last.DRAWN},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_any_change_of_one_person_changes_it(change: dict[str, Any]) -> None:
    frame = people(50)
    assert fingerprint(frame) != fingerprint([*frame[:-1], replace(frame[-1], **change)])


def test_the_streaming_form_refuses_disorder_and_repetition() -> None:
    ordered = in_order(people(10))
    assert fingerprint_sorted(iter(ordered)) == fingerprint(people(10))
    for wrong in ([ordered[1], ordered[0]], [ordered[0], ordered[0]]):
        with pytest.raises(DisorderedFrame):
            fingerprint_sorted(wrong)


def test_a_reading_looks_at_its_own_people() -> None:
    frame = [person(1), person(2, categories=())]
    assert list(population(frame, Reading.PRIORITY)) == frame[:1]
    assert list(population(frame, Reading.EVERYONE)) == frame


KEY = key_of(1)
WRONG_KEYS = {
    "space inside": f"{KEY[:15]} {KEY[16:]}",
    "space in front": f" {KEY[1:]}",
    "line feed behind": f"{KEY}\n",
    "upper case": f"A{KEY[1:]}",
    "full-width digit": f"１{KEY[1:]}",
    "full-width letter": f"ａ{KEY[1:]}",
    "combining character": f"a\u0301{KEY[2:]}",
    "Arabic digit": f"٣{KEY[1:]}",
    "a letter beyond f": f"g{KEY[1:]}",
    "too short": KEY[1:],
    "too long": f"{KEY}0",
    "empty": "",
}


@pytest.mark.parametrize("key", WRONG_KEYS.values(), ids=WRONG_KEYS)
def test_a_key_that_is_not_32_hexadecimal_digits_is_refused(key: str) -> None:
    (finding,) = check_frame([replace(person(1), key=key)])
    assert (finding.code, finding.message.zh) == ("key", "编号不是 32 位十六进制数。")
    with pytest.raises(MalformedFrame, match="第 2 行"):
        list(read_canonical([b"frame-2\n", f"{key}|0101|1|01|\n".encode(), b"people 1\n"]))


def test_equal_keys_are_refused() -> None:
    assert [finding.code for finding in check_frame([person(1), person(2), person(1)])] == ["duplicate"]
    with pytest.raises(MalformedFrame, match="第 3 行的编号没有从小到大排列，或重复"):
        list(read_canonical([b"frame-2\n", *[f"{KEY}|0101|1|01|\n".encode()] * 2, b"people 2\n"]))


ODD = ["", "a b", "a\u3000b", "a\u00a0b", "a\u2003b", "a/b", "a~b", "a|b", "a\nb", "a\x85b", "\ud800", "x" * 41]


@pytest.mark.parametrize("code", [*ODD, "all", "general"])
def test_an_odd_code_of_a_village_or_area_is_refused(code: str) -> None:
    assert not is_code(code)
    assert [f.code for f in check_frame([replace(person(1), village=code)])] == ["village"]
    assert [f.code for f in check_frame([replace(person(1), area=code)])] == ["area"]


@pytest.mark.parametrize("code", ["0101", "石壁一村", "Ａ１", "x" * 40, "e\u0301", "ALL", "a-b_c.d,e"])
def test_any_other_code_is_taken(code: str) -> None:
    assert is_code(code)


def test_every_error_of_a_frame_is_found() -> None:
    good = person(1)
    bad = [
        good,
        good,
        replace(good, key="xyz"),
        replace(person(2), village=""),
        replace(person(3), area="a b"),
        replace(person(4), categories=("18",)),
        replace(person(5), categories=("05", "01")),
        replace(person(9), categories=("05", "05")),
        replace(person(13), area="7"),
    ]
    codes = [finding.code for finding in check_frame(bad)]
    assert codes == ["duplicate", "key", "village", "area", "category", "category", "category", "area"]
    assert check_frame(people(100)) == ()


LINES = [b"frame-2\n", f"{'1' * 32}|0101|1|01|\n".encode(), f"{'2' * 32}|0101|1||drawn\n".encode(), b"people 2\n"]
BROKEN: dict[str, tuple[list[bytes], str]] = {
    "nothing": ([], "最后一行"),
    "another form": ([b"frame-1\n", *LINES[1:]], "第 1 行应为 frame-2"),
    "a byte order mark": ([b"\xef\xbb\xbfframe-2\n", *LINES[1:]], "第 1 行应为 frame-2"),
    "no end": (LINES[:3], "最后一行应为 people 2"),
    "another count": ([*LINES[:3], b"people 3\n"], "第 4 行"),
    "a line behind the end": ([*LINES, b"\n"], "第 5 行不该在这里"),
    "no line feed": ([*LINES[:3], b"people 2"], "第 4 行不该在这里，或没有换行"),
    "carriage returns": ([line.replace(b"\n", b"\r\n") for line in LINES], "第 1 行"),
    "not UTF-8": ([LINES[0], b"\xff\n", LINES[3]], "第 2 行不是 UTF-8"),
    "a field too few": ([LINES[0], f"{'1' * 32}|0101|1|01\n".encode(), LINES[3]], "第 2 行不是"),
    "another last round": ([LINES[0], f"{'1' * 32}|0101|1|01|new\n".encode(), LINES[3]], "第 2 行不是"),
    "disorder": ([LINES[0], LINES[2], LINES[1], LINES[3]], "第 3 行的编号没有从小到大排列"),
    "a village in two areas": (
        [LINES[0], LINES[1], f"{'2' * 32}|0101|2|01|\n".encode(), LINES[3]],
        "第 3 行：村居 0101 在两个片区",
    ),
    "a category that is none": ([LINES[0], f"{'1' * 32}|0101|1|1|\n".encode(), LINES[3]], "第 2 行：类别代码"),
    "categories twice": ([LINES[0], f"{'1' * 32}|0101|1|01,01|\n".encode(), LINES[3]], "第 2 行：类别代码"),
    "an empty category": ([LINES[0], f"{'1' * 32}|0101|1|01,|\n".encode(), LINES[3]], "第 2 行：类别代码"),
}


@pytest.mark.parametrize(("lines", "reason"), BROKEN.values(), ids=BROKEN)
def test_bytes_that_are_no_frame_are_refused_and_the_line_named(lines: list[bytes], reason: str) -> None:
    with pytest.raises(MalformedFrame, match=reason):
        list(read_canonical(lines))


@given(st.lists(st.binary(max_size=60) | st.sampled_from(LINES), max_size=5))
def test_any_bytes_are_a_frame_or_refused(lines: list[bytes]) -> None:
    try:
        people_read = list(read_canonical(lines))
    except MalformedFrame as refused:
        assert str(refused).endswith("。")  # noqa: PT017
    else:
        assert b"".join(canonical_lines(people_read)) == b"".join(lines)
