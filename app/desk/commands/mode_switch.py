"""Changing the way a person is asked: by visit, by personal web link, by telephone again; one case, one history.

Whatever the way, the first valid completed interview counts (app.interview.commands.responses).
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
    """From now on the person is visited, by who asks for it; the lead may name another."""
    row = _row_to_change(session, case, actor)
    if row.way == "visit" and row.assigned_to_id == actor.id:
        raise Refused(_("这个个案已经是走访。"), "same")
    row.chosen_way, row.assigned_to_id = "visit", actor.id
    return _changed(session, case, "visit", actor)


def to_web(session: Session, case: Case, *, actor: User) -> str:
    """From now on the person may answer by a personal link, shown once; called again when it is not used for days.

    An appointment falls away: nobody is called while the link is new. Returns the token.
    """
    row = _row_to_change(session, case, actor)
    row.chosen_way, row.assigned_to_id = "web", None
    end_open_appointment(session, case, "cancelled", now())
    token = issue_link(session, case, actor=actor)
    _changed(session, case, "web", actor)
    return token


def to_phone(session: Session, case: Case, *, actor: User) -> Schedule:
    """Back to the telephone, where there is a number left to call; whoever is next in turn calls."""
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
    """The case's row, for who has it in hand or is to visit; refused to others, and where nothing is left to ask."""
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
    """Into the schedule and the history. While a call lasts the case stays in hand: its outcome is still to come."""
    row = reschedule(session, case, release=open_call(session, case) is None)
    record(
        session, "way.changed", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid, details={"way": way}
    )
    return row
