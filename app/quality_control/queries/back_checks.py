"""Quality control of a draw: flagged interviews, back-checks, and the agreement of interview and back-check."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from app.cases.queries import settings_of
from app.documents.queries import questionnaire_of
from app.models import BackCheck, Case, Draw, Evaluation, PhoneCall, Response, User
from app.quality_control.queries.integrity import (
    flags_of,
    integrity_settings_of,
    interviews_of,
    is_usable,
    responses_of,
)
from app.shared.queries import recusal_exists
from surveys.indicators import WITHDRAWN
from surveys.integrity import (
    Agreement,
    Flag,
    IntegrityRule,
    Interview,
    InterviewerEffect,
    agreement,
    interviewer_effects,
)
from surveys.outcomes import REFUSED_FOR_GOOD
from surveys.questionnaire import Questionnaire

KNOWN, UNKNOWN = "known", "unknown"


@dataclass(frozen=True)
class CheckLine:
    """A back-check as the supervisor sees it: why it was drawn, who does it, and its result."""

    uuid: UUID
    response: UUID
    why: str
    interviewer: str
    mode: str
    drawn_at: datetime
    checker: str
    done_at: datetime | None
    result: str | None
    differing: tuple[str, ...]


@dataclass(frozen=True)
class InterviewerLine:
    """One interviewer: interviews, flagged ones, back-checks drawn and done, and their results."""

    key: str
    name: str
    interviews: int
    flagged: int
    drawn: int
    done: int
    confirmed: int
    differs: int
    not_interviewed: int
    effect: InterviewerEffect | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class QuestionAgreement:
    """The agreement of interview and back-check on one question; None where nobody answered both times."""

    question: str
    agreement: Agreement | None


@dataclass(frozen=True)
class QualityControl:
    """The figures of the page of quality control."""

    interviewers: tuple[InterviewerLine, ...]
    others: tuple[Flag, ...]
    flags: int
    checks: tuple[CheckLine, ...]
    agreements: tuple[QuestionAgreement, ...]
    percent: int
    interviews: int
    unused: tuple[IntegrityRule, ...]

    @property
    def due(self) -> tuple[CheckLine, ...]:
        """The back-checks not done yet."""
        return tuple(line for line in self.checks if line.done_at is None)

    @property
    def done(self) -> tuple[CheckLine, ...]:
        """The back-checks done, the newest first."""
        return tuple(sorted((c for c in self.checks if c.done_at), key=lambda c: str(c.done_at), reverse=True))


def quality_control(session: Session, draw: Draw) -> QualityControl:
    """Flags, back-checks and agreement of a draw."""
    interviews = interviews_of(session, draw)
    flags = flags_of(session, draw, interviews)
    checks, pairs = _checks(session, draw)
    rules = integrity_settings_of(session, draw.evaluation)
    compared = {effect.interviewer: effect for effect in _compared(interviews, rules.in_force)}
    interviews_by_interviewer = Counter(interview.interviewer for interview in interviews if interview.interviewer)
    names = _names(session, draw)
    return QualityControl(
        interviewers=tuple(
            _interviewer(key, names[key], interviews, flags, [c for c in checks if c[0] == key], compared.get(key))
            for key in sorted(interviews_by_interviewer, key=lambda key: names[key])
        ),
        others=tuple(flag for flag in flags if not flag.interviewer),
        flags=len(flags),
        checks=tuple(line for _, line in checks),
        agreements=_agreements(questionnaire_of(draw.evaluation), pairs),
        percent=settings_of(session, draw.evaluation).back_check_percent,
        interviews=len(interviews),
        unused=tuple(setting.rule for setting in rules.rules if not setting.on),
    )


def _compared(interviews: Sequence[Interview], rules: Sequence[IntegrityRule]) -> tuple[InterviewerEffect, ...]:
    """The test of each interviewer against the others, by its integrity rule; none where that rule is not used."""
    rule = next((rule for rule in rules if rule.kind == "too_favourable"), None)
    if rule is None:
        return ()
    difference = rule.of("difference_points") / 100
    return interviewer_effects(
        interviews, alpha=rule.of("alpha"), difference=difference, least_power=rule.of("least_power")
    )


def _names(session: Session, draw: Draw) -> dict[str, str]:
    interviewer_ids = responses_of(draw, Response.interviewer_id)
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(interviewer_ids)))
    return {str(key): name for key, name in rows}


def _interviewer(
    key: str,
    name: str,
    interviews: Sequence[Interview],
    flags: Sequence[Flag],
    checks: Sequence[tuple[str, CheckLine]],
    compared: InterviewerEffect | None,
) -> InterviewerLine:
    own = {interview.id for interview in interviews if interview.interviewer == key}
    own_flags = tuple(flag for flag in flags if flag.interviewer == key)
    results = Counter(line.result for _, line in checks)
    return InterviewerLine(
        key=key,
        name=name,
        interviews=len(own),
        flagged=len({interview for flag in own_flags for interview in flag.interviews}),
        drawn=len(checks),
        done=sum(line.done_at is not None for _, line in checks),
        confirmed=results["confirmed"],
        differs=results["differs"],
        not_interviewed=results["not_interviewed"],
        effect=compared,
        flags=own_flags,
    )


Pairs = dict[str, list[tuple[str, str]]]


def _checks(session: Session, draw: Draw) -> tuple[list[tuple[str, CheckLine]], Pairs]:
    """Every back-check whose response was not erased, with its interviewer; and answers given twice, by question."""
    rows = session.execute(
        responses_of(draw, BackCheck, Response)
        .join(BackCheck, BackCheck.response_id == Response.id)
        .where(or_(Response.invalid_reason.is_(None), Response.invalid_reason != WITHDRAWN))
        .options(joinedload(Response.interviewer), joinedload(BackCheck.checker))
        .order_by(BackCheck.drawn_at, BackCheck.id)
    )
    questionnaire = questionnaire_of(draw.evaluation)
    lines, pairs = [], defaultdict(list)
    for check, response in rows:
        for question, pair in answered_twice(questionnaire, response.answers, check.answers).items():
            pairs[question].append(pair)
        lines.append((str(response.interviewer_id or ""), _line(check, response)))
    return lines, pairs


def _line(check: BackCheck, response: Response) -> CheckLine:
    return CheckLine(
        uuid=check.uuid,
        response=response.uuid,
        why=check.why,
        interviewer=response.interviewer.display_name if response.interviewer else "",
        mode=response.mode,
        drawn_at=check.drawn_at,
        checker=check.checker.display_name if check.checker else "",
        done_at=check.done_at,
        result=check.result,
        differing=tuple(question for question, same in sorted(check.agreements.items()) if not same),
    )


def back_check_questions(questionnaire: Questionnaire) -> tuple[str, str, str]:
    """The ids of the questions of a back-check: ever served, overall satisfaction, knows the station's address."""
    measures = questionnaire.measures
    return measures.never_served[0], measures.overall, measures.facts["address"]


