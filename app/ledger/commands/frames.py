"""Sealing the frame, after which the list of people cannot change."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import now
from app.database import lock_row
from app.ledger.commands.rounds import note_last_round
from app.ledger.queries.frames import people_of
from app.models import Evaluation, Frame, LedgerUpload, User
from app.shared.errors import Refused
from app.shared.guards import refuse_after_retention, refuse_when_withdrawn
from sampling.frame import CANONICAL_FORM, Last, check_frame, fingerprint


def seal_frame(
    session: Session,
    evaluation: Evaluation,
    *,
    typed_name: str,
    leave_out_errors: bool = False,
    actor: User | None = None,
) -> Frame:
    """Seal the frame: its canonical form is fingerprinted, and neither it nor its ledgers can change again.

    Refused without people, when the station's name is not typed exactly, and when rows with errors were left out
    without confirmation.
    """
    lock_row(session, Evaluation.id, evaluation.id, key_share=True)  # waits for a change of the ledgers
    frame = session.scalar(
        select(Frame)
        .where(Frame.evaluation_id == evaluation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if frame is None or frame.people_count == 0:
        raise Refused(_("还没有名册。先上传名册，再封存。"), "empty")
    if frame.sealed_at is not None:
        raise Refused(_("抽样框已经封存。"), "sealed")
    if typed_name.strip() != evaluation.station.name:
        raise Refused(_("请完整输入社工站名称「%(name)s」以确认。", name=evaluation.station.name), "name")
    if frame.left_out_count and not leave_out_errors:
        raise Refused(
            _(
                "有 %(n)s 行因错误未列入。更正后重新上传，或确认不列入这些行。",
                n=frame.left_out_count,
            ),
            "left-out",
        )
    refuse_after_retention(evaluation)
    refuse_when_withdrawn(session, evaluation)
    last_round = note_last_round(session, evaluation, frame)
    if findings := check_frame(people_of(session, frame)):
        raise Refused(_("抽样框有 %(n)s 处错误，不能封存：", n=len(findings)) + findings[0].message, "unsound")
    frame.fingerprint = fingerprint(people_of(session, frame))
    frame.canonical_form = CANONICAL_FORM
    frame.sealed_at = now()
    frame.sealed_by_id = actor.id if actor else None
    _drop_ledger_contents(session, evaluation)
    record(
        session,
        "frame.sealed",
        actor=actor,
        evaluation=evaluation,
        subject=frame.uuid,
        details={
            "fingerprint": frame.fingerprint,
            "people": frame.people_count,
            "priority": frame.priority_count,
            "left_out": frame.left_out_count,
            "last_listed": last_round[Last.LISTED],
            "last_drawn": last_round[Last.DRAWN],
        },
    )
    return frame


def _drop_ledger_contents(session: Session, evaluation: Evaluation) -> None:
    """Delete the contents of the ledger files, which are no longer needed; their digests stay (minimum retention)."""
    for upload in session.scalars(select(LedgerUpload).where(LedgerUpload.evaluation_id == evaluation.id)):
        upload.content = None
