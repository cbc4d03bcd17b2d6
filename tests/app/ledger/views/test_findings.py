"""The pages of findings: mending, deciding, comparing and undoing in the browser, without personal data in the open."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.reader.errors import LedgerFileError, Limits
from app.models import Contact, Evaluation, Frame, LedgerDecision, LedgerFinding, LedgerUpload, Role, Village
from tests.app.ledger.commands.test_findings import HEADER, ROWS, ledger
from tests.app.ledger.reader.corpus import read_table
from tests.builders import STATION, a_draft_frame, a_ledger, a_member, an_evaluation
from tests.visitor import Visitor, upload

S = "/evaluations/sample-2023"
F = f"{S}/ledgers/findings"
PERSONAL = re.compile(r"欧阳示例|司徒示例|上官示例|尉迟示例|1380000000|示例街")


@pytest.fixture
def flawed(session: Session, evaluation: Evaluation) -> Evaluation:
    a_draft_frame(session, evaluation, data=ledger(*ROWS))
    return evaluation


def people(session: Session) -> int:
    return session.scalars(select(Frame.people_count)).one()


def only(session: Session) -> LedgerUpload:
    return session.scalars(select(LedgerUpload)).one()


def about(session: Session, code: str) -> str:
    return session.scalars(select(LedgerFinding.subject).where(LedgerFinding.code == code)).all()[0] or ""


def test_findings_stand_by_problem_with_what_to_do_first(flawed: Evaluation, lead: Visitor) -> None:
    page = lead.get(f"{S}/ledgers").follow("处理发现")
    assert "还有 4 处待处理" in page.text
    for line in ("村居不在名单里 错误 2 2", "没有电话 提醒 1 1", "可能是同一个人 提醒 1 1"):
        assert line in page.text
    group = page.follow("处理「村居不在名单里」")
    assert "共 2 处，待处理 2 处" in group.text
    assert "台账 第 2 行" in group.text
    assert not PERSONAL.search(page.text + group.text)


def test_a_cell_is_mended_with_the_rest_of_the_row_masked(session: Session, flawed: Evaluation, lead: Visitor) -> None:
    page = lead.get(f"{F}/unknown-village").follow("改这一格")
    assert page.form(containing="value").values()["value"] == ["未知村"]
    assert "欧***" in page.text
    assert "138****0001" in page.text
    assert not PERSONAL.search(page.html)
    done = page.form(containing="value").submit(value="甲村")
    assert "已改正" in done.text
    assert people(session) == 4
    again = page.form(containing="value").submit(value="乙村")
    assert again.status == 422
    assert "刚才有人改过" in again.text
    history = lead.get(f"{S}/ledgers/corrections")
    assert "村居改成 甲村" in history.text
    assert "已撤销" in history.form(action="undo").submit().text
    assert people(session) == 3
    assert [f for f in lead.get(f"{S}/ledgers/corrections").forms() if "undo" in f.action] == []


def test_the_cell_itself_is_shown_in_the_open(session: Session, flawed: Evaluation, lead: Visitor) -> None:
    page = lead.get(f"{S}/ledgers/{only(session).uuid}/rows/2/phone")
    assert page.form(containing="value").values()["value"] == ["13800000001"]
    assert "欧阳示例" not in page.html


def test_two_rows_are_compared_masked_and_merged(session: Session, flawed: Evaluation, lead: Visitor) -> None:
    page = lead.get(f"{F}/probable-duplicate").follow("对照")
    assert "姓名 尉*** 尉*** 相同" in page.text
    assert "联系电话 138****0004 138****0005 不同" in page.text
    assert not PERSONAL.search(page.html)
    done = page.form(containing="reason").submit(button=("decision", "same"), reason="问过社工站")
    assert "已决定 1 处" in done.text
    assert people(session) == 2
    assert "问过社工站" in lead.get(f"{S}/ledgers/decisions").text
    assert "另一个决定" in page.form(containing="reason").submit(button=("decision", "apart")).text
    undone = lead.get(f"{S}/ledgers/pairs/{about(session, 'probable-duplicate')}").form(action="undo").submit()
    assert "已撤销" in undone.text
    assert people(session) == 3


def test_a_whole_group_is_decided_at_once(session: Session, flawed: Evaluation, lead: Visitor) -> None:
    page = lead.get(f"{F}/no-phone")
    forms = [form for form in page.forms() if "all" in form.names()]
    assert "已决定 1 处" in forms[0].submit().text
    assert session.scalars(select(LedgerDecision.decision)).all() == ["visit"]
    assert "已经这样决定过" in forms[0].submit().text


def test_an_unknown_village_becomes_an_alias_or_a_new_one(session: Session, flawed: Evaluation, lead: Visitor) -> None:
    page = lead.get(f"{F}/unknown-village").follow("这是哪个村居")
    assert page.heading == "「未知村」是哪个村居"
    taken = page.form(containing="village").submit(name="甲村")
    assert taken.status == 422
    assert "已经有村居「甲村」" in taken.text
    assert "已照这样读" in page.form(containing="village").submit(village="0101").text
    assert people(session) == 5
    lead.get(f"{S}/ledgers/decisions").form(action="undo").submit()
    page = lead.get(f"{F}/unknown-village").follow("这是哪个村居")
    page.form(containing="village").submit(name="未知村", area="2")
    assert session.scalars(select(Village.code).where(Village.name == "未知村")).one() == "0203"
    assert people(session) == 5


def test_a_repeated_ledger_is_asked_about_on_the_page(session: Session, lead: Visitor) -> None:
    def deliver(phone: str, label: str) -> object:
        data = f"{HEADER}\n陈示例,甲村,低保,{phone},1950".encode()
        return lead.get(f"{S}/ledgers").submit(label=label, file=upload(data, "a.csv")).form(containing="seen").submit()

    deliver("13800000001", "台账.csv")
    asked = deliver("13800000009", "台账(1).csv")
    assert asked.status == 422
    assert "与在用的「台账.csv」相同" in asked.text
    assert "名册已导入" in asked.form(containing="meant").submit(meant="replace").text
    assert session.scalars(select(Contact)).one().phones == ["13800000009"]


def test_the_seal_sums_up_what_is_undecided(flawed: Evaluation, lead: Visitor) -> None:
    text = lead.get(f"{S}/frame").text
    assert "村居不在名单里的行 2 这些行没有列入" in text
    assert "可能是同一个人的 1 如果是同一个人，就有两次机会" in text
    assert "标为走访的人 1 这些人抽中了只能走访" in text


def test_the_template_offers_villages_and_is_read_as_an_empty_ledger(flawed: Evaluation, lead: Visitor) -> None:
    data = lead.client.get(f"{S}/ledgers/template.xlsx").data
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["台账", "填写说明"]
    assert [row[1] for row in book.get_sheet_by_name("填写说明").to_python()[2:7]] == [
        "甲村",
        "乙村",
        "丙村",
        "丁村",
        "戊村",
    ]
    with pytest.raises(LedgerFileError) as refused:
        read_table(data, "a.xlsx", limits=Limits())
    assert refused.value.code == "no-rows"


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR])
def test_other_roles_reach_nothing(session: Session, flawed: Evaluation, visitor: Visitor, role: Role) -> None:
    a_member(session, flawed, role, "someone")
    visitor.sign_in("someone")
    row = f"{S}/ledgers/{only(session).uuid}/rows/2/village"
    pair = f"{S}/ledgers/pairs/{about(session, 'probable-duplicate')}"
    for path in (F, f"{F}/no-phone", row, pair, f"{S}/ledgers/decisions", f"{S}/ledgers/template.xlsx"):
        assert visitor.get(path).status == 403, path
    for path in (f"{F}/no-phone/decide", row):
        assert visitor.post(path, {"decision": "visit", "all": "1"}).status in (400, 403), path
    assert session.scalars(select(LedgerDecision)).all() == []


def test_of_another_evaluation_and_of_nothing_there_is_no_page(
    session: Session, flawed: Evaluation, another_visitor: Callable[[], Visitor]
) -> None:
    other = an_evaluation(session, "other-2023")
    a_member(session, other, Role.LEAD, "other-lead")
    stranger = another_visitor()
    stranger.sign_in("other-lead")
    theirs = "/evaluations/other-2023/ledgers"
    for path in (
        f"{theirs}/pairs/{about(session, 'probable-duplicate')}",
        f"{theirs}/villages/{about(session, 'unknown-village')}",
        f"{theirs}/{only(session).uuid}/rows/2/village",
        f"{theirs}/findings/no-phone?ledger={only(session).uuid}",
        f"{theirs}/findings/no-phone?ledger=x",
        f"{theirs}/findings/nothing",
        f"{S}/ledgers/findings",
    ):
        assert stranger.get(path).status == 404, path
    assert stranger.get(f"{theirs}/findings?page=-3").status == 200


def test_after_sealing_the_pages_only_tell(session: Session, flawed: Evaluation, lead: Visitor) -> None:
    a_draft_frame(session, flawed, data=a_ledger(120), label="另一份")
    group = lead.get(f"{F}/no-phone")
    lead.get(f"{S}/frame").submit(typed_name=STATION, leave_out_errors="y")
    assert "已经封存" in next(form for form in group.forms() if "all" in form.names()).submit().text
    for path in (F, f"{F}/no-phone", f"{F}/probable-duplicate", f"{S}/ledgers/decisions"):
        page = lead.get(path)
        assert page.status == 200
        assert [form for form in page.forms() if "ledgers" in form.action] == []
