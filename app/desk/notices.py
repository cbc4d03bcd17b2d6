"""What the desk has waiting for an interviewer: the visits assigned to them."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import and_

from app.models import Draw, Evaluation, Role, Schedule
from app.shared.notices import NoticeKind, number_of

INTERVIEWER = (Role.INTERVIEWER,)
IN_FORCE = and_(Draw.evaluation_id == Evaluation.id, Draw.voided_at.is_(None))

NOTICES = (
    NoticeKind(
        INTERVIEWER,
        "desk.visits",
        lambda user: number_of(
            Schedule.case_id,
            Schedule.draw_id == Draw.id,
            IN_FORCE,
            Schedule.way == "visit",
            Schedule.assigned_to_id == user.id,
        ),
        lambda n: _("要您走访的个案：%(n)s 个", n=n),
    ),
)
