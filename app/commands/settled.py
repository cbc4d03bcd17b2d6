"""After the score is settled nothing that made it may change."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commands.refusal import Refused
from app.models import Evaluation, Settlement


def refuse_when_settled(session: Session, evaluation: Evaluation) -> None:
    """Refuse a change to what a settled score was made from."""
    if session.scalar(select(Settlement.id).where(Settlement.evaluation_id == evaluation.id).limit(1)):
        raise Refused(_("评分已经定案，不能再改动。"), "settled")
