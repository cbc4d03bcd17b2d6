"""Switching the mode of contact of a case: to visit, to personal web link, back to telephone.

Whatever the mode, the first valid completed interview counts (app.interview.commands.responses).
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import number_count, reschedule, schedule_of
from app.cases.queries import open_call
from app.clock import now
from app.database import lock
from app.desk.commands.appointments import end_open_appointment
from app.desk.commands.links import issue_link
from app.models import Case, Schedule, User
from app.shared.errors import Refused
from app.shared.guards import refuse_at_desk


def to_visit(session: Session, case: Case, *, actor: User) -> Schedule:
    """Switch to a visit by the actor; the lead may assign it to another interviewer later."""
    row = _row_to_change(session, case, actor)
    if row.way == "visit" and row.assigned_to_id == actor.id:
        raise Refused(_("这个个案已经是走访。"), "same")
    row.chosen_way, row.assigned_to_id = "visit", actor.id
    return _changed(session, case, "visit", actor)


def to_web(session: Session, case: Case, *, actor: User) -> str:
    """Switch to a personal web link; the person is called again when it stays unused for some days.

    An appointment is cancelled: nobody is called while the link is new. Returns the token.
    """
    row = _row_to_change(session, case, actor)
    row.chosen_way, row.assigned_to_id = "web", None
    end_open_appointment(session, case, "cancelled", now())
    token = issue_link(session, case, actor=actor)
    _changed(session, case, "web", actor)
    return token


def to_phone(session: Session, case: Case, *, actor: User) -> Schedule:
    """Switch back to the telephone; refused where no number is left. Any interviewer may claim the case."""
    row = _row_to_change(session, case, actor)
    if row.way == "phone":
        raise Refused(_("这个个案已经是电访。"), "same")
    if number_count(case) == 0:
        raise Refused(_("没有电话，不能改回电访。"), "no-number")
    row.chosen_way, row.assigned_to_id = "phone", None
    if reschedule(session, case, release=False).way != "phone":
        raise Refused(_("电话都打过了，打不通，只能走访或发链接。"), "no-number")
    return _changed(session, case, "phone", actor)


def _row_to_change(session: Session, case: Case, actor: User) -> Schedule:
    """The case's row, locked; refused unless the actor holds the case or is to visit, and once the case is closed."""
    lock(session, case)
    refuse_at_desk(session, case, actor)
    if case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不能换方式。"), "final")
    row = schedule_of(session, case)
    visiting = row.way == "visit" and row.assigned_to_id == actor.id
    if row.held_by_id != actor.id and not visiting:
        raise Refused(_("这个个案已经不在您手上。请按「下一个」。"), "not-mine")
    return row


def _changed(session: Session, case: Case, way: str, actor: User) -> Schedule:
    """Reschedule the case and record the event; during a call it stays held, since its outcome is still to come."""
    row = reschedule(session, case, release=open_call(session, case) is None)
    record(
        session, "way.changed", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid, details={"way": way}
    )
    return row
