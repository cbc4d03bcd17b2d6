"""The quality page and the list of corrections: access and contents, before and after the score is settled."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from app.desk.commands.attempts import record_attempt
from app.ledger.labels import PROBLEMS
from app.ledger.queries.corrections import ADVICE, FAULT_NAMES
from app.ledger.queries.quality import FAULTS, VillageFaults, faults_of
from app.ledger.reader.messages import MESSAGES
from app.models import Evaluation, Role
from app.scores.commands.scores import settle_score
from app.shared.queries import live_draw
from tests.app.ledger.queries.test_quality import LEDGER, a_flawed_frame
from tests.builders import VILLAGES, a_draft_frame, a_finished_evaluation, a_member, a_response, an_evaluation, cases_of
from tests.visitor import Visitor

S = "/evaluations/sample-2023"
PAGE, FILE = f"{S}/ledgers/quality", f"{S}/ledgers/quality.xlsx"
Table = list[list[Any]]


def sheets_of(visitor: Visitor) -> dict[str, Table]:
    """Every sheet of the downloaded list."""
    page = visitor.get(FILE)
    assert page.status == 200
    assert page.response.mimetype.endswith("spreadsheetml.sheet")
    assert "attachment" in page.response.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(page.response.data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture
def signed_in(session: Session, another_visitor: Callable[[], Visitor]) -> Callable[[Evaluation, Role], Visitor]:
    def sign_in(evaluation: Evaluation, role: Role) -> Visitor:
        visitor = another_visitor()
        visitor.sign_in(a_member(session, evaluation, role).username)
        return visitor

    return sign_in


SignIn = Callable[[Evaluation, Role], Visitor]


def test_the_lead_sees_counts_without_personal_data(session: Session, signed_in: SignIn) -> None:
    evaluation = an_evaluation(session)
    a_flawed_frame(session, evaluation)
    page = signed_in(evaluation, Role.LEAD).get(f"{S}/ledgers").follow("名册质量")
    assert page.heading == "名册质量"
    for text in (
        "2 人，监护人也没有",
        "1 人，抽中了也找不到",
        "甲村 第一片区 5 1 0 3 1",
        "残疾人 3 2 1 1 0",
        "普通服务对象 2 0 0 0 0",
    ):
        assert text in page.text, text
    assert "重新上传" in page.text
    assert not re.search(r"示例[甲乙丙丁戊己庚辛]|1990000|示例街\d|示例街一", page.text)


def test_only_the_lead_sees_the_page_and_the_station_only_the_list(session: Session, signed_in: SignIn) -> None:
    evaluation, other = an_evaluation(session), an_evaluation(session, "other-2023")
    a_flawed_frame(session, evaluation)
    for role in Role:
        if role is Role.ADMINISTRATOR:
            continue
        visitor = signed_in(evaluation, role)
        assert visitor.get(PAGE).status == (200 if role is Role.LEAD else 403), role
        assert visitor.get(FILE).status == (200 if role in (Role.LEAD, Role.STATION) else 403), role
    for role in (Role.LEAD, Role.STATION):
        outsider = signed_in(other, role)
        assert {outsider.get(PAGE).status, outsider.get(FILE).status} <= {403, 404}
        assert outsider.get(FILE).status == 404
    assert PAGE not in signed_in(evaluation, Role.STATION).get(f"{S}/ledgers").links()


def test_the_list_gives_the_correction_for_every_row(session: Session, signed_in: SignIn) -> None:
    evaluation = an_evaluation(session)
    a_flawed_frame(session, evaluation)
    sheets = sheets_of(signed_in(evaluation, Role.STATION))
    assert list(sheets) == ["要改的地方", "按村居", "按类别"]
    head, *rows = sheets["要改的地方"]
    assert head == ["名册", "工作表", "行", "栏目", "程度", "有什么问题", "怎么改"]
    assert ["台账", "", 4.0, "联系电话", "提醒"] in [row[:5] for row in rows]
    assert next(row[6] for row in rows if row[2] == 4).startswith("补上本人或监护人的电话")
    assert [
        "台账",
        "",
        3.0,
        "联系电话",
        "说明",
        "第 3 行与第 2 行电话相同，姓名不同。一家人共用的不用改，其他请核对。",
    ] in [row[:6] for row in rows]
    assert ["甲村", "第一片区", 5, 1, 0, 3, 1] in sheets["按村居"]
    assert ["残疾人", 3, 2, 1, 1, 0] in sheets["按类别"]
    assert not re.search(r"示例[甲乙丙丁戊己庚辛]|1990000|示例街", str(sheets))


def test_a_shared_telephone_without_known_row_is_listed_by_village(session: Session, signed_in: SignIn) -> None:
    evaluation = an_evaluation(session)
    rows = ["姓名,村居,人员类别,监护人电话", *(f"示例{n},甲村,困境儿童,19900000008" for n in "甲乙")]
    a_draft_frame(session, evaluation, data="\n".join(rows).encode())
    rows = sheets_of(signed_in(evaluation, Role.STATION))["要改的地方"][1:]
    assert [row[:6] for row in rows] == [
        ["各份名册", "", "", "联系电话", "说明", "甲村有 2 人的电话也登记在别人名下。"]
    ]


def test_without_a_ledger_page_and_list_say_so(session: Session, signed_in: SignIn) -> None:
    evaluation = an_evaluation(session)
    lead = signed_in(evaluation, Role.LEAD)
    assert "还没有可以检查的名册" in lead.get(PAGE).text
    assert [len(rows) for rows in sheets_of(lead).values()] == [1]
    a_draft_frame(session, evaluation, data="姓名,村居,人员类别\n,甲村,低保\n".encode())
    assert "还没有可以检查的名册" in lead.get(PAGE).text
    assert sheets_of(lead)["要改的地方"][1][5] == "第 2 行缺少姓名。补上后重新上传。"


def test_a_ledger_label_that_looks_like_a_formula_stays_text(session: Session, signed_in: SignIn) -> None:
    evaluation = an_evaluation(session)
    for label in ("=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "=HYPERLINK(1)"):
        a_draft_frame(session, evaluation, data=LEDGER, label=label)
    labels = {row[0] for row in sheets_of(signed_in(evaluation, Role.STATION))["要改的地方"]}
    assert labels >= {"'=cmd|' /C calc'!A0", "'+1+1", "'-1+1", "'@SUM(1)", "'=HYPERLINK(1)"}
    assert not [label for label in labels if label.startswith(("=", "+", "-", "@", "\t"))]


def test_the_station_sees_fieldwork_counts_only_after_settling_and_never_small_ones(
    session: Session, signed_in: SignIn
) -> None:
    evaluation = a_finished_evaluation(session, answered=0)
    station, lead = signed_in(evaluation, Role.STATION), signed_in(evaluation, Role.LEAD)
    before = sheets_of(station)
    assert "调查中发现" not in before
    draw = live_draw(session, evaluation)
    assert draw is not None
    moved = {"甲村": 5, "乙村": 4}
    for case in cases_of(session, draw):
        if moved.get(case.recipient.village.name, 0):
            moved[case.recipient.village.name] -= 1
            record_attempt(session, case, attempt_key=uuid.uuid4(), mode="phone", outcome="NE2", interviewer=None)
        else:
            a_response(session, case)
    session.commit()
    assert sheets_of(station) == sheets_of(lead) == before
    faults = {row.village: row for row in faults_of(session, draw)}
    assert [faults[village].moved for village in VILLAGES] == [5, 4, 0, 0, 0]
    page = lead.get(PAGE)
    assert f"乙村 第一片区 {faults['乙村'].cases} 4 丙村" in page.text
    assert "没有遇到：空号或号码不是本人的、已去世、" in page.text
    settle_score(session, evaluation, shortfall_reason="有人迁出。")
    session.commit()
    after = sheets_of(station)
    head, *rows = after.pop("调查中发现")
    assert after == before
    assert head == ["村居", "片区", *map(str, FAULT_NAMES.values())]
    few = "少于5"
    assert rows[:3] == [
        ["甲村", "第一片区", few, 5, few, few, few, few],
        ["乙村", "第一片区", few, few, few, few, few, few],
        ["丙村", "第二片区", few, few, few, few, few, few],
    ]


def test_every_finding_code_has_advice_and_every_fault_a_name() -> None:
    assert {code for code, _ in MESSAGES} == set(ADVICE)
    assert set(ADVICE) == set(PROBLEMS)
    assert list(FAULT_NAMES) == list(FAULTS) == [field.name for field in fields(VillageFaults)][3:]
