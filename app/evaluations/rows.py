"""Rows of the pages about evaluations and their members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.documents.forms import document_choice
from app.evaluations.commands.settings import why_fixed
from app.evaluations.forms.opening import StepForm, StepProblems
from app.evaluations.labels import SETTINGS, STEPS, UNTIL
from app.evaluations.queries.settings import Fixing
from app.ledger.labels import READINGS
from app.ledger.queries.readings import ReadingRow
from app.ledger.rows import reading_name
from app.localisation import moment
from app.models import Evaluation, Membership, OpeningDraft, Role
from app.shared.cells import Badge, Button, Cell, Code, Link, parts
from app.shared.labels import ROLES, STAGES, listed
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
    settings: Cell


def administered_rows(evaluations: Iterable[Evaluation]) -> list[AdministeredRow]:
    """All evaluations."""
    return [
        AdministeredRow(
            parts(evaluation.title, Badge(_("已撤销"), "off") if evaluation.withdrawn_at else None),
            evaluation.station.name,
            Code(evaluation.slug),
            Link(_("成员"), url_for("admin.members_page", slug=evaluation.slug), about=evaluation.title),
            Link(_("设置"), url_for("evaluation_settings.show", slug=evaluation.slug), about=evaluation.title),
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


@dataclass(frozen=True)
class DraftRow:
    """An evaluation that was begun and not opened yet."""

    name: Cell
    changed_at: Cell
    discard: Cell


def draft_rows(drafts: Iterable[OpeningDraft]) -> list[DraftRow]:
    """The visitor's drafts, each with the step to go on at."""
    return [
        DraftRow(
            Link(draft_name(draft), url_for("opening.show_step", draft_uuid=draft.uuid, step=first_open_step(draft))),
            moment(draft.changed_at),
            Button(_("丢弃"), url_for("opening.discard", draft_uuid=draft.uuid), "quiet", about=draft_name(draft)),
        )
        for draft in drafts
    ]


def draft_name(draft: OpeningDraft) -> str:
    """The title, else the name of the new station, as far as they are filled in."""
    answers = draft.answers
    title = answers.get("names", {}).get("title") or answers.get("station", {}).get("station_name")
    return str(title or _("（还没有名称）"))


def first_open_step(draft: OpeningDraft) -> str:
    """The first step that was not filled in, else the last."""
    steps = list(STEPS)
    return next((step for step in steps if step not in draft.answers), steps[-1])


def opening_steps(draft: OpeningDraft | None, current: str) -> list[dict[str, Any]]:
    """The steps as components/steps.html takes them; those filled in can be gone back to."""
    answers = draft.answers if draft else {}
    items = [
        {
            "title": title,
            "state": "now" if step == current else "done" if step in answers else "todo",
            "note": "",
            "url": _step_url(draft, step) if step in answers and step != current else "",
        }
        for step, title in STEPS.items()
    ]
    ready = draft is not None and set(STEPS) <= set(answers) and current != "summary"
    last = {"title": _("核对并建立"), "state": "now" if current == "summary" else "todo", "note": ""}
    return [*items, last | {"url": url_for("opening.summary", draft_uuid=draft.uuid) if ready and draft else ""}]


def _step_url(draft: OpeningDraft | None, step: str) -> str:
    return url_for("opening.show_step", draft_uuid=draft.uuid, step=step) if draft else ""


@dataclass(frozen=True)
class OpeningPart:
    """One step in the summary: its values, and the way back to change them."""

    title: str
    items: Sequence[tuple[str, Cell]]
    change: Link
    filled_in: bool


def opening_parts(
    draft: OpeningDraft,
    filled: Mapping[str, StepForm],
    problems: StepProblems,
    villages: Sequence[tuple[str, Sequence[str]]],
) -> list[OpeningPart]:
    """Every step; `villages`: the areas of the known station, or those that were pasted."""
    known: list[tuple[str, Cell]] = [*villages_in_words(villages)]
    return [
        OpeningPart(
            str(title),
            known if step == "areas" and known else _items(filled[step], problems.of(step)) if step in filled else [],
            Link(_("修改"), _step_url(draft, step), about=str(title)),
            step in filled,
        )
        for step, title in STEPS.items()
    ]


def villages_in_words(areas: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[str, str]]:
    """Each area with its villages in one line."""
    return [(name, listed(villages)) for name, villages in areas]


def _items(form: StepForm, problems: Mapping[str, Sequence[str]]) -> list[tuple[str, Cell]]:
    return [
        (label, parts(value or _("（空）"), Badge(_("要更正"), "bad") if name in problems else None))
        for name, label, value in form.in_words()
    ]


def opening_problems(draft: OpeningDraft, problems: StepProblems) -> list[tuple[str, str]]:
    """What stands in the way: a link to the field, and the sentence."""
    return [
        (f"{_step_url(draft, step)}#{name}", str(_("%(place)s：%(message)s", place=STEPS[step], message=message)))
        for step in STEPS
        for name, messages in problems.of(step).items()
        for message in messages
    ]


@dataclass(frozen=True)
class SettingRow:
    """A setting that is fixed, and what fixed it."""

    name: Cell
    value: Cell
    why: Cell


def settings_in_words(evaluation: Evaluation, villages: int) -> dict[str, str]:
    """The value of every setting as it is read; `villages`: how many the station has."""
    values = {name: str(getattr(evaluation, name) or "") for name in SETTINGS if hasattr(evaluation, name)}
    return values | {
        "stage": str(STAGES[evaluation.stage]),
        "reading": str(READINGS[evaluation.reading]),
        "questionnaire": document_choice(evaluation.questionnaire),
        "areas": str(_("%(n)s 个村居", n=villages)),
    }


def fixed_setting_rows(values: Mapping[str, str], fixings: Mapping[str, Fixing]) -> list[SettingRow]:
    """The settings that cannot be changed any more; `values`: all of them in words."""
    return [
        SettingRow(str(SETTINGS[name]), values[name], why_fixed(fixing))
        for name, fixing in fixings.items()
        if not fixing.is_open
    ]


def until_of(fixings: Mapping[str, Fixing]) -> dict[str, str]:
    """By setting that is open, the sentence that says until when."""
    return {name: str(UNTIL[fixing.step]) for name, fixing in fixings.items() if fixing.is_open}
