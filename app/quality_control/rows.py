"""Rows of the page of quality control."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from app.localisation import moment, percent, to_visitor
from app.quality_control.labels import BACK_CHECK_RESULTS, BACK_CHECK_WHYS
from app.quality_control.queries.back_checks import CheckLine, InterviewerLine, QuestionAgreement
from app.shared.cells import Badge, Button, Cell, Link, Parts, Span, parts
from app.shared.labels import MODES, listed
from surveys.integrity import Flag
from surveys.integrity.interviewer_effect import InterviewerEffect

RESULT_KINDS = {"confirmed": "good", "differs": "warn", "not_interviewed": "bad"}


@dataclass(frozen=True)
class InterviewerRow:
    """One interviewer's interviews, flags and back-checks."""

    name: Cell
    interviews: Cell
    flagged: Cell
    drawn: Cell
    done: Cell
    confirmed: Cell
    differs: Cell
    not_interviewed: Cell
    effect: Cell


def interviewer_rows(lines: Iterable[InterviewerLine]) -> list[InterviewerRow]:
    """Every interviewer."""
    return [
        InterviewerRow(
            name=line.name,
            interviews=line.interviews,
            flagged=line.flagged,
            drawn=line.drawn,
            done=line.done,
            confirmed=line.confirmed,
            differs=line.differs,
            not_interviewed=line.not_interviewed,
            effect=_effect(line.effect) if line.effect else None,
        )
        for line in lines
    ]


def _effect(effect: InterviewerEffect) -> Cell:
    verdicts = {"more": _("满意得比别人多，值得多回访几份"), "too-few": _("样本太少，看不出差别")}
    sentence = _(
        "满意 %(k)s/%(n)s，其他人 %(ok)s/%(on)s。",
        k=effect.satisfied,
        n=effect.interviews,
        ok=effect.others_satisfied,
        on=effect.others,
    )
    if effect.points >= 1:
        sentence += " " + _(
            "若真高 %(points)s 个百分点，看得出的机会是 %(power)s。",
            points=round(effect.points, 1),
            power=percent(effect.power, 0),
        )
    return parts(verdicts.get(effect.verdict, _("看不出比别人多")), Span(sentence, "quiet-text small"))


@dataclass(frozen=True)
class FlagRow:
    """A flag, and the interviews it is about."""

    severity: Cell
    text: Cell
    interviews: Cell


@dataclass(frozen=True)
class FlagsOfInterviewer:
    """The flags of one interviewer's interviews."""

    name: str
    flags: list[FlagRow]


def flag_rows(flags: Iterable[Flag], slug: str) -> list[FlagRow]:
    """One row a flag."""
    return [
        FlagRow(
            severity=Badge(_("回访"), "warn") if flag.severity == "back_check" else Badge(_("看一看")),
            text=to_visitor(flag.text),
            interviews=Parts(tuple(response_link(slug, name) for name in flag.interviews) or (_("全部"),)),
        )
        for flag in flags
    ]


def flags_of_interviewers(lines: Iterable[InterviewerLine], slug: str) -> list[FlagsOfInterviewer]:
    """The flags by interviewer, without interviewers who have none."""
    return [FlagsOfInterviewer(line.name, flag_rows(line.flags, slug)) for line in lines if line.flags]


def response_link(slug: str, name: UUID | str) -> Link:
    """A link to the page of a response, by the first 8 digits of its UUID."""
    return Link(str(name)[:8], url_for("trace.response", slug=slug, response_uuid=name), look="code")


@dataclass(frozen=True)
class DueRow:
    """A back-check to do."""

    response: Cell
    why: Cell
    interviewer: Cell
    mode: Cell
    drawn_at: Cell
    checker: Cell


def due_rows(checks: Iterable[CheckLine], slug: str) -> list[DueRow]:
    """The back-checks to do."""
    return [
        DueRow(
            response=response_link(slug, check.response),
            why=BACK_CHECK_WHYS[check.why],
            interviewer=check.interviewer,
            mode=MODES[check.mode],
            drawn_at=moment(check.drawn_at),
            checker=parts(check.checker, _reopen(_("收回"), check, slug)) if check.checker else None,
        )
        for check in checks
    ]


def _reopen(label: str, check: CheckLine, slug: str) -> Button:
    return Button(label, url_for("quality_control.reopen", slug=slug, check_uuid=check.uuid), "quiet")


@dataclass(frozen=True)
class DoneRow:
    """A back-check that was done."""

    response: Cell
    result: Cell
    why: Cell
    interviewer: Cell
    checker: Cell
    done_at: Cell


def done_rows(checks: Iterable[CheckLine], slug: str) -> list[DoneRow]:
    """The back-checks done."""
    return [
        DoneRow(
            response=response_link(slug, check.response),
            result=_result(check, slug),
            why=BACK_CHECK_WHYS[check.why],
            interviewer=check.interviewer,
            checker=check.checker,
            done_at=moment(check.done_at) if check.done_at else None,
        )
        for check in checks
    ]


def _result(check: CheckLine, slug: str) -> Cell:
    result = check.result or ""
    differing = listed(check.differing)
    return parts(
        Badge(BACK_CHECK_RESULTS[result], RESULT_KINDS.get(result, "wait")),
        Span(_("答得不同：%(questions)s", questions=differing), "small") if differing else None,
        _reopen(_("再试一次"), check, slug) if result == "not_reached" else None,
    )


@dataclass(frozen=True)
class AgreementRow:
    """The agreement of the two answers to one question."""

    question: Cell
    n: Cell
    share: Cell
    ac1: Cell


def agreement_rows(agreements: Iterable[QuestionAgreement], questions: Mapping[str, str]) -> list[AgreementRow]:
    """The questions asked again; `questions`: their wording by id."""
    return [_agreement(row, f"{row.question} {questions[row.question]}") for row in agreements]


def _agreement(row: QuestionAgreement, question: str) -> AgreementRow:
    agreement = row.agreement
    if agreement is None:
        return AgreementRow(question, 0, None, None)
    ac1 = None if agreement.ac1 is None else f"{float(agreement.ac1):.2f}"
    return AgreementRow(question, agreement.n, percent(agreement.share), ac1)
