"""The one place that lists what every subject has waiting (app.shared.notices): home and the side list read it."""

from __future__ import annotations

from flask import Flask

from app.answer_keys import notices as answer_keys
from app.desk import notices as desk
from app.draw import notices as draw
from app.ledger import notices as ledger
from app.quality_control import notices as quality_control
from app.retention import notices as retention
from app.scores import notices as scores
from app.shared.notices import NoticeKind
from app.supervision import notices as supervision

KINDS: tuple[NoticeKind, ...] = tuple(
    kind
    for subject in (ledger, answer_keys, draw, desk, quality_control, supervision, scores, retention)
    for kind in subject.NOTICES
)


def init_notices(app: Flask) -> None:
    """Register the kinds of notices."""
    app.extensions["notices"] = KINDS
