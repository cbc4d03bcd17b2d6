"""Rows about single cases, about visits, and about the days of the coming week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from app.desk.labels import CASE_WAYS
from app.desk.views.in_words import day_part
from app.localisation import moment
from app.models import Attempt, Case
from app.shared.cells import Badge, Cell, parts, small, under
from app.shared.labels import MODES, outcome_name, skill_name
from app.supervision.labels import DayInWords
from app.supervision.queries.live import CaseOverview, Unreached, VisitAssignments
from surveys.outcomes import OutcomeList


@dataclass(frozen=True)
class AttemptRow:
    """One attempt to reach somebody."""

    at: Cell
    mode: Cell
    outcome: Cell
    who: Cell


def attempt_rows(attempts: Iterable[Attempt], names: Mapping[int, str], outcomes: OutcomeList) -> list[AttemptRow]:
    """The attempts of one case; `names`: those of the interviewers, by user id."""
    return [
        AttemptRow(
            at=parts(moment(attempt.at), small(day_part(attempt.at))),
            mode=MODES[attempt.mode],
            outcome=parts(
                outcome_name(attempt.outcome, outcomes),
                small(_("要会%(skill)s", skill=skill_name(attempt.needs))) if attempt.needs else None,
                under(attempt.note) if attempt.note else None,
            ),
            who=names.get(attempt.interviewer_id) if attempt.interviewer_id is not None else None,
        )
        for attempt in attempts
    ]


def case_facts(case: Case, now: CaseOverview, outcomes: OutcomeList) -> list[tuple[str, str]]:
    """The state of a case as (term, value) pairs; what does not apply is left out."""
    row = now.row
    facts = [
        (_("层"), now.stratum),
        (_("村居"), now.village),
        (_("怎么联系"), CASE_WAYS[row.way]),
        (_("联系次数"), str(row.attempts)),
        (_("最近结果"), outcome_name(case.outcome, outcomes) if case.outcome else ""),
        (_("不早于"), moment(row.not_before) if row.way in ("phone", "visit", "web") else ""),
        (_("预约"), moment(now.appointment.at) if now.appointment else ""),
        (_("要会"), skill_name(row.needs) if row.needs else ""),
        (_("看过结案"), _looked(now)),
        (_("正在谁手上"), row.held_by.display_name if row.held_by else ""),
        (_("指定给"), row.assigned_to.display_name if row.assigned_to else ""),
    ]
    return [(term, value) for term, value in facts if value]


def _looked(now: CaseOverview) -> str:
    row = now.row
    return f"{row.looked_by.display_name} {moment(row.looked_at)}" if row.looked_by and row.looked_at else ""


@dataclass(frozen=True)
class UnreachedCase:
    """A closed non-contact with its attempts."""

    uuid: object
    code: str
    village: str
    attempts: list[AttemptRow]


def unreached_cases(unreached: Unreached, outcomes: OutcomeList) -> list[UnreachedCase]:
    """The sampled non-contacts."""
    return [
        UnreachedCase(uuid, case.code, case.village, attempt_rows(case.attempts, case.names, outcomes))
        for uuid, case in zip(unreached.uuids, unreached.cases, strict=True)
    ]


@dataclass(frozen=True)
class VisitAssignmentsRow:
    """The visits of one village."""

    name: Cell
    unassigned: Cell
    given: Cell


def visit_assignment_rows(villages: Iterable[VisitAssignments]) -> list[VisitAssignmentsRow]:
    """Every village with people to visit."""
    return [VisitAssignmentsRow(village.name, village.unassigned, _given(village)) for village in villages]


def _given(village: VisitAssignments) -> str:
    return str(_("；").join(_("%(name)s，%(n)s 个", name=name, n=number) for name, number in village.given))


@dataclass(frozen=True)
class CallingDayRow:
    """The calling hours of a day."""

    day: Cell
    kind: Cell
    hours: Cell


def calling_day_rows(week: Iterable[DayInWords]) -> list[CallingDayRow]:
    """The coming week."""
    return [
        CallingDayRow(day.day, parts(day.kind, Badge(_("暂定")) if day.provisional else None), day.hours)
        for day in week
    ]
