"""The page of desk settings: input is kept, each problem is shown at its field, nothing is saved in part."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.queries import settings_of
from app.models import AuditEvent, DeskSetting, Evaluation, Role, Schedule
from surveys.calling.settings import DEFAULT, Quiet
from tests.app.desk_builders import a_busy_desk
from tests.app.survey_builders import Survey, a_survey
from tests.builders import a_member, an_evaluation
from tests.visitor import Form, Page, Visitor, text_of

S = "/evaluations/sample-2023"
T = f"{S}/desk/settings"


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    return evaluation


@pytest.fixture
def lead(evaluation: Evaluation, visitor: Visitor) -> Visitor:
    visitor.sign_in("lead")
    return visitor


def form_of(page: Page) -> Form:
    return page.form(containing="most_attempts")


def save(lead: Visitor, **typed: Any) -> Page:
    return form_of(lead.get(T)).submit(button=("go", "save"), **typed)


def error_at(page: Page, field: str) -> str:
    errors = [e for e in page.tree.iter() if e.get("id") == f"{field}-error"]
    return text_of(errors[0]) if errors else ""


def test_saving_unchanged_settings_changes_nothing(session: Session, lead: Visitor) -> None:
    assert "已保存拨打设置" in save(lead).text
    assert session.scalars(select(DeskSetting)).all() == []


def test_settings_are_saved_as_people_type_them(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    page = save(
        lead,
        working_days="９:00－11:30\n14:30 至 17:00",
        rest_days="",
        most_attempts="６",
        call_on_public_holidays="y",
        **{
            "quiet-0-begins": "2026-02-16", "quiet-0-ends": "2026-02-22", "quiet-0-reason": "春节祭祖",
            "quiet-2-begins": "2026-06-07 08:00", "quiet-2-ends": "2026-06-07 18:00", "quiet-2-reason": "高考",
        },
    )  # fmt: skip
    settings = settings_of(session, evaluation)
    assert [f"{slot.begins:%H:%M}-{slot.ends:%H:%M}" for slot in settings.working_days] == [
        "09:00-11:30",
        "14:30-17:00",
    ]
    assert (settings.rest_days, settings.most_attempts, settings.call_on_public_holidays) == ((), 6, True)
    assert [(quiet.reason, type(quiet)) for quiet in settings.quiet] == [("春节祭祖", Quiet), ("高考", Quiet)]
    assert "2026-02-16 至 2026-02-22 春节祭祖" in page.text
    assert "最多联系次数 5 → 6" in lead.get(f"{S}/audit").text
    again = form_of(lead.get(T)).values()
    assert again["quiet-0-ends"] == ["2026-02-22"]
    assert again["quiet-1-begins"] == ["2026-06-07 08:00"]


WRONG: list[tuple[str, str, str]] = [
    ("most_attempts", "2", "请填 3 到 15 之间的整数。"),
    ("most_attempts", "许多", "请填 3 到 15 之间的整数。"),
    ("lease_minutes", "", "请填 5 到 120 之间的整数。"),
    ("working_days", "9点到12点", "时刻应写成 09:00 的样子。"),
    ("working_days", "09:00", "每行写一段的开始和结束"),
    ("working_days", "09:00-12:00\n11:00-13:00", "应从早到晚排列，互不重叠。"),
    ("working_days", "07:00-12:00", "不能早于 08:00，也不能晚于 21:00。"),
    ("rest_days", "12:00-10:00", "结束应晚于开始。"),
    ("rest_days", "\n".join(["10:00-10:01"] * 13), "最多 12 项。"),
    ("least_attempts", "8", ""),
    ("most_calls_a_week", "2", "不能少于每天的次数。"),
    ("quiet-0-begins", "明天", "请写日期"),
    ("quiet-0-reason", "只写了原因", ""),
]


@pytest.mark.parametrize(("field", "typed", "complaint"), WRONG)
def test_each_problem_is_shown_at_its_field_in_both_languages(
    session: Session, lead: Visitor, field: str, typed: str, complaint: str
) -> None:
    page = save(lead, **{field: typed})
    assert page.status == 422
    assert form_of(page).values()[field] == [typed]
    error = error_at(page, field)
    assert complaint in error
    assert session.scalars(select(DeskSetting)).all() == []
    english = next(f for f in page.forms() if f.action.endswith("/language"))
    english.submit(button=("language", "en"))
    page = save(lead, **{field: typed})
    errors = [text_of(e) for e in page.tree.iter() if (e.get("id") or "").endswith("-error")]
    assert errors
    assert not re.search("[\u4e00-\u9fff]", "".join(errors)), errors


def test_all_problems_are_shown_at_once(lead: Visitor) -> None:
    page = save(lead, most_attempts="99", undo_seconds="-1", working_days="x-y")
    assert "有 3 处需要处理" in page.text


def test_settings_without_any_calling_hours_are_refused(lead: Visitor) -> None:
    assert "至少要有一段拨打时段" in error_at(save(lead, working_days="", rest_days=""), "working_days")
    assert "达不到这个要求" in error_at(save(lead, working_days="09:00-10:00", rest_days=""), "least_day_parts")


def test_the_coming_week_can_be_previewed_without_saving(session: Session, lead: Visitor) -> None:
    assert len([e for e in lead.get(T).tree.iter("tbody") for _ in e.iter("tr")]) == 7
    page = form_of(lead.get(T)).submit(
        button=("go", "try"), working_days="10:10-11:11", rest_days="10:10-11:11", call_on_public_holidays="y"
    )
    assert page.status == 200
    assert "还没有保存" in page.text
    assert page.text.count("10:10–11:11") == 7
    assert session.scalars(select(DeskSetting)).all() == []
    assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "desk.settings_changed")) is None


def test_the_page_says_how_many_waiting_cases_were_rescheduled(session: Session, visitor: Visitor) -> None:
    desk = a_busy_desk(session)
    visitor.sign_in("lead")
    page = save(visitor, most_attempts="6")
    assert "已保存拨打设置。 1 个等着联系的个案按新的规定重排了。" in page.text
    assert "重排的个案 1" in visitor.get(f"{S}/audit").text
    assert session.get_one(Schedule, desk.cases(session)[7].id).way == "phone"
    assert "重排" not in save(visitor, clash_minutes="20").text


def test_after_settlement_no_settings_are_changed(session: Session, visitor: Visitor) -> None:
    survey: Survey = a_survey(session)
    survey.settle()
    visitor.sign_in("zhou")
    page = form_of(visitor.get("/evaluations/shibi-test/desk/settings")).submit(
        button=("go", "save"), most_attempts="6"
    )
    assert page.status == 422
    assert "评分已经定案" in page.text
    assert settings_of(session, survey.evaluation) == DEFAULT
