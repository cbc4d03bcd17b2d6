"""What the answer key has waiting for the station."""

from __future__ import annotations

from flask_babel import gettext as _

from app.models import AnswerKey, Evaluation, Role, Settlement
from app.shared.notices import NoticeKind, NoticeState, exists_where, number_of, one_if

OF_EVALUATION = AnswerKey.evaluation_id == Evaluation.id
ENTERED = exists_where(AnswerKey.fact, OF_EVALUATION)
SETTLED = exists_where(Settlement.id, Settlement.evaluation_id == Evaluation.id)

NOTICES = (
    NoticeKind(
        (Role.STATION,),
        "answer_key.enter",
        lambda _user: one_if(~ENTERED, ~SETTLED),
        lambda _n: _("答案要点还没有填：访问员问知晓度时要对照"),
    ),
    NoticeKind(
        (Role.STATION,),
        "answer_key.enter",
        lambda _user: number_of(AnswerKey.fact, OF_EVALUATION),
        lambda n: _("填了答案要点：%(n)s 条", n=n),
        NoticeState.GIVEN,
    ),
)
