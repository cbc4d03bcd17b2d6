"""Opening an evaluation step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.commands import add_document
from app.evaluations.commands.evaluations import withdraw_evaluation
from app.models import MEMBER_ROLES, AuditEvent, Evaluation, Membership, OpeningDraft, Role, Station
from surveys import library
from tests.builders import a_member, a_user, an_evaluation
from tests.visitor import Page, Visitor

NEW = "/admin/evaluations/new"
STATION = {
    "station": "new", "station_name": "示例新站", "operator": "示例承办机构", "street": "示例街道",
    "district": "示例区",
    "station_hotline": "020-80000000",
}  # fmt: skip
PERIOD = {"stage": "midterm", "period_start": "2024-01-01", "period_end": "2024-12-31", "reading": "priority"}
NAMES = {
    "title": "新站中期评估", "slug": "new-2024", "held_on": "2024-06-30", "keep_until": "2999-12-31",
    "evaluator": "示例评估机构", "commissioner": "示例民政局", "purchaser": "示例街道办", "hotline": "020-80000001",
}  # fmt: skip
AREAS = {"areas": "片区\t村居\r\n第一片区\t甲村\r\n\t乙村\r\n第二片区：丙村、丁村"}
STEPS: dict[str, dict[str, str]] = {
    "station": STATION, "period": PERIOD, "names": NAMES, "areas": AREAS, "documents": {}, "people": {},
}  # fmt: skip


@pytest.fixture
def boss(session: Session, visitor: Visitor) -> Visitor:
    a_user(session, "boss", administrator=True)
    a_user(session, "lan")
    visitor.sign_in("boss")
    return visitor


@pytest.fixture
def documents(session: Session) -> None:
    add_document(session, "questionnaire", library.body("questionnaires", "recipient", 1))
    add_document(session, "scheme", library.body("schemes", "guangzhou-2023", 1))
    session.commit()


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def nothing_is_opened(session: Session) -> bool:
    return (count(session, Evaluation), count(session, Station)) == (0, 0)


def test_an_evaluation_of_a_new_station_is_opened(session: Session, boss: Visitor, documents: None) -> None:
    page = boss.get(NEW)
    for step, values in STEPS.items():
        assert page.status == 200
        if step == "people":
            lan = next(name for name in main_form(page).names() if "role-" in name and "lan" in label(page, name))
            values = {lan: "lead"}
        page = main_form(page).submit(**values)
        assert nothing_is_opened(session)
    assert page.path.endswith("/summary")
    for words in ("示例新站", "新站中期评估", "甲村", "评估负责人", "2024-06-30"):
        assert words in page.text
    page = page.form(action="summary").submit()
    assert page.path == "/admin/evaluations/new-2024/settings"
    evaluation = session.scalars(select(Evaluation)).one()
    villages = {village.name: (village.code, village.area.name) for village in evaluation.station.villages}
    assert villages == {
        "甲村": ("0101", "第一片区"), "乙村": ("0102", "第一片区"),
        "丙村": ("0201", "第二片区"), "丁村": ("0202", "第二片区"),
    }  # fmt: skip
    assert (evaluation.stage, evaluation.reading, evaluation.hotline) == ("midterm", "priority", "020-80000001")
    assert evaluation.questionnaire.document_id == "recipient"
    assert session.scalars(select(Membership.role)).all() == ["lead"]
    assert "没有填完的评估" not in boss.get(NEW).text


def main_form(page: Page) -> Any:
    return next(f for f in page.forms() if f.element.get("class") == "form")


def label(page: Page, name: str) -> str:
    return next("".join(e.itertext()) for e in page.tree.iter("label") if e.get("for") == name)


def test_pressing_the_last_button_twice_opens_one(session: Session, boss: Visitor, documents: None) -> None:
    summary = walk(boss)
    button = summary.form(action="summary")
    assert button.submit().path == button.submit().path == "/admin/evaluations/new-2024/settings"
    assert count(session, Evaluation) == 1


def walk(boss: Visitor, **changes: dict[str, str]) -> Page:
    page = boss.get(NEW)
    for step, values in STEPS.items():
        page = main_form(page).submit(**values | changes.get(step, {}))
        if page.status != 200:
            break
    return page


def test_a_draft_is_left_and_gone_on_with(session: Session, boss: Visitor, documents: None) -> None:
    page = main_form(boss.get(NEW)).submit(**STATION)
    main_form(page).submit(**PERIOD)
    page = boss.get(NEW)
    assert "示例新站" in page.text
    page = page.follow("示例新站")
    assert page.path.endswith("/names")
    assert main_form(page).values()["title"] == ["示例新站 2024 年中期评估"]
    assert main_form(page).values()["slug"] == ["station-2024-midterm"]
    assert main_form(page).values()["held_on"] == ["2024-07-01"]
    assert main_form(page).values()["purchaser"] == ["示例街道"]


def test_going_back_loses_nothing_and_proposals_follow(session: Session, boss: Visitor, documents: None) -> None:
    page = main_form(main_form(boss.get(NEW)).submit(**STATION)).submit(**PERIOD)
    page = main_form(page).submit(("go", "back"), evaluator="半", commissioner="")
    assert page.path.endswith("/period")
    page = main_form(page).submit(stage="final")
    values = main_form(page).values()
    assert values["evaluator"] == ["半"]
    assert values["title"] == ["示例新站 2024 年末期评估"]
    assert values["held_on"] == ["2024-12-31"]


def test_a_draft_is_thrown_away_and_is_its_owners_alone(
    session: Session, boss: Visitor, another_visitor: Callable[[], Visitor], documents: None
) -> None:
    page = main_form(boss.get(NEW)).submit(**STATION)
    a_user(session, "chief", administrator=True)
    chief = another_visitor()
    chief.sign_in("chief")
    assert chief.get(page.path).status == 404
    assert "示例新站" not in chief.get(NEW).text
    boss.get(NEW).form(action="discard").submit()
    assert count(session, OpeningDraft) == 0


def test_every_mistake_of_a_step_is_shown_at_once_and_kept(session: Session, boss: Visitor, documents: None) -> None:
    page = main_form(boss.get(NEW)).submit(station="new")
    assert page.status == 422
    for name in ("station_name", "operator", "street", "district"):
        assert f'id="{name}-error"' in page.html
    page = walk(boss, names={"title": " ", "slug": "石壁", "held_on": "2024-02-30", "evaluator": "a\x07b"})
    assert page.status == 422
    assert page.path.endswith("/names")
    for name in ("title", "slug", "held_on", "evaluator"):
        assert f'id="{name}-error"' in page.html
    assert main_form(page).values()["held_on"] == ["2024-02-30"]
    assert nothing_is_opened(session)


@pytest.mark.parametrize(
    ("step", "values", "word"),
    [
        ("station", {"district": "x" * 201}, "最多 200 个字符"),
        ("station", {"station": "00000000-0000-0000-0000-000000000000"}, "选择"),
        ("period", {"period_end": "2023-12-31"}, "结束日期要晚于开始日期"),
        ("period", {"period_start": "昨天"}, "应为日期"),
        ("period", {"stage": "sometime"}, "选择"),
        ("names", {"slug": "Upper"}, "简称只用小写字母"),
        ("names", {"slug": "a" * 81}, "简称只用小写字母"),
        ("names", {"keep_until": "2001-01-01"}, "已经过去"),
        ("names", {"title": "a\u202eb"}, "不能有控制字符"),
        ("areas", {"areas": ""}, "至少填写一个片区"),
        ("areas", {"areas": "甲村"}, "第 1 行，村居：缺少村居"),
        ("areas", {"areas": "第一片区：甲村\n第二片区：乙村、甲村"}, "第 2 行，村居：村居「甲村」写了两次"),
        ("areas", {"areas": "第一片区\t甲村\t3\n\t"}, "第 1 行，整行：有多于两列"),
        ("areas", {"areas": "第一片区：甲\x07村"}, "第 1 行，村居"),
        ("documents", {"questionnaire": "recipient-2"}, "选择"),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(
    session: Session, boss: Visitor, documents: None, step: str, values: dict[str, str], word: str
) -> None:
    events = count(session, AuditEvent)
    page = walk(boss, **{step: values})
    assert page.status == 422
    assert word in page.text
    assert nothing_is_opened(session)
    assert count(session, AuditEvent) == events


def test_an_unfinished_draft_opens_nothing(session: Session, boss: Visitor, documents: None) -> None:
    page = main_form(boss.get(NEW)).submit(**STATION)
    summary = page.path.replace("/period", "/summary")
    token = main_form(page).values()["csrf_token"][0]
    page = boss.post(summary, {"csrf_token": token})
    assert page.status == 422
    assert "这一步还没有填" in page.text
    assert nothing_is_opened(session)
    assert boss.post(summary, {}).status == 400


def test_a_final_takes_over_what_its_midterm_has(session: Session, boss: Visitor) -> None:
    midterm = an_evaluation(session)
    a_member(session, midterm, Role.LEAD, "lead")
    page = main_form(boss.get(NEW)).submit(station=str(midterm.station.uuid))
    values = main_form(page).values()
    assert (values["stage"], values["period_start"]) == (["final"], ["2023-04-16"])
    page = main_form(page).submit()
    values = main_form(page).values()
    assert values["title"] == ["示例社工服务站 2023 年末期评估"]
    assert (values["slug"], values["hotline"]) == (["sample-2023-final"], ["020-80000001"])
    page = main_form(page).submit()
    assert "甲村、乙村" in page.text
    page = main_form(main_form(main_form(page).submit()).submit()).submit()
    assert page.path.endswith("/summary")
    page.form(action="summary").submit()
    final = session.scalars(select(Evaluation).order_by(Evaluation.id.desc())).first()
    assert final is not None
    assert (final.stage, final.station_id) == ("final", midterm.station_id)
    assert [m.role for m in final.memberships] == ["lead"]
    assert count(session, Station) == 1


def test_a_second_evaluation_is_refused_and_replaces_a_withdrawn_one_visibly(session: Session, boss: Visitor) -> None:
    first = an_evaluation(session)
    page = main_form(boss.get(NEW)).submit(station=str(first.station.uuid))
    again = {"stage": "midterm", "period_start": "2023-05-01", "period_end": "2024-04-30"}
    refused = main_form(page).submit(**again)
    assert refused.status == 422
    assert "已经有中期评估" in refused.text
    withdraw_evaluation(session, first, typed_title=first.title, reason="抽样前建错了服务期")
    session.commit()
    page = main_form(refused).submit()
    for _step in range(4):
        page = main_form(page).submit()
    assert "代替已经撤销的「示例社工服务站 2023 年中期评估」" in page.text
    page = page.form(action="summary").submit()
    assert "代替已经撤销的" in page.text
    second = session.scalars(select(Evaluation).order_by(Evaluation.id.desc())).first()
    assert second is not None
    assert second.replaces_id == first.id


def test_a_station_that_is_known_cannot_be_entered_again(session: Session, boss: Visitor) -> None:
    an_evaluation(session)
    page = walk(boss, station={"station_name": "示例 社工服务站"})
    assert page.status == 422
    assert page.path.endswith("/station") or page.path == NEW
    assert "与已登记的不同" in page.text
    assert count(session, Station) == 1


@pytest.mark.parametrize("role", MEMBER_ROLES)
def test_the_steps_are_closed_to_every_member(session: Session, visitor: Visitor, role: Role) -> None:
    a_member(session, an_evaluation(session), role, "someone")
    visitor.sign_in("someone")
    for path in (NEW, "/admin/evaluations/sample-2023/settings", "/admin/evaluations/sample-2023/withdraw"):
        assert visitor.get(path).status == 403
    assert visitor.get("/admin/evaluations/sample-2023/villages").status == 403
