"""Rows of the pages about evaluations and their members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from app.ledger.queries.readings import ReadingRow
from app.ledger.rows import reading_name
from app.models import Evaluation, Membership, Role
from app.shared.cells import Badge, Button, Cell, Code, Link, parts
from app.shared.labels import ROLES, STAGES
from app.shared.notices import Notice, NoticeState


@dataclass(frozen=True)
class Step:
    """One stage of an evaluation, or one thing to do, as the stepper shows it; `state`: done, now or todo."""

    title: str
    note: str
    state: str
    url: str


@dataclass(frozen=True)
class EvaluationRow:
    """An evaluation of which the visitor is a member."""

    title: Cell
    station: Cell
    stage: Cell
    held_on: Cell


def evaluation_rows(evaluations: Iterable[Evaluation]) -> list[EvaluationRow]:
    """The visitor's evaluations."""
    return [
        EvaluationRow(
            Link(evaluation.title, url_for("evaluate.show", slug=evaluation.slug)),
            evaluation.station.name,
            STAGES[evaluation.stage],
            evaluation.held_on,
        )
        for evaluation in evaluations
    ]


@dataclass(frozen=True)
class ReadingMetRow:
    """The responses required under one reading of the rule, and whether there are that many."""

    reading: Cell
    population: Cell
    required: Cell
    met: Cell


def reading_met_rows(readings: Iterable[ReadingRow], in_force: str, valid: int) -> list[ReadingMetRow]:
    """Both readings; `in_force`: the one the evaluation follows, `valid`: the number of valid responses."""
    return [_reading_met(row, in_force, valid) for row in readings]


def _reading_met(row: ReadingRow, in_force: str, valid: int) -> ReadingMetRow:
    name, requirement = reading_name(row, in_force), row.requirement
    if requirement is None:
        return ReadingMetRow(name, None, None, _("没有这样的人"))
    short = row.shortfall(valid)
    met = Badge(_("还差 %(n)s 份", n=short), "warn") if short else Badge(_("已达到"), "good")
    return ReadingMetRow(name, requirement.population, requirement.required, met)


@dataclass(frozen=True)
class AdministeredRow:
    """An evaluation as the administrator sees it."""

    title: Cell
    station: Cell
    slug: Cell
    members: Cell


def administered_rows(evaluations: Iterable[Evaluation]) -> list[AdministeredRow]:
    """All evaluations."""
    return [
        AdministeredRow(
            evaluation.title,
            evaluation.station.name,
            Code(evaluation.slug),
            Link(_("成员"), url_for("admin.members_page", slug=evaluation.slug), about=evaluation.title),
        )
        for evaluation in evaluations
    ]


@dataclass(frozen=True)
class MemberRow:
    """A member with a role."""

    username: Cell
    name: Cell
    role: Cell
    remove: Cell


def member_rows(memberships: Iterable[Membership], slug: str) -> list[MemberRow]:
    """All members."""
    return [
        MemberRow(
            membership.user.username,
            parts(membership.user.display_name, None if membership.user.active else Badge(_("已停用"), "off")),
            ROLES[Role(membership.role)],
            Button(
                _("移除"),
                url_for("admin.remove", slug=slug),
                "quiet",
                {"user": membership.user.uuid, "role": membership.role},
            ),
        )
        for membership in memberships
    ]


@dataclass(frozen=True)
class WaitingAt:
    """What an evaluation has for a member on their home page: what waits, what they gave, what is still to come."""

    evaluation: Evaluation
    waiting: tuple[Notice, ...]
    given: tuple[Notice, ...]
    coming: tuple[Notice, ...]


def waiting_at(notices: Sequence[Notice], evaluations: Iterable[Evaluation]) -> list[WaitingAt]:
    """By evaluation: first those where something waits, in the order of their notices (deadline), then the others."""

    def of(evaluation: Evaluation, state: NoticeState) -> tuple[Notice, ...]:
        return tuple(notice for notice in notices if notice.evaluation is evaluation and notice.state is state)

    found = [WaitingAt(evaluation, *(of(evaluation, state) for state in NoticeState)) for evaluation in evaluations]
    return sorted(found, key=lambda one: (not one.waiting, one.waiting[0].due if one.waiting else date.max))
