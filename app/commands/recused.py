"""Who has an interest in a station neither draws nor scores for it."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.commands.refusal import Refused
from app.models import Evaluation, User
from app.queries.recusals import recused_from


def refuse_when_recused(session: Session, evaluation: Evaluation, actor: User | None) -> None:
    """Refuse what somebody does for a station they declared an interest in; the command line has no actor."""
    if actor is not None and recused_from(session, evaluation.station_id, actor.id):
        raise Refused(_("您已声明与这个社工站有利益关系，要回避。"), "recused")
