"""The score pages of the lead: overrides, entries of an item, recomputation, comparison with another evaluation."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models import Evaluation, Role, ScoreOverride
from app.scores.commands.scores import enter_score, settle_score
from tests.builders import (
    a_draw,
    a_finished_evaluation,
    a_member,
    add_member,
    all_scores,
    an_evaluation,
    with_a_computed_item,
)
from tests.visitor import Visitor

S = "/evaluations/sample-2023/score"
OVERRIDE = f"{S}/override/monitoring"


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    evaluation = a_finished_evaluation(session)
    with_a_computed_item(session, evaluation)
    return evaluation


@pytest.fixture
def lead(evaluation: Evaluation, visitor: Visitor) -> Visitor:
    visitor.sign_in("lead")
    return visitor


def test_measured_value_rule_and_points_have_columns_of_their_own(lead: Visitor) -> None:
    page = lead.get(S)
    assert "满分测量值按规则给分计分依据" in page.text.replace(" ", "")
    assert page.follow("这个数字怎么来的").path.endswith("/results/figures/satisfaction.mean")


def test_an_expert_overrides_points_with_a_reason_and_withdraws_the_override(session: Session, lead: Visitor) -> None:
    page = lead.get(S).follow("改分")
    assert page.path == OVERRIDE
    refused = page.form("points").submit(points="7.5")
    assert refused.status == 422
    assert "请写明理由" in refused.text
    assert refused.form("points").values()["points"] == ["7.5"]
    beyond = page.form("points").submit(points="11", reason="太高")
    assert (beyond.status, "要在 0 到 10 之间" in beyond.text) == (422, True)
    assert beyond.form("points").values()["reason"] == ["太高"]
    saved = page.form("points").submit(points="7.5", reason="走访所见 <b>不如</b> 答卷")
    assert saved.path == S
    assert "专家定为 7.5 分，理由：走访所见 <b>不如</b> 答卷" in saved.text
    again = saved.follow("改分")
    assert again.form("points").values()["points"] == ["7.5"]
    back = again.form("points").submit(button=("withdraw", "1"), reason="看过录音，按规则")
    assert "已撤回，按规则计分" in back.text
    assert "专家定为" not in back.text
    rows = session.scalars(select(ScoreOverride).order_by(ScoreOverride.id)).all()
    assert [row.points is None for row in rows] == [False, True]
    assert "撤回专家改分" in lead.get("/evaluations/sample-2023/audit").text


def test_only_computed_items_can_be_overridden(lead: Visitor) -> None:
    for item in ("effect", "nothing", "satisfaction_points"):
        assert lead.get(f"{S}/override/{item}").status == 404


def test_every_entry_of_points_shows_its_author_and_time(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    for given in ("10", "10.6"):
        enter_score(session, evaluation, role=Role.LEAD, item="effect", given=given, comment=f"看了 <i>{given}</i>")
    session.commit()
    text = lead.get(f"{S}/items/effect").text
    assert text.index("看了 <i>10.6</i> 现在用的") < text.index("看了 <i>10</i> 已被后来的替换")
    lead.get(OVERRIDE).form("points").submit(points="7.5", reason="走访所见")
    page = lead.get(f"{S}/items/monitoring")
    assert "7.5 走访所见 现在用的" in page.text
    assert page.follow("这个数字怎么来的").path.endswith("/results/figures/satisfaction.mean")
    assert lead.get(f"{S}/items/satisfaction_points").status == 200
    assert lead.get(f"{S}/items/nothing").status == 404
    assert lead.get(S).follow("谁给的分").status == 200


@pytest.mark.parametrize("role", [Role.PURCHASER, Role.STATION, Role.INTERVIEWER, Role.MONITOR])
def test_only_the_lead_overrides_and_compares(
    session: Session, evaluation: Evaluation, another_visitor: Callable[[], Visitor], role: Role
) -> None:
    visitor = another_visitor()
    visitor.sign_in(a_member(session, evaluation, role).username)
    assert visitor.get(OVERRIDE).status == 403
    assert visitor.get(f"{S}/compare").status == 403


def test_the_score_page_recomputes_a_settled_score(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    settle_score(session, evaluation)
    session.commit()
    page = lead.get(S)
    assert "每一项、总分和等级都和定案时一样" in page.text
    assert "改分" not in page.text
    locked = lead.get(OVERRIDE)
    assert "评分已经定案" in locked.text
    assert locked.form("points").submit(points="1", reason="太晚").status == 422
    session.execute(text("UPDATE response SET satisfaction_index = 700000"))
    session.commit()
    altered = lead.get(S)
    assert "重算和定案时不一样" in altered.text
    assert "现在的数据：服务监测 10 → 4" in altered.text


def test_two_evaluations_are_compared_line_by_line(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    empty = lead.get(S).follow("与另一次评估对比")
    assert "没有可以对比的评估" in empty.text
    other = an_evaluation(
        session, "sample-2022", title="示例社工服务站 2022 年末期评估", stage="midterm",
        held_on=date(2022, 11, 1), station=evaluation.station,
    )  # fmt: skip
    a_draw(session, other)
    all_scores(session, other)
    enter_score(session, other, role=Role.LEAD, item="effect", given="11")
    user = next(m.user for m in evaluation.memberships if m.role == Role.LEAD.value)
    add_member(session, other, user, Role.LEAD)
    session.commit()
    page = lead.get(f"{S}/compare").form("with").submit()
    assert "从「示例社工服务站 2022 年末期评估」到" in page.text
    assert "打分 11 → 10.6" in page.text
    assert "算法变了" in page.text
    assert lead.get(f"{S}/compare?with=sample-2023").status == 404
    assert lead.get(f"{S}/compare?with=nothing").status == 404
    foreign = an_evaluation(session, "foreign-2023")
    assert lead.get(f"{S}/compare?with={foreign.slug}").status == 404


def test_the_commands_report_agreement_or_the_differences(session: Session, evaluation: Evaluation, app: Flask) -> None:
    def run(*arguments: str) -> Result:
        session.commit()
        return app.test_cli_runner().invoke(args=list(arguments))

    early = run("recompute", "sample-2023")
    assert (early.exit_code, "还没有定案" in early.output) == (1, True)
    settle_score(session, evaluation)
    session.commit()
    same = run("recompute", "sample-2023")
    assert (same.exit_code, same.output.startswith("一致：总分")) == (0, True)
    assert json.loads(run("recompute", "sample-2023", "--json").output)["same"] is True
    compared = run("compare", "sample-2023", "sample-2023", "--json")
    assert compared.exit_code == 0, compared.exception
    assert json.loads(compared.output)["same"] is True
    assert "=\t总分" in run("compare", "sample-2023", "sample-2023").output
    session.execute(text("UPDATE response SET satisfaction_index = 700000"))
    session.commit()
    changed = run("recompute", "sample-2023")
    assert changed.exit_code == 1
    assert "服务监测 10 → 4" in changed.output
    assert "服务监测 10 → 4" in "\n".join(json.loads(run("recompute", "sample-2023", "--json").output)["differences"])
