"""One person is one person, whatever the order of files and rows."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger.cleaning import CleanRow
from app.ledger.merging import merge


def row(number: int, name: str = "示例甲", phones: tuple[str, ...] = (), **changes: object) -> CleanRow:
    values: dict[str, object] = {"village": "0101", "area": "1", "categories": ("01",)} | changes
    return CleanRow(number, name, phones, **values)  # type: ignore[arg-type]


A, B = ("19900000001",), ("19900000002",)


def test_rows_of_one_person_become_one_with_all_categories_and_telephones() -> None:
    merged = merge([("台账", [row(2, phones=A), row(3, phones=(*A, *B), categories=("05",), birth_year=1950)])])
    (person,) = merged.people
    assert person.categories == ("01", "05")
    assert person.phones == (*A, *B)
    assert person.birth_year == 1950
    assert person.sources == (("台账", 2), ("台账", 3))
    assert [(label, f.code) for label, f in merged.findings] == [("台账", "merged")]


def test_a_family_telephone_does_not_make_two_people_one() -> None:
    assert len(merge([("台账", [row(2, "示例甲", A), row(3, "示例乙", A)])]).people) == 2


def test_the_same_name_in_the_same_village_with_other_telephones_stays_two() -> None:
    assert len(merge([("台账", [row(2, phones=A), row(3, phones=B)])]).people) == 2


def test_birth_years_that_differ_keep_namesakes_apart() -> None:
    assert len(merge([("台账", [row(2, birth_year=1950), row(3, birth_year=1960)])]).people) == 2


def test_people_of_several_ledgers_are_merged_across_them() -> None:
    merged = merge([("低保", [row(2, phones=A)]), ("残疾", [row(9, phones=A, categories=("05",))])])
    assert [p.categories for p in merged.people] == [("01", "05")]
    assert "「低保」第 2 行" in merged.findings[0][1].message or "「残疾」第 9 行" in merged.findings[0][1].message


def test_the_same_name_and_telephone_in_two_villages_is_left_to_people() -> None:
    merged = merge([("台账", [row(2, phones=A), row(3, phones=A, village="0201", area="2")])])
    assert len(merged.people) == 2
    assert [f.code for _, f in merged.findings] == ["two-villages"]


ROWS = st.lists(
    st.builds(
        lambda name, phones, year, village, codes: (name, tuple(sorted(phones)), year, village, tuple(sorted(codes))),
        st.sampled_from(["示例甲", "示例乙"]),
        st.sets(st.sampled_from(["19900000001", "19900000002", "19900000003"]), max_size=2),
        st.sampled_from([None, 1950, 1960]),
        st.sampled_from(["0101", "0201"]),
        st.sets(st.sampled_from(["01", "05"]), min_size=1),
    ),
    max_size=8,
)


@settings(max_examples=150)
@given(ROWS, st.integers(0, 1000))
def test_order_changes_nothing_and_identities_are_unique(rows: list[tuple[object, ...]], shuffle: int) -> None:
    built = [
        row(n + 2, str(name), phones, birth_year=year, village=village, categories=codes)  # type: ignore[arg-type]
        for n, (name, phones, year, village, codes) in enumerate(rows)
    ]
    shuffled = built[:]
    random.Random(shuffle).shuffle(shuffled)
    one, other = merge([("台账", built)]), merge([("台账", shuffled)])
    assert one.people == other.people
    identities = [person.identity for person in one.people]
    assert len(set(identities)) == len(identities)
    assert sum(len(person.sources) for person in one.people) == len(rows)
