"""What the rules of integrity see of the stored interviews: times, sameness and calls, and no words.

The interviews are read whole, since a rule compares each with the others. Cost grows with the interviews of one
evaluation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.clock import local
from app.documents import questionnaire_of
from app.models import Case, ContactIndex, Draw, Paradata, PhoneCall, Response
from app.queries.calling import settings_of
from surveys.calling.hours import may_call
from surveys.indicators import WITHDRAWN
from surveys.integrity import Flag, Interview, flags, normalised
from surveys.questionnaire import Questionnaire

# An interview open for longer was left and taken up again: its length says nothing.
LONGEST = timedelta(hours=3)


def stays() -> ColumnElement[bool]:
    """Responses that say something: with consent, neither erased nor taken out."""
    gone = Response.invalid_reason.in_((WITHDRAWN, "no-consent"))
    return and_(or_(Response.invalid_reason.is_(None), ~gone), Response.excluded.is_(False))


def responses_of(draw: Draw, *columns: Any) -> Select[Any]:
    """Something of every response of a draw."""
    return select(*columns).join(Case, Response.case_id == Case.id).where(Case.draw_id == draw.id)


def interviews_of(session: Session, draw: Draw) -> tuple[Interview, ...]:
    """What the rules see of each response that stays, oldest first."""
    questionnaire = questionnaire_of(draw.evaluation)
    numbers, calls = _numbers(session, draw), _calls(session, draw)
    kept_since = min((call.started_at for theirs in calls.values() for call in theirs), default=None)
    rows = session.execute(
        responses_of(draw, Response, Case.recipient_id, Case.stratum, Paradata.milliseconds)
        .outerjoin(Paradata, Paradata.response_id == Response.id)
        .where(stays())
        .order_by(Response.id)
    )
    found = []
    for response, recipient, stratum, milliseconds in rows:
        held = _held(response, calls.get(response.case_id, ()), kept_since)
        phone = response.mode == "phone"
        found.append(
            Interview(
                id=str(response.uuid),
                interviewer=str(response.interviewer_id) if response.interviewer_id else "",
                mode=response.mode,
                started=local(response.started_at),
                ended=local(response.submitted_at),
                questions=sum(given not in (None, "", []) for given in response.answers.values()),
                total_seconds=_total(response, milliseconds or {}),
                seconds={question: spent / 1000 for question, spent in (milliseconds or {}).items()},
                scale=_scale(questionnaire, response.answers),
                texts=_texts(questionnaire, response.answers),
                numbers=numbers.get(recipient, frozenset()) if phone else frozenset(),
                had_call=held[0],
                call_seconds=held[1],
                satisfied=None if response.overall is None else response.overall in questionnaire.measures.satisfied,
                stratum=stratum,
                proxy=response.proxy,
            )
        )
    return tuple(found)


def _total(response: Response, milliseconds: Mapping[str, float]) -> float | None:
    if milliseconds:
        return sum(milliseconds.values()) / 1000
    open_for = response.submitted_at - response.started_at
    return open_for.total_seconds() if timedelta(0) < open_for < LONGEST else None


def _scale(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> tuple[int, ...]:
    scores = (
        {option.code: option.score for option in questionnaire.question(item).options}.get(str(answers.get(item)))
        for item in questionnaire.measures.items
    )
    return tuple(score for score in scores if score is not None)


def _texts(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> tuple[str, ...]:
    given = (answers.get(question.id) for question in questionnaire.questions if question.kind == "text")
    return tuple(normalised(text) for text in given if isinstance(text, str) and text.strip())


def _numbers(session: Session, draw: Draw) -> dict[int, frozenset[str]]:
    rows = session.execute(
        select(ContactIndex.recipient_id, ContactIndex.value)
        .join(Case, Case.recipient_id == ContactIndex.recipient_id)
        .where(Case.draw_id == draw.id, ContactIndex.kind == "phone")
    )
    found: dict[int, set[str]] = defaultdict(set)
    for recipient, value in rows:
        found[recipient].add(value.hex())
    return {recipient: frozenset(values) for recipient, values in found.items()}


Call = Row[int, datetime, datetime | None]


def _calls(session: Session, draw: Draw) -> dict[int, list[Call]]:
    rows = session.execute(
        select(PhoneCall.case_id, PhoneCall.started_at, PhoneCall.ended_at)
        .join(Case, PhoneCall.case_id == Case.id)
        .where(Case.draw_id == draw.id, PhoneCall.back_check_id.is_(None))
    )
    found: dict[int, list[Call]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _held(response: Response, calls: Sequence[Call], kept_since: datetime | None) -> tuple[bool | None, float | None]:
    """Whether there was a call while the interview lasted, and for how long; None before calls were kept."""
    if kept_since is None or response.submitted_at < kept_since:
        return None, None
    seconds = [
        ((call.ended_at or response.submitted_at) - call.started_at).total_seconds()
        for call in calls
        if call.started_at <= response.submitted_at and (call.ended_at or response.submitted_at) >= response.started_at
    ]
    return bool(seconds), sum(seconds) if seconds else None


def flags_of(session: Session, draw: Draw, interviews: Sequence[Interview]) -> tuple[Flag, ...]:
    """What the delivered rules see, with the hours this evaluation allows."""
    settings = settings_of(session, draw.evaluation)
    return flags(interviews, hours=lambda moment: may_call(moment, settings) is not None)
