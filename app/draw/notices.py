"""What the plan, the ceremony and a request to void the draw have waiting for each party."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_

from app.draw.queries.ceremony_next import MAY_CONFIRM
from app.models import Ceremony, Draw, Evaluation, Frame, Role, SeedContribution, User, VoidRequest
from app.shared.notices import NoticeKind, NoticeState, exists_where, holds_role, number_of, one_if
from sampling.seed import ContributionKind

PARTIES = (Role.LEAD, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION)
LEAD = (Role.LEAD,)
SEALED = exists_where(Frame.id, Frame.evaluation_id == Evaluation.id, Frame.sealed_at.is_not(None))
IN_FORCE = and_(Ceremony.evaluation_id == Evaluation.id, Ceremony.voided_at.is_(None))
CONTRIBUTED = and_(SeedContribution.ceremony_id == Ceremony.id, IN_FORCE)
COMMITTED = SeedContribution.kind == ContributionKind.COMMITTED
DRAWN = exists_where(Draw.id, Draw.evaluation_id == Evaluation.id, Draw.voided_at.is_(None))
ANNOUNCED = exists_where(Ceremony.id, IN_FORCE)
OPEN = exists_where(Ceremony.id, IN_FORCE, Ceremony.closed_at.is_(None))
UNCOMMITTED = exists_where(SeedContribution.id, CONTRIBUTED, COMMITTED, SeedContribution.commitment.is_(None))
UNKNOWN = exists_where(
    SeedContribution.id,
    CONTRIBUTED,
    SeedContribution.value.is_(None),
    or_(COMMITTED, SeedContribution.kind == ContributionKind.PUBLIC),
)


def _own(user: User, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    own = holds_role(SeedContribution.role, user)
    return number_of(SeedContribution.id, CONTRIBUTED, COMMITTED, own, *conditions)


NOTICES = (
    NoticeKind(LEAD, "plans.show", lambda _user: one_if(SEALED, ~ANNOUNCED, ~DRAWN), lambda _n: _("抽样方案等着公布")),
    NoticeKind(
        PARTIES,
        "ceremonies.show",
        lambda user: _own(user, Ceremony.closed_at.is_(None), SeedContribution.commitment.is_(None)),
        lambda _n: _("抽样：请承诺一个数值"),
    ),
    NoticeKind(
        PARTIES,
        "ceremonies.show",
        lambda user: _own(user, Ceremony.closed_at.is_not(None), SeedContribution.value.is_(None)),
        lambda _n: _("抽样：请公布您的数值"),
    ),
    NoticeKind(
        LEAD,
        "ceremonies.show",
        lambda _user: one_if(OPEN, ~UNCOMMITTED, ~DRAWN),
        lambda _n: _("抽样：承诺都交齐了，可以截止"),
    ),
    NoticeKind(
        LEAD,
        "ceremonies.show",
        lambda _user: number_of(
            SeedContribution.id,
            CONTRIBUTED,
            SeedContribution.kind == ContributionKind.PUBLIC,
            Ceremony.closed_at.is_not(None),
            SeedContribution.value.is_(None),
        ),
        lambda n: _("抽样：公开来源的数值还没有填（%(n)s 个）", n=n),
    ),
    NoticeKind(
        LEAD,
        "ceremonies.show",
        lambda _user: one_if(ANNOUNCED, ~OPEN, ~UNKNOWN, ~DRAWN),
        lambda _n: _("抽样：数值都公布了，可以抽样"),
    ),
    NoticeKind(
        MAY_CONFIRM,
        "voiding.show",
        lambda user: number_of(
            VoidRequest.id,
            VoidRequest.ceremony_id == Ceremony.id,
            IN_FORCE,
            VoidRequest.withdrawn_at.is_(None),
            VoidRequest.confirmed_at.is_(None),
            VoidRequest.asked_by_id != user.id,
        ),
        lambda _n: _("有人申请作废抽样：请您确认"),
    ),
    NoticeKind(
        PARTIES,
        "ceremonies.show",
        lambda user: _own(user, SeedContribution.commitment.is_not(None)),
        lambda n: _("抽样时承诺了数值：%(n)s 个", n=n),
        NoticeState.GIVEN,
    ),
    NoticeKind(
        PARTIES,
        "evaluate.show",
        lambda _user: one_if(~ANNOUNCED, ~DRAWN),
        lambda _n: _("抽样方案公布后，要您出数值的话，这里会说"),
        NoticeState.COMING,
    ),
)
