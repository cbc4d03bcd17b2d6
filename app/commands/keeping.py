"""Until which day the data of the people asked are kept: changing the day, and what is refused once it is past."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local, now
from app.commands.audit import record
from app.commands.reasons import reason_given
from app.commands.refusal import Refused
from app.commands.settled import refuse_when_settled
from app.models import Erasure, Evaluation, User
from app.queries.keeping import anybody_asked, time_is_over
from surveys.retention import NotThatDay, problem_of_change, problem_of_first

LONGEST_REASON = 200
WHY_NOT = {
    NotThatDay.PAST: _l("资料保存到的日期已经过去。请选今天或以后的日期。"),
    NotThatDay.BEFORE_THE_EVALUATION: _l("资料保存到的日期不能早于评估日期。"),
    NotThatDay.OVER: _l("资料保存期已过，日期不能再改。"),
    NotThatDay.LONGER: _l("已经有人被告知这个日期，只能提前，不能推后。"),
    NotThatDay.SAME: _l("日期没有改动。"),
}


def refuse_wrong_day(keep_until: date, held_on: date) -> None:
    """Refuse a day that a new evaluation cannot keep data until."""
    problem = problem_of_first(keep_until, held_on, local(now()).date())
    if problem is not None:
        raise Refused(str(WHY_NOT[problem]), problem.value)


def set_keep_until(
    session: Session, evaluation: Evaluation, keep_until: date, *, reason: str, actor: User | None = None
) -> None:
    """Keep data until another day: an earlier one, or a later one while nobody has been told the present one."""
    session.execute(select(Evaluation.id).where(Evaluation.id == evaluation.id).with_for_update(key_share=True))
    session.refresh(evaluation)
    reason = reason_given(reason, LONGEST_REASON, _("请写明为什么改，会一直保存。"))
    before = evaluation.keep_until
    asked = anybody_asked(session, evaluation)
    problem = problem_of_change(before, keep_until, local(now()).date(), asked=asked)
    if problem is not None:
        raise Refused(str(WHY_NOT[problem]), problem.value)
    evaluation.keep_until = keep_until
    session.flush()
    details = {"before": before.isoformat(), "day": keep_until.isoformat(), "reason": reason}
    record(session, "keeping.changed", actor=actor, evaluation=evaluation, subject=evaluation.uuid, details=details)


def refuse_when_erased(session: Session, evaluation: Evaluation) -> None:
    """Refuse what would write of people again whose data are erased."""
    if session.scalar(select(Erasure.evaluation_id).where(Erasure.evaluation_id == evaluation.id)) is not None:
        raise Refused(_("这次评估的个人资料已按期删除，不能再改动。"), "erased")


def refuse_when_time_is_over(evaluation: Evaluation) -> None:
    """Refuse to ask anybody, or take in anything about anybody, after the day on which all of it was to be erased."""
    if time_is_over(evaluation):
        day = evaluation.keep_until.isoformat()
        raise Refused(_("资料只保存到 %(day)s，已经到期，不再联系任何人，也不再记录。", day=day), "time-is-over")


def refuse_when_closed(session: Session, evaluation: Evaluation) -> None:
    """Refuse fieldwork after the score is settled, and after the day until which people's data are kept."""
    refuse_when_settled(session, evaluation)
    refuse_when_time_is_over(evaluation)
