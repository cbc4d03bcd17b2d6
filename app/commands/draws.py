"""Drawing the sample from the sealed frame, and handing its cases to interviewers."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.clock import now
from app.commands.audit import record
from app.commands.refusal import Refused
from app.models import Case, Draw, DrawStratum, Evaluation, Frame, Membership, Recipient, Role, User
from app.queries.evidence import people_of
from sampling import certificate as certificates
from sampling.allocation import proportional
from sampling.draw import Draw as DrawnSample
from sampling.draw import draw
from sampling.frame import population
from sampling.rule import Reading, SizeRefused, planned_size, requirement
from sampling.tickets import InvalidSeed, valid_seed


def draw_sample(
    session: Session,
    evaluation: Evaluation,
    *,
    size: int | None = None,
    seed: str | None = None,
    seed_source: str = "",
    actor: User | None = None,
) -> Draw:
    """Draw the sample, once: strata are the villages, sizes are proportional, order is by ticket.

    `size` may ask for more people than the rule requires, never for fewer. Without a seed the server makes one now,
    after the frame was sealed.
    """
    frame = _sealed_frame(session, evaluation)
    reading = Reading(evaluation.reading)
    seed, seed_source = _seed(seed, seed_source)
    try:
        need = requirement(frame.priority_count, frame.people_count, reading)
        size = planned_size(need, size)
    except SizeRefused as refusal:
        raise Refused(str(refusal), "size") from refusal
    areas: dict[str, str] = {}
    sizes: Counter[str] = Counter()
    for person in population(people_of(session, frame), reading):
        sizes[person.village] += 1
        areas[person.village] = person.area
    allocation = proportional(sizes, size)
    sample = draw(population(people_of(session, frame), reading), seed, allocation)
    drawn_at = now()
    certificate = certificates.make(
        evaluation=evaluation.slug,
        reading=reading,
        frame_fingerprint=frame.fingerprint or "",
        people_count=frame.people_count,
        priority_count=frame.priority_count,
        requirement=need,
        size=size,
        seed=seed,
        seed_source=seed_source,
        drawn_at=drawn_at.isoformat(timespec="seconds"),
        draw=sample,
    )
    row = Draw(
        evaluation_id=evaluation.id,
        frame_id=frame.id,
        reading=reading.value,
        population=need.population,
        size=size,
        seed=seed,
        seed_source=seed_source,
        certificate=certificate,
        certificate_digest=certificate["digest"],
        drawn_at=drawn_at,
        drawn_by_id=actor.id if actor else None,
    )
    session.add(row)
    session.flush()
    _store_cases(session, row, sample, areas)
    record(
        session,
        "sample.drawn",
        actor=actor,
        evaluation=evaluation,
        subject=row.uuid,
        details={"size": size, "population": need.population, "certificate": row.certificate_digest},
    )
    return row


def _sealed_frame(session: Session, evaluation: Evaluation) -> Frame:
    frame = session.scalar(select(Frame).where(Frame.evaluation_id == evaluation.id).with_for_update())
    if frame is None or frame.sealed_at is None:
        raise Refused(_("先封存抽样框，再抽样。"), "not-sealed")
    live = session.scalar(select(Draw.id).where(Draw.frame_id == frame.id, Draw.voided_at.is_(None)))
    if live is not None:
        raise Refused(_("已经抽过样。一个抽样框只有一次有效抽样。"), "drawn")
    return frame


def _seed(seed: str | None, source: str) -> tuple[str, str]:
    if not seed:
        return secrets.token_hex(32), "封存后由服务器随机生成"
    try:
        valid_seed(seed)
    except InvalidSeed as invalid:
        raise Refused(str(invalid), "seed") from invalid
    if not source.strip():
        raise Refused(_("写明种子的来源，例如「封存后当众掷骰 20 次」。"), "seed-source")
    return seed, source.strip()


def _store_cases(session: Session, row: Draw, sample: DrawnSample, areas: dict[str, str]) -> None:
    session.execute(
        insert(DrawStratum),
        [
            {
                "draw_id": row.id,
                "stratum": stratum.stratum,
                "area": areas[stratum.stratum],
                "population": stratum.population,
                "allocated": stratum.allocated,
            }
            for stratum in sample.strata
        ],
    )
    drawn = [(stratum.stratum, person) for stratum in sample.strata for person in stratum.drawn]
    ids: dict[str, int] = {}
    for start in range(0, len(drawn), 5_000):
        keys = [person.key for _, person in drawn[start : start + 5_000]]
        for key, recipient_id in session.execute(
            select(Recipient.key, Recipient.id).where(Recipient.frame_id == row.frame_id, Recipient.key.in_(keys))
        ):
            ids[key] = recipient_id
    session.execute(
        insert(Case),
        [
            {
                "draw_id": row.id,
                "frame_id": row.frame_id,
                "recipient_id": ids[person.key],
                "stratum": stratum,
                "position": person.position,
                "ticket": person.ticket,
            }
            for stratum, person in drawn
        ],
    )


def assign_cases(session: Session, evaluation: Evaluation, *, actor: User | None = None) -> int:
    """Deal the cases nobody has to the evaluation's interviewers in turn, in ticket order; returns how many."""
    interviewers: Sequence[int] = session.scalars(
        select(Membership.user_id)
        .join(User, Membership.user_id == User.id)
        .where(
            Membership.evaluation_id == evaluation.id,
            Membership.role == Role.INTERVIEWER.value,
            User.active,
        )
        .order_by(Membership.user_id)
    ).all()
    if not interviewers:
        raise Refused(_("还没有访问员。先添加访问员，再分派。"), "no-interviewers")
    cases = session.scalars(
        select(Case)
        .join(Draw, Case.draw_id == Draw.id)
        .where(
            Draw.evaluation_id == evaluation.id,
            Draw.voided_at.is_(None),
            Case.interviewer_id.is_(None),
        )
        .order_by(Case.ticket)
    ).all()
    for turn, case in enumerate(cases):
        case.interviewer_id = interviewers[turn % len(interviewers)]
    record(
        session,
        "cases.assigned",
        actor=actor,
        evaluation=evaluation,
        details={"cases": len(cases), "interviewers": len(interviewers)},
    )
    return len(cases)
