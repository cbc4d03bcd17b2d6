"""Publishing the next version of an outcome list, and choosing the list of an evaluation."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, union
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import reschedule_waiting
from app.database import lock
from app.documents.commands import add_document
from app.documents.queries import outcome_list, outcomes_of
from app.models import Attempt, Case, Document, Draw, Evaluation, User
from app.outcome_lists.queries import latest_body
from app.shared.errors import Refused
from app.shared.guards import refuse_when_closed
from surveys.outcomes import DEFAULT, letter_of


def publish_next_version(
    session: Session, edited: dict[str, Any], *, base_version: int, actor: User | None = None
) -> Document:
    """Publish an edited list as the version after `base_version`; raises InvalidDocument with every problem.

    Refused when somebody else published that version meanwhile, and when nothing was changed.
    """
    latest = latest_body(session, edited["id"])
    if latest is None or latest["version"] != base_version:
        raise Refused(_("这份结果代码表刚有了新的版本。请重新打开本页，在新版本上修改。"), "version-taken")
    if edited | {"version": base_version} == latest:
        raise Refused(_("没有改动，不需要新的版本。"), "unchanged")
    return add_document(session, "outcomes", edited | {"version": base_version + 1}, actor=actor)


def choose_outcomes(
    session: Session, evaluation: Evaluation, document: Document | None, *, actor: User | None = None
) -> int:
    """Choose the outcome list of an evaluation; None is the delivered one.

    Raises Refused for a list that lacks a code in use or puts it into another class: recorded outcomes keep their
    meaning. Cases that wait are scheduled by the new list at once (its cost:
    app.cases.commands.reschedule_waiting); returns how many of them that changed.
    """
    lock(session, evaluation)
    refuse_when_closed(session, evaluation)
    if evaluation.outcomes_id == (document.id if document else None):
        return 0
    chosen, before = (outcome_list(document) if document else DEFAULT), outcomes_of(evaluation)
    used = _used(session, evaluation)
    if lacking := [code for code in used if code not in chosen]:
        raise Refused(_("这份结果代码表里没有已经登记过的代码：%(codes)s。", codes="、".join(lacking)), "codes-lacking")
    if moved := [code for code in used if letter_of(code, chosen) != letter_of(code, before)]:
        raise Refused(_("已经登记过的代码不能换类别：%(codes)s。", codes="、".join(moved)), "codes-moved")
    evaluation.outcomes = document
    session.flush()
    rescheduled = reschedule_waiting(session, evaluation)
    record(
        session,
        "outcomes.chosen",
        actor=actor,
        evaluation=evaluation,
        subject=evaluation.uuid,
        details={"id": chosen.id, "version": chosen.version, "digest": chosen.digest, "rescheduled": rescheduled},
    )
    return rescheduled


def _used(session: Session, evaluation: Evaluation) -> list[str]:
    """The outcome codes of the evaluation's cases and attempts, sorted."""
    cases = select(Case.outcome).join(Draw, Case.draw_id == Draw.id).where(Draw.evaluation_id == evaluation.id)
    tries = (
        select(Attempt.outcome)
        .join(Case, Attempt.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .where(Draw.evaluation_id == evaluation.id)
    )
    return sorted(code for code in session.scalars(union(cases.where(Case.outcome.is_not(None)), tries)) if code)
