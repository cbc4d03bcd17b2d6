"""The stratum and queue of a person, and the number of people in each."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.categories import CATEGORIES
from sampling.frame import FramePerson, Last
from sampling.plan import MOST_STRATA, Factor, Plan, PlanRefused
from sampling.rule import Reading
from sampling.strata import GENERAL, GROUPS, MAIN, cell_of, group_of, queues_of, sizes, sizes_of_kinds
from tests.sampling.people import frames, mixed, person
from tests.sampling.test_plan import FACTORS

PRIORITY, EVERYONE = Reading.PRIORITY, Reading.EVERYONE
ALL_FACTORS = tuple(Factor)


@pytest.mark.parametrize(
    ("strata", "general", "categories", "reading", "code"),
    [
        ((), 0, ("01",), PRIORITY, "all"),
        ((), 5, (), PRIORITY, "general"),
        ((Factor.VILLAGE,), 0, ("01",), PRIORITY, "0101"),
        ((Factor.VILLAGE,), 0, (), PRIORITY, None),
        ((Factor.VILLAGE,), 5, (), PRIORITY, "general/0101"),
        ((Factor.VILLAGE,), 0, (), EVERYONE, "0101"),
        ((Factor.GROUP,), 0, ("05", "07"), PRIORITY, "child"),
        ((Factor.GROUP,), 0, (), EVERYONE, "general"),
        ((Factor.GROUP,), 5, (), PRIORITY, "general"),
        ((Factor.PRIORITY,), 0, ("13",), EVERYONE, "priority"),
        ((Factor.PRIORITY,), 0, (), EVERYONE, "general"),
        (ALL_FACTORS, 0, ("13",), EVERYONE, "1/0101/elder/priority"),
        (ALL_FACTORS, 0, (), EVERYONE, "1/0101/general/general"),
        (ALL_FACTORS, 5, (), PRIORITY, "general/1/0101"),
        ((Factor.AREA, Factor.GROUP), 5, (), PRIORITY, "general/1"),
    ],
)
def test_a_stratum_is_made_of_the_factors_of_the_plan(
    strata: tuple[Factor, ...], general: int, categories: tuple[str, ...], reading: Reading, code: str | None
) -> None:
    plan = Plan(100, general=general, strata=strata)
    expected = None if code is None else (code, "all")
    assert cell_of(plan, reading)(person(1, "0101", categories)) == expected


@pytest.mark.parametrize(("last", "queue"), [(Last.DRAWN, "drawn"), (Last.LISTED, "listed"), (Last.UNKNOWN, "new")])
def test_what_happened_last_time_counts_only_when_the_plan_says_so(last: Last, queue: str) -> None:
    somebody = person(1, "0101", last=last)
    assert cell_of(Plan(100), PRIORITY)(somebody) == ("0101", "all")
    for overlap in (0, 100):
        plan = Plan(100, overlap=overlap)
        assert cell_of(plan, PRIORITY)(somebody) == ("0101", queue)
        assert queue in queues_of(plan)


def test_every_category_belongs_to_one_group() -> None:
    assert sorted(code for codes in GROUPS.values() for code in codes) == sorted(CATEGORIES)
    assert [group_of((code,)) for code in ("07", "08", "05", "17", "09", "10")] == [
        "child", "child", "disabled", "elder", "poor", "poor",
    ]  # fmt: skip
    for first, second in (("07", "17"), ("11", "05"), ("05", "01")):
        assert group_of((first, second)) == group_of((second, first)) == group_of((first,))


@given(frames(), FACTORS, st.sampled_from([PRIORITY, EVERYONE]), st.sampled_from([0, 3]), st.none() | st.just(30))
def test_the_sizes_are_those_of_counting(
    frame: list[FramePerson], strata: tuple[Factor, ...], reading: Reading, general: int, overlap: int | None
) -> None:
    plan = Plan(100, general=0 if reading is EVERYONE else general, strata=strata, overlap=overlap)
    by_stratum = sizes(frame, plan, reading)
    cell = cell_of(plan, reading)
    counted = Counter(cell(listed) for listed in frame)
    del counted[None]
    expected = {(code, queue): n for code, row in by_stratum.items() for queue, n in row.queues.items() if n}
    assert expected == counted
    assert list(by_stratum) == sorted(by_stratum, key=str.encode)
    assert all(tuple(row.queues) == queues_of(plan) for row in by_stratum.values())
    assert all(row.population == sum(row.queues.values()) > 0 for row in by_stratum.values())
    main = [listed for listed in frame if listed.priority or reading is EVERYONE]
    assert sum(row.population for row in by_stratum.values() if row.part == MAIN) == len(main)
    others = len(frame) - len(main) if plan.general else 0
    assert sum(row.population for row in by_stratum.values() if row.part == GENERAL) == others


@given(frames(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(frame: list[FramePerson], chance: object) -> None:
    plan = Plan(100, strata=(Factor.AREA, Factor.GROUP), overlap=30)
    shuffled = frame[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert list(sizes(shuffled, plan, EVERYONE).items()) == list(sizes(frame, plan, EVERYONE).items())


@given(frames(), FACTORS, st.sampled_from([None, 30]), st.sampled_from(list(Reading)))
def test_people_who_are_alike_can_be_counted_together(
    frame: list[FramePerson], strata: tuple[Factor, ...], overlap: int | None, reading: Reading
) -> None:
    plan = Plan(10, general=5 if reading is PRIORITY else 0, strata=strata, overlap=overlap)
    kinds = Counter(replace(someone, key="") for someone in frame)
    assert sizes_of_kinds(kinds.items(), plan, reading) == sizes(frame, plan, reading)


def test_a_stratum_names_its_area_only_when_it_lies_in_one() -> None:
    frame = mixed(60)
    for strata, named in (
        ((Factor.VILLAGE, Factor.GROUP), True),
        ((Factor.AREA,), True),
        ((Factor.GROUP,), False),
    ):
        plan = Plan(10, strata=strata)
        cell, by_stratum = cell_of(plan, EVERYONE), sizes(frame, plan, EVERYONE)
        for listed in frame:
            place = cell(listed)
            assert place is not None
            assert by_stratum[place[0]].area == (listed.area if named else "")


def test_nobody_is_in_no_stratum_and_one_person_in_one() -> None:
    assert sizes([], Plan(100), PRIORITY) == {}
    assert sizes([person(1, categories=())], Plan(100), PRIORITY) == {}
    (only,) = sizes([person(1, "0102")], Plan(1, overlap=0), PRIORITY).values()
    assert (only.stratum, only.area, only.population, only.queues["new"]) == ("0102", "1", 1, 1)


def test_an_absurd_number_of_strata_is_refused() -> None:
    frame = [person(n, f"0{n % 9}{n:05d}") for n in range(MOST_STRATA + 1)]
    assert len(sizes(frame[:-1], Plan(100), PRIORITY)) == MOST_STRATA
    with pytest.raises(PlanRefused, match=f"{MOST_STRATA}") as refused:
        sizes(frame, Plan(100), PRIORITY)
    assert refused.value.field == "strata"