def answered_twice(
    questionnaire: Questionnaire, first: Mapping[str, Any], second: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """By question answered both times, both answers (first, second); of the address, whether it is known."""
    served, overall, address = back_check_questions(questionnaire)
    pairs = {}
    for question in (served, overall):
        if first.get(question) and second.get(question):
            pairs[question] = str(first[question]), str(second[question])
    measures = questionnaire.measures
    before, after = first.get(address), second.get(address)
    if before and after in (KNOWN, UNKNOWN) and before not in measures.not_answered:
        pairs[address] = KNOWN if before in measures.known else UNKNOWN, str(after)
    return pairs


def _agreements(questionnaire: Questionnaire, pairs: Pairs) -> tuple[QuestionAgreement, ...]:
    *coded, address = back_check_questions(questionnaire)
    sizes = {question: len(questionnaire.question(question).options) for question in coded} | {address: 2}
    return tuple(QuestionAgreement(q, agreement(pairs.get(q, []), size)) for q, size in sizes.items())


def may_be_back_checked(user: User) -> ColumnElement[bool]:
    """SQL: whether the case did not refuse for good, and this checker is not recused from the station."""
    return and_(or_(Case.outcome.is_(None), Case.outcome != REFUSED_FOR_GOOD), ~recusal_exists(user.id))


def open_back_check_call(session: Session, check: BackCheck) -> PhoneCall | None:
    """The call under way for a back-check."""
    return session.scalar(select(PhoneCall).where(PhoneCall.back_check_id == check.id, PhoneCall.ended_at.is_(None)))


def my_back_check(session: Session, user: User) -> BackCheck | None:
    """The back-check this person has in hand."""
    return session.scalar(
        select(BackCheck)
        .join(Response, BackCheck.response_id == Response.id)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .where(
            BackCheck.checker_id == user.id,
            BackCheck.done_at.is_(None),
            is_usable(),
            Draw.voided_at.is_(None),
            may_be_back_checked(user),
        )
        .order_by(BackCheck.id)
        .limit(1)
    )
