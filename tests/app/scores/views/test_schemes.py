"""The pages of a scoring scheme: editing with all mistakes at once, preview, publishing, adopting."""

from __future__ import annotations

import copy

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Document, Evaluation, PartyScore, Role
from app.scores.commands.scores import settle_score
from app.scores.forms.scheme import SchemeForm
from app.scores.queries.scores import score_of
from surveys import library
from surveys.scoring import parse
from tests.builders import a_finished_evaluation, a_member, all_scores, an_evaluation, with_a_computed_item
from tests.visitor import Page, Visitor

S = "/evaluations/sample-2023/score"
EDIT = f"{S}/scheme"
FIRST = "parties-0-lines-0"


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    evaluation = a_finished_evaluation(session)
    all_scores(session, evaluation)
    session.commit()
    return evaluation


@pytest.fixture
def lead(evaluation: Evaluation, visitor: Visitor) -> Visitor:
    visitor.sign_in("lead")
    return visitor


def computed(page: Page, **more: str) -> dict[str, str]:
    return {
        f"{FIRST}-scoring": "steps",
        f"{FIRST}-statistic": "satisfaction.mean",
        f"{FIRST}-points": "６０ 4\n75，6\n85 8\n95 10",
        **more,
    }


def test_a_scheme_is_previewed_published_and_adopted_for_a_reason(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    before = score_of(session, evaluation).sheet.total
    page = lead.get(S).follow("评分方案")
    assert page.path == EDIT
    tried = page.form("title").submit(button=("preview", "1"), **computed(page))
    assert tried.status == 200
    assert "用在现在的数据上" in tried.text
    assert "算法变了：打分与由统计结果算出之间" in tried.text
    assert "已经录入、在这个方案里没有位置的分数（会保留，但不计）：服务监测" in tried.text
    assert "定为各等级的可能" in tried.text
    assert len(session.scalars(select(Document).where(Document.kind == "scheme")).all()) == 1
    published = tried.form("title").submit(button=("publish", "1"))
    assert published.path == f"{EDIT}/guangzhou-2023-2"
    assert score_of(session, evaluation).sheet.total == before
    silent = published.form("reason").submit()
    assert (silent.status, "请写明为什么换方案" in silent.text) == (422, True)
    adopted = published.form("reason").submit(reason="街道办 <b>发文</b> 调整")
    assert adopted.path == S
    assert "由 guangzhou-2023-1 换用，理由：街道办 <b>发文</b> 调整" in adopted.text
    sheet = score_of(session, evaluation).sheet
    line = next(line for line in sheet.lines if line.code == "monitoring")
    assert (line.kind, line.by_rule is not None) == ("computed", True)
    assert "换用评分方案" in lead.get("/evaluations/sample-2023/audit").text
    assert session.scalars(select(PartyScore).where(PartyScore.item == "monitoring")).all()


def test_every_mistake_is_reported_at_once_at_its_field(lead: Visitor) -> None:
    page = lead.get(EDIT)
    answer = page.form("title").submit(
        button=("publish", "1"),
        title="",
        **computed(page, **{f"{FIRST}-points": "60\n75 6 1\n85 12", f"{FIRST}-maximum": "ten"}),
        **{"grades-0-lowest": "70", "grades-3-lowest": "5", "disqualifying-1-midterm": "x"},
    )
    assert answer.status == 422
    for words in (
        "「方案名称」缺少文字",
        "「服务监测 · 满分」",
        "「60」读不出来",
        "各方满分之和应为 100",
        "最后一个等级要从 0 开始",
        "「社工人员配备不足 · 中期界限」",
    ):
        assert words in answer.text
    assert answer.form("title").values()[f"{FIRST}-points"] == ["60\n75 6 1\n85 12"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"scoring": "linear", "points": "60 0\n99 10"}, "达到 99 封顶，得 10 分"),
        ({"scoring": "proportional"}, "10 × 100 ÷ 100 = 10 分"),
        ({"scoring": "deduction", "start": "95", "per": "0.5", "taken": "1"}, "不低于 95，不扣分，得 10 分"),
        ({"scoring": "deduction", "start": "90", "per": "5", "taken": "1", "partial": "y"}, "不低于 90，不扣分"),
    ],
)
def test_every_rule_can_be_tried(lead: Visitor, rule: dict[str, str], words: str) -> None:
    page = lead.get(EDIT)
    given = {f"{FIRST}-{name}": value for name, value in rule.items()}
    tried = page.form("title").submit(**{f"{FIRST}-statistic": "satisfaction.mean"}, **given)
    assert tried.status == 200
    assert words in tried.text


