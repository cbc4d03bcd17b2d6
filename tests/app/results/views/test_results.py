"""The pages of results and comparisons, and grade uncertainty on the score page, for the lead and for others."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from app.models import Role
from tests.builders import a_finished_evaluation, a_member, an_evaluation
from tests.visitor import Visitor

S = "/evaluations/sample-2023"


@pytest.fixture
def lead(session: Session, visitor: Visitor) -> Visitor:
    """The lead of an evaluation that is finished but for settling."""
    a_finished_evaluation(session)
    visitor.sign_in("lead")
    return visitor


def test_differences_are_stated_as_a_verdict_before_the_numbers(lead: Visitor) -> None:
    page = lead.get(f"{S}/results").follow("看差异与可靠性")
    assert "差异可能来自偶然" in page.text
    assert "这个社工站没有更早的、抽过样的评估可比。" in page.text
    assert "算不出 Cronbach α" in page.text  # everyone gave the same answers
    assert lead.get(f"{S}/results/comparisons").follow("回到结果").heading == "结果"


def test_the_method_of_a_figure_is_shown_in_the_visitors_language(lead: Visitor) -> None:
    chinese = lead.get(f"{S}/results").text
    assert "人接受调查评价" in chinese
    with lead.client.session_transaction() as session:
        session["language"] = "en"
    english = lead.get(f"{S}/results").text
    assert "people were surveyed: " in english
    assert "answers stand for" in english or "people answered: no sampling error." in english
    for page in (chinese, english, lead.get(f"{S}/score").text):
        assert "Text(" not in page
    assert not re.search("分层加权|没有抽样误差|接受调查评价|给区间", english)


def test_with_full_response_the_bounds_show_no_nonrespondents(lead: Visitor) -> None:
    text = lead.get(f"{S}/results").text
    assert "没有回答的人" in text
    assert "最低的 10%" in text
    assert "估计总体中有 0 人总体上不满意或说一般（95% 区间 0 到" in text
    assert "只要有" in text


def test_the_score_page_says_when_no_points_depend_on_the_sample(lead: Visitor) -> None:
    text = lead.get(f"{S}/score").text
    assert "抽样误差不影响总分和等级" in text
    assert "人改变回答" in text


def test_nothing_to_compare_before_the_draw(session: Session, visitor: Visitor) -> None:
    a_member(session, an_evaluation(session), Role.LEAD, "lead")
    visitor.sign_in("lead")
    assert "还没有有效答卷" in visitor.get(f"{S}/results/comparisons").text


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.STATION, Role.PURCHASER])
def test_only_the_lead_sees_results_and_comparisons(session: Session, visitor: Visitor, role: Role) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, role, "someone")
    visitor.sign_in("someone")
    for path in ("results", "results/comparisons", "fieldwork/rates"):
        assert visitor.get(f"{S}/{path}").status == 403
