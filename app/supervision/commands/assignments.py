"""Commands of the supervisor: requeue and reassign cases, assign visits, mark notes as seen, set skills."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import reschedule, schedule_of
from app.cases.queries import skills_of
from app.clock import now
from app.database import lock, lock_row
from app.models import (
    Case,
    DeskNote,
    Draw,
    Evaluation,
    InterviewerSkill,
    Membership,
    Recipient,
    Role,
    Schedule,
    User,
    Village,
)
from app.shared.errors import Refused
from app.shared.guards import refuse_at_desk, refuse_when_closed, refuse_when_recused
from app.shared.queries import recused_from
from surveys.calling.skills import SKILLS


def put_into_queue(session: Session, case: Case, *, actor: User | None, at: datetime | None = None) -> Schedule:
    """Put a case that waits for the supervisor back into the queue; earlier outcomes no longer make it wait."""
    row = _open_case(session, case, actor)
    if row.way != "supervisor":
        raise Refused(_("这个个案不在等负责人处理，可能已经有人处理过。"), "not-waiting")
    row.cleared_at = at or now()
    row = reschedule(session, case)
    record(session, "case.requeued", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid)
    return row


def reassign(session: Session, case: Case, user: User | None, *, actor: User | None) -> Schedule:
    """Give a case to one interviewer, or (None) to whoever comes next; refused where they could never take it."""
    row = _open_case(session, case, actor)
    evaluation = case.draw.evaluation
    if user is not None:
        _may_have(session, evaluation, row, user)
    before, after = row.assigned_to_id, user.id if user else None
    if before == after:
        return row
    row.assigned_to_id = after
    session.flush()
    name = user.display_name if user else None
    record(session, "case.assigned", actor=actor, evaluation=evaluation, subject=case.uuid, details={"name": name})
    return row


def assign_visits(
    session: Session, evaluation: Evaluation, village: Village, user: User, *, actor: User | None
) -> tuple[int, int]:
    """Assign the unassigned visits of a village to one interviewer; returns how many were assigned, and how many not.

    Not assigned are people who refused this interviewer before, and people whose language they do not speak.
    """
    refuse_when_closed(session, evaluation)
    refuse_when_recused(session, evaluation, actor)
    _interviewer(session, evaluation, user)
    rows = session.scalars(
        select(Schedule)
        .join(Case, Schedule.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .where(
            Draw.evaluation_id == evaluation.id,
            Draw.voided_at.is_(None),
            Recipient.village_id == village.id,
            Schedule.way == "visit",
            Schedule.assigned_to_id.is_(None),
        )
        .order_by(Schedule.case_id)
        .with_for_update(of=Schedule)
        .execution_options(populate_existing=True)
    ).all()
    skills = skills_of(session, user)
    fitting = [row for row in rows if row.avoid_id != user.id and (not row.needs or row.needs in skills)]
    for row in fitting:
        row.assigned_to_id = user.id
    if fitting:
        details = {"name": user.display_name, "cases": len(fitting)}
        record(session, "visits.assigned", actor=actor, evaluation=evaluation, subject=user.uuid, details=details)
    return len(fitting), len(rows) - len(fitting)


def _open_case(session: Session, case: Case, actor: User | None) -> Schedule:
    row = schedule_of(session, case)
    session.refresh(case)
    refuse_at_desk(session, case, actor)
    if case.outcome_final:
        raise Refused(_("这个个案已经结案。"), "final")
    return row


def _interviewer(session: Session, evaluation: Evaluation, user: User) -> None:
    """Raise Refused for a user who is no interviewer of this evaluation, or is recused from its station."""
    member = session.scalar(
        select(Membership.id).where(
            Membership.evaluation_id == evaluation.id,
            Membership.user_id == user.id,
            Membership.role == Role.INTERVIEWER,
        )
    )
    if member is None or not user.active:
        raise Refused(_("这个人不是这次评估的访问员。"), "not-a-member")
    if recused_from(session, evaluation.station_id, user.id):
        raise Refused(_("「%(name)s」已声明与这个社工站有利益关系，要回避。", name=user.display_name), "recused")


def _may_have(session: Session, evaluation: Evaluation, row: Schedule, user: User) -> None:
    _interviewer(session, evaluation, user)
    if row.avoid_id == user.id:
        raise Refused(_("「%(name)s」刚被这个人拒绝过，再试一次要换人。", name=user.display_name), "avoid")
    if row.needs and row.needs not in skills_of(session, user):
        raise Refused(_("这个个案需要的语言或技能，「%(name)s」没有登记。", name=user.display_name), "needs")


def mark_note_seen(session: Session, note: DeskNote, *, actor: User, at: datetime | None = None) -> None:
    """Mark a note as seen; a note that was seen before keeps who saw it first."""
    lock(session, note)
    if note.seen_at is not None:
        return
    note.seen_at, note.seen_by_id = at or now(), actor.id
    case = note.case
    record(
        session,
        "note.seen",
        actor=actor,
        evaluation=case.draw.evaluation,
        subject=case.uuid,
        details={"kind": note.kind},
    )


def set_skills(
    session: Session, evaluation: Evaluation, user: User, skills: Collection[str], *, actor: User | None
) -> bool:
    """Set the languages and other skills of an interviewer of this evaluation; returns whether they changed."""
    codes = frozenset(skills)
    if not codes <= SKILLS.keys():
        raise Refused(_("没有这项语言或技能。"), "unknown-skill")
    lock_row(session, User.id, user.id)
    member = session.scalar(
        select(Membership.id).where(
            Membership.evaluation_id == evaluation.id,
            Membership.user_id == user.id,
            Membership.role == Role.INTERVIEWER,
        )
    )
    if member is None:
        raise Refused(_("这个人不是这次评估的访问员。"), "not-a-member")
    before = skills_of(session, user)
    if codes == before:
        return False
    session.execute(
        delete(InterviewerSkill).where(
            InterviewerSkill.user_id == user.id, InterviewerSkill.skill.in_(sorted(before - codes))
        )
    )
    session.add_all(InterviewerSkill(user_id=user.id, skill=skill) for skill in sorted(codes - before))
    record(
        session,
        "skills.set",
        actor=actor,
        evaluation=evaluation,
        subject=user.uuid,
        details={"name": user.display_name, "skills": ", ".join(sorted(codes))},
    )
    return True
