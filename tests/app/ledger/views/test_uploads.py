"""The pages of ledgers, their findings, and the frame."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Evaluation, Frame, LedgerFinding, LedgerUpload, Recipient, Role
from tests.app.ledger.reader.corpus import FILES
from tests.builders import STATION, a_draft_frame, a_ledger, a_member, a_sealed_frame, an_evaluation
from tests.visitor import Page, Visitor, text_of, upload

S = "/evaluations/sample-2023"
HEADER = "姓名,村居,人员类别,联系电话,居住地址,内部备注"
GOOD = "欧阳示例,甲村,低保,19900000001,示例街一号,见过陈示例"
# One row with an unknown village, one without category, one without telephone, one person twice.
MIXED = "\n".join(
    [
        HEADER,
        GOOD,
        "司徒示例,未知村,低保,19900000002,示例街二号,",
        "上官示例,乙村,,19900000003,示例街三号,",
        "尉迟示例,丙村,残疾人,,示例街四号,",
        "欧阳示例,甲村,残疾人,19900000001,示例街一号,",
    ]
).encode()


@pytest.fixture
def station(session: Session, evaluation: Evaluation, another_visitor: Callable[[], Visitor]) -> Visitor:
    a_member(session, evaluation, Role.STATION, "station")
    visitor = another_visitor()
    visitor.sign_in("station")
    return visitor


def delivered(visitor: Visitor, data: bytes = MIXED, label: str = "台账") -> Page:
    """The page after choosing a file: its columns."""
    return visitor.get(f"{S}/ledgers").submit(label=label, file=upload(data, "台账.csv"))


def imported(visitor: Visitor, data: bytes = MIXED, label: str = "台账") -> Page:
    """The page after the columns were confirmed: the findings."""
    return delivered(visitor, data, label).form(containing="seen").submit()


def preview(page: Page) -> str:
    """The text of the last table: the first rows of the last sheet."""
    return text_of(list(page.tree.iter("table"))[-1])


def columns_of(page: Page) -> list[str]:
    """What each column of the first sheets is chosen to be."""
    values = page.form(containing="seen").values()
    return [values[name][0] for name in values if name.startswith("set0_column")]


def only(session: Session) -> LedgerUpload:
    return session.scalars(select(LedgerUpload)).one()


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_before_the_first_ledger_the_page_explains_its_purpose(lead: Visitor) -> None:
    page = lead.get(f"{S}/ledgers")
    assert "还没有名册" in page.text
    assert page.form(containing="file").names() == {"csrf_token", "label", "file"}


def test_the_preview_shows_villages_and_masks_personal_data(lead: Visitor) -> None:
    page = delivered(lead)
    table = preview(page)
    assert "甲村" in table
    assert "低保" in table
    assert "欧***" in table
    assert "199****0001" in table
    for personal in ("欧阳示例", "19900000001", "示例街", "陈示例"):
        assert personal not in page.html


def test_columns_recognised_by_heading_are_preselected(lead: Visitor) -> None:
    assert columns_of(delivered(lead)) == ["name", "village", "categories", "phone", "address", "remark"]


def test_findings_give_row_field_and_reason_without_personal_data(session: Session, lead: Visitor) -> None:
    page = imported(lead)
    assert "读到 5 行，列入 3 行" in page.text
    for problem, place in (
        ("村居不在名单里", "第 3 行的村居「未知村」不在名单里"),
        ("缺少人员类别", "台账 第 4 行"),
        ("没有电话", "台账 第 5 行"),
    ):
        group = page.follow(problem)
        assert place in group.text
        for personal in ("司徒", "上官", "尉迟", "欧阳", "1990000", "示例街"):
            assert personal not in page.html + group.html
    frame = session.scalars(select(Frame)).one()
    assert (frame.people_count, frame.left_out_count) == (2, 2)


def test_the_findings_download_as_csv_without_personal_data(session: Session, lead: Visitor) -> None:
    imported(lead)
    response = lead.client.get(f"{S}/ledgers/{only(session).uuid}/findings.csv")
    assert response.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert rows[0] == ["工作表", "行", "栏目", "程度", "说明", "决定"]
    assert rows[1][:4] == ["", "3", "村居", "错误"]
    assert len(rows) == 1 + count(session, LedgerFinding)
    for personal in ("司徒", "上官", "尉迟", "欧阳", "1990000", "示例街"):
        assert personal not in response.get_data(as_text=True)


def test_a_corrected_ledger_keeps_the_label_of_the_first(session: Session, lead: Visitor) -> None:
    again = imported(lead).follow("上传更正后的名册")
    assert again.form(containing="file").values()["label"] == ["台账"]
    corrected = MIXED.replace("未知村".encode(), "丁村".encode()).replace("乙村,,".encode(), "乙村,低保,".encode())
    page = again.submit(label="台账", file=upload(corrected, "台账.csv")).form(containing="seen").submit()
    assert "列入 5 行" in page.text
    assert "没有列入" not in page.text
    assert session.scalars(select(LedgerUpload.state).order_by(LedgerUpload.id)).all() == ["replaced", "imported"]
    assert session.scalars(select(Frame.people_count)).one() == 4


def test_columns_can_be_matched_again_without_showing_names(session: Session, lead: Visitor) -> None:
    wrong = delivered(lead).form(containing="seen").submit(set0_column0="village", set0_column1="name")
    assert "没有列入" in wrong.text
    page = lead.get(f"{S}/ledgers/{only(session).uuid}/columns")
    assert columns_of(page)[:2] == ["village", "name"]
    assert "欧阳示例" not in preview(page)
    page = page.form(containing="seen").submit(set0_column0="name", set0_column1="village")
    assert "列入 3 行" in page.text
    assert count(session, LedgerUpload) == 1


def test_columns_that_cannot_be_used_are_named_and_nothing_is_imported(session: Session, lead: Visitor) -> None:
    form = delivered(lead).form(containing="seen")
    page = form.submit(set0_column1="-", set0_column0="phone")
    assert page.status == 422
    for sentence in ("哪一栏是「姓名」", "没有「村居」这一栏"):
        assert sentence in page.text
    assert columns_of(page)[:2] == ["phone", "-"]
    for wrong in ({"set0_column1": "999"}, {"sheet0_village": "choice:' OR 1=1"}, {"sheet0_take": "both"}):
        assert form.submit(**wrong).status == 422
    assert form.submit(sheet0_take="leave").status == 422
    assert (only(session).state, count(session, Recipient)) == ("received", 0)


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("half a million rows", "a zip bomb")])
def test_a_file_that_is_not_a_ledger_is_refused_with_the_reason_and_not_stored(
    session: Session, lead: Visitor, name: str
) -> None:
    filename, build, _code, word = FILES[name]
    before = count(session, AuditEvent)
    page = lead.get(f"{S}/ledgers").submit(label="坏文件", file=upload(build(), filename))
    assert page.status == 422
    assert word in page.text
    assert page.form(containing="label").values()["label"] == ["坏文件"]
    assert (count(session, LedgerUpload), count(session, AuditEvent)) == (0, before)


def test_more_rows_than_the_web_limit_are_refused_with_the_numbers(session: Session, lead: Visitor) -> None:
    config = lead.client.application.config
    before, config["LEDGER_MAX_ROWS"] = config["LEDGER_MAX_ROWS"], 20
    try:
        page = delivered(lead, a_ledger(40))
    finally:
        config["LEDGER_MAX_ROWS"] = before
    assert page.status == 422
    assert re.search("一次最多 20 行", page.text)
    assert count(session, LedgerUpload) == 0


@pytest.mark.parametrize("label", ["", "   ", "甲" * 101, "甲\x07乙", "甲\n乙"])
def test_an_invalid_label_is_refused(session: Session, lead: Visitor, label: str) -> None:
    page = delivered(lead, label=label)
    assert page.status == 422
    assert count(session, LedgerUpload) == 0


def test_withdrawing_a_ledger_needs_confirmation_and_removes_its_people(session: Session, lead: Visitor) -> None:
    imported(lead)
    imported(lead, a_ledger(30), label="另一份")
    question = lead.get(f"{S}/ledgers").follow("撤下 台账")
    assert question.heading == "撤下名册「台账」"
    assert "列入了 3 行" in question.text
    assert session.scalars(select(Frame.people_count)).one() == 32
    page = question.form(action="withdraw").submit()
    assert "名册已撤下" in page.text
    states = session.scalars(select(LedgerUpload.state).order_by(LedgerUpload.id)).all()
    assert states == ["withdrawn", "imported"]
    assert session.scalars(select(Frame.people_count)).one() == 30
    events = count(session, AuditEvent)
    assert question.form(action="withdraw").submit().status == 200
    assert count(session, AuditEvent) == events


def test_the_frame_page_shows_how_rows_became_people(lead: Visitor) -> None:
    assert "抽样框是空的" in lead.get(f"{S}/frame").text
    imported(lead)
    text = lead.get(f"{S}/frame").text
    for words in ("1 份，共 5 行", "因错误未列入2 行", "同一人合并1 行", "去重后的人数2 人"):
        assert words in text
    assert "甲村 第一片区 1 1" in text
    assert "戊村 第三片区 0 0" in text


def test_the_frame_shows_both_readings_of_the_rule(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    a_draft_frame(session, evaluation, 99)
    text = lead.get(f"{S}/frame").text
    assert "采用 99 99 全覆盖" in text
    a_draft_frame(session, evaluation, 140)
    frame = session.scalars(select(Frame)).one()
    frame.priority_count = 0  # as if the ledger held nobody of the priority groups
    session.commit()
    text = lead.get(f"{S}/frame").text
    assert "没有这样的人" in text
    assert "140 100 随机抽样" in text


def test_sealing_on_the_page_needs_the_station_name_and_confirmation_of_rows_left_out(
    session: Session, lead: Visitor
) -> None:
    imported(lead)
    for values, word in (
        ({"typed_name": ""}, "请填写这一项"),
        ({"typed_name": "别的站", "leave_out_errors": "y"}, "请完整输入社工站名称"),
        ({"typed_name": STATION}, "有 2 行因错误未列入"),
    ):
        page = lead.get(f"{S}/frame").submit(**values)
        assert page.status == 422
        assert word in page.text
        assert page.form(containing="typed_name").values()["typed_name"] == [values["typed_name"]]
    assert session.scalars(select(Frame.sealed_at)).one() is None
    page = lead.get(f"{S}/frame").submit(typed_name=STATION, leave_out_errors="y")
    fingerprint = session.scalars(select(Frame.fingerprint)).one()
    assert fingerprint
    assert fingerprint in page.text.replace(" ", "")
    assert f"{S}/draw" in page.links()


def test_after_sealing_the_ledgers_cannot_change(session: Session, lead: Visitor, station: Visitor) -> None:
    open_page = lead.get(f"{S}/ledgers")
    columns = delivered(lead, a_ledger(5), label="未导入")
    imported(lead, a_ledger(120))
    question = lead.get(f"{S}/ledgers").follow("撤下 台账")
    seal = lead.get(f"{S}/frame")
    assert seal.submit(typed_name=STATION).status == 200
    assert seal.submit(typed_name=STATION).status == 422
    assert open_page.submit(label="晚到", file=upload(a_ledger(5), "a.csv")).status == 422
    assert "已经封存" in question.form(action="withdraw").submit().text
    columns.form(containing="seen").submit()
    assert session.scalars(select(Frame.people_count)).one() == 120
    assert session.scalars(select(LedgerUpload.content)).all() == [None, None]
    for visitor in (lead, station):
        page = visitor.get(f"{S}/ledgers")
        assert "名册不能再改动" in page.text
        assert "撤下" not in page.text
        assert [f for f in page.forms() if "file" in f.names()] == []


def test_the_station_uploads_its_ledger_and_does_not_see_the_frame(session: Session, station: Visitor) -> None:
    page = imported(station)
    assert "列入 3 行" in page.text
    assert f"{S}/frame" not in station.get(f"{S}/ledgers").links()
    assert station.get(f"{S}/frame").status == 403
    assert session.scalars(select(LedgerUpload.uploaded_by_id)).one() is not None


def test_a_ledger_of_another_evaluation_is_not_found(session: Session, lead: Visitor) -> None:
    other = an_evaluation(session, "other-2023")
    a_draft_frame(session, other, 20)
    foreign = only(session).uuid
    for path in ("", "/columns", "/findings.csv", "/withdraw"):
        assert lead.get(f"{S}/ledgers/{foreign}{path}").status == 404
    assert lead.get(f"{S}/ledgers/not-a-uuid").status == 404


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR])
def test_other_roles_cannot_reach_a_ledger(
    session: Session, evaluation: Evaluation, visitor: Visitor, role: Role
) -> None:
    a_draft_frame(session, evaluation, 20)
    a_member(session, evaluation, role, "someone")
    visitor.sign_in("someone")
    address = f"{S}/ledgers/{only(session).uuid}"
    for path in (f"{S}/ledgers", address, f"{address}/columns", f"{address}/findings.csv", f"{address}/withdraw"):
        assert visitor.get(path).status == 403


def test_a_sealed_frame_shows_no_form(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    a_sealed_frame(session, evaluation)
    page = lead.get(f"{S}/frame")
    assert "已封存" in page.text
    assert [f for f in page.forms() if "typed_name" in f.names()] == []
