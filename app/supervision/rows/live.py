"""Rows of the supervisor's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from app.desk.labels import NOTE_KINDS
from app.localisation import clock, moment
from app.shared.cells import Badge, Button, Cell, Link, parts, small, under
from app.shared.labels import outcome_name
from app.supervision.labels import day_name
from app.supervision.queries.closed_cases import ClosedCase
from app.supervision.queries.desk_notes import Note
from app.supervision.queries.interviewer_activity import (
    DayOfAppointments,
    HourOfCalls,
    InterviewerActivity,
    NextAppointment,
)
from app.supervision.queries.live import WaitingCase
from surveys.outcomes import OutcomeList


def case_link(slug: str, case_uuid: UUID, code: str) -> Link:
    """A link to the supervisor's page of a case."""
    return Link(code, url_for("supervision.case", slug=slug, case_uuid=case_uuid))


@dataclass(frozen=True)
class SeenNoteRow:
    """A note somebody has seen."""

    code: Cell
    kind: Cell
    text: Cell
    written_at: Cell
    seen_by: Cell


def seen_note_rows(notes: Iterable[Note], slug: str) -> list[SeenNoteRow]:
    """The notes seen last."""
    return [
        SeenNoteRow(
            code=case_link(slug, note.case_uuid, note.code),
            kind=NOTE_KINDS[note.kind],
            text=note.text,
            written_at=parts(moment(note.written_at), under(note.written_by)),
            seen_by=parts(moment(note.seen_at) if note.seen_at else "", under(note.seen_by)),
        )
        for note in notes
    ]


@dataclass(frozen=True)
class WaitingRow:
    """A case that waits for the supervisor."""

    code: Cell
    village: Cell
    outcome: Cell
    attempts: Cell
    last_at: Cell
    assigned: Cell


def waiting_rows(cases: Iterable[WaitingCase], slug: str, outcomes: OutcomeList) -> list[WaitingRow]:
    """The cases that wait, and why."""
    return [
        WaitingRow(
            code=case_link(slug, case.uuid, case.code),
            village=case.village,
            outcome=_waiting_outcome(case, outcomes),
            attempts=case.attempts,
            last_at=moment(case.last_at) if case.last_at else None,
            assigned=case.assigned,
        )
        for case in cases
    ]


def _waiting_outcome(case: WaitingCase, outcomes: OutcomeList) -> Cell:
    last = outcomes.get(case.outcome)
    by_outcome = last is not None and last.supervisor
    why = _("这个结果要由负责人决定") if by_outcome else _("已到最多次数，还不够结案的条件")
    return parts(outcome_name(case.outcome, outcomes) if case.outcome else "", under(why))


@dataclass(frozen=True)
class ClosedRow:
    """A closed case that waits for review."""

    code: Cell
    village: Cell
    outcome: Cell
    at: Cell
    act: Cell


def closed_rows(cases: Iterable[ClosedCase], slug: str, outcomes: OutcomeList) -> list[ClosedRow]:
    """The closed cases that wait for review."""
    return [
        ClosedRow(
            code=case_link(slug, case.uuid, case.code),
            village=case.village,
            outcome=parts(outcome_name(case.outcome, outcomes), under(case.note) if case.note else None),
            at=parts(moment(case.at), under(case.interviewer)),
            act=Button(_("维持结案"), url_for("supervision.accept", slug=slug, case_uuid=case.uuid), about=case.code),
        )
        for case in cases
    ]


@dataclass(frozen=True)
class ActivityRow:
    """An interviewer's case in hand and work of today."""

    name: Cell
    code: Cell
    calls: Cell
    tries: Cell
    interviews: Cell
    seen: Cell


def activity_rows(people: Iterable[InterviewerActivity], slug: str) -> list[ActivityRow]:
    """Every interviewer."""
    return [
        ActivityRow(
            name=parts(person.name, _activity_state(person)),
            code=_in_hand(person, slug),
            calls=person.calls,
            tries=person.tries,
            interviews=person.interviews,
            seen=clock(person.seen) if person.seen else _("今天还没有"),
        )
        for person in people
    ]


def _activity_state(person: InterviewerActivity) -> Badge | None:
    if person.recused:
        return Badge(_("回避"), "off")
    return None if person.active else Badge(_("账号已停用"), "off")


def _in_hand(person: InterviewerActivity, slug: str) -> Cell:
    if not (person.code and person.case_uuid and person.since):
        return None
    return parts(
        case_link(slug, person.case_uuid, person.code),
        small(_("从 %(time)s 起", time=clock(person.since))),
        Badge(_("很久没有动静，别人可以接"), "warn") if person.lapsed else None,
    )


@dataclass(frozen=True)
class HourRow:
    """The calls of one hour by result."""

    hour: Cell
    calls: Cell
    interview: Cell
    reached: Cell
    not_reached: Cell
    cannot: Cell
    refused: Cell
    back_check: Cell
    open: Cell


RESULTS = ("interview", "reached", "not_reached", "cannot", "refused", "back_check", "open")


def hour_rows(hours: Iterable[HourOfCalls]) -> list[HourRow]:
    """The hours with calls."""
    return [
        HourRow(_hour(row), row.calls, **{result: row.results.get(result, 0) for result in RESULTS})
        for row in hours
        if row.calls
    ]


def hour_bars(hours: Iterable[HourOfCalls]) -> list[tuple[str, int, str]]:
    """The hours as components/bar.html takes them: label, number of calls, and the counts in words."""
    return [
        (_hour(row), row.calls, _("%(n)s 次，完成 %(m)s 份", n=row.calls, m=row.results.get("interview", 0)))
        for row in hours
    ]


def _hour(row: HourOfCalls) -> str:
    return str(_("%(h)s 时", h=row.hour))


@dataclass(frozen=True)
class DayRow:
    """How many appointments a day has."""

    day: Cell
    count: Cell


def day_rows(days: Iterable[DayOfAppointments]) -> list[DayRow]:
    """The days with appointments, those overdue first."""
    return [DayRow(_day(row), row.count) for row in days]


def _day(row: DayOfAppointments) -> Cell:
    if row.day:
        return day_name(row.day)
    return str(_("更晚")) if row.later else Badge(_("已经过了时间"), "warn")


@dataclass(frozen=True)
class AppointmentRow:
    """One appointment ahead."""

    code: Cell
    at: Cell
    interviewer: Cell


def appointment_rows(appointments: Sequence[NextAppointment], slug: str) -> list[AppointmentRow]:
    """The next appointments."""
    return [
        AppointmentRow(
            code=case_link(slug, appointment.case_uuid, appointment.code),
            at=parts(moment(appointment.at), Badge(_("已过"), "warn") if appointment.overdue else None),
            interviewer=appointment.interviewer,
        )
        for appointment in appointments
    ]
