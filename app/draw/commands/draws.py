"""Drawing the sample from the sealed frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import schedule_new_cases
from app.clock import now
from app.database import lock_row
from app.draw.queries.draws import plan_in_force, voided_before, withdrawn_before
from app.ledger.queries.frames import people_of
from app.localisation import to_visitor
from app.models import Case, Ceremony, Draw, DrawStratum, Evaluation, Frame, Recipient, User
from app.shared.errors import Refused
from app.shared.guards import refuse_after_retention, refuse_when_recused, refuse_when_withdrawn
from sampling import certificate as certificates
from sampling.allocation import allocate
from sampling.draw import Drawn, draw
from sampling.rule import Reading, requirement
from sampling.seed import Contribution, ContributionKind, InvalidSeed, join
from sampling.strata import Cell, StratumSize, cell_of, sizes

BATCH = 5_000


def draw_sample(session: Session, ceremony: Ceremony, *, actor: User | None = None) -> Draw:
    """Draw the sample of an announced plan, once, with the seed made from its contributions.

    Refused while a contribution is missing, when the ceremony is void, and when the sample is drawn already; of two
    simultaneous draws the second is refused.
    """
    frame = session.scalar(select(Frame).where(Frame.id == ceremony.frame_id).with_for_update())
    session.refresh(ceremony)
    if frame is None or frame.fingerprint is None or ceremony.voided_at is not None:
        raise Refused(_("这个抽样方案已经作废。"), "void")
    refuse_when_recused(session, ceremony.evaluation, actor)
    refuse_after_retention(ceremony.evaluation)
    lock_row(session, Evaluation.id, ceremony.evaluation_id, key_share=True)  # not withdrawn meanwhile
    refuse_when_withdrawn(session, ceremony.evaluation)
    if session.scalar(select(Draw.id).where(Draw.frame_id == frame.id, Draw.voided_at.is_(None))) is not None:
        raise Refused(_("已经抽过样。一个抽样框只有一次有效抽样。"), "drawn")
    contributions = _contributions(ceremony)
    plan, reading = plan_in_force(ceremony), Reading(ceremony.evaluation.reading)
    try:
        seed = join(frame.fingerprint, ceremony.plan_digest, contributions)
    except InvalidSeed as invalid:
        raise Refused(to_visitor(invalid.message), "seed") from invalid
    need = requirement(frame.priority_count, frame.people_count, reading)
    strata = sizes(people_of(session, frame), plan, reading)
    allocation = allocate(plan, strata)
    sample = draw(people_of(session, frame), cell_of(plan, reading), seed, allocation)
    drawn_at = now()
    certificate = certificates.make(
        evaluation=ceremony.evaluation.slug,
        drawn_at=drawn_at.isoformat(timespec="seconds"),
        fingerprint=frame.fingerprint,
        people=frame.people_count,
        priority=frame.priority_count,
        requirement=need,
        plan=plan,
        strata=strata,
        allocation=allocation,
        sample=sample,
        contributions=contributions,
        seed=seed,
        voided=[*withdrawn_before(session, ceremony.evaluation), *voided_before(session, frame)],
    )
    row = Draw(
        evaluation_id=ceremony.evaluation_id,
        frame_id=frame.id,
        ceremony_id=ceremony.id,
        reading=reading.value,
        population=need.population,
        size=plan.size,
        general=plan.general,
        seed=seed,
        seed_source="、".join(contribution.name for contribution in contributions)[:200],
        certificate=certificate,
        certificate_digest=certificate["digest"],
        drawn_at=drawn_at,
        drawn_by_id=actor.id if actor else None,
    )
    session.add(row)
    session.flush()
    _store_strata(session, row, strata, allocation)
    store_cases(
        session,
        row,
        [(place, position, person) for place, drawn in sample.items() for position, person in enumerate(drawn, 1)],
    )
    record(
        session,
        "sample.drawn",
        actor=actor,
        evaluation=ceremony.evaluation,
        subject=row.uuid,
        details={"size": plan.size, "population": need.population, "certificate": row.certificate_digest},
    )
    return row


def _contributions(ceremony: Ceremony) -> list[Contribution]:
    missing = [contribution.name for contribution in ceremony.contributions if contribution.value is None]
    if missing:
        raise Refused(_("种子还不齐，缺：%(names)s。", names="、".join(missing)), "seed")
    return [
        Contribution(
            contribution.name,
            ContributionKind(contribution.kind),
            contribution.source,
            contribution.commitment or "",
            contribution.value or "",
        )
        for contribution in ceremony.contributions
    ]


def _store_strata(
    session: Session, row: Draw, strata: Mapping[str, StratumSize], allocation: Mapping[Cell, int]
) -> None:
    session.execute(
        insert(DrawStratum),
        [
            {
                "draw_id": row.id,
                "stratum": stratum.stratum,
                "area": stratum.area,
                "part": stratum.part,
                "population": stratum.population,
                "allocated": sum(allocation[stratum.stratum, queue] for queue in stratum.queues),
            }
            for stratum in strata.values()
        ],
    )


def store_cases(session: Session, row: Draw, people: Sequence[tuple[Cell, int, Drawn]]) -> None:
    """Store and schedule the cases of these people, given as (stratum, queue), position, and key with ticket."""
    for batch in _batches(people):
        ids_of_keys = session.execute(
            select(Recipient.key, Recipient.id).where(
                Recipient.frame_id == row.frame_id,
                Recipient.key.in_([person.key for _cell, _position, person in batch]),
            )
        )
        ids = {key: recipient_id for key, recipient_id in ids_of_keys}
        session.execute(
            insert(Case),
            [
                {
                    "draw_id": row.id,
                    "frame_id": row.frame_id,
                    "recipient_id": ids[person.key],
                    "stratum": stratum,
                    "queue": queue,
                    "position": position,
                    "ticket": person.ticket,
                }
                for (stratum, queue), position, person in batch
            ],
        )
    schedule_new_cases(session, row)


def _batches(people: Sequence[tuple[Cell, int, Drawn]]) -> Iterable[Sequence[tuple[Cell, int, Drawn]]]:
    return (people[start : start + BATCH] for start in range(0, len(people), BATCH))
