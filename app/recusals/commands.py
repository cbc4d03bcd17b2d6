"""Declaring an interest in a station (recusal), and lifting it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import hang_up, release_lease
from app.clock import now
from app.database import lock, lock_row
from app.models import (
    Appointment,
    BackCheck,
    Case,
    Draw,
    Evaluation,
    Membership,
    Recusal,
    Response,
    Role,
    Schedule,
    Station,
    User,
)
from app.quality_control.commands.back_check_calls import end_back_check_call
from app.shared.errors import Refused
from app.shared.guards import reason_given
from app.shared.limits import LONGEST_REASON
from app.shared.queries import recused_from


def declare(
    session: Session, station: Station, user: User, reason: str, *, actor: User, at: datetime | None = None
) -> Recusal:
    """Declare that a person has an interest in a station; their cases there are released. Twice changes nothing.

    Done by the person, by an administrator, or by a lead of the station's evaluations; raises Refused for others.
    """
    at = at or now()
    reason = reason_given(reason, LONGEST_REASON, _("请写明是什么利益关系。"))
    lock_row(session, User.id, user.id)
    if actor.id != user.id:
        _may_declare_for(session, station, user, actor)
    if recused_from(session, station.id, user.id):
        return session.scalars(
            select(Recusal).where(
                Recusal.station_id == station.id, Recusal.user_id == user.id, Recusal.lifted_at.is_(None)
            )
        ).one()
    recusal = Recusal(station_id=station.id, user_id=user.id, reason=reason, declared_at=at, declared_by_id=actor.id)
    session.add(recusal)
    session.flush()
    released = _release_cases(session, station, user, at)
    _record(session, "recusal.declared", recusal, actor, {"reason": reason, "cases": released or None})
    return recusal


def lift(session: Session, recusal: Recusal, *, actor: User, at: datetime | None = None) -> None:
    """End a recusal; administrators only, so that nobody lifts their own to get a case back. Raises Refused."""
    if not actor.is_administrator:
        raise Refused(_("只有管理员可以解除回避。"), "not-administrator")
    lock(session, recusal, "lifted_at")
    if recusal.lifted_at is not None:
        raise Refused(_("这项回避已经解除。"), "lifted")
    recusal.lifted_at = at or now()
    _record(session, "recusal.lifted", recusal, actor, {"reason": recusal.reason})


def _may_declare_for(session: Session, station: Station, user: User, actor: User) -> None:
    if actor.is_administrator:
        return
    memberships = (
        select(Membership.id)
        .join(Evaluation, Membership.evaluation_id == Evaluation.id)
        .where(Evaluation.station_id == station.id)
        .limit(1)
    )
    if session.scalar(memberships.where(Membership.user_id == actor.id, Membership.role == Role.LEAD)) is None:
        raise Refused(_("只有本人、评估负责人或管理员可以声明回避。"), "not-yours")
    if session.scalar(memberships.where(Membership.user_id == user.id)) is None:
        raise Refused(_("这个人没有参加这个社工站的评估。"), "not-a-member")


def _release_cases(session: Session, station: Station, user: User, at: datetime) -> int:
    """Release every case of the station that this person holds, calls, is assigned to or has an appointment for."""
    draws = select(Draw.id).join(Evaluation, Draw.evaluation_id == Evaluation.id)
    rows = session.scalars(
        select(Schedule)
        .where(
            Schedule.draw_id.in_(draws.where(Evaluation.station_id == station.id)),
            or_(
                Schedule.held_by_id == user.id,
                Schedule.assigned_to_id == user.id,
                Schedule.appointment_for_id == user.id,
            ),
        )
        .with_for_update(of=Schedule)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if row.held_by_id == user.id:
            release_lease(row)
            hang_up(session, row.case_id, at, interviewer=user)
        if row.assigned_to_id == user.id:
            row.assigned_to_id = None
        if row.appointment_for_id == user.id:
            row.appointment_for_id = None
            _unassign_appointments(session, row.case_id)
    _release_back_checks(session, station, user, at)
    session.flush()
    return len(rows)


def _release_back_checks(session: Session, station: Station, user: User, at: datetime) -> None:
    query = (
        select(BackCheck)
        .join(Response, BackCheck.response_id == Response.id)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .where(Evaluation.station_id == station.id, BackCheck.checker_id == user.id, BackCheck.done_at.is_(None))
    )
    for check in session.scalars(query):
        end_back_check_call(session, check, at=at)
        check.checker_id = None


def _unassign_appointments(session: Session, case_id: int) -> None:
    query = select(Appointment).where(Appointment.case_id == case_id, Appointment.ended_at.is_(None))
    for appointment in session.scalars(query):
        appointment.interviewer_id = None


def _record(session: Session, action: str, recusal: Recusal, actor: User, details: dict[str, str | int | None]) -> None:
    """Record one audit event for each evaluation of the station of which the person is a member, for its lead."""
    evaluations = session.scalars(
        select(Evaluation)
        .join(Membership, Membership.evaluation_id == Evaluation.id)
        .where(Evaluation.station_id == recusal.station_id, Membership.user_id == recusal.user_id)
        .distinct()
        .order_by(Evaluation.id)
    ).all()
    event_details = {"name": recusal.user.display_name, **details}
    for evaluation in (*evaluations,) or (None,):
        record(session, action, actor=actor, evaluation=evaluation, subject=recusal.user.uuid, details=event_details)
