"""The stored interviews as the integrity rules take them, and the flags that the rules raise.

All interviews of the evaluation are read, since a rule compares each with the others; of those by telephone also the
number that was called, as a fingerprint. Cost grows with the interviews of one evaluation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.cases.queries import numbers_in_order, only_the_guardian, settings_of
from app.clock import local
from app.documents.queries import questionnaire_of
from app.models import (
    Case,
    Contact,
    Draw,
    Evaluation,
    IntegritySetting,
    Paradata,
    PhoneCall,
    Recipient,
    Response,
)
from app.privacy.columns import keyring
from surveys.calling.hours import may_call
from surveys.indicators import WITHDRAWN
from surveys.integrity import STANDARD_SETTINGS, Flag, IntegrityRule, IntegritySettings, Interview, flags, normalised
from surveys.integrity.settings import read_integrity_settings
from surveys.questionnaire import Questionnaire
from surveys.questionnaire.kinds import free_questions

# An interview open for longer was interrupted and resumed: its duration is not used.
LONGEST = timedelta(hours=3)


def is_usable() -> ColumnElement[bool]:
    """SQL: whether a response can be analysed: with consent, neither erased nor excluded."""
    gone = Response.invalid_reason.in_((WITHDRAWN, "no-consent"))
    return and_(or_(Response.invalid_reason.is_(None), ~gone), Response.excluded.is_(False))


def responses_of(draw: Draw, *columns: Any) -> Select[Any]:
    """Select these columns of every response of a draw."""
    return select(*columns).join(Case, Response.case_id == Case.id).where(Case.draw_id == draw.id)


def interviews_of(session: Session, draw: Draw) -> tuple[Interview, ...]:
    """The input of the rules for each usable response, the oldest first."""
    questionnaire = questionnaire_of(draw.evaluation)
    calls = _calls(session, draw)
    numbers = _numbers(session, draw)
    calls_since = min((call.started_at for case_calls in calls.values() for call in case_calls), default=None)
    rows = session.execute(
        responses_of(draw, Response, Case.stratum, Paradata.milliseconds, Paradata.device)
        .outerjoin(Paradata, Paradata.response_id == Response.id)
        .where(is_usable())
        .order_by(Response.id)
    )
    interviews = []
    for response, stratum, milliseconds, device in rows:
        during = [call for call in calls.get(response.case_id, ()) if _is_during(call, response)]
        call_facts = _call_during_interview(response, during, calls_since)
        last = during[-1] if during and response.mode == "phone" else None
        interviews.append(
            Interview(
                id=str(response.uuid),
                interviewer=str(response.interviewer_id) if response.interviewer_id else "",
                mode=response.mode,
                started=local(response.started_at),
                ended=local(response.submitted_at),
                questions=sum(answer not in (None, "", []) for answer in response.answers.values()),
                total_seconds=_total(response, milliseconds or {}),
                seconds={question: spent / 1000 for question, spent in (milliseconds or {}).items()},
                scale=_scale(questionnaire, response.answers),
                texts=_texts(questionnaire, response.answers),
                called=numbers.of(last) if last else None,
                holder=last.holder if last else "",
                device=device.hex() if device else None,
                had_call=call_facts[0],
                call_seconds=call_facts[1],
                satisfied=None if response.overall is None else response.overall in questionnaire.measures.satisfied,
                stratum=stratum,
                proxy=response.proxy,
            )
        )
    return tuple(interviews)


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
    values = (answers.get(name) for name in free_questions(questionnaire.questions))
    return tuple(normalised(text) for text in values if isinstance(text, str) and text.strip())


Call = Row[int, datetime, datetime | None, str, int]


def _calls(session: Session, draw: Draw) -> dict[int, list[Call]]:
    """The calls of each case by case id, the oldest first, without those of back-checks."""
    rows = session.execute(
        select(PhoneCall.case_id, PhoneCall.started_at, PhoneCall.ended_at, PhoneCall.holder, PhoneCall.place)
        .join(Case, PhoneCall.case_id == Case.id)
        .where(Case.draw_id == draw.id, PhoneCall.back_check_id.is_(None))
        .order_by(PhoneCall.started_at, PhoneCall.id)
    )
    calls: dict[int, list[Call]] = defaultdict(list)
    for row in rows:
        calls[row.case_id].append(row)
    return calls


def _is_during(call: Call, response: Response) -> bool:
    ended = call.ended_at or response.submitted_at
    return call.started_at <= response.submitted_at and ended >= response.started_at


def _call_during_interview(
    response: Response, during: Sequence[Call], calls_since: datetime | None
) -> tuple[bool | None, float | None]:
    """Whether there was a call during the interview, and its seconds; None before calls were recorded."""
    if calls_since is None or response.submitted_at < calls_since:
        return None, None
    seconds = [((call.ended_at or response.submitted_at) - call.started_at).total_seconds() for call in during]
    return bool(seconds), sum(seconds) if seconds else None


class _Numbers:
    """Fingerprints of the numbers that were called, by holder and place; no number leaves this class."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._people = {case_id: (birth_year, own, guardian) for case_id, birth_year, own, guardian in rows}

    def of(self, call: Call) -> str | None:
        """The number of this call; None where contact data were erased or changed since."""
        if call.case_id not in self._people:
            return None
        birth_year, own, guardian = self._people[call.case_id]
        numbers = numbers_in_order(own, guardian, guardian_only=only_the_guardian(birth_year, call.started_at))
        if call.place >= len(numbers) or numbers[call.place].holder != call.holder:
            return None
        return keyring().blind_index("phone", numbers[call.place].number).hex()


