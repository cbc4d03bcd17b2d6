"""Drawing the sample from the sealed frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import schedule_new_cases
from app.clock import now
from app.database import lock_row
from app.draw.commands.ceremonies import announce_everyone, sealed_frame
from app.draw.queries.draws import plan_in_force, voided_before, withdrawn_before
from app.draw.queries.plans import plan_of_everyone
from app.ledger.queries.frames import people_of
from app.localisation import to_visitor
from app.models import Case, Ceremony, Draw, DrawStratum, Evaluation, Frame, Recipient, User
from app.shared.errors import Refused
from app.shared.guards import refuse_after_retention, refuse_when_recused, refuse_when_withdrawn
from sampling import certificate as certificates
from sampling import coverage
from sampling.allocation import allocate
from sampling.draw import Drawn, Sample, draw
from sampling.plan import Plan
from sampling.rule import NobodyToAsk, Reading, Requirement, requirement
from sampling.seed import Contribution, ContributionKind, InvalidSeed, join
from sampling.strata import Cell, StratumSize, cell_of, sizes

BATCH = 5_000


def draw_sample(session: Session, ceremony: Ceremony, *, actor: User | None = None) -> Draw:
    """Draw the sample of an announced plan, once, with the seed made from its contributions.

    Refused while a contribution is missing, when the ceremony is void, and when the sample is drawn already; of two
    simultaneous draws the second is refused.
    """
    frame, fingerprint = _frame_to_draw(session, ceremony)
    refuse_when_recused(session, ceremony.evaluation, actor)
    refuse_after_retention(ceremony.evaluation)
    lock_row(session, Evaluation.id, ceremony.evaluation_id, key_share=True)  # not withdrawn meanwhile
    refuse_when_withdrawn(session, ceremony.evaluation)
    contributions = _contributions(ceremony)
    plan, reading = plan_in_force(ceremony), Reading(ceremony.evaluation.reading)
    try:
        seed = join(fingerprint, ceremony.plan_digest, contributions)
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
        fingerprint=fingerprint,
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
        seed=seed,
        seed_source="、".join(contribution.name for contribution in contributions)[:200],
        certificate=certificate,
        drawn_at=drawn_at,
        drawn_by_id=actor.id if actor else None,
    )
    store_draw(session, row, ceremony, need, Asked(plan, strata, allocation, sample))
    _record(session, "sample.drawn", row, actor)
    return row


def _frame_to_draw(session: Session, ceremony: Ceremony) -> tuple[Frame, str]:
    """The sealed frame of an announced plan and its fingerprint, locked; refused when void or drawn already."""
    frame = session.scalar(select(Frame).where(Frame.id == ceremony.frame_id).with_for_update())
    session.refresh(ceremony)
    if frame is None or frame.fingerprint is None or ceremony.voided_at is not None:
        raise Refused(_("这个抽样方案已经作废。"), "void")
    if session.scalar(select(Draw.id).where(Draw.frame_id == frame.id, Draw.voided_at.is_(None))) is not None:
        raise Refused(_("已经抽过样。一个抽样框只有一次有效抽样。"), "drawn")
    return frame, frame.fingerprint


def confirm_everyone(session: Session, evaluation: Evaluation, *, actor: User | None = None) -> Draw:
    """Record that everyone of the rule's population is asked: nobody is drawn, so there is no seed and no reserve.

    The cases are stored in the order of a hash of the frame's fingerprint, so that nobody chooses who is called first.
    Refused without a sealed frame, with a plan in force, and when there is nobody to ask.
    """
    refuse_when_recused(session, evaluation, actor)
    refuse_after_retention(evaluation)
    lock_row(session, Evaluation.id, evaluation.id, key_share=True)  # not withdrawn meanwhile
    refuse_when_withdrawn(session, evaluation)
    frame, fingerprint = sealed_frame(session, evaluation)
    people = list(people_of(session, frame))
    need = _everyone_required(frame, Reading(evaluation.reading))
    plan = plan_of_everyone(need)
    strata = sizes(people, plan, need.reading)
    allocation = allocate(plan, strata)
    ceremony = announce_everyone(session, evaluation, frame, plan, actor)
    at = ceremony.announced_at
    row = Draw(
        seed="",
        seed_source="",
        certificate=coverage.make(
            evaluation=evaluation.slug,
            confirmed_at=at.isoformat(timespec="seconds"),
            fingerprint=fingerprint,
            people=people,
            requirement=need,
            voided=[*withdrawn_before(session, evaluation), *voided_before(session, frame)],
        ),
        drawn_at=at,
        drawn_by_id=actor.id if actor else None,
    )
    order = draw(people, cell_of(plan, need.reading), fingerprint, allocation)
    store_draw(session, row, ceremony, need, Asked(plan, strata, allocation, order))
    _record(session, "everyone.confirmed", row, actor)
    return row


def _everyone_required(frame: Frame, reading: Reading) -> Requirement:
    try:
        return requirement(frame.priority_count, frame.people_count, reading)
    except NobodyToAsk as nobody:
        raise Refused(to_visitor(nobody.message), "nobody") from nobody


@dataclass(frozen=True)
class Asked:
    """Who is asked: the plan, its strata, how many of each queue, and who they are in their order."""

    plan: Plan
    strata: Mapping[str, StratumSize]
    allocation: Mapping[Cell, int]
    sample: Sample


def store_draw(session: Session, row: Draw, ceremony: Ceremony, need: Requirement, asked: Asked) -> None:
    """Complete and store a draw with its strata and cases."""
    row.evaluation_id, row.frame_id, row.ceremony_id = ceremony.evaluation_id, ceremony.frame_id, ceremony.id
    row.reading, row.population = need.reading.value, need.population
    row.size, row.general = asked.plan.size, asked.plan.general
    row.certificate_digest = row.certificate["digest"]
    session.add(row)
    session.flush()
    _store_strata(session, row, asked.strata, asked.allocation)
    store_cases(
        session,
        row,
        [
            (place, position, person)
            for place, drawn in asked.sample.items()
            for position, person in enumerate(drawn, 1)
        ],
    )


def _record(session: Session, event: str, row: Draw, actor: User | None) -> None:
    record(
        session,
        event,
        actor=actor,
        evaluation=row.evaluation,
        subject=row.uuid,
        details={"size": row.size, "population": row.population, "certificate": row.certificate_digest},
    )


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
