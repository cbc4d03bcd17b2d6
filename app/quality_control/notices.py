"""What the back-checks have waiting for interviewers."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import or_

from app.models import BackCheck, Case, Draw, Evaluation, Response, Role
from app.quality_control.queries.back_checks import may_be_back_checked
from app.quality_control.queries.integrity import is_usable
from app.shared.notices import NoticeKind, number_of

NOTICES = (
    NoticeKind(
        (Role.INTERVIEWER,),
        "desk.back_checks",
        lambda user: number_of(
            BackCheck.id,
            BackCheck.response_id == Response.id,
            Response.case_id == Case.id,
            Case.draw_id == Draw.id,
            Draw.evaluation_id == Evaluation.id,
            Draw.voided_at.is_(None),
            BackCheck.done_at.is_(None),
            or_(BackCheck.checker_id.is_(None), BackCheck.checker_id == user.id),
            Response.interviewer_id != user.id,
            is_usable(),
            may_be_back_checked(user),
        ),
        lambda n: _("等着回访的答卷：%(n)s 份", n=n),
    ),
)
