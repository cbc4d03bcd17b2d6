"""What the end of retention has waiting for the lead."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _

from app.clock import local, now
from app.models import Erasure, Evaluation, Role
from app.shared.notices import NoticeKind, exists_where, one_if
from app.shared.queries import within_retention
from surveys.retention import NOTICE_DAYS

ERASED = exists_where(Erasure.evaluation_id, Erasure.evaluation_id == Evaluation.id)

NOTICES = (
    NoticeKind(
        (Role.LEAD,),
        "retention.show",
        lambda _user: one_if(~within_retention(), ~ERASED),
        lambda _n: _("资料保存期限已到：等着删除个人资料"),
        due=lambda evaluation: evaluation.keep_until,
    ),
    NoticeKind(
        (Role.LEAD,),
        "retention.show",
        lambda _user: one_if(
            within_retention(), Evaluation.keep_until <= local(now()).date() + timedelta(days=NOTICE_DAYS), ~ERASED
        ),
        lambda _n: _("资料保存期限快到了：之后删除个人资料"),
        due=lambda evaluation: evaluation.keep_until,
    ),
)
