"""Merging the rows of one person, independent of the order of files and rows."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger.reader.cleaning import CleanRow, Finding
from app.ledger.reader.merging import Merged, merge


def row(number: int, name: str = "示例甲", phones: tuple[str, ...] = (), **changes: object) -> CleanRow:
    values: dict[str, object] = {"village": "0101", "area": "1", "categories": ("01",)} | changes
    return CleanRow(number, name, phones, **values)  # type: ignore[arg-type]


def told(merged: Merged) -> list[Finding]:
    return [placed.finding for placed in merged.findings]


A, B = ("19900000001",), ("19900000002",)


def test_rows_of_one_person_are_merged_with_all_categories_and_telephones() -> None:
    merged = merge([("台账", [row(2, phones=A), row(3, phones=(*A, *B), categories=("05",), birth_year=1950)])])
    (person,) = merged.people
    assert person.categories == ("01", "05")
    assert person.phones == (*A, *B)
    assert person.birth_year == 1950
    assert person.sources == (("台账", "", 2), ("台账", "", 3))
    assert [(f.label, f.finding.code) for f in merged.findings] == [("台账", "merged")]


def test_a_shared_telephone_does_not_merge_people_of_different_names() -> None:
    assert len(merge([("台账", [row(2, "示例甲", A), row(3, "示例乙", A)])]).people) == 2


def test_namesakes_of_one_village_with_different_telephones_stay_separate() -> None:
    assert len(merge([("台账", [row(2, phones=A), row(3, phones=B)])]).people) == 2


def test_namesakes_with_different_birth_years_stay_separate() -> None:
    assert len(merge([("台账", [row(2, birth_year=1950), row(3, birth_year=1960)])]).people) == 2


def test_people_of_several_ledgers_are_merged_across_them() -> None:
    merged = merge([("低保", [row(2, phones=A)]), ("残疾", [row(9, phones=A, categories=("05",))])])
    assert [p.categories for p in merged.people] == [("01", "05")]
    assert (
        "「低保」第 2 行" in merged.findings[0].finding.message
        or "「残疾」第 9 行" in merged.findings[0].finding.message
    )


def test_the_same_name_and_telephone_in_two_villages_is_merged_with_a_warning() -> None:
    rows = [row(2, phones=A, village="0201", area="2"), row(3, phones=A)]
    merged = merge([("台账", rows)])
    (person,) = merged.people
    assert (person.village, person.area) == ("0101", "1")
    assert {(f.code, f.severity, f.row) for f in told(merged)} == {
        ("merged", "info", 3),
        ("two-villages", "warning", 2),
    }


def test_the_same_name_village_and_birth_year_is_merged_despite_different_telephones() -> None:
    assert len(merge([("台账", [row(2, phones=A, birth_year=1950), row(3, phones=B, birth_year=1950)])]).people) == 1


def test_indistinguishable_rows_are_merged_and_nobody_is_lost() -> None:
    merged = merge([("台账", [row(2), row(3), row(4, "示例乙")])])
    assert {person.name: len(person.sources) for person in merged.people} == {"示例甲": 2, "示例乙": 1}


def test_probable_duplicates_stay_separate_and_are_reported() -> None:
    merged = merge([("台账", [row(2, phones=A), row(3, birth_year=1950)])])
    assert len(merged.people) == 2
    assert [f.code for f in told(merged)] == ["probable-duplicate"]


def test_namesakes_of_clearly_different_age_are_not_reported() -> None:
    assert merge([("台账", [row(2, birth_year=1930), row(3, birth_year=1960)])]).findings == ()


def test_merged_rows_with_different_birth_years_give_a_warning() -> None:
    merged = merge([("台账", [row(2, phones=A, birth_year=1950), row(3, phones=A, birth_year=1951)])])
    assert [person.birth_year for person in merged.people] == [1950]
    assert [f.code for f in told(merged)] == ["merged", "two-births"]


def test_messages_contain_no_name_number_or_year() -> None:
    rows = [
        row(2, phones=A, birth_year=1950),
        row(3, phones=A, village="0201"),
        row(4),
        row(5, phones=A, birth_year=1952),
    ]
    for finding in told(merge([("台账", rows)])):
        assert not any(word in finding.message for word in ("示例", "1990", "195"))


def test_a_telephone_under_two_names_is_reported_at_its_rows() -> None:
    rows = [
        row(4, "示例丙", (*B, *A)),
        row(2, "示例甲", A),
        row(3, "示例乙", A),
        row(5, "示例甲", A, categories=("05",)),
        row(6, "示例丁", guardian_phones=A),  # families name one guardian for several children
    ]
    for order in (rows, rows[::-1]):
        findings = [f for f in told(merge([("台账", order)])) if f.code == "shared-phone"]
        assert [(f.row, f.severity, f.message.split("，")[0]) for f in findings] == [
            (3, "info", "第 3 行与第 2 行电话相同"),
            (4, "info", "第 4 行与第 2 行电话相同"),
        ]


def test_the_first_listed_number_comes_first() -> None:
    rows = [row(2, phones=("02080000001", "19900000003")), row(3, phones=("19900000002", "02080000001"))]
    assert merge([("台账", rows)]).people[0].phones == ("19900000002", "02080000001", "19900000003")


def test_twenty_thousand_namesakes_are_merged_in_one_pass() -> None:
    rows = [row(n, phones=(f"1990{n:07d}",)) for n in range(20_000)]
    assert len(merge([("台账", rows)]).people) == 20_000


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
def test_merging_is_independent_of_order_and_identities_are_unique(
    rows: list[tuple[object, ...]], shuffle: int
) -> None:
    built = [
        row(n + 2, str(name), phones, birth_year=year, village=village, categories=codes)  # type: ignore[arg-type]
        for n, (name, phones, year, village, codes) in enumerate(rows)
    ]
    shuffled = built[:]
    random.Random(shuffle).shuffle(shuffled)
    # Rows move in the file, so their numbers change too; some stand in another file.
    moved = [replace(r, row=n + 2) for n, r in enumerate(shuffled)]
    merged, reordered = merge([("台账", built)]), merge([("乙", moved[:3]), ("甲", moved[3:])])
    assert [replace(p, sources=()) for p in merged.people] == [replace(p, sources=()) for p in reordered.people]
    identities = [person.identity for person in merged.people]
    assert len(set(identities)) == len(identities)
    assert sum(len(person.sources) for person in merged.people) == len(rows)
