"""Claiming the next case by one SQL statement, so that two interviewers never get the same one.

The order is that of surveys.calling.order, in SQL: appointments that are due; then, within the calling hours, cases
past the delay of their last outcome: those not yet attempted in this part of the day first, then those needing a skill
this interviewer has, then the stratum furthest below its allocation, then the ticket. A test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from flask_babel import gettext as _
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Subquery,
    and_,
    bindparam,
    case,
    delete,
    func,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from app.audit.commands import record
from app.cases.commands import grant_lease, hang_up, number_count, release_lease, reschedule, schedule_of
from app.cases.queries import open_call, settings_of, skills_of
from app.clock import local, now
from app.database import lock_for_append
from app.desk.queries.open_desks import Desk, desks_of
from app.models import Case, Draft, DrawStratum, ResponseTally, Schedule, User
from app.shared.errors import Refused, refused_when_taken
from app.shared.guards import refuse_at_desk
from surveys.calling.attempts import bit, day_part
from surveys.calling.order import CALLED, DUE_AHEAD, YIELDED_AFTER

# A stratum's need is compared in millionths of its allocation: integers are ordered alike by both databases.
MILLIONTHS = 1_000_000
CLAIM_LOCK = 7_310_024


@dataclass(frozen=True)
class Claim:
    """The case an interviewer now holds, and whether they held it already (browser crashed, button pressed twice)."""

    case: Case
    resumed: bool


def claim_next(session: Session, user: User, at: datetime | None = None) -> Claim | None:
    """Claim the next case for this interviewer for the length of a lease; None when there is nobody to call now.

    An interviewer who holds a case already gets that one: one case at a time.
    """
    at = at or now()
    desks = desks_of(session, user)
    held = session.scalar(select(Schedule).where(Schedule.held_by_id == user.id))
    if held is not None:
        desk = next((desk for desk in desks if desk.draw_id == held.draw_id), None)
        if desk is not None and held.way in CALLED:
            grant_lease(held, user.id, at, desk.settings)
            return Claim(held.case, resumed=True)
        _release_case(session, held, at)
    while (claim := _claim(session, user, desks, at)) is not None:
        claimed = session.get_one(Case, claim.case_id)
        if claim.again:
            return Claim(claimed, resumed=True)
        hang_up(session, claimed.id, at)
        if number_count(claimed) == 0:
            # Numbers are encrypted, so the query cannot see that there is none: schedule a visit and claim the next.
            reschedule(session, claimed)
            continue
        record(session, "case.claimed", actor=user, evaluation=claimed.draw.evaluation, subject=claimed.uuid)
        return Claim(claimed, resumed=False)
    return None


def _release_case(session: Session, row: Schedule, at: datetime) -> None:
    """Release a case that is not called any more: answered by link, to be visited, or of a desk that is closed."""
    hang_up(session, row.case_id, at)
    if row.way == "closed":
        session.execute(delete(Draft).where(Draft.case_id == row.case_id))
    release_lease(row)
    session.flush()


@dataclass(frozen=True)
class _ClaimResult:
    """The id of a case, and whether another request of the same interviewer claimed it a moment ago."""

    case_id: int
    again: bool = False


def _claim(session: Session, user: User, desks: list[Desk], at: datetime) -> _ClaimResult | None:
    """Run the claiming statement; None where no case is ready.

    Claims are serialised (on SQLite every write is), so that the second of two at once sees what the first claimed.
    """
    agreed = [desk.draw_id for desk in desks if desk.appointments_at(local(at))]
    regular = [desk.draw_id for desk in desks if desk.open_at(local(at))]
    if not agreed:
        return None  # open hours never include a quiet time, so `regular` is empty too
    lock_for_append(session, CLAIM_LOCK)
    pressed_twice = session.scalar(select(Schedule.case_id).where(Schedule.held_by_id == user.id))
    if pressed_twice is not None:
        return _ClaimResult(pressed_twice, again=True)
    skills = sorted(skills_of(session, user))
    parameters = {
        "me": user.id,
        "moment": at,
        "lease_ends": at + timedelta(minutes=min(desk.settings.lease_minutes for desk in desks)),
        "due_by": at + DUE_AHEAD,
        "yielded_by": at - YIELDED_AFTER,
        "part": bit(day_part(local(at))),
        "agreed_draws": agreed,
        "regular_draws": regular,
        "skills": skills,
        "suited": ["", *skills],
    }
    try:
        with session.begin_nested():
            taken = session.scalar(
                _claim_statement(regular=bool(regular), skilled=bool(skills)),
                parameters,
                execution_options={"synchronize_session": False},
            )
    except IntegrityError:
        # They claimed a particular case on another page at the same moment: that is the one they hold.
        return _ClaimResult(
            session.scalars(select(Schedule.case_id).where(Schedule.held_by_id == user.id)).one(), again=True
        )
    return None if taken is None else _ClaimResult(taken)


_queued = aliased(Schedule, name="queued")
# Written as a literal, so that both databases use the partial index over these rows.
_CALLED = text("queued.way IN ('phone', 'web')")


def _at(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=Schedule.not_before.type)


def _free(schedule: type[Schedule]) -> ColumnElement[bool]:
    return or_(
        schedule.held_until.is_(None), schedule.held_until <= _at("moment"), schedule.held_by_id == bindparam("me")
    )


@cache
def _claim_statement(*, regular: bool, skilled: bool) -> ReturningUpdate[int]:
    """The claiming statement, built once: claim the first case of the first lane that has one.

    Lanes: appointments; cases not yet attempted in this part of the day; other cases. In a lane each stratum offers
    its first ticket that is ready, found by the index, and the stratum in greatest need is chosen: the cost grows with
    the number of strata and of cases skipped, not with all open cases.
    """
    same_part = _queued.day_parts.op("&")(bindparam("part")) != 0
    needs = [_queued.needs.in_(bindparam("skills", expanding=True))] if skilled else []
    lanes = [_in_lane(need, part) for part in (~same_part, same_part) for need in (*needs, _queued.needs == "")]
    best = func.coalesce(_due_appointment(), *(lanes if regular else []), null())
    return (
        update(Schedule)
        .where(Schedule.case_id == best, _free(Schedule))
        .values(held_by_id=bindparam("me"), held_since=_at("moment"), held_until=_at("lease_ends"))
        .returning(Schedule.case_id)
    )


def _in_lane(*lane: ColumnElement[bool]) -> ColumnElement[int]:
    need = _need()
    first = (
        select(_queued.case_id)
        .where(
            _queued.draw_id == need.c.draw_id,
            _queued.stratum == need.c.stratum,
            _CALLED,
            _suits(),
            _queued.not_before <= _at("moment"),
            _queued.appointment_at.is_(None),
            *lane,
        )
        .order_by(_queued.ticket)
        .limit(1)
        .correlate(need)
        .scalar_subquery()
    )
    offered = select(need.c.need, first.label("case_id")).subquery()
    offered_case = aliased(Schedule, name="offered_case")
    return (
        select(offered_case.case_id)
        .join(offered, offered.c.case_id == offered_case.case_id)
        .order_by(offered.c.need.desc(), offered_case.ticket)
        .limit(1)
        .scalar_subquery()
    )


def _due_appointment() -> ColumnElement[int]:
    """The case of an appointment that is due: at any hour people agree to, but never in a quiet time."""
    mine = _queued.appointment_for_id == bindparam("me")
    return (
        select(_queued.case_id)
        .where(
            _queued.draw_id.in_(bindparam("agreed_draws", expanding=True)),
            _CALLED,
            _suits(),
            _queued.needs.in_(bindparam("suited", expanding=True)),
            _queued.appointment_at <= _at("due_by"),
            or_(_queued.appointment_for_id.is_(None), mine, _queued.appointment_at <= _at("yielded_by")),
        )
        .order_by(case((mine, 0), else_=1), _queued.appointment_at, _queued.ticket)
        .limit(1)
        .scalar_subquery()
    )


def _suits() -> ColumnElement[bool]:
    me: BindParameter[int] = bindparam("me")
    return and_(
        _free(_queued),
        or_(_queued.assigned_to_id.is_(None), _queued.assigned_to_id == me),
        or_(_queued.avoid_id.is_(None), _queued.avoid_id != me),
    )


def _need() -> Subquery:
    """By stratum: (allocated - valid interviews) / allocated, in millionths; 0 where nobody is allocated."""
    draws: BindParameter[int] = bindparam("regular_draws", expanding=True)
    valid = (
        select(ResponseTally.draw_id, ResponseTally.stratum, func.sum(ResponseTally.valid).label("valid"))
        .where(ResponseTally.draw_id.in_(draws))
        .group_by(ResponseTally.draw_id, ResponseTally.stratum)
        .subquery()
    )
    missing = DrawStratum.allocated - func.coalesce(valid.c.valid, 0)
    return (
        select(
            DrawStratum.draw_id,
            DrawStratum.stratum,
            case((DrawStratum.allocated > 0, missing * MILLIONTHS / DrawStratum.allocated), else_=0).label("need"),
        )
        .outerjoin(valid, and_(valid.c.draw_id == DrawStratum.draw_id, valid.c.stratum == DrawStratum.stratum))
        .where(DrawStratum.draw_id.in_(draws))
        .subquery()
    )


def renew_lease(session: Session, case_: Case, *, actor: User, at: datetime | None = None) -> Schedule:
    """Renew the lease of a case the actor holds; refused once somebody else holds it. Returns its row, locked."""
    at = at or now()
    row = schedule_of(session, case_)
    refuse_at_desk(session, case_, actor)
    if row.held_by_id != actor.id:
        raise Refused(_("这个个案已经不在您手上。请按「下一个」。"), "not-mine")
    grant_lease(row, actor.id, at, settings_of(session, case_.draw.evaluation))
    session.flush()
    return row


def claim_case(session: Session, case_: Case, *, actor: User, at: datetime | None = None) -> Schedule:
    """Claim one particular case: after undoing an outcome, or for an appointment. Refused while holding another."""
    at = at or now()
    row = schedule_of(session, case_)
    refuse_at_desk(session, case_, actor)
    if row.held_by_id not in (None, actor.id) and row.held_until is not None and row.held_until > at:
        raise Refused(_("这个个案已经由别的访问员接走。"), "taken")
    other_case = session.scalar(
        select(Schedule.case_id).where(Schedule.held_by_id == actor.id, Schedule.case_id != case_.id)
    )
    message = _("您手上还有一个个案。先登记结果或放回，再接别的。")
    if other_case is not None:
        raise Refused(message, "holding")
    if row.held_by_id != actor.id:
        release_lease(row)
        hang_up(session, case_.id, at)
        session.flush()
    settings = settings_of(session, case_.draw.evaluation)
    # The same person may be claiming another case at this moment, on another page.
    with refused_when_taken(session, message, "holding"):
        grant_lease(row, actor.id, at, settings)
    return row


def put_back(session: Session, case_: Case, *, actor: User) -> None:
    """Give back a case without an attempt; any interviewer may claim it again. Refused while a call has no outcome."""
    row = schedule_of(session, case_)
    if row.held_by_id != actor.id:
        raise Refused(_("这个个案已经不在您手上。请按「下一个」。"), "not-mine")
    if open_call(session, case_) is not None and not case_.outcome_final:
        raise Refused(_("电话还没有登记结果。先登记，再放回。"), "calling")
    _release_case(session, row, now())
    record(session, "case.put_back", actor=actor, evaluation=case_.draw.evaluation, subject=case_.uuid)
