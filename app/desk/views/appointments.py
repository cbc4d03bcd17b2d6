"""The interviewer's calendar: a day's appointments, moving and cancelling one, calling when it is due, the nudge."""

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
    Agreement,
    Due,
    appointments_of_day,
    may_change,
    near,
    next_due,
    todays_appointments,
)
from app.desk.views.blueprint import blueprint, identity
from app.extensions import db
from app.models import Appointment, Case, Role, Schedule
from app.shared.views import Page, committing, flash_result, require_token

# The hours of the calendar that are shown even when empty.
FIRST_HOUR, LAST_HOUR = 8, 20
# Days a calendar can be turned to; dates beyond have no neighbours to turn to.
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


@blueprint.get("/appointments")
@members(Role.INTERVIEWER)
def calendar() -> str:
    """The appointments of a day, hours down; a case is opened from here only when its time has come."""
    moment = now()
    today = local(moment).date()
    day = _day(request.args.get("day", "")) or today
    found = appointments_of_day(db.session, current_user, day, moment)
    return render_template(
        "desk/appointments.html",
        day=day,
        day_name=format_date(day, "full"),
        today=today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        hours=_hours(found),
        count=len(found),
    )


@blueprint.route("/appointments/<uuid:appointment_uuid>", methods=["GET", "POST"])
@members(Role.INTERVIEWER)
def appointment(appointment_uuid: uuid.UUID) -> Page:
    """One appointment, to be moved or cancelled by who may."""
    found = get_appointment(appointment_uuid)
    form = AppointmentForm()
    hints = offer_times(form, found.case)
    if request.method == "GET":
        if not may_change(found, db.session.get_one(Schedule, found.case_id), current_user):
            abort(404)
        return _appointment_page(found, form, hints)
    agreed = form.agreed() if form.validate() else None
    if agreed is None:
        return _appointment_page(found, form, hints), 422
    with committing() as refused:
        made = move(db.session, found, agreed, actor=current_user)
    if refused:
        return _appointment_page(get_appointment(appointment_uuid), form, hints, [refused.message]), 422
    flash(agreed_words(made.at), "success")
    for warning in warnings(form, found.case):
        flash(warning, "warning")
    return redirect(url_for(".calendar", day=local(made.at).date().isoformat()), 303)


@blueprint.post("/appointments/<uuid:appointment_uuid>/cancel")
@members(Role.INTERVIEWER)
def cancel_appointment(appointment_uuid: uuid.UUID) -> ResponseReturnValue:
    """Take an appointment back."""
    found = get_appointment(appointment_uuid)
    require_token()
    day = local(found.at).date().isoformat()
    with committing() as refused:
        cancel(db.session, found, actor=current_user)
    flash_result(refused, _("预约已取消。这个个案回到队列里，按上一次的结果再排。"))
    return redirect(url_for(".calendar", day=day), 303)


@blueprint.post("/appointments/<uuid:appointment_uuid>/call")
@members(Role.INTERVIEWER)
def call_appointment(appointment_uuid: uuid.UUID) -> ResponseReturnValue:
    """Take the case of an appointment that is due, and on to the case."""
    found = get_appointment(appointment_uuid)
    require_token()
    with committing() as refused:
        case = call_now(db.session, found, actor=current_user)
    if refused:
        flash(refused.message, "error")
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".case", case_uuid=case.uuid), 303)


@blueprint.get("/due")
@members(Role.INTERVIEWER)
def due() -> ResponseReturnValue:
    """What the pages ask every minute: how many appointments are near, when the first is, and the words for it."""
    moment = now()
    found = next_due(db.session, current_user, moment)
    told = _nudge_words(found, moment)
    return {
        "count": found.count if found else 0,
        "at": local(found.at).isoformat(timespec="minutes") if found else None,
        "what": told.what,
        "left": told.left,
    }


@dataclass(frozen=True)
class Nudge:
    """The line that says an appointment is near: what is read out once, and what counts down."""

    what: str = ""
    left: str = ""


@blueprint.app_template_global()
def nudge() -> Nudge:
    """The line for this interviewer now; empty most of the time."""
    if not current_user.is_authenticated:
        return Nudge()
    moment = now()
    return _nudge_words(next_due(db.session, current_user, moment), moment)


@blueprint.app_template_global("todays_appointments")
def todays() -> tuple[Agreement, ...]:
    """For the first page of the desk: what is still to be kept today, due ones first."""
    return todays_appointments(db.session, current_user, now())


def _nudge_words(found: Due | None, moment: datetime) -> Nudge:
    if found is None:
        return Nudge()
    clock = local(found.at).strftime("%H:%M")
    if found.count == 1:
        what = _("%(time)s 有约", time=clock)
    else:
        what = _("%(time)s 有约，共 %(n)s 个", time=clock, n=found.count)
    minutes = -int((moment - found.at).total_seconds() // 60)
    if minutes > 0:
        left = _("还有 %(n)s 分钟", n=minutes)
    elif minutes > -60:
        left = _("到时间了") if minutes == 0 else _("已过 %(n)s 分钟", n=-minutes)
    else:
        left = _("已过一小时以上")
    return Nudge(str(what), str(left))


def offer_times(form: AppointmentFields, case: Case) -> dict[str, str]:
    """Put the proposals into a form; returns the hints that warn, by choice, of others agreed near it."""
    settings = settings_of(db.session, case.draw.evaluation)
    offered = form.offer(settings)
    crowded = near(db.session, current_user, offered.values(), settings, besides=case)
    return {value: near_words(crowded[at]) for value, at in offered.items() if crowded[at]}


def warnings(form: AppointmentFields, case: Case) -> list[str]:
    """What to say after an agreement: a time outside the hours, others agreed near it. It is kept all the same."""
    agreed = form.agreed()
    if agreed is None:
        return []
    settings = settings_of(db.session, case.draw.evaluation)
    crowded = near(db.session, current_user, [agreed.at], settings, besides=case)[agreed.at]
    return [text for text in (form.soft_problem(), near_words(crowded) if crowded else "") if text]


@blueprint.app_template_global()
def near_words(count: int) -> str:
    """That other appointments stand near one."""
    return str(_("前后已另有 %(n)s 个预约", n=count))


def agreed_words(at: datetime) -> str:
    """When it was agreed to call again."""
    return str(_("已约好 %(time)s。", time=local(at).strftime("%Y-%m-%d %H:%M")))


def _appointment_page(
    found: Appointment, form: AppointmentForm, hints: dict[str, str], messages: list[str] | None = None
) -> str:
    return render_template(
        "desk/appointment.html",
        **identity(found.case),
        appointment=found,
        form=form,
        hints=hints,
        day=local(found.at).date().isoformat(),
        messages=messages or [],
    )


def _day(text: str) -> date | None:
    """The day asked for; anything else is today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST < day < LATEST else None


def _hours(found: tuple[Agreement, ...]) -> list[tuple[int, list[Agreement]]]:
    """The hours of the day with what is agreed in each; early and late ones only where something is."""
    by_hour: dict[int, list[Agreement]] = {hour: [] for hour in range(FIRST_HOUR, LAST_HOUR + 1)}
    for one in found:
        by_hour.setdefault(local(one.at).hour, []).append(one)
    return sorted(by_hour.items())
