"""Voiding a plan and its draw: one person requests it with a reason, another confirms; later records list both."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import now
from app.database import lock
from app.draw.queries.ceremony_next import MAY_CONFIRM
from app.models import Ceremony, Draw, Membership, User, VoidRequest
from app.shared.errors import Refused
from app.shared.guards import reason_given, refuse_when_closed
from app.shared.limits import LONGEST_REASON


def open_request_of(session: Session, ceremony: Ceremony) -> VoidRequest | None:
    """The request that waits for confirmation; None where there is none."""
    return session.scalar(
        select(VoidRequest).where(
            VoidRequest.ceremony_id == ceremony.id,
            VoidRequest.withdrawn_at.is_(None),
            VoidRequest.confirmed_at.is_(None),
        )
    )


def ask_to_void(session: Session, ceremony: Ceremony, reason: str, *, actor: User) -> VoidRequest:
    """Request that a plan, and its draw where there is one, be voided."""
    lock(session, ceremony)
    _in_force(session, ceremony)
    reason = reason_given(reason, LONGEST_REASON, _("写明作废的原因，会印在以后每一份证书上。"))
    if open_request_of(session, ceremony) is not None:
        raise Refused(_("已经有人申请作废，等第二个人确认。"), "asked")
    request = VoidRequest(ceremony_id=ceremony.id, reason=reason, asked_by_id=actor.id, asked_at=now())
    session.add(request)
    session.flush()
    _record(session, "void.asked", ceremony, actor, reason)
    return request


def withdraw_void(session: Session, request: VoidRequest, *, actor: User) -> None:
    """Withdraw a request."""
    lock(session, request.ceremony)
    session.refresh(request)
    if request.confirmed_at is not None or request.withdrawn_at is not None:
        raise Refused(_("这个申请已经处理过。"), "done")
    request.withdrawn_at = now()
    _record(session, "void.withdrawn", request.ceremony, actor, request.reason)


def confirm_void(session: Session, request: VoidRequest, *, actor: User) -> None:
    """Confirm a request, by a second person: plan and draw become void and are kept on record."""
    ceremony = request.ceremony
    lock(session, ceremony)
    session.refresh(request)
    if request.confirmed_at is not None or request.withdrawn_at is not None:
        raise Refused(_("这个申请已经处理过。"), "done")
    _in_force(session, ceremony)
    if request.asked_by_id == actor.id:
        raise Refused(_("要由另一个人确认，不能确认自己的申请。"), "second-person")
    held = session.scalars(
        select(Membership.role).where(
            Membership.evaluation_id == ceremony.evaluation_id, Membership.user_id == actor.id
        )
    )
    if not set(held) & {role.value for role in MAY_CONFIRM}:
        raise Refused(_("您不能确认作废。"), "role")
    request.confirmed_at, request.confirmed_by_id = now(), actor.id
    session.flush()
    moment = now()
    draw = session.scalar(select(Draw).where(Draw.ceremony_id == ceremony.id))
    if draw is not None:
        draw.voided_at, draw.void_reason = moment, request.reason
    ceremony.voided_at, ceremony.void_reason = moment, request.reason
    session.flush()
    _record(session, "void.confirmed", ceremony, actor, request.reason)


def _in_force(session: Session, ceremony: Ceremony) -> None:
    refuse_when_closed(session, ceremony.evaluation)
    if ceremony.voided_at is not None:
        raise Refused(_("这个抽样方案已经作废。"), "void")


def _record(session: Session, event: str, ceremony: Ceremony, actor: User, reason: str) -> None:
    record(
        session,
        event,
        actor=actor,
        evaluation=ceremony.evaluation,
        subject=ceremony.uuid,
        details={"reason": reason, "plan": ceremony.plan_digest},
    )
