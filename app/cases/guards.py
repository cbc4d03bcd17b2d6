"""Refusing calls outside the calling hours, with the reason and the next opening."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cases.queries import settings_of
from app.clock import local
from app.localisation import to_visitor
from app.models import Evaluation
from app.shared.errors import Refused
from surveys.calling.hours import next_opening
from surveys.calling.order import barred


def refuse_outside_hours(
    session: Session, evaluation: Evaluation, at: datetime, *, agreed: datetime | None = None
) -> None:
    """Refuse a call outside the hours of the evaluation, unless `agreed`, the time of an appointment, allows it."""
    settings = settings_of(session, evaluation)
    reason = barred(local(at), settings, agreed)
    if reason is None:
        return
    why, opens = to_visitor(reason.words), next_opening(local(at), settings)
    if opens is None:
        raise Refused(_("现在不打电话：%(why)s", why=why), "hours")
    time = opens.strftime("%Y-%m-%d %H:%M")
    raise Refused(_("现在不打电话：%(why)s最早 %(time)s 可以打。", why=why, time=time), "hours")
