"""The calendar: moving, cancelling and calling appointments, and the reminder."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, render_template
from flask_login import login_user

from app.clock import local, now
from app.desk.commands.appointments import AgreedTime, make_appointment
from app.models import Appointment, Schedule
from tests.app.survey_builders import NAMES, Survey
from tests.visitor import Page, Visitor


def agreed(survey: Survey, minutes: int, place: int = 0, *, same: bool = False) -> Appointment:
    """An appointment made by Lan more than an hour ago, for so many minutes from now."""
    at = now() + timedelta(minutes=minutes)
    made = make_appointment(
        survey.session, survey.cases[place], AgreedTime(at, same), actor=survey.interviewer, at=at - timedelta(days=1)
    )
    survey.session.commit()
    return made


def calendar(visitor: Visitor, at: datetime) -> Page:
    return visitor.get(f"/desk/appointments?day={local(at).date()}")


def test_the_calendar_shows_codes_and_villages_but_no_names(survey: Survey, lan: Visitor, mei: Visitor) -> None:
    made = agreed(survey, 24 * 60, same=True)
    page = calendar(lan, made.at)
    assert f"{local(made.at):%H:%M}" in page.text
    assert "希望由您打" in page.text
    assert not any(name in page.html for name in NAMES)
    assert str(survey.cases[0].uuid) not in page.html
    assert "现在打" not in page.text
    assert "这一天没有预约" in calendar(mei, made.at).text


def test_the_calendar_turns_by_days_and_shows_today_for_an_invalid_day(survey: Survey, lan: Visitor) -> None:
    today = local(now()).date()
    assert f"day={today + timedelta(days=1)}" in lan.get("/desk/appointments").follow("后一天").path
    for strange in ("", "tomorrow", "0001-01-01", "9999-12-31", "2026-02-30"):
        page = lan.get("/desk/appointments", query_string={"day": strange})
        assert f"day={today - timedelta(days=1)}" in " ".join(page.links())


def test_an_appointment_is_moved_to_a_proposed_or_a_typed_time(survey: Survey, lan: Visitor) -> None:
    made = agreed(survey, 24 * 60)
    form = calendar(lan, made.at).follow("改期或取消").form(containing="agreed_when")
    day = local(now()).date() + timedelta(days=3)
    page = form.submit(agreed_when="other", agreed_day=day.isoformat(), agreed_time="10:30", same_interviewer="y")
    assert f"已约好 {day} 10:30" in page.text
    assert "希望由您打" in page.text
    [now_open] = survey.session.query(Appointment).filter(Appointment.ended_at.is_(None))
    assert f"{local(now_open.at):%Y-%m-%d %H:%M}" == f"{day} 10:30"


def test_an_invalid_new_time_is_reported_and_the_appointment_stays(survey: Survey, lan: Visitor) -> None:
    made = agreed(survey, 24 * 60)
    form = lan.get(f"/desk/appointments/{made.uuid}").form(containing="agreed_when")
    page = form.submit(agreed_day="2020-01-01", agreed_time="10:00")
    assert page.status == 422
    assert "已经过去" in page.text
    assert made.ended_at is None


def test_unusual_hours_and_close_appointments_are_warned_of_and_accepted(survey: Survey, lan: Visitor) -> None:
    day = local(now()).date() + timedelta(days=2)
    for place in (0, 1):
        made = agreed(survey, 24 * 60, place)
        form = lan.get(f"/desk/appointments/{made.uuid}").form(containing="agreed_when")
        page = form.submit(agreed_when="other", agreed_day=day.isoformat(), agreed_time="22:00")
    assert "如果是对方要求的" in page.text
    assert page.text.count("前后已另有 1 个预约") == 3  # the warning, and both on the calendar


def test_a_cancelled_appointment_leaves_the_calendar(survey: Survey, lan: Visitor) -> None:
    made = agreed(survey, 24 * 60)
    page = lan.get(f"/desk/appointments/{made.uuid}").form(action="/cancel").submit()
    assert "预约已取消" in page.text
    assert "这一天没有预约" in page.text
    assert "08:00" not in page.text  # an empty day draws no hours
    assert "已经改过或取消" in lan.get(f"/desk/appointments/{made.uuid}").text


def test_another_interviewer_can_neither_open_nor_change_an_appointment(
    survey: Survey, lan: Visitor, mei: Visitor
) -> None:
    made = agreed(survey, 24 * 60)
    page = calendar(mei, made.at)
    assert "谁打都可以" in page.text
    assert "改期或取消" not in page.text
    assert mei.get(f"/desk/appointments/{made.uuid}").status == 404
    token = lan.get(f"/desk/appointments/{made.uuid}").form(action="/cancel").values()["csrf_token"]
    assert mei.post(f"/desk/appointments/{made.uuid}/cancel", {"csrf_token": token}).status == 400
    assert made.ended_at is None


def test_a_due_appointment_is_called_from_the_calendar(survey: Survey, lan: Visitor) -> None:
    made = agreed(survey, 2)
    page = calendar(lan, made.at).form(action="/call").submit()
    assert page.path == f"/desk/cases/{survey.cases[0].uuid}"
    assert survey.session.get_one(Schedule, survey.cases[0].id).held_by_id == survey.interviewer.id


def test_an_appointment_taken_by_another_interviewer_is_not_called_again(
    survey: Survey, lan: Visitor, mei: Visitor
) -> None:
    made = agreed(survey, 2)
    form = calendar(lan, made.at).form(action="/call")
    calendar(mei, made.at).form(action="/call").submit()
    assert "已经由别的访问员接走" in form.submit().text


def test_every_page_of_the_desk_shows_the_reminder_of_a_near_appointment(
    survey: Survey, lan: Visitor, mei: Visitor
) -> None:
    page = lan.get("/desk")
    assert " 有约 " not in page.text
    made = agreed(survey, 3, same=True)
    reminder = f"{local(made.at):%H:%M} 有约 还有 3 分钟"
    assert reminder in lan.get("/desk").text
    assert reminder in lan.get("/desk/appointments").text
    assert " 有约 " not in mei.get("/desk").text
    assert "nudge" not in lan.get("/verify").html


def test_the_polled_reminder_contains_its_words(survey: Survey, lan: Visitor, visitor: Visitor) -> None:
    assert lan.get("/desk/due").response.json == {"count": 0, "at": None, "what": "", "left": ""}
    made = agreed(survey, -7, same=True)
    agreed(survey, 5, 1)
    reminder = lan.get("/desk/due").response.json
    assert reminder is not None
    assert (reminder["count"], reminder["left"]) == (2, "已过 7 分钟")
    assert reminder["what"] == f"{local(made.at):%H:%M} 有约，共 2 个"
    assert lan.get("/desk/due").response.headers["Cache-Control"] == "no-store"


def test_only_interviewers_have_a_calendar(survey: Survey, visitor: Visitor) -> None:
    assert visitor.get("/desk/due").path.startswith("/login")
    visitor.sign_in("zhou")
    assert visitor.get("/desk/due").status == 403
    assert visitor.get("/desk/appointments").status == 403


def test_the_first_page_of_the_desk_lists_the_next_appointments(survey: Survey, app: Flask) -> None:
    agreed(survey, 50)
    due = agreed(survey, 2, 1, same=True)
    with app.test_request_context("/desk"):
        login_user(survey.interviewer)
        shown = render_template("desk/_appointments.html")
    assert f"{local(due.at):%H:%M}</time>" in shown[: shown.index("</li>")]
    assert f"/desk/appointments/{due.uuid}/call" in shown
    assert shown.count("/call") == 1
