"""The adapter between the stored draw and the pure functions that repeat and verify it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.ledger.queries.frames import people_of
from app.models import Case, Ceremony, Draw, Evaluation, Frame, Recipient, Replacement
from app.shared.queries import live_draw
from sampling import replacement as pure
from sampling.certificate import CertificateDifference, Evidence, Mismatch, publish, verify
from sampling.checks import content_digest
from sampling.differences import CertificateCheck
from sampling.plan import Plan
from sampling.schema import FORMAT, schema_differences
from sampling.text import Text

CONTENT_CHANGED = Text(
    "证书的内容与抽样时登记的摘要不符。", "The certificate's content does not have the digest recorded at the draw."
)
DIGEST_CHANGED = Text("证书的摘要与抽样时登记的不同。", "The certificate's digest is not the one recorded at the draw.")
NOT_DRAWN = Text("还没有抽样。", "Nobody has been drawn yet.")


def live_ceremony(session: Session, evaluation: Evaluation) -> Ceremony | None:
    """The ceremony in force, with its plan and seed contributions; None before one was announced."""
    return session.scalar(select(Ceremony).where(Ceremony.evaluation_id == evaluation.id, Ceremony.voided_at.is_(None)))


def plan_in_force(ceremony: Ceremony) -> Plan:
    """The plan of a ceremony."""
    return Plan.from_json(ceremony.plan)


def replacements_of(session: Session, draw: Draw) -> list[pure.ReleasedReplacement]:
    """The replacements of a draw in the order of their release."""
    new, old = aliased(Case), aliased(Case)
    new_person, old_person = aliased(Recipient), aliased(Recipient)
    rows = session.execute(
        select(Replacement, new, new_person.key, old_person.key)
        .join(new, Replacement.case_id == new.id)
        .join(old, Replacement.replaces_case_id == old.id)
        .join(new_person, new.recipient_id == new_person.id)
        .join(old_person, old.recipient_id == old_person.id)
        .where(Replacement.draw_id == draw.id)
        .order_by(Replacement.number)
    )
    return [
        pure.ReleasedReplacement(
            replaces=replaced,
            outcome=row.outcome,
            stratum=case.stratum,
            queue=case.queue,
            key=key,
            ticket=case.ticket,
            at=row.released_at.isoformat(timespec="seconds"),
        )
        for row, case, key, replaced in rows
    ]


def voided_before(session: Session, frame: Frame) -> list[dict[str, str]]:
    """Every voided ceremony of a frame, with its draw where there was one, oldest first."""
    rows = session.execute(
        select(Ceremony, Draw.certificate_digest)
        .outerjoin(Draw, Draw.ceremony_id == Ceremony.id)
        .where(Ceremony.frame_id == frame.id, Ceremony.voided_at.is_not(None))
        .order_by(Ceremony.voided_at, Ceremony.id)
    )
    return [
        {
            "at": ceremony.voided_at.isoformat(timespec="seconds"),
            "digest": digest or ceremony.plan_digest,
            "reason": ceremony.void_reason or "",
        }
        for ceremony, digest in rows
        if ceremony.voided_at is not None
    ]


def withdrawn_before(session: Session, evaluation: Evaluation) -> list[dict[str, str]]:
    """What a certificate says of the withdrawn evaluations in whose place this one stands, oldest first.

    One entry for each draw or announced plan of such an evaluation; one without digest where there was none.
    """
    entries: list[dict[str, str]] = []
    replaced = evaluation.replaces
    while replaced is not None:
        entries[:0] = _of_withdrawn(session, replaced)
        replaced = replaced.replaces
    return entries


def _of_withdrawn(session: Session, evaluation: Evaluation) -> list[dict[str, str]]:
    rows = session.execute(
        select(Ceremony.plan_digest, Draw.certificate_digest)
        .outerjoin(Draw, Draw.ceremony_id == Ceremony.id)
        .where(Ceremony.evaluation_id == evaluation.id)
        .order_by(Ceremony.id)
    ).all()
    at = evaluation.withdrawn_at.isoformat(timespec="seconds") if evaluation.withdrawn_at else ""
    reason = f"评估「{evaluation.slug}」已撤销：{evaluation.withdrawal_reason}"
    digests = [drawn or planned for planned, drawn in rows] or [""]
    return [{"at": at, "digest": digest, "reason": reason} for digest in digests]


def published_certificate(session: Session, draw: Draw) -> dict[str, Any]:
    """The certificate of a draw with the replacements to date."""
    if draw.certificate.get("format") != FORMAT:
        return draw.certificate
    return publish(draw.certificate, replacements_of(session, draw))


def stored_differences(session: Session, draw: Draw) -> tuple[CertificateDifference, ...]:
    """The differences of a stored certificate from the registered one that its schema and digest show.

    A certificate with differences must not be relied on or shown as a certificate.
    """
    certificate = published_certificate(session, draw)
    if broken := tuple(schema_differences(certificate)):
        return broken
    if certificate["digest"] == draw.certificate_digest == content_digest(certificate):
        return ()
    return (CertificateDifference(CertificateCheck.DIGEST, "digest", CONTENT_CHANGED),)


def draw_with_digest(session: Session, digest: str) -> Draw | None:
    """The draw whose certificate carries this digest, also one declared void."""
    return session.scalar(select(Draw).where(Draw.certificate_digest == digest))


def verify_draw(session: Session, evaluation: Evaluation) -> Evidence:
    """Repeat the draw from the sealed frame and compare it with certificate and cases; raises Mismatch."""
    draw = live_draw(session, evaluation)
    if draw is None:
        raise Mismatch((CertificateDifference(CertificateCheck.CASES, "draw", NOT_DRAWN),))
    if draw.certificate.get("digest") != draw.certificate_digest:
        raise Mismatch((CertificateDifference(CertificateCheck.DIGEST, "digest", DIGEST_CHANGED),))
    cases = session.scalars(
        select(Recipient.key).join(Case, Case.recipient_id == Recipient.id).where(Case.draw_id == draw.id)
    )
    return verify(published_certificate(session, draw), people_of(session, draw.frame), list(cases))


def reserve_counts(session: Session, draw: Draw) -> dict[tuple[str, str], int]:
    """How many people of each (stratum, queue) have a case: sample and replacements."""
    rows = session.execute(
        select(Case.stratum, Case.queue, func.count()).where(Case.draw_id == draw.id).group_by(Case.stratum, Case.queue)
    )
    return {(stratum, queue): number for stratum, queue, number in rows}
