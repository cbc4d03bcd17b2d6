"""Our sizes beside those of others: R (oracle/allocation.R), and apportionments printed in the literature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sampling.allocation import ShareItem, allocate, share
from sampling.plan import Method, Plan
from sampling.strata import MAIN, StratumSize

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "oracle" / "allocation.json").read_text("utf-8"))[
    "cases"
]


@pytest.mark.parametrize("method", list(Method))
def test_the_sizes_are_those_of_r(method: Method) -> None:
    chosen = [case for case in CASES if case["method"] == method]
    assert len(chosen) > 20
    assert {case["cut"] for case in chosen} == {True, False}
    for case in chosen:
        codes = [f"{n:02d}" for n in range(len(case["people"]))]
        strata = {
            code: StratumSize(code, "", MAIN, people, {"all": people})
            for code, people in zip(codes, case["people"], strict=True)
        }
        stddev = dict(zip(codes, case["spread"], strict=True)) if method is Method.NEYMAN else {}
        plan = Plan(case["size"], method=method, minimum=case["minimum"], stddev=stddev)
        sizes = allocate(plan, strata)
        assert [sizes[code, "all"] for code in codes] == case["drawn"], case


NEW_JERSEY_TO_DELAWARE = [179570, 141822, 85533, 70835, 68705, 68446, 55540]
PRINTED: dict[str, tuple[list[int], int, list[int]]] = {
    # https://en.wikipedia.org/wiki/Quota_method, Hare quota
    "six parties, ten seats": ([47000, 16000, 15900, 12000, 6000, 3100], 10, [5, 2, 1, 1, 1, 0]),
    "six states, 25 seats": ([1500, 1500, 900, 500, 500, 200], 25, [7, 7, 4, 3, 3, 1]),
    "six states, 26 seats": ([1500, 1500, 900, 500, 500, 200], 26, [8, 8, 5, 2, 2, 1]),
    # Hamilton's bill of 1792 on the census of 1790, Virginia to Delaware: Balinski & Young, Fair Representation, 1982
    "the first Congress of the bill": (
        [630560, 475327, 432879, 353523, 331589, 278514, 236841, 206236, *NEW_JERSEY_TO_DELAWARE],
        120,
        [21, 16, 14, 12, 11, 9, 8, 7, 6, 5, 3, 2, 2, 2, 2],
    ),
}


@pytest.mark.parametrize(("people", "seats", "expected"), PRINTED.values(), ids=PRINTED)
def test_largest_remainders_are_those_in_print(people: list[int], seats: int, expected: list[int]) -> None:
    items = [ShareItem(f"{n:02d}", number, number, 0, number) for n, number in enumerate(people)]
    assert list(share(seats, items).values()) == expected
