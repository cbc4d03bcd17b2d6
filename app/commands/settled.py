"""After the score is settled, or the draw declared void, nothing that made it may change."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commands.refusal import Refused
from app.models import Draw, Evaluation, Settlement


def refuse_when_settled(session: Session, evaluation: Evaluation) -> None:
    """Refuse a change to what a settled score was made from."""
    if session.scalar(select(Settlement.id).where(Settlement.evaluation_id == evaluation.id).limit(1)):
        raise Refused(_("评分已经定案，不能再改动。"), "settled")


def refuse_when_over(session: Session, draw: Draw) -> None:
    """Refuse work on a draw whose score is settled, or that is void; both are read anew, whatever was loaded before."""
    refuse_when_settled(session, draw.evaluation)
    if session.scalar(select(Draw.voided_at).where(Draw.id == draw.id)) is not None:
        raise Refused(_("这次抽样已经作废。"), "voided")
