"""Preconditions of commands; each raises Refused where its condition does not hold."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Draw, Erasure, Evaluation, Settlement, User
from app.shared.errors import Refused
from app.shared.queries import recused_from, retention_is_over
from sampling.canonical import CONTROL


def refuse_when_settled(session: Session, evaluation: Evaluation) -> None:
    """Refuse a change to what a settled score was made from, and any to a withdrawn evaluation."""
    refuse_when_withdrawn(session, evaluation)
    if session.scalar(select(Settlement.id).where(Settlement.evaluation_id == evaluation.id).limit(1)):
        raise Refused(_("评分已经定案，不能再改动。"), "settled")


def refuse_when_withdrawn(session: Session, evaluation: Evaluation) -> None:
    """Refuse any change to an evaluation that was withdrawn; read anew, whatever was loaded before."""
    if session.scalar(select(Evaluation.withdrawn_at).where(Evaluation.id == evaluation.id)) is not None:
        raise Refused(_("这次评估已经撤销，不能再改动。"), "withdrawn")


def refuse_when_draw_is_over(session: Session, draw: Draw) -> None:
    """Refuse work on a draw whose score is settled, that is void or of a withdrawn evaluation; all are read anew."""
    refuse_when_settled(session, draw.evaluation)
    if session.scalar(select(Draw.voided_at).where(Draw.id == draw.id)) is not None:
        raise Refused(_("这次抽样已经作废。"), "voided")


def refuse_when_recused(session: Session, evaluation: Evaluation, actor: User | None) -> None:
    """Refuse actions of somebody recused from the station; the command line has no actor."""
    if actor is not None and recused_from(session, evaluation.station_id, actor.id):
        raise Refused(_("您已声明与这个社工站有利益关系，要回避。"), "recused")


def reason_given(text: str, longest: int, missing: str = "") -> str:
    """The reason on one line; Refused where it is empty (with `missing`) or longer than `longest` characters."""
    reason = " ".join(text.split())
    if not reason:
        raise Refused(missing or _("请写明理由，会一直保存。"), "reason")
    if len(reason) > longest or CONTROL.search(reason):
        raise Refused(_("理由最多 %(n)s 个字，不能含有控制字符。", n=longest), "reason")
    return reason


def refuse_when_erased(session: Session, evaluation: Evaluation) -> None:
    """Refuse to write personal data of an evaluation after their erasure."""
    if session.scalar(select(Erasure.evaluation_id).where(Erasure.evaluation_id == evaluation.id)) is not None:
        raise Refused(_("这次评估的个人资料已按期删除，不能再改动。"), "erased")


def refuse_after_retention(evaluation: Evaluation) -> None:
    """Refuse to contact anybody, or to record anything about anybody, after the retention period."""
    if retention_is_over(evaluation):
        day = evaluation.keep_until.isoformat()
        raise Refused(_("资料只保存到 %(day)s，已经到期，不再联系任何人，也不再记录。", day=day), "time-is-over")


def refuse_when_closed(session: Session, evaluation: Evaluation) -> None:
    """Refuse fieldwork after the score is settled, the evaluation withdrawn, and after the retention period."""
    refuse_when_settled(session, evaluation)
    refuse_after_retention(evaluation)


def refuse_at_desk(session: Session, case: Case, actor: User | None) -> None:
    """Refuse once the score is settled, the draw void or the retention period over, and to a recused actor.

    `actor` is None for a beneficiary who answers by web.
    """
    refuse_when_draw_is_over(session, case.draw)
    refuse_after_retention(case.draw.evaluation)
    refuse_when_recused(session, case.draw.evaluation, actor)