def test_rows_are_added_and_removed_without_javascript(session: Session, lead: Visitor) -> None:
    page = lead.get(EDIT)
    more = page.form("title").submit(button=("add", "parties-0"))
    more = more.form("title").submit(button=("add", "grades"))
    more = more.form("title").submit(button=("add", "disqualifying"))
    more = more.form("title").submit(button=("add", "comparison"))
    assert more.status == 200
    new = {"name": "服务创新", "name_en": "Innovation", "maximum": "5"}
    published = more.form("title").submit(
        button=("publish", "1"),
        **{f"parties-0-lines-4-{name}": value for name, value in new.items()},
        **{"parties-0-lines-1-maximum": "10"},
        **{"grades-4-name": "中等", "grades-4-name_en": "Fair", "grades-4-lowest": "70"},
        **{"disqualifying-8-drop": "y", "comparison-1-drop": "y", "disqualifying-0-drop": "y"},
    )
    assert published.path == f"{EDIT}/guangzhou-2023-2"
    scheme = parse(session.scalars(select(Document.body).order_by(Document.id.desc())).first())
    assert [item.maximum for item in scheme.parties[0].items] == [10, 10, 10, 20, 5]
    assert scheme.parties[0].items[4].code == "item_1"
    assert [grade.name for grade in scheme.grades] == ["优秀", "良好", "中等", "合格", "不合格"]
    assert len(scheme.disqualifying) == 7
    assert len(scheme.comparison) == 1
    assert lead.get(f"{EDIT}?from=guangzhou-2023-2").form("title").values()["grades-2-name"] == ["中等"]


@pytest.mark.parametrize("place", ["parties-9", "parties-x", "", "nothing", "parties-0-lines"])
def test_a_row_is_added_only_where_there_is_a_list(lead: Visitor, place: str) -> None:
    assert lead.get(EDIT).form("title").submit(button=("add", place)).status == 400


def test_an_unchanged_scheme_is_not_published_again(session: Session, lead: Visitor) -> None:
    again = lead.get(EDIT).form("title").submit(button=("publish", "1"))
    assert (again.status, "没有改动" in again.text) == (422, True)
    assert len(session.scalars(select(Document).where(Document.kind == "scheme")).all()) == 1


def test_a_settled_score_keeps_its_scheme(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    settle_score(session, evaluation)
    session.commit()
    page = lead.get(EDIT).form("title").submit(button=("publish", "1"), title="另一个方案")
    assert "评分已经定案" in page.text
    assert not [form for form in page.forms() if "reason" in form.names()]
    forced = lead.get(EDIT).form("title").values()["csrf_token"][0]
    refused = lead.post(f"{EDIT}/guangzhou-2023-2", {"csrf_token": forced, "reason": "硬改"})
    assert (refused.status, "评分已经定案" in refused.text) == (422, True)
    session.refresh(evaluation)
    assert evaluation.scheme.version == 1


def test_before_the_draw_a_scheme_can_be_published_without_preview(session: Session, visitor: Visitor) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    session.commit()
    visitor.sign_in("lead")
    tried = visitor.get(EDIT).form("title").submit(button=("preview", "1"), title="新方案")
    assert "现在不能预览" in tried.text
    assert tried.form("title").submit(button=("publish", "1")).path == f"{EDIT}/guangzhou-2023-2"


@pytest.mark.parametrize("role", [Role.PURCHASER, Role.STATION, Role.INTERVIEWER, Role.MONITOR, Role.SUPERVISION])
def test_only_the_lead_edits_and_adopts(session: Session, evaluation: Evaluation, visitor: Visitor, role: Role) -> None:
    a_member(session, evaluation, role, "other")
    session.commit()
    visitor.sign_in("other")
    for path in (EDIT, f"{EDIT}/guangzhou-2023-1"):
        assert visitor.get(path).status == 403
        assert visitor.post(path).status in (400, 403)


@pytest.mark.parametrize(
    "path",
    [f"{EDIT}/nothing-1", f"{EDIT}/guangzhou-2023-9", f"{EDIT}/x", f"{EDIT}?from=x-1", f"{EDIT}?from=guangzhou-2023-x"],
)
def test_an_unknown_scheme_is_not_found(lead: Visitor, path: str) -> None:
    assert lead.get(path).status == 404


def test_a_document_survives_the_round_trip_through_its_form(app: Flask, session: Session) -> None:
    evaluation = an_evaluation(session)
    with_a_computed_item(session, evaluation)
    odd = copy.deepcopy(library.body("schemes", "guangzhou-2023", 1))
    odd["parties"][0]["code"] = "somebody"
    odd["parties"][0]["items"][0] |= {
        "kind": "computed",
        "statistic": "awareness.rate",
        "rule": {"kind": "deduction", "from": "90", "per": "5", "points": "1", "partial": True},
    }
    for body in (library.body("schemes", "guangzhou-2023", 1), evaluation.scheme.body, odd):
        with app.test_request_context():
            assert parse(SchemeForm.of(body).written(1).body).digest == parse(body).digest
