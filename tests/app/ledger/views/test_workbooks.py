"""The page that confirms how the sheets of a workbook are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger.commands.uploads import import_upload
from app.ledger.queries.plans import recognition_of
from app.ledger.reader.errors import Limits
from app.ledger.reader.reading import read_workbook
from app.models import Contact, Evaluation, LedgerFinding, LedgerUpload, Recipient, Role, Village
from tests.app.ledger.office_workbook import IN_SIGHT, office_workbook
from tests.builders import a_member
from tests.visitor import Page, Visitor, upload

S = "/evaluations/sample-2023"
CASES = Path(__file__).parents[1] / "reader" / "cases"
# Positions of the sheets that are asked about, as they stand on the page: the cover is none.
HIDDEN_ROWS, HIDDEN_SHEET = "sheet14_hidden", "sheet15_take"


def delivered(visitor: Visitor, data: bytes, filename: str = "台账.xlsx") -> Page:
    return visitor.get(f"{S}/ledgers").submit(label="台账", file=upload(data, filename))


def people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Recipient)) or 0


def test_a_workbook_of_seventeen_sheets_is_confirmed_once(session: Session, lead: Visitor) -> None:
    page = delivered(lead, office_workbook())
    assert "先定这 2 件" in page.text
    for words in (
        "表名说是低保",
        "标题说是甲村",
        "没有表头",
        "合计、小计 1 行",
        "合并单元格",
        "栏目：甲村、乙村、丙村等 5 张表",
    ):
        assert words in page.text
    for personal in ("示例001", "13800000001", "监护001"):
        assert personal not in page.html
    done = page.form(containing="seen").submit(**{HIDDEN_ROWS: "leave", HIDDEN_SHEET: "leave"})
    assert "名册已导入" in done.text
    assert people(session) == IN_SIGHT - 1
    assert {"甲村", ""} - set(session.scalars(select(LedgerFinding.sheet)).all()) == {"甲村", ""}


def test_all_that_is_wrong_is_told_in_one_round_and_choices_come_back(session: Session, lead: Visitor) -> None:
    form = delivered(lead, office_workbook()).form(containing="seen")
    page = form.submit(
        **{HIDDEN_ROWS: "leave", "set0_column1": "-", "sheet1_take": "leave", "sheet6_village": "choice:天"}
    )
    assert page.status == 422
    for sentence in (
        "工作表「旧名册」是隐藏的",
        "工作表「低保台账」里哪一栏是「姓名」",
        "「工作表「乙村」的村居」不是有效的选择",
    ):
        assert sentence in page.text
    values = page.form(containing="seen").values()
    assert (values[HIDDEN_ROWS], values["set0_column1"], values["sheet1_take"]) == (["leave"], ["-"], ["leave"])
    assert people(session) == 0


def test_the_next_file_of_the_office_is_recognised_as_the_last_was_confirmed(session: Session, lead: Visitor) -> None:
    form = delivered(lead, office_workbook()).form(containing="seen")
    form.submit(**{HIDDEN_ROWS: "leave", HIDDEN_SHEET: "leave", "set0_column6": "address"})
    again = delivered(lead, office_workbook()).form(containing="seen").values()
    assert (again["set0_column6"], again[HIDDEN_SHEET]) == (["address"], ["leave"])


def test_who_confirms_what_another_confirmed_meanwhile_is_told(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    data = "姓名,村居,人员类别,联系电话\n示例甲,甲村,低保,13800000001\n".encode()
    form = delivered(lead, data, "台账.csv").form(containing="seen")
    stored = session.scalars(select(LedgerUpload)).one()
    plans = recognition_of(session, stored, read_workbook(data, "台账.csv", limits=Limits())).plans
    import_upload(session, stored, plans, limits=Limits())
    session.commit()
    told = form.submit(set0_column3="landline")
    assert (told.status, "有人导入过这份名册" in told.text) == (409, True)
    assert told.form(containing="seen").values()["set0_column3"] == ["phone"]


def test_hidden_rows_are_asked_about_and_left_out_by_choice(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    _villages_of_cases(session, evaluation)
    form = delivered(lead, (CASES / "filtered.xlsx").read_bytes()).form(containing="seen")
    assert "第 3 行" in form.page.text
    assert form.submit().status == 422
    assert form.submit(sheet0_hidden="leave").status == 200
    assert people(session) == 2


def test_row_numbers_are_those_of_the_file(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    _villages_of_cases(session, evaluation)
    page = delivered(lead, (CASES / "blank_first_rows.xlsx").read_bytes())
    assert "表头在第 4 行" in page.text
    page.form(containing="seen").submit()
    assert 7 in session.scalars(select(LedgerFinding.row_number).where(LedgerFinding.code == "unknown-village")).all()


def test_the_telephone_beside_the_guardian_is_the_guardians(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    _villages_of_cases(session, evaluation)
    page = delivered(lead, (CASES / "two_phones.xlsx").read_bytes())
    assert page.form(containing="seen").values()["set0_column5"] == ["guardian_phone"]
    page.form(containing="seen").submit()
    contact = session.scalars(select(Contact)).first()
    assert contact is not None
    assert contact.guardian_phones


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.PURCHASER])
def test_other_roles_cannot_confirm(
    session: Session, evaluation: Evaluation, lead: Visitor, another_visitor: Callable[[], Visitor], role: Role
) -> None:
    address = delivered(lead, office_workbook()).form(containing="seen").action
    a_member(session, evaluation, role, "someone")
    other = another_visitor()
    other.sign_in("someone")
    assert other.get(address).status == 403


def _villages_of_cases(session: Session, evaluation: Evaluation) -> None:
    """The villages that the files of tests/app/ledger/reader/cases name."""
    area = evaluation.station.areas[0]
    for number, name in enumerate(("石壁一村", "石壁二村", "石壁三村"), 1):
        session.add(Village(station_id=evaluation.station_id, area_id=area.id, code=f"9{number:03d}", name=name))
    session.commit()
