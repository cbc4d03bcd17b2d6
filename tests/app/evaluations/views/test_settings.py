"""The settings of an evaluation: each can be changed until the step that fixes it, which the page names."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.commands import add_document
from app.evaluations.commands.settings import change_settings, change_villages
from app.ledger.reader.errors import Limits
from app.models import AuditEvent, Evaluation
from app.shared.errors import Refused
from surveys import library
from tests.builders import (
    AREAS,
    a_draft_frame,
    a_draw,
    a_response,
    a_sealed_frame,
    a_user,
    an_evaluation,
    cases_of,
)
from tests.visitor import Visitor

S = "/admin/evaluations/sample-2023"


@pytest.fixture
def boss(session: Session, visitor: Visitor) -> Visitor:
    a_user(session, "boss", administrator=True)
    visitor.sign_in("boss")
    return visitor


def test_a_setting_is_changed_and_recorded(session: Session, boss: Visitor) -> None:
    evaluation = an_evaluation(session)
    page = boss.get(f"{S}/settings")
    for sentence in ("抽样（出证书）以前可以改", "收到第一份答卷以前可以改", "封存抽样框以前可以改", "随时可以改"):
        assert sentence in page.text
    page = page.form(containing="title").submit(title="新的名称", hotline="")
    assert "已修改：评估名称、核实电话" in page.text
    session.refresh(evaluation)
    assert (evaluation.title, evaluation.hotline) == ("新的名称", None)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "evaluation.changed")).one()
    assert event.details["setting.title"].endswith("→ 新的名称")
    assert "没有改动" in page.form(containing="title").submit().text


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"title": " "}, "请填写这一项"),
        ({"period_end": "2020-01-01"}, "结束日期要晚于开始日期"),
        ({"held_on": "9999-12-31"}, "不能晚于资料保存到的日期"),
        ({"stage": "king"}, "选择"),
        ({"hotline": "1" * 41}, "最多 40 个字符"),
    ],
)
def test_a_wrong_setting_is_refused(session: Session, boss: Visitor, values: dict[str, str], word: str) -> None:
    evaluation = an_evaluation(session)
    page = boss.get(f"{S}/settings").form(containing="title").submit(**values)
    assert page.status == 422
    assert word in page.text
    session.refresh(evaluation)
    assert evaluation.title == "示例社工服务站 2023 年中期评估"


def test_the_draw_and_the_first_response_fix_settings_and_the_page_says_when(session: Session, boss: Visitor) -> None:
    evaluation = an_evaluation(session)
    draw = a_draw(session, evaluation)
    with pytest.raises(Refused, match="写进了证书"):
        change_settings(session, evaluation, {"stage": "final"})
    with pytest.raises(Refused, match="抽样方案已在"):
        change_settings(session, evaluation, {"reading": "everyone"})
    newer = add_document(session, "questionnaire", library.body("questionnaires", "recipient", 2))
    assert change_settings(session, evaluation, {"questionnaire": newer}) == ["questionnaire"]
    session.commit()
    a_response(session, cases_of(session, draw)[0])
    with pytest.raises(Refused, match="第一份答卷已在"):
        change_settings(session, evaluation, {"questionnaire": evaluation.scheme})
    page = boss.get(f"{S}/settings")
    assert page.form(containing="title").names() & {"stage", "reading", "questionnaire"} == set()
    assert "写进了证书，不能再改" in page.text


def test_no_change_makes_a_second_evaluation_of_a_year(session: Session) -> None:
    first = an_evaluation(session)
    final = an_evaluation(session, "final", station=first.station, stage="final")
    with pytest.raises(Refused, match="已经有中期评估"):
        change_settings(session, final, {"stage": "midterm"})


def test_villages_are_changed_until_the_frame_is_sealed(session: Session, boss: Visitor) -> None:
    evaluation = an_evaluation(session)
    a_draft_frame(session, evaluation, 10)
    form = boss.get(f"{S}/villages").form(containing="areas")
    page = form.submit(areas="第一片区：甲村\n第二片区：丙村、丁村、乙村\n第三片区：戊村")
    assert page.status == 422
    assert "「乙村」2 人" in page.text
    page = form.submit(areas="第一片区：甲村、甲村\n二")
    assert page.status == 422
    for sentence in ("第 1 行，村居：村居「甲村」写了两次", "第 2 行，村居：缺少村居"):
        assert sentence in page.text
    old = "\n".join(f"{area}：{'、'.join(villages)}" for area, villages in AREAS)
    page = form.submit(areas=f"{old}、己村\n第四片区：庚村")
    assert page.path == f"{S}/settings"
    session.expire_all()
    codes = {village.name: village.code for village in evaluation.station.villages}
    assert (codes["己村"], codes["庚村"], codes["甲村"]) == ("0302", "0401", "0101")
    page = boss.get(f"{S}/villages").form(containing="areas").submit(areas=old)
    session.expire_all()
    assert len(evaluation.station.villages) == 5
    a_sealed_frame(session, evaluation, 150)
    with pytest.raises(Refused, match="抽样框已在"):
        change_villages(session, evaluation, {"一": ["甲"]}, limits=Limits())
    assert "封存，不能再改" in boss.get(f"{S}/settings").text


def test_an_evaluation_is_withdrawn_by_typing_its_title(session: Session, boss: Visitor) -> None:
    evaluation = an_evaluation(session)
    page = boss.get(f"{S}/settings").follow("撤销这次评估")
    refused = page.form(containing="typed_title").submit(reason="建错了", typed_title="别的")
    assert refused.status == 422
    assert "请照样输入评估名称" in refused.text
    page = page.form(containing="typed_title").submit(reason="建错了", typed_title=evaluation.title)
    assert page.path == f"{S}/settings"
    assert "撤销：建错了" in page.text
    assert [f for f in page.forms() if "title" in f.names()] == []
    assert "已撤销" in boss.get("/admin").text
    session.refresh(evaluation)
    with pytest.raises(Refused, match="已在"):
        change_settings(session, evaluation, {"title": "另一个"})
    assert session.get_one(Evaluation, evaluation.id).held_on == date(2023, 11, 17)
