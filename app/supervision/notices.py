"""What the fieldwork has waiting for the lead: cases to decide on, notes of interviewers."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import and_

from app.models import Case, DeskNote, Draw, Evaluation, Role, Schedule
from app.shared.notices import NoticeKind, number_of

LEAD = (Role.LEAD,)
IN_FORCE = and_(Draw.evaluation_id == Evaluation.id, Draw.voided_at.is_(None))

NOTICES = (
    NoticeKind(
        LEAD,
        "supervision.show",
        lambda _user: number_of(Schedule.case_id, Schedule.draw_id == Draw.id, IN_FORCE, Schedule.way == "supervisor"),
        lambda n: _("等您决定的个案：%(n)s 个", n=n),
    ),
    NoticeKind(
        LEAD,
        "supervision.show",
        lambda _user: number_of(
            DeskNote.id,
            DeskNote.case_id == Case.id,
            Case.draw_id == Draw.id,
            IN_FORCE,
            DeskNote.seen_at.is_(None),
        ),
        lambda n: _("访问员的留言没有看：%(n)s 条", n=n),
    ),
)