def _numbers(session: Session, draw: Draw) -> _Numbers:
    called = select(PhoneCall.id).where(PhoneCall.case_id == Case.id).exists()
    answered = select(Response.id).where(Response.case_id == Case.id, Response.mode == "phone").exists()
    return _Numbers(
        session.execute(
            select(Case.id, Recipient.birth_year, Contact.phones, Contact.guardian_phones)
            .join(Recipient, Case.recipient_id == Recipient.id)
            .join(Contact, Contact.recipient_id == Recipient.id)
            .where(Case.draw_id == draw.id, called, answered)
        )
    )


def integrity_settings_of(session: Session, evaluation: Evaluation) -> IntegritySettings:
    """The integrity settings of an evaluation; the delivered ones where it has none of its own."""
    row = session.get(IntegritySetting, evaluation.id)
    return STANDARD_SETTINGS if row is None else read_integrity_settings(row.body)


def flags_of(
    session: Session, draw: Draw, interviews: Sequence[Interview], rules: Sequence[IntegrityRule] | None = None
) -> tuple[Flag, ...]:
    """The flags raised by the rules in use (or by `rules`), with the evaluation's calling hours."""
    if rules is None:
        rules = integrity_settings_of(session, draw.evaluation).in_force
    settings = settings_of(session, draw.evaluation)
    return flags(interviews, rules=rules, hours=lambda moment: may_call(moment, settings) is not None)


@dataclass(frozen=True)
class FlagCounts:
    """How many interviews a rule flags, and how many interviewers it flags as a whole."""

    interviews: int = 0
    interviewers: int = 0


def flag_counts_by_rule(session: Session, draw: Draw, settings: IntegritySettings) -> dict[str, FlagCounts]:
    """What each rule would flag with these settings, by code of the rule, whether it is in use or not.

    Reads every interview, like the page of quality control.
    """
    flags = flags_of(session, draw, interviews_of(session, draw), settings.all_rules)
    return {
        rule.code: FlagCounts(
            interviews=len({interview for flag in flags if flag.code == rule.code for interview in flag.interviews}),
            interviewers=len({flag.interviewer for flag in flags if flag.code == rule.code and not flag.interviews}),
        )
        for rule in settings.all_rules
    }
