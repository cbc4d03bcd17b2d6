"""Opening an evaluation from its description, all of it or nothing; and the drafts of those being filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import now
from app.database import lock
from app.evaluations.commands.evaluations import AreaPlan, add_member, create_evaluation, create_station
from app.evaluations.queries.opening import SetupProblem, account_named, published, read_and_check, station_named
from app.models import Document, Evaluation, OpeningDraft, Role, Station, User
from app.outcome_lists.commands import choose_outcomes
from app.shared.errors import Refused
from surveys.setup import DocumentChoice, EvaluationSetup, StationSetup

Answers = Mapping[str, Mapping[str, str]]


class SetupRefused(Refused):
    """A description that cannot be opened; `problems` holds everything that stands in the way."""

    def __init__(self, problems: Sequence[SetupProblem]) -> None:
        super().__init__(_("有 %(n)s 处需要更正，还没有建立。", n=len(problems)), "setup")
        self.problems = tuple(problems)


def open_evaluation(session: Session, slug: str, body: object, *, actor: User | None = None) -> Evaluation:
    """Open the evaluation a JSON body describes: its station where that is new, itself, its members.

    Raises SetupRefused with everything that stands in the way; nothing is then entered.
    """
    setup, problems = read_and_check(session, slug, body)
    if problems:
        raise SetupRefused(problems)
    station = station_named(session, setup.station.name) or _new_station(session, setup.station, actor)
    evaluation = _new_evaluation(session, slug, setup, station, actor)
    for member in setup.members:
        add_member(session, evaluation, account_named(session, member.username), Role(member.role), actor=actor)
    return evaluation


def _new_station(session: Session, setup: StationSetup, actor: User | None) -> Station:
    return create_station(
        session,
        name=setup.name,
        operator=setup.operator,
        street=setup.street,
        district=setup.district,
        areas=[AreaPlan(area.name, area.villages) for area in setup.areas],
        hotline=setup.hotline or None,
        actor=actor,
    )


def _new_evaluation(
    session: Session, slug: str, setup: EvaluationSetup, station: Station, actor: User | None
) -> Evaluation:
    evaluation = create_evaluation(
        session,
        slug=slug,
        station=station,
        stage=setup.stage,
        title=setup.title,
        period=(setup.period_start, setup.period_end),
        held_on=setup.held_on,
        evaluator=setup.evaluator,
        commissioner=setup.commissioner,
        purchaser=setup.purchaser,
        questionnaire=_document(session, "questionnaire", setup.questionnaire),
        scheme=_document(session, "scheme", setup.scheme),
        keep_until=setup.keep_until,
        hotline=setup.hotline or None,
        reading=setup.reading,
        actor=actor,
    )
    if setup.outcomes is not None:
        choose_outcomes(session, evaluation, _document(session, "outcomes", setup.outcomes), actor=actor)
    return evaluation


def _document(session: Session, kind: str, choice: DocumentChoice) -> Document:
    document = published(session, kind, choice)
    if document is None:
        raise LookupError(f"{kind} {choice.id} was published a moment ago")
    return document


def start_draft(session: Session, answers: Answers, *, actor: User) -> OpeningDraft:
    """Begin to fill in an evaluation; nothing is opened yet, so nothing is recorded."""
    draft = OpeningDraft(user_id=actor.id, answers=_plain(answers), changed_at=now())
    session.add(draft)
    session.flush()
    return draft


def save_draft(session: Session, draft: OpeningDraft, answers: Answers) -> None:
    """Keep what was filled in, right or wrong. Refused once the evaluation is opened."""
    lock(session, draft)
    if draft.evaluation_id is not None:
        raise Refused(_("这次评估已经建立，请到评估的设置页修改。"), "opened")
    draft.answers, draft.changed_at = _plain(answers), now()
    session.flush()


def _plain(answers: Answers) -> dict[str, Any]:
    return {step: dict(fields) for step, fields in answers.items()}


def discard_draft(session: Session, draft: OpeningDraft) -> None:
    """Throw away what was filled in; an opened evaluation is not touched."""
    session.delete(draft)
    session.flush()


def open_from_draft(session: Session, draft: OpeningDraft, slug: str, body: object, *, actor: User) -> Evaluation:
    """Open the evaluation of a draft, once: a second submission gets the one that was opened."""
    lock(session, draft)
    if draft.evaluation is not None:
        return draft.evaluation
    evaluation = open_evaluation(session, slug, body, actor=actor)
    draft.evaluation_id, draft.answers = evaluation.id, {}
    session.flush()
    return evaluation
