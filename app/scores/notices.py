"""What the score sheet has waiting for each scoring party and the lead.

Whether a party has begun is counted, not whether it gave points for every item: what is still missing stands on the
score sheet, which knows the scheme.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from app.models import SCORING_ROLES, Draw, Evaluation, PartyScore, Role, Settlement, StationFact
from app.scores.queries.scores import PARTY_OF_ROLE
from app.shared.notices import NoticeKind, NoticeState, exists_where, number_of, one_if

LEAD, READERS = (Role.LEAD,), (*SCORING_ROLES, Role.STATION)
SETTLED = exists_where(Settlement.id, Settlement.evaluation_id == Evaluation.id)
DRAWN = exists_where(Draw.id, Draw.evaluation_id == Evaluation.id, Draw.voided_at.is_(None))
FACTS_STATED = exists_where(StationFact.id, StationFact.evaluation_id == Evaluation.id)


def _given_by(party: str) -> ColumnElement[bool]:
    return exists_where(PartyScore.id, PartyScore.evaluation_id == Evaluation.id, PartyScore.party == party)


def _points(role: Role, party: str) -> tuple[NoticeKind, NoticeKind]:
    """The points that a party is asked for, and those it gave."""
    return (
        NoticeKind(
            (role,),
            "scores.enter",
            lambda _user: one_if(DRAWN, ~SETTLED, ~_given_by(party)),
            lambda _n: _("本方的评分还没有填"),
        ),
        NoticeKind(
            (role,),
            "scores.enter",
            lambda _user: number_of(
                PartyScore.item,
                PartyScore.evaluation_id == Evaluation.id,
                PartyScore.party == party,
                distinct=True,
            ),
            lambda n: _("给了分：%(n)s 项", n=n),
            NoticeState.GIVEN,
        ),
    )


NOTICES = (
    *(kind for role, party in PARTY_OF_ROLE.items() for kind in _points(role, party)),
    NoticeKind(
        LEAD,
        "scores.facts",
        lambda _user: one_if(DRAWN, ~SETTLED, ~FACTS_STATED),
        lambda _n: _("站点情况还没有填"),
    ),
    NoticeKind(
        LEAD,
        "scores.settle",
        lambda _user: one_if(DRAWN, ~SETTLED, *map(_given_by, PARTY_OF_ROLE.values())),
        lambda _n: _("各方都给了分：核对后定案"),
    ),
    NoticeKind(
        SCORING_ROLES,
        "evaluate.show",
        lambda _user: one_if(~DRAWN, ~SETTLED),
        lambda _n: _("抽样之后，请您为本方的评分项打分"),
        NoticeState.COMING,
    ),
    NoticeKind(
        READERS,
        "evaluate.show",
        lambda _user: one_if(~SETTLED),
        lambda _n: _("评分定案后，这里会有评估结果"),
        NoticeState.COMING,
    ),
    NoticeKind(
        LEAD,
        "evaluate.show",
        lambda _user: one_if(DRAWN, ~SETTLED),
        lambda _n: _("各方都给了分，就可以定案"),
        NoticeState.COMING,
    ),
)
