"""What the ledgers and the frame have waiting for the station and the lead."""

from __future__ import annotations

from flask_babel import gettext as _

from app.models import Evaluation, Frame, LedgerFinding, LedgerUpload, Role
from app.shared.notices import NoticeKind, NoticeState, exists_where, number_of, one_if

DELIVERS = (Role.STATION, Role.LEAD)
OF_EVALUATION = LedgerUpload.evaluation_id == Evaluation.id
SEALED = exists_where(Frame.id, Frame.evaluation_id == Evaluation.id, Frame.sealed_at.is_not(None))
TO_SEAL = exists_where(
    Frame.id, Frame.evaluation_id == Evaluation.id, Frame.sealed_at.is_(None), Frame.people_count > 0
)
DELIVERED = exists_where(LedgerUpload.id, OF_EVALUATION, LedgerUpload.state.in_(("received", "imported")))

NOTICES = (
    NoticeKind(
        DELIVERS, "ledgers.index", lambda _user: one_if(~SEALED, ~DELIVERED), lambda _n: _("还没有名册：请上传")
    ),
    NoticeKind(
        DELIVERS,
        "ledgers.index",
        lambda _user: number_of(LedgerUpload.id, OF_EVALUATION, LedgerUpload.state == "received", ~SEALED),
        lambda n: _("名册等着对列：%(n)s 份", n=n),
    ),
    NoticeKind(
        DELIVERS,
        "ledgers.index",
        lambda _user: number_of(
            LedgerFinding.id,
            LedgerFinding.upload_id == LedgerUpload.id,
            OF_EVALUATION,
            LedgerUpload.state == "imported",
            LedgerFinding.severity == "error",
            ~SEALED,
        ),
        lambda n: _("名册里要更正的地方：%(n)s 处", n=n),
    ),
    NoticeKind(
        (Role.LEAD,), "ledgers.frame", lambda _user: one_if(TO_SEAL), lambda _n: _("抽样框可以封存了：核对后封存")
    ),
    NoticeKind(
        (Role.STATION,),
        "ledgers.index",
        lambda _user: number_of(LedgerUpload.id, OF_EVALUATION, LedgerUpload.state == "imported"),
        lambda n: _("交了名册：%(n)s 份", n=n),
        NoticeState.GIVEN,
    ),
)
