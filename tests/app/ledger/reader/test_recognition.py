"""Recognising how sheets are to be read, from the cases of offices to cleaned rows, and asking what is uncertain."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.reader.cleaning import Cleaned, CleanRow, clean
from app.ledger.reader.columns import FIELDS, suggest
from app.ledger.reader.errors import Limits
from app.ledger.reader.phones import normalise
from app.ledger.reader.plans import Given, PlanError, SheetPlan
from app.ledger.reader.reading import read_workbook
from app.ledger.reader.recognition import Recognition, answer, open_questions, plans_from_json, recognise
from app.ledger.reader.remarks import remark_codes
from app.ledger.reader.shared_numbers import numbers_of_many
from app.ledger.reader.sheets import LedgerWorkbook
from app.ledger.reader.village_names import VillageName
from tests.app.ledger.reader.corpus import HEADER, ROW, workbook

CASES = Path(__file__).parent / "cases"
VILLAGES = [
    VillageName("0101", "石壁一村", (), "1"),
    VillageName("0102", "石壁二村", (), "1"),
    VillageName("0103", "石壁三村", (), "1"),
    VillageName("0201", "甲村", (), "2"),
]
LIMITS = Limits()


def case(name: str) -> LedgerWorkbook:
    return read_workbook((CASES / name).read_bytes(), name, limits=LIMITS)


def made(fill: Callable[[Any, Any], None]) -> LedgerWorkbook:
    return read_workbook(workbook(fill), "a.xlsx", limits=LIMITS)


def of_text(*lines: list[str]) -> LedgerWorkbook:
    return read_workbook("\n".join(map(",".join, lines)).encode(), "a.csv", limits=LIMITS)


def cleaned(read: LedgerWorkbook, **changes: Any) -> Cleaned:
    plan = recognise(read, VILLAGES).plans[0]
    return clean(read.sheets[0], replace(plan, **changes), VILLAGES, reference_year=2024)


def said(result: Cleaned) -> list[tuple[int, str, str]]:
    return [(finding.row, finding.field, finding.code) for finding in result.findings]


def codes_of(recognition: Recognition) -> list[str]:
    return [question.code for question in recognition.questions]


def test_blank_rows_above_do_not_shift_the_numbers_of_rows() -> None:
    read = case("blank_first_rows.xlsx")
    assert read.sheets[0].header_rows == (4,)
    assert said(cleaned(read)) == [(7, "village", "unknown-village")]
    assert [row.row for row in cleaned(case("merged_not_seen.xlsx")).rows] == [6, 7, 8]


@pytest.mark.parametrize("name", ["empty_last_row.xlsx", "styled_empty_cell_AMJ.xlsx"])
def test_formatting_without_content_is_no_data(name: str) -> None:
    assert len(cleaned(case(name)).rows) == 2


@pytest.mark.parametrize("name", ["filtered.xlsx", "hidden_row.xlsx"])
def test_hidden_and_filtered_rows_are_asked_about_and_then_reported(name: str) -> None:
    read = case(name)
    recognition = recognise(read, VILLAGES)
    assert codes_of(recognition) == ["hidden-rows"]
    assert "第 3 行" in recognition.questions[0].sentence.zh
    with pytest.raises(ValueError, match="undecided"):
        cleaned(read)
    for choice, rows, code in (("take", [2, 3, 4], "hidden-row"), ("leave", [2, 4], "hidden-left")):
        plans = answer(recognition.plans, "hidden-rows", choice)
        assert open_questions(read, plans, VILLAGES) == ()
        result = clean(read.sheets[0], plans[0], VILLAGES, reference_year=2024)
        assert [row.row for row in result.rows] == rows
        assert (3, "name", code) in said(result)
    assert ((3, "remark", "remark-dead") in said(cleaned(read, hidden_rows="take"))) == (name == "filtered.xlsx")


def test_a_telephone_after_the_guardian_is_the_guardians() -> None:
    (row,) = cleaned(case("two_phones.xlsx")).rows
    assert (row.phones, row.guardian_phones) == (("19900000001",), ("19900000011",))


def test_error_values_are_findings_and_no_data() -> None:
    result = cleaned(case("error_values.xlsx"))
    assert said(result) == [(2, "birth_year", "error-value"), (3, "phone", "error-value"), (3, "phone", "no-phone")]
    assert result.findings[0].message.startswith("第 2 行的出生年月是错误值")
    assert [row.phones for row in result.rows] == [("19900000001",), ()]
    required = cleaned(of_text(HEADER, ["#REF!", "#NAME?", "#VALUE!", "19900000001"]))
    assert {(f.field, f.code, f.severity) for f in required.findings} == {
        (field, "error-value", "error") for field in ("name", "village", "categories")
    }


def test_letters_in_numbers_are_findings_and_never_another_number() -> None:
    result = cleaned(case("letter.csv"))
    assert [row.phones for row in result.rows] == [(), ()]
    assert [finding.code for finding in result.findings].count("bad-phone") == 2


@pytest.mark.parametrize(
    ("text", "numbers", "malformed"),
    [
        ("199 OOOO 80000007", (), 1),
        ("O20-80000001", (), 1),
        ("199〇〇〇〇0007", (), 1),
        ("l9900000001、19900000002", ("19900000002",), 1),
        ("Tel19900000001", ("19900000001",), 0),
        ("手机:19900000001 A栋", ("19900000001",), 0),
    ],
)
def test_a_number_with_letters_is_malformed(text: str, numbers: tuple[str, ...], malformed: int) -> None:
    phones = normalise(text)
    assert (phones.numbers, phones.malformed) == (numbers, malformed)


@pytest.mark.parametrize("rare", ["\U00020bb7", "\U00031350", "\ue863", "﨑", "①"])
def test_compatibility_characters_do_not_make_two_people_and_rare_ones_survive(rare: str) -> None:
    names = ["⽯⼩明", "石小明", f"{rare}明", "Ａnna Lee", "Anna Lee"]
    result = cleaned(of_text(HEADER, *([name, *ROW[1:]] for name in names)))
    assert [row.name for row in result.rows] == ["石小明", "石小明", f"{rare}明", "Anna Lee", "Anna Lee"]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("联系电话（监护人）", "guardian_phone"),
        ("联系电话（家属）", "guardian_phone"),
        ("联系电话（社工）", None),
        ("联系电话（村居）", None),
        ("联系电话(经办人)", None),
        ("姓名（户主）", None),
        ("姓名（监护人）", "guardian"),
        ("监护人 / 联系电话", "guardian_phone"),
        ("监护人 / 姓名", "guardian"),
        ("联系电话 / 监护人", "guardian_phone"),
        ("联系方式 / 本人", "phone"),
        ("基本信息 / 姓名", "name"),
        ("联系电话（必填）", "phone"),
        ("村（居）", "village"),
        ("备注", "remark"),
        ("出生年月（户主）", None),
    ],
)
def test_what_stands_beside_a_heading_decides_whose_it_is(heading: str, field: str | None) -> None:
    assert [name for name, columns in suggest([heading]).columns.items() if 0 in columns] == [field] * (
        field is not None
    )


def test_a_second_telephone_column_is_a_second_telephone() -> None:
    headers = [*HEADER, "联系电话", "负责社工", "联系电话"]
    (row,) = cleaned(of_text(headers, [*ROW, "19900000002", "某人", "19900000009"])).rows
    assert row.phones == ("19900000001", "19900000002")


def test_a_telephone_beside_somebody_else_is_asked_about() -> None:
    read = of_text(["姓名", "村居", "人员类别", "负责社工", "联系电话"], [*ROW[:3], "某人", "19900000009"])
    recognition = recognise(read, VILLAGES)
    assert codes_of(recognition) == ["whose-telephone"]
    without = answer(recognition.plans, "column", "phone=-")
    assert (open_questions(read, without, VILLAGES), "phone" in without[0].columns) == ((), False)
    kept = answer(recognition.plans, "column", "phone=5")
    assert (open_questions(read, kept, VILLAGES), kept[0].columns["phone"]) == ((), (4,))


def test_two_columns_of_one_field_are_a_question() -> None:
    read = of_text([*HEADER, "类别"], [*ROW, "残疾人"])
    recognition = recognise(read, VILLAGES)
    assert [(q.code, q.field, q.option) for q in recognition.questions] == [
        ("two-columns", "categories", "--column 'categories=N'")
    ]
    plans = answer(recognition.plans, "column", "categories=5")
    assert open_questions(read, plans, VILLAGES) == ()
    assert clean(read.sheets[0], plans[0], VILLAGES, reference_year=2024).rows[0].categories == ("05",)


def many_sheets(book: Any, sheet: Any) -> None:
    short = ["姓名", "联系电话"]
    sheet.write_row(0, 0, ["石壁一村低保对象名单"])
    sheet.write_row(1, 0, short)
    sheet.write_row(2, 0, ["示例甲", "19900000001"])
    by_name = book.add_worksheet("石壁二村")
    for line, cells in enumerate(
        (short, ["特困人员"], ["示例乙", "19900000002"], ["独居老人"], ["示例丙", "19900000003"])
    ):
        by_name.write_row(line, 0, cells)
    book.add_worksheet("统计").write_row(0, 0, ["村居", "备注"])
    book.get_worksheet_by_name("统计").write_row(1, 0, ["石壁一村", "12"])
    hidden = book.add_worksheet("旧")
    hidden.write_row(0, 0, HEADER)
    hidden.write_row(1, 0, ROW)
    hidden.hide()
    lost = book.add_worksheet("其他")
    lost.write_row(0, 0, short)
    lost.write_row(1, 0, ["示例丁", "19900000004"])


def test_sheet_title_and_headings_give_village_and_category() -> None:
    read = made(many_sheets)
    recognition = recognise(read, VILLAGES)
    plans = {plan.sheet: plan for plan in recognition.plans}
    assert plans["台账"].village == Given("title", "石壁一村")
    assert plans["台账"].category == Given("title", "低保对象")
    assert (plans["石壁二村"].village, plans["石壁二村"].category) == (Given("sheet", "石壁二村"), Given("heading"))
    assert [(q.sheet, q.code) for q in recognition.questions] == [
        ("统计", "no-name-column"),
        ("旧", "hidden-sheet"),
        ("其他", "no-village"),
        ("其他", "no-category"),
    ]
    rows = [
        row
        for sheet, plan in zip(read.sheets[:2], recognition.plans[:2], strict=True)
        for row in clean(sheet, plan, VILLAGES, reference_year=2024).rows
    ]
    assert [(row.sheet, row.name, row.village, row.categories) for row in rows] == [
        ("台账", "示例甲", "0101", ("01",)),
        ("石壁二村", "示例乙", "0102", ("02",)),
        ("石壁二村", "示例丙", "0102", ("13",)),
    ]


def test_every_question_is_answered_by_its_option() -> None:
    read = made(many_sheets)
    plans = recognise(read, VILLAGES).plans
    for option, value in (
        ("sheet", "统计=leave"),
        ("sheet", "旧=take"),
        ("village", "其他=甲村"),
        ("category", "其他=低保"),
    ):
        plans = answer(plans, option, value)
    assert open_questions(read, plans, VILLAGES) == ()
    unknown = answer(plans, "village", "其他=无此村")
    assert [question.code for question in open_questions(read, unknown, VILLAGES)] == ["no-village"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("sheet", "无=take"),
        ("sheet", "旧"),
        ("category", "其他=困难户"),
        ("column", "其他:phone=0"),
        ("column", "x=1"),
        ("hidden-rows", "maybe"),
        ("other", "take"),
    ],
)
def test_an_answer_that_is_none_is_refused(option: str, value: str) -> None:
    with pytest.raises(PlanError):
        answer(recognise(made(many_sheets), VILLAGES).plans, option, value)


def test_an_outer_heading_ends_what_an_inner_one_gave() -> None:
    lines = [["石壁一村"], ["低保对象"], ["示例甲"], ["石壁二村"], ["示例乙"], ["三、其他"], ["示例丙"]]
    read = of_text(
        ["姓名", "联系电话"], *([*line, ""] if line[0][:2] != "示例" else [*line, "19900000001"] for line in lines)
    )
    result = cleaned(read)
    assert [(row.row, row.village, row.categories) for row in result.rows] == [(4, "0101", ("01",))]
    assert said(result) == [
        (6, "categories", "no-category"),
        (8, "village", "no-village"),
        (8, "categories", "no-category"),
    ]


def test_what_was_chosen_is_remembered_for_the_next_file() -> None:
    read = of_text([*HEADER, "类别"], [*ROW, "残疾人"])
    chosen = answer(recognise(read, VILLAGES).plans, "column", "categories=5")
    stored = plans_from_json(json.loads(json.dumps([plan.to_json() for plan in chosen])))
    again = recognise(read, VILLAGES, remembered=stored)
    assert (again.questions, again.plans) == ((), chosen)
    other = of_text([*HEADER, "备注", "类别"], [*ROW, "", "残疾人"])
    assert codes_of(recognise(other, VILLAGES, remembered=stored)) == ["two-columns"]


PLANS = st.builds(
    SheetPlan,
    sheet=st.text(max_size=20),
    take=st.sampled_from([True, False, None]),
    columns=st.lists(st.sampled_from(sorted(FIELDS)), unique=True).map(
        lambda names: {n: (i,) for i, n in enumerate(names)}
    ),
    headers=st.lists(st.text(max_size=5), max_size=4).map(tuple),
    village=st.none() | st.builds(Given, st.sampled_from(["heading", "sheet", "title", "choice"]), st.text(max_size=9)),
    category=st.none() | st.just(Given("heading")),
    hidden_rows=st.sampled_from(["take", "leave", None]),
    birth_from_identity=st.booleans(),
    unsure=st.sampled_from([(), ("phone",)]),
)


@given(PLANS)
def test_a_plan_survives_json(plan: SheetPlan) -> None:
    assert SheetPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(PLANS, st.sampled_from(sorted(SheetPlan.__dataclass_fields__)), JSON)
def test_a_stored_plan_with_a_wrong_part_is_refused_or_is_a_plan(plan: SheetPlan, part: str, value: object) -> None:
    stored = plan.to_json() | {part: value}
    try:
        read = SheetPlan.from_json(stored)
    except PlanError:
        return
    assert read.to_json() == stored


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {"name": [0], "phone": [0]}},
        {"columns": {"name": []}},
        {"take": 1},
        {"more": 1},
        {"columns": {"nobody": [1]}},
        {"columns": {"name": [True]}},
    ],
)
def test_a_stored_plan_that_cannot_be_used_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PlanError):
        SheetPlan.from_json(SheetPlan("", True, {}).to_json() | wrong)


@pytest.mark.parametrize(
    ("remark", "codes"),
    [
        ("已故", ["remark-dead"]),
        ("2024.3 死亡，低保注销", ["remark-dead", "remark-left"]),
        ("搬走", ["remark-moved"]),
        ("户口迁出", ["remark-moved"]),
        ("退出低保", ["remark-left"]),
        ("配偶已故", []),
        ("丈夫2010年病故", []),
        ("未死亡", []),
        ("父母双亡", []),
        ("独居", []),
    ],
)
def test_remarks_that_somebody_is_gone_are_findings_and_the_row_stays(remark: str, codes: list[str]) -> None:
    assert list(remark_codes(remark)) == codes
    result = cleaned(of_text([*HEADER, "备注"], [*ROW, remark.replace(",", "，")]))
    assert len(result.rows) == 1
    assert [finding.code for finding in result.findings] == codes


IDENTITY = "44000019400101001"
VALID = IDENTITY + next(
    check
    for check in "0123456789X"
    if "10X98765432"[
        sum(int(d) * w for d, w in zip(IDENTITY, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        % 11
    ]
    == check
)


@pytest.mark.parametrize(
    ("number", "heading", "year"),
    [
        (VALID, "身份证号", 1940),
        (f"'{VALID[:6]} {VALID[6:]}".strip("'"), "公民身份号码", 1940),
        (IDENTITY + "?", "身份证号", None),
        (VALID[:-1] + ("0" if VALID[-1] != "0" else "1"), "身份证号", None),
        (VALID, "监护人身份证号", None),
        (VALID, "编码", None),
    ],
)
def test_the_year_of_birth_is_taken_from_the_identity_number_only_by_choice(
    number: str, heading: str, year: int | None
) -> None:
    read = of_text([*HEADER, heading], [*ROW, number])
    assert cleaned(read).rows[0].birth_year is None
    chosen = cleaned(read, birth_from_identity=True)
    assert chosen.rows[0].birth_year == year
    assert "440000" not in repr((read, chosen, recognise(read, VILLAGES)))


def test_numbers_of_many_people_are_pointed_at() -> None:
    shared, own = "19900000009", "19900000001"
    rows = [
        CleanRow(
            n,
            f"示例{n}",
            (shared,) if n < 5 else (own,),
            "0101",
            "1",
            (),
            guardian_phones=(shared,) if n == 5 else (),
            sheet="a",
        )
        for n in range(1, 7)
    ]
    findings = numbers_of_many([("台账", rows[:3]), ("第二份", rows[3:])])
    assert [(label, f.row, f.field, f.code, f.sheet) for label, f in findings] == [
        *(("台账", n, "phone", "number-of-many", "a") for n in (1, 2, 3)),
        ("第二份", 4, "phone", "number-of-many", "a"),
        ("第二份", 5, "guardian_phone", "number-of-many", "a"),
    ]
    assert all(shared not in finding.message and "5 个" in finding.message for _, finding in findings)
    assert numbers_of_many([("台账", rows[:4] * 2)]) == []
