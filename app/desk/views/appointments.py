"""The interviewer's calendar: a day's appointments, moving, cancelling and calling one; the reminder on every page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.cases.queries import settings_of
from app.clock import local, now
from app.desk.commands.appointments import call_now, cancel, move
from app.desk.forms.appointments import AppointmentFields, AppointmentForm
from app.desk.getters import get_appointment
from app.desk.queries.appointments import (
    CalendarEntry,
    UpcomingAppointments,
    appointments_of_day,
    count_near,
    may_change,
    next_due,
    todays_appointments,
)
from app.desk.views.blueprint import blueprint, identity
from app.extensions import db
from app.models import Appointment, Case, Role, Schedule
from app.shared.views import Page, committing, flash_result, require_token

# The hours of the calendar that are shown even when empty.
FIRST_HOUR, LAST_HOUR = 8, 20
# The first and last day that the calendar shows.
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


@blueprint.get("/appointments")
@members(Role.INTERVIEWER)
def calendar() -> str:
    """The appointments of a day, listed by hour; a case can be opened from here only once its appointment is due."""
    moment = now()
    today = local(moment).date()
    day = _day(request.args.get("day", "")) or today
    entries = appointments_of_day(db.session, current_user, day, moment)
    return render_template(
        "desk/appointments.html",
        day=day,
        day_name=format_date(day, "full"),
        today=today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        hours=_hours(entries),
        count=len(entries),
    )


@blueprint.route("/appointments/<uuid:appointment_uuid>", methods=["GET", "POST"])
@members(Role.INTERVIEWER)
def appointment(appointment_uuid: uuid.UUID) -> Page:
    """One appointment, and moving it to another time; 404 for an interviewer who may not change it."""
    appointment = get_appointment(appointment_uuid)
    form = AppointmentForm()
    hints = offer_times(form, appointment.case)
    if request.method == "GET":
        if not may_change(appointment, db.session.get_one(Schedule, appointment.case_id), current_user):
            abort(404)
        return _appointment_page(appointment, form, hints)
    agreed = form.agreed() if form.validate() else None
    if agreed is None:
        return _appointment_page(appointment, form, hints), 422
    with committing() as refused:
        made = move(db.session, appointment, agreed, actor=current_user)
    if refused:
        return _appointment_page(get_appointment(appointment_uuid), form, hints, [refused.message]), 422
    flash(agreed_words(made.at), "success")
    for warning in warnings(form, appointment.case):
        flash(warning, "warning")
    return redirect(url_for(".calendar", day=local(made.at).date().isoformat()), 303)


@blueprint.post("/appointments/<uuid:appointment_uuid>/cancel")
@members(Role.INTERVIEWER)
def cancel_appointment(appointment_uuid: uuid.UUID) -> ResponseReturnValue:
    """Cancel an appointment."""
    appointment = get_appointment(appointment_uuid)
    require_token()
    day = local(appointment.at).date().isoformat()
    with committing() as refused:
        cancel(db.session, appointment, actor=current_user)
    flash_result(refused, _("预约已取消。这个个案回到队列里，按上一次的结果再排。"))
    return redirect(url_for(".calendar", day=day), 303)


@blueprint.post("/appointments/<uuid:appointment_uuid>/call")
@members(Role.INTERVIEWER)
def call_appointment(appointment_uuid: uuid.UUID) -> ResponseReturnValue:
    """Claim the case of an appointment that is due, and open its page."""
    appointment = get_appointment(appointment_uuid)
    require_token()
    with committing() as refused:
        case = call_now(db.session, appointment, actor=current_user)
    if refused:
        flash(refused.message, "error")
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".case", case_uuid=case.uuid), 303)


@blueprint.get("/due")
@members(Role.INTERVIEWER)
def due() -> ResponseReturnValue:
    """As JSON, polled every minute: how many appointments are near, when the first is, and the reminder in words."""
    moment = now()
    upcoming = next_due(db.session, current_user, moment)
    words = _nudge_words(upcoming, moment)
    return {
        "count": upcoming.count if upcoming else 0,
        "at": local(upcoming.at).isoformat(timespec="minutes") if upcoming else None,
        "what": words.what,
        "left": words.left,
    }


@dataclass(frozen=True)
class Nudge:
    """The reminder that an appointment is near: `what` a screen reader reads once, `left` counts the minutes down."""

    what: str = ""
    left: str = ""


@blueprint.app_template_global()
def nudge() -> Nudge:
    """The reminder for this interviewer at this moment; both parts are empty when no appointment is near."""
    if not current_user.is_authenticated:
        return Nudge()
    moment = now()
    return _nudge_words(next_due(db.session, current_user, moment), moment)


@blueprint.app_template_global("todays_appointments")
def todays() -> tuple[CalendarEntry, ...]:
    """For the first page of the desk: the appointments still open today, due ones first."""
    return todays_appointments(db.session, current_user, now())


def _nudge_words(upcoming: UpcomingAppointments | None, moment: datetime) -> Nudge:
    if upcoming is None:
        return Nudge()
    time_of_day = local(upcoming.at).strftime("%H:%M")
    if upcoming.count == 1:
        what = _("%(time)s 有约", time=time_of_day)
    else:
        what = _("%(time)s 有约，共 %(n)s 个", time=time_of_day, n=upcoming.count)
    minutes = -int((moment - upcoming.at).total_seconds() // 60)
    if minutes > 0:
        left = _("还有 %(n)s 分钟", n=minutes)
    elif minutes > -60:
        left = _("到时间了") if minutes == 0 else _("已过 %(n)s 分钟", n=-minutes)
    else:
        left = _("已过一小时以上")
    return Nudge(str(what), str(left))


def offer_times(form: AppointmentFields, case: Case) -> dict[str, str]:
    """Put the proposed times into a form; returns, by value of the choice, a warning of other appointments near it."""
    settings = settings_of(db.session, case.draw.evaluation)
    offered = form.offer(settings)
    crowded = count_near(db.session, current_user, offered.values(), settings, besides=case)
    return {value: near_words(crowded[at]) for value, at in offered.items() if crowded[at]}


def warnings(form: AppointmentFields, case: Case) -> list[str]:
    """Warnings that do not prevent an appointment: it is outside the calling hours, or close to other appointments."""
    agreed = form.agreed()
    if agreed is None:
        return []
    settings = settings_of(db.session, case.draw.evaluation)
    crowded = count_near(db.session, current_user, [agreed.at], settings, besides=case)[agreed.at]
    return [text for text in (form.soft_problem(), near_words(crowded) if crowded else "") if text]


@blueprint.app_template_global()
def near_words(count: int) -> str:
    """The warning that so many other appointments are close to one."""
    return str(_("前后已另有 %(n)s 个预约", n=count))


def agreed_words(at: datetime) -> str:
    """The message that an appointment was made for this moment."""
    return str(_("已约好 %(time)s。", time=local(at).strftime("%Y-%m-%d %H:%M")))


def _appointment_page(
    appointment: Appointment, form: AppointmentForm, hints: dict[str, str], messages: list[str] | None = None
) -> str:
    return render_template(
        "desk/appointment.html",
        **identity(appointment.case),
        appointment=appointment,
        form=form,
        hints=hints,
        day=local(appointment.at).date().isoformat(),
        messages=messages or [],
    )


def _day(text: str) -> date | None:
    """A date as ISO text; None for anything else, and for one outside the calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST < day < LATEST else None


def _hours(entries: tuple[CalendarEntry, ...]) -> list[tuple[int, list[CalendarEntry]]]:
    """The appointments of each hour: FIRST_HOUR to LAST_HOUR always, other hours only where there are any."""
    by_hour: dict[int, list[CalendarEntry]] = {hour: [] for hour in range(FIRST_HOUR, LAST_HOUR + 1)}
    for entry in entries:
        by_hour.setdefault(local(entry.at).hour, []).append(entry)
    return sorted(by_hour.items())
