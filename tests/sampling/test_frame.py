"""The fingerprint says whether the list is the list."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from sampling.frame import DisorderedFrame, check_frame, fingerprint, fingerprint_sorted, population
from sampling.rule import Reading
from tests.sampling.people import people, person


def test_the_order_of_the_list_does_not_matter() -> None:
    frame = people(200)
    shuffled = frame[:]
    random.Random(1).shuffle(shuffled)
    assert fingerprint(frame) == fingerprint(shuffled)


CHANGES: list[dict[str, Any]] = [
    {"village": "9999"},
    {"area": "9"},
    {"categories": ("01", "05")},
    {"key": "f" * 32},
    {"categories": ()},
]


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_one_person_changes_it(change: dict[str, Any]) -> None:
    frame = people(50)
    assert fingerprint(frame) != fingerprint([*frame[:-1], replace(frame[-1], **change)])


def test_leaving_one_out_changes_it() -> None:
    assert fingerprint(people(50)) != fingerprint(people(49))


def test_the_streaming_form_refuses_disorder_and_repetition() -> None:
    ordered = sorted(people(10), key=lambda p: p.key)
    assert fingerprint_sorted(iter(ordered)) == fingerprint(people(10))
    for wrong in ([ordered[1], ordered[0]], [ordered[0], ordered[0]]):
        with pytest.raises(DisorderedFrame):
            fingerprint_sorted(wrong)


def test_a_reading_looks_at_its_own_people() -> None:
    frame = [person(1), person(2, categories=())]
    assert list(population(frame, Reading.PRIORITY)) == frame[:1]
    assert list(population(frame, Reading.EVERYONE)) == frame


def test_whatever_keeps_a_frame_from_being_one_is_found() -> None:
    good = person(1)
    bad = [
        good,
        good,
        replace(good, key="xyz"),
        replace(person(2), village=""),
        replace(person(3), area="a b"),
        replace(person(4), categories=("18",)),
        replace(person(5), categories=("05", "01")),
    ]
    codes = [finding.code for finding in check_frame(bad)]
    assert codes == ["duplicate", "key", "village", "area", "category", "category"]
    assert check_frame(people(100)) == ()
