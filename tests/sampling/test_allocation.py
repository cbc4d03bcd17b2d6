"""Sizes per stratum and queue: the bounds, the sums, and what more people bring."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.allocation import ShareItem, allocate, by_queue, share
from sampling.plan import Factor, Method, Plan, PlanRefused
from sampling.strata import GENERAL, MAIN, Cell, StratumSize


def strata_of(populations: dict[str, int], part: str = MAIN) -> dict[str, StratumSize]:
    """Strata of one queue; the area is the first letter of the code."""
    return {
        code: StratumSize(code, code[0], part, people, {"all": people}) for code, people in sorted(populations.items())
    }


def shared(populations: dict[str, int], plan: Plan) -> dict[str, int]:
    """The allocation of strata of one queue."""
    return {code: n for (code, _queue), n in allocate(plan, strata_of(populations)).items()}


@pytest.mark.parametrize(
    ("populations", "size", "minimum", "expected"),
    [
        ({"a": 412, "b": 287, "c": 139}, 100, 2, {"a": 49, "b": 34, "c": 17}),
        ({"a": 60, "b": 39}, 99, 2, {"a": 60, "b": 39}),
        ({"a": 1000, "b": 5}, 100, 2, {"a": 98, "b": 2}),
        ({"a": 1000, "b": 5}, 100, 0, {"a": 100, "b": 0}),  # 99.502 and 0.498
        ({"a": 50, "b": 50, "c": 50}, 100, 2, {"a": 34, "b": 33, "c": 33}),  # equal in all: by code
        ({"a": 10, "b": 10}, 1, 2, {"a": 1, "b": 0}),
        ({"a": 10, "b": 30, "c": 20}, 6, 50, {"a": 2, "b": 2, "c": 2}),  # 50 does not fit, 2 does
        ({"a": 10, "b": 30, "c": 20}, 7, 50, {"a": 2, "b": 3, "c": 2}),
        ({"a": 1, "b": 200}, 100, 2, {"a": 1, "b": 99}),  # a stratum of one
        ({"a": 3, "b": 200}, 100, 40, {"a": 3, "b": 97}),  # the minimum is beyond the stratum
        ({"a": 5, "b": 9, "c": 7, "d": 6}, 3, 2, {"a": 0, "b": 1, "c": 1, "d": 1}),  # more strata than people
        ({"a": 1}, 1, 2, {"a": 1}),
    ],
)
def test_proportional_sizes(populations: dict[str, int], size: int, minimum: int, expected: dict[str, int]) -> None:
    assert shared(populations, Plan(size, minimum=minimum)) == expected


@pytest.mark.parametrize(
    ("method", "stddev", "expected"),
    [
        (Method.PROPORTIONAL, {}, {"a": 64, "b": 36}),
        (Method.EQUAL, {}, {"a": 50, "b": 50}),
        (Method.POWER, {}, {"a": 57, "b": 43}),  # 80 to 60
        (Method.NEYMAN, {"a": 1, "b": 1}, {"a": 64, "b": 36}),
        (Method.NEYMAN, {"a": 9, "b": 16}, {"a": 50, "b": 50}),
        (Method.NEYMAN, {"a": 900, "b": 1600}, {"a": 50, "b": 50}),  # any common unit
        (Method.NEYMAN, {"a": 1, "b": 10**9}, {"a": 2, "b": 98}),
    ],
)
def test_each_method_has_its_weights(method: Method, stddev: dict[str, int], expected: dict[str, int]) -> None:
    assert shared({"a": 6400, "b": 3600}, Plan(100, method=method, stddev=stddev)) == expected


def test_a_stratum_that_is_too_small_for_its_share_is_taken_whole_and_the_others_get_the_rest() -> None:
    stddev = {"a": 1, "b": 100, "c": 1}
    plan = Plan(100, method=Method.NEYMAN, stddev=stddev)
    assert shared({"a": 400, "b": 20, "c": 200}, plan) == {"a": 53, "b": 20, "c": 27}
    assert shared({"a": 400, "b": 20, "c": 200}, Plan(100, method=Method.EQUAL)) == {"a": 40, "b": 20, "c": 40}


@st.composite
def divisible(draw: st.DrawFn) -> tuple[int, list[ShareItem]]:
    """A total and items whose bounds leave a solution."""
    codes = draw(st.lists(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=9, unique=True))
    items = []
    for code in codes:
        people = draw(st.integers(0, 300))
        floor = draw(st.integers(0, people))
        weight = draw(st.sampled_from([1, people + 1]) | st.integers(1, 10**20))
        items.append(ShareItem(code, people, weight, floor, draw(st.integers(floor, people))))
    least, most = sum(item.floor for item in items), sum(item.cap for item in items)
    return draw(st.integers(least, most)), items


@given(divisible(), st.randoms(use_true_random=False))
def test_shares_sum_keep_their_bounds_and_do_not_depend_on_the_order(
    case: tuple[int, list[ShareItem]], chance: object
) -> None:
    total, items = case
    shares = share(total, items)
    assert sum(shares.values()) == total
    assert all(item.floor <= shares[item.code] <= item.cap for item in items)
    shuffled = items[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert share(total, shuffled) == shares


@given(divisible())
def test_shares_between_the_bounds_are_within_one_person_of_proportion_to_each_other(
    case: tuple[int, list[ShareItem]],
) -> None:
    """Between two items strictly inside their bounds, n/w differs by less than one person each way."""
    total, items = case
    shares = share(total, items)
    inside = [item for item in items if item.floor < shares[item.code] < item.cap]
    for first, second in combinations(inside, 2):
        assert (shares[first.code] - 1) * second.weight < (shares[second.code] + 1) * first.weight
        assert (shares[second.code] - 1) * first.weight < (shares[first.code] + 1) * second.weight


@given(divisible(), st.sampled_from([-1, 1]))
def test_bounds_without_a_solution_are_refused(case: tuple[int, list[ShareItem]], direction: int) -> None:
    _, items = case
    total = sum(item.floor for item in items) - 1 if direction < 0 else sum(item.cap for item in items) + 1
    with pytest.raises(PlanRefused) as refused:
        share(total, items)
    assert refused.value.field == "size"


def total_of(allocation: dict[Cell, int], stratum: str) -> int:
    """How many people a stratum gives over all its queues."""
    return sum(number for (code, _queue), number in allocation.items() if code == stratum)


POPULATIONS = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 400), min_size=1, max_size=10)
METHODS = st.sampled_from([Method.PROPORTIONAL, Method.EQUAL, Method.POWER])


@given(POPULATIONS, METHODS, st.integers(0, 60), st.data())
def test_more_people_never_mean_fewer_drawn(
    populations: dict[str, int], method: Method, minimum: int, data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, sum(populations.values())))
    sizes = shared(populations, Plan(size, method=method, minimum=minimum))
    assert sum(sizes.values()) == size
    assert all(0 <= sizes[code] <= people for code, people in populations.items())
    for first, second in combinations(populations, 2):
        if populations[first] > populations[second]:
            assert sizes[first] >= sizes[second]


@given(POPULATIONS, st.sampled_from(list(Method)), st.integers(0, 500), st.data())
def test_the_minimum_is_kept_when_it_fits_and_otherwise_the_largest_that_does(
    populations: dict[str, int], method: Method, minimum: int, data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, sum(populations.values())))
    stddev = {code: data.draw(st.integers(1, 1000)) for code in populations} if method is Method.NEYMAN else {}
    sizes = shared(populations, Plan(size, method=method, minimum=minimum, stddev=stddev))

    def needed(m: int) -> int:
        return sum(min(m, people) for people in populations.values())

    largest_minimum = max(m for m in range(minimum + 1) if needed(m) <= size)
    assert all(sizes[code] >= min(largest_minimum, people) for code, people in populations.items())


@given(POPULATIONS, METHODS, st.integers(0, 20), st.integers(1, 400), st.data())
def test_every_area_keeps_its_minimum_when_it_fits(
    populations: dict[str, int], method: Method, minimum: int, area_minimum: int, data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, sum(populations.values())))
    sizes = shared(populations, Plan(size, method=method, minimum=minimum, area_minimum=area_minimum))
    assert sum(sizes.values()) == size
    assert all(sizes[code] <= people for code, people in populations.items())
    people: Counter[str] = Counter()
    drawn: Counter[str] = Counter()
    for code, number in populations.items():
        people[code[0]] += number
        drawn[code[0]] += sizes[code]

    def needed(m: int, q: int) -> int:
        """The fewest people with m in every stratum, and q of an area spread over its strata in proportion."""
        return sum(min(n, max(m, ceil(Fraction(q * n, people[code[0]])))) for code, n in populations.items())

    largest_minimum = max(m for m in range(minimum + 1) if needed(m, 0) <= size)
    of_area = max(q for q in range(area_minimum + 1) if needed(largest_minimum, q) <= size)
    assert all(sizes[code] >= min(largest_minimum, n) for code, n in populations.items())
    assert all(drawn[area] >= min(of_area, n) for area, n in people.items())


def test_an_area_minimum_moves_people_between_areas_only_as_far_as_needed() -> None:
    populations = {"a1": 900, "a2": 80, "b1": 10, "b2": 10}
    assert shared(populations, Plan(100)) == {"a1": 88, "a2": 8, "b1": 2, "b2": 2}
    assert shared(populations, Plan(100, area_minimum=10)) == {"a1": 83, "a2": 7, "b1": 5, "b2": 5}
    # 60 in each of two areas does not fit in 100, and area b has no more than 20 people.
    assert shared(populations, Plan(100, area_minimum=60)) == {"a1": 73, "a2": 7, "b1": 10, "b2": 10}


def test_a_larger_sample_may_draw_fewer_from_a_stratum() -> None:
    """Largest remainders have the Alabama paradox; the certificate fixes the size, so nobody loses their place by it.

    The example: https://en.wikipedia.org/wiki/Quota_method#Alabama_paradox (votes 1500, 1500, 900, 500, 500, 200).
    """
    populations = {"a": 1500, "b": 1500, "c": 900, "d": 500, "e": 500, "f": 200}
    smaller = shared(populations, Plan(25, minimum=0))
    larger = shared(populations, Plan(26, minimum=0))
    assert list(smaller.values()) == [7, 7, 4, 3, 3, 1]
    assert list(larger.values()) == [8, 8, 5, 2, 2, 1]


def test_general_recipients_are_shared_apart() -> None:
    strata = strata_of({"0101": 300, "0102": 100}) | strata_of({"general/0101": 30, "general/0102": 90}, GENERAL)
    sizes = allocate(Plan(100, general=20, minimum=0), strata)
    assert sizes == {
        ("0101", "all"): 75,
        ("0102", "all"): 25,
        ("general/0101", "all"): 5,
        ("general/0102", "all"): 15,
    }
    assert total_of(sizes, "general/0101") + total_of(sizes, "general/0102") == 20
    with pytest.raises(PlanRefused, match="普通服务对象一共只有 120 人") as refused:
        allocate(Plan(100, general=121), strata)
    assert refused.value.field == "general"


def test_what_cannot_be_drawn_is_refused_with_a_reason() -> None:
    with pytest.raises(PlanRefused, match="一共只有 99 人，不能抽 100 人") as refused:
        shared({"a": 60, "b": 39}, Plan(100))
    assert refused.value.field == "size"
    with pytest.raises(PlanRefused, match="一共只有 0 人"):
        shared({}, Plan(1))
    for stddev, reason in (({"a": 3}, "还缺 b"), ({"a": 3, "b": 1, "c": 1}, "没有人")):
        with pytest.raises(PlanRefused, match=reason) as refused:
            shared({"a": 60, "b": 60}, Plan(100, method=Method.NEYMAN, stddev=stddev))
        assert refused.value.field == "spread"


QUEUES = st.fixed_dictionaries({name: st.integers(0, 200) for name in ("drawn", "listed", "new")}).filter(
    lambda people: any(people.values())
)


@given(QUEUES, st.integers(0, 100), st.data())
def test_queues_sum_keep_within_their_people_and_give_newcomers_their_share(
    people: dict[str, int], overlap: int, data: st.DataObject
) -> None:
    everyone = sum(people.values())
    number = data.draw(st.integers(0, everyone))
    numbers = by_queue(overlap, people, number)
    assert sum(numbers.values()) == number
    assert all(0 <= numbers[name] <= people[name] for name in people)
    assert abs(numbers["new"] - number * people["new"] / everyone) <= 0.5
    old = numbers["drawn"] + numbers["listed"]
    drawn_again = (old * overlap + 50) // 100
    if drawn_again <= people["drawn"] and old - drawn_again <= people["listed"]:
        assert numbers["drawn"] == drawn_again
    else:
        assert numbers["drawn"] == people["drawn"] or numbers["listed"] == people["listed"]


@pytest.mark.parametrize(
    ("overlap", "people", "number", "expected"),
    [
        (0, (100, 880, 20), 100, (0, 98, 2)),
        (100, (100, 880, 20), 100, (98, 0, 2)),
        (30, (100, 880, 20), 100, (29, 69, 2)),  # 29.4
        (50, (100, 880, 20), 100, (49, 49, 2)),
        (50, (5, 5, 0), 5, (3, 2, 0)),  # a half goes to those drawn last time
        (100, (10, 880, 110), 100, (10, 79, 11)),  # no more of them are left
        (0, (100, 20, 0), 60, (40, 20, 0)),  # the others are too few to rest everyone
        (30, (0, 0, 50), 20, (0, 0, 20)),  # the first round
        (30, (0, 50, 0), 20, (0, 20, 0)),
        (30, (1, 1, 1), 3, (1, 1, 1)),
        (30, (4, 4, 0), 0, (0, 0, 0)),
    ],
)
def test_overlap_rests_or_keeps_those_drawn_last_time(
    overlap: int, people: tuple[int, int, int], number: int, expected: tuple[int, int, int]
) -> None:
    numbers = by_queue(overlap, dict(zip(("drawn", "listed", "new"), people, strict=True)), number)
    assert (numbers["drawn"], numbers["listed"], numbers["new"]) == expected


def test_without_overlap_a_stratum_has_one_queue() -> None:
    assert by_queue(None, {"all": 40}, 7) == {"all": 7}


@given(POPULATIONS, st.integers(0, 100), st.data())
def test_overlap_never_changes_what_a_stratum_gives(
    populations: dict[str, int], overlap: int, data: st.DataObject
) -> None:
    plan = Plan(data.draw(st.integers(1, sum(populations.values()))), strata=(Factor.AREA,))
    strata = {}
    for code, row in strata_of(populations).items():
        drawn = data.draw(st.integers(0, row.population))
        listed = data.draw(st.integers(0, row.population - drawn))
        queues = {"drawn": drawn, "listed": listed, "new": row.population - drawn - listed}
        strata[code] = replace(row, queues=queues)
    sizes: dict[Cell, int] = allocate(replace(plan, overlap=overlap), strata)
    assert {code: total_of(sizes, code) for code in strata} == shared(populations, plan)
