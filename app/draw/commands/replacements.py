"""Releasing people from the reserve: the next ticket of the same stratum, after a final outcome.

The plan's protocol says when (sampling.replacement); nobody can choose who. Each release costs one pass of hashing
over the frame.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import now
from app.database import lock_row
from app.documents.queries import outcomes_of
from app.draw.commands.draws import store_cases
from app.draw.queries.draws import plan_in_force, reserve_counts, stored_differences
from app.ledger.queries.frames import people_of
from app.models import Case, Draw, Frame, Recipient, Replacement, User
from app.shared.errors import Refused
from app.shared.guards import refuse_at_desk
from app.shared.queries import retention_is_over
from sampling.draw import Drawn, smallest
from sampling.plan import Plan, Protocol
from sampling.replacement import due
from sampling.rule import Reading
from sampling.strata import Cell, cell_of


def release_due_replacements(session: Session, case: Case, *, actor: User | None = None) -> list[Replacement]:
    """After a case has ended, release as many replacements as the protocol says are due in its stratum."""
    draw = case.draw
    if draw.ceremony is None or draw.voided_at is not None or retention_is_over(draw.evaluation):
        return []
    if not outcomes_of(draw.evaluation).is_lost(case.outcome, case.outcome_final):
        return []
    plan = plan_in_force(draw.ceremony)
    if plan.protocol not in (Protocol.ONE_FOR_ONE, Protocol.BLOCK):
        return []
    if stored_differences(session, draw):
        return []  # the lead's page reports it; the interviewer's work must not stop
    _lock(session, draw)
    lost = _lost(session, draw, case.stratum)
    waiting = [case for case, replaced in lost if not replaced]
    number = due(plan, len(lost), len(lost) - len(waiting))
    return _release(session, draw, plan, waiting, actor, most=number)


def replace_case(session: Session, case: Case, *, actor: User | None = None) -> Replacement:
    """Replace one case at a supervisor's decision; refused unless the protocol allows it and the case has ended."""
    draw = case.draw
    refuse_at_desk(session, case, actor)
    if draw.ceremony is not None and stored_differences(session, draw):
        raise Refused(_("库中的抽样证书被改动过，不能放出候补。请在抽样页重新验证。"), "certificate")
    if draw.ceremony is None:
        raise Refused(_("这次抽样没有公布过方案，不能放出候补。"), "no-plan")
    plan = plan_in_force(draw.ceremony)
    if plan.protocol is not Protocol.SUPERVISOR:
        raise Refused(_("按公布的方案，候补不由人工放出。"), "protocol")
    _lock(session, draw)
    session.refresh(case)
    if not outcomes_of(draw.evaluation).is_lost(case.outcome, case.outcome_final):
        raise Refused(_("这个个案还没有最终结果，或已经完成，不能替换。"), "not-final")
    if replacement_of(session, case) is not None:
        raise Refused(_("这个个案已经替换过。"), "replaced")
    released = _release(session, draw, plan, [case], actor, most=1)
    if not released:
        raise Refused(_("这一层的人已经全部抽出，没有候补。"), "used-up")
    return released[0]


def replacement_of(session: Session, case: Case) -> Replacement | None:
    """The replacement of a case; None where it was not replaced."""
    return session.scalar(select(Replacement).where(Replacement.replaces_case_id == case.id))


def _lock(session: Session, draw: Draw) -> None:
    lock_row(session, Draw.id, draw.id)
    session.flush()


def _lost(session: Session, draw: Draw, stratum: str) -> list[tuple[Case, bool]]:
    """The cases of a stratum that ended without an interview, in the order of the draw; whether each was replaced."""
    rows = session.execute(
        select(Case, Replacement.id.is_not(None))
        .outerjoin(Replacement, Replacement.replaces_case_id == Case.id)
        .where(
            Case.draw_id == draw.id,
            Case.stratum == stratum,
            Case.outcome_final,
            Case.outcome.not_in(outcomes_of(draw.evaluation).interviewed),
        )
        .order_by(Case.queue, Case.position)
    )
    return [(case, replaced) for case, replaced in rows]


def _release(
    session: Session, draw: Draw, plan: Plan, cases: Sequence[Case], actor: User | None, *, most: int
) -> list[Replacement]:
    """Replace the first `most` of these cases of one stratum whose queues have a reserve left."""
    people = {
        (row["stratum"], queue["queue"]): queue["population"]
        for row in draw.certificate["strata"]
        for queue in row["queues"]
    }
    cells = {(case.stratum, case.queue) for case in cases}
    used = {cell: number for cell, number in reserve_counts(session, draw).items() if cell in cells}
    places: list[tuple[Case, Cell, int]] = []
    for case in cases:
        cell = (case.stratum, case.queue)
        if len(places) < most and used[cell] < people[cell]:
            used[cell] += 1
            places.append((case, cell, used[cell]))
    if not places:
        return []
    orders = _orders(session, draw, plan, used)
    new = [(cell, position, orders[cell][position - 1]) for _case, cell, position in places]
    store_cases(session, draw, new)
    return [
        _register(session, draw, case, person, actor)
        for (case, _cell, _position), (_place, _number, person) in zip(places, new, strict=True)
    ]


def _orders(session: Session, draw: Draw, plan: Plan, counts: dict[Cell, int]) -> dict[Cell, tuple[Drawn, ...]]:
    """The first people of each queue in ticket order: `counts` says how many."""
    frame = session.get_one(Frame, draw.frame_id)
    cell = cell_of(plan, Reading(draw.reading))
    pairs = ((person.key, cell(person)) for person in people_of(session, frame))
    people = ((key, place) for key, place in pairs if place in counts)
    return dict(smallest(people, draw.seed, counts))


def _register(session: Session, draw: Draw, replaced: Case, person: Drawn, actor: User | None) -> Replacement:
    case = session.scalars(
        select(Case)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .where(Case.draw_id == draw.id, Recipient.key == person.key)
    ).one()
    last = session.scalar(select(func.max(Replacement.number)).where(Replacement.draw_id == draw.id))
    row = Replacement(
        draw_id=draw.id,
        stratum=case.stratum,
        number=(last or 0) + 1,
        case_id=case.id,
        replaces_case_id=replaced.id,
        outcome=replaced.outcome or "",
        released_at=now(),
        released_by_id=actor.id if actor else None,
    )
    session.add(row)
    session.flush()
    record(
        session,
        "reserve.released",
        actor=actor,
        evaluation=draw.evaluation,
        subject=case.uuid,
        details={"number": row.number, "replaces": str(replaced.uuid), "outcome": row.outcome},
    )
    return row
