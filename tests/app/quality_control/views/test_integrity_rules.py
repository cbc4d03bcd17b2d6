"""The page of integrity rules: each with its sentence, switch, thresholds, and what it flags now."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.interview.commands.responses import submit_response
from app.models import AuditEvent, Evaluation, IntegritySetting, Paradata, Role
from app.quality_control.queries.integrity import integrity_settings_of
from surveys.integrity import standard
from tests.app.survey_builders import a_survey
from tests.builders import SATISFIED, a_draw, a_member, an_evaluation, cases_of
from tests.copies import kept
from tests.visitor import Form, Page, Visitor, text_of

S = "/evaluations/sample-2023"
R = f"{S}/quality/rules"
NOON = datetime(2023, 11, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
@kept
def evaluation(session: Session) -> Evaluation:
    """Eleven interviews of five minutes, one of less than half of that, which the delivered rules do not flag."""
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    people = [a_member(session, evaluation, Role.INTERVIEWER, name) for name in ("lan", "mei")]
    for number, case in enumerate(cases_of(session, a_draw(session, evaluation))[:12]):
        started, long = NOON + timedelta(minutes=number), timedelta(seconds=140 if number == 0 else 300)
        submit_response(
            session, case, mode="phone", answers=SATISFIED, submission_key=uuid.uuid4(), started_at=started,
            interviewer=people[number % 2], at=started + long,
        )  # fmt: skip
    session.commit()
    return evaluation


@pytest.fixture
def lead(evaluation: Evaluation, visitor: Visitor) -> Visitor:
    visitor.sign_in("lead")
    return visitor


def form_of(page: Page) -> Form:
    return page.form(containing="fast-floor_seconds")


def points(page: Page) -> list[str]:
    return [text_of(e) for e in page.tree.iter("p") if e.get("class") == "rule-points"]


def test_each_rule_is_shown_with_its_sentence_and_what_it_flags(lead: Visitor) -> None:
    page = lead.get(f"{S}/quality").follow("规则和门槛")
    assert page.path == R
    assert "… 题用了 … 秒，同样题数的同类答卷中位数是 … 秒，值得回访。" in page.text
    assert len(points(page)) == len(standard())
    assert points(page)[0] == "现在会指出 0 份答卷。"
    assert any("位访问员" in sentence for sentence in points(page))
    values = form_of(page).values()
    assert (values["fast-share_of_median"], values["fast-floor_seconds"]) == (["0.4"], ["150"])
    assert values["no-call-severity"] == ["back_check"]


def test_other_thresholds_are_previewed_before_they_are_saved(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    typed = {"fast-share_of_median": "０.5", "fast-floor_seconds": "180"}
    page = form_of(lead.get(R)).submit(button=("go", "try"), **typed)
    assert page.status == 200
    assert "还没有保存" in page.text
    assert points(page)[0] == "现在会指出 1 份答卷。"
    assert session.scalars(select(IntegritySetting)).all() == []
    saved = form_of(page).submit(button=("go", "save"))
    assert "已保存访问质量的规则" in saved.text
    assert "题用了 140 秒" in saved.text
    assert integrity_settings_of(session, evaluation).rules[0].rule.of("share_of_median") == 0.5
    assert "整份答得太快 而且总用时不到 150 → 180" in lead.get(f"{S}/audit").text


def test_a_rule_switched_off_is_named_on_the_page_of_quality_control(lead: Visitor, evaluation: Evaluation) -> None:
    page = form_of(lead.get(R)).submit(button=("go", "save"), **{"hours-on": None, "favourable-on": None})
    assert "没有用的规则：某位访问员的满意比别人多、不在允许联系的时间。" in page.text
    assert "样本太少" not in page.text


WRONG = [
    ("fast-share_of_median", "一半", "请填 0.001 到 1 之间的数，最多四位小数。"),
    ("fast-share_of_median", "0", "请填 0.001 到 1 之间的数，最多四位小数。"),
    ("fast-floor_seconds", "", "请填 1 到 3600 之间的整数。"),
    ("words-least_interviews", "1.5", "请填 2 到 1000 之间的整数。"),
]


@pytest.mark.parametrize(("field", "typed", "complaint"), WRONG)
def test_each_problem_is_shown_at_its_field_in_both_languages(
    session: Session, lead: Visitor, field: str, typed: str, complaint: str
) -> None:
    def errors(page: Page) -> str:
        return "".join(text_of(e) for e in page.tree.iter() if e.get("id") == f"{field}-error")

    page = form_of(lead.get(R)).submit(button=("go", "save"), **{field: typed})
    assert page.status == 422
    assert complaint in errors(page)
    english = next(f for f in page.forms() if f.action.endswith("/language"))
    english.submit(button=("language", "en"))
    page = form_of(lead.get(R)).submit(button=("go", "save"), **{field: typed})
    assert errors(page)
    assert not re.search("[\u4e00-\u9fff]", errors(page))
    assert session.scalars(select(IntegritySetting)).all() == []


def test_all_problems_are_shown_at_once_and_an_incomplete_form_changes_nothing(session: Session, lead: Visitor) -> None:
    page = form_of(lead.get(R)).submit(
        button=("go", "save"), **{"fast-floor_seconds": "-1", "number-least_interviews": "1", "device-severity": "x"}
    )
    assert "有 3 处需要处理" in page.text
    token = form_of(page).values()["csrf_token"][0]
    assert lead.post(R, {"csrf_token": token, "go": "save"}).status == 422
    assert session.scalars(select(IntegritySetting)).all() == []
    assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "integrity.settings_changed")) is None


def test_only_the_lead_opens_the_page_and_before_the_draw_nothing_is_flagged(
    session: Session, another_visitor: Callable[[], Visitor]
) -> None:
    evaluation = an_evaluation(session)
    for role in (Role.LEAD, Role.INTERVIEWER, Role.PURCHASER, Role.STATION):
        a_member(session, evaluation, role, role.value)
    for role in (Role.INTERVIEWER, Role.PURCHASER, Role.STATION):
        visitor = another_visitor()
        visitor.sign_in(role.value)
        assert visitor.get(R).status == 403, role
    visitor = another_visitor()
    visitor.sign_in("lead")
    assert set(points(visitor.get(R))) == {"抽样之后才有答卷可看。"}


def test_a_browser_is_remembered_only_after_consent_and_only_for_the_questionnaire(
    session: Session, another_visitor: Callable[[], Visitor]
) -> None:
    survey = a_survey(session)
    visitor = another_visitor()
    page = visitor.get(survey.link(survey.cases[0]))
    assert "放一个随机编号（cookie）" in page.text
    assert visitor.client.get_cookie("browser", path="/q") is None
    consent = page.form(containing="at")
    consent.submit(button=("q_C1", "3"))  # does not want to take part
    assert visitor.client.get_cookie("browser", path="/q") is None
    consent.submit(button=("q_C1", "1"))
    cookie = visitor.client.get_cookie("browser", path="/q")
    assert cookie is not None
    assert re.fullmatch("[0-9a-f]{32}", cookie.value)
    assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Lax", 90 * 24 * 3600)
    consent.submit(button=("q_C1", "1"))
    again = visitor.client.get_cookie("browser", path="/q")
    assert again is not None
    assert again.value == cookie.value
    assert session.scalars(select(Paradata)).all() == []
