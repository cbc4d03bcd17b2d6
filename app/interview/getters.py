"""The case of a personal link, fetched and authorised in one step."""

from __future__ import annotations

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Gone

from app.cases.queries import completion_of
from app.extensions import db
from app.models import (
    Case,
    Draw,
    ErasedLink,
    Evaluation,
    Invitation,
)
from app.privacy.columns import keyring


class ErasedLinkOpened(Gone):
    """A personal link was opened whose case was erased at the end of the retention period."""


def get_case_by_token(token: str) -> Case:
    """The case of a personal link; 404 for a link that is wrong, replaced by a newer one, or of a voided draw.

    410 for the last link of a case that was closed without an answer, so that the person is told that the card was
    genuine. Raises ErasedLinkOpened for a link of an evaluation whose personal data were erased.
    """
    token_hash = keyring().token_hash(token)
    invitation = db.session.scalar(
        select(Invitation)
        .where(Invitation.token_hash == token_hash)
        .options(
            joinedload(Invitation.case).joinedload(Case.draw).joinedload(Draw.evaluation).joinedload(Evaluation.station)
        )
    )
    if invitation is None and db.session.get(ErasedLink, token_hash) is not None:
        raise ErasedLinkOpened
    if invitation is None or invitation.case.draw.voided_at is not None:
        abort(404)
    case = invitation.case
    if invitation.revoked_at is not None and not (case.outcome_final and _is_last(invitation)):
        abort(404)
    if invitation.revoked_at is not None or (case.outcome_final and completion_of(db.session, case) is None):
        abort(410)
    return case


def _is_last(invitation: Invitation) -> bool:
    newer = select(Invitation.id).where(Invitation.case_id == invitation.case_id, Invitation.id > invitation.id)
    return db.session.scalar(newer.limit(1)) is None
