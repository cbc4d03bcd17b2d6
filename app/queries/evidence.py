"""The one adapter between the stored draw and the mathematics that re-draws it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Draw, Evaluation, Frame, Recipient, ServiceArea, Village
from sampling.certificate import Difference, Evidence, Mismatch, verify
from sampling.frame import FramePerson


def live_draw(session: Session, evaluation: Evaluation) -> Draw | None:
    """The draw in force, if there is one."""
    return session.scalar(select(Draw).where(Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None)))


def frame_of(session: Session, evaluation: Evaluation) -> Frame | None:
    """The frame of an evaluation, draft or sealed."""
    return session.scalar(select(Frame).where(Frame.evaluation_id == evaluation.id))


def people_of(session: Session, frame: Frame) -> Iterator[FramePerson]:
    """Everyone on a frame in key order, streamed, without anything that identifies."""
    rows = session.execute(
        select(Recipient.key, Village.code, ServiceArea.code, Recipient.categories)
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(Recipient.frame_id == frame.id)
        .order_by(Recipient.key)
        .execution_options(yield_per=5_000)
    )
    for key, village, area, categories in rows:
        yield FramePerson(
            key=key,
            village=village,
            area=area,
            categories=tuple(categories.split(",")) if categories else (),
        )


def verify_draw(session: Session, evaluation: Evaluation) -> Evidence:
    """Re-draw from the sealed frame and hold it against certificate and cases; raises Mismatch with what differs."""
    draw = live_draw(session, evaluation)
    if draw is None:
        raise Mismatch((Difference("draw", "还没有抽样。"),))
    if draw.certificate.get("digest") != draw.certificate_digest:
        raise Mismatch((Difference("digest", "证书的摘要与抽样时登记的不同。"),))
    cases = session.scalars(
        select(Recipient.key).join(Case, Case.recipient_id == Recipient.id).where(Case.draw_id == draw.id)
    )
    return verify(draw.certificate, people_of(session, draw.frame), list(cases))
