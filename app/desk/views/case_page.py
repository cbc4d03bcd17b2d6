"""The page of one case, as every view of it draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_security import current_user

from app.cases.queries import Number
from app.clock import now
from app.desk.forms.case_page import MinorForm, NoteForm, OutcomeForm
from app.desk.getters import get_my_case
from app.desk.queries.case_page import CaseSheet, case_sheet
from app.desk.views.blueprint import identity
from app.desk.views.in_words import category_words, day_part, doubts, outcome_groups, outcome_words
from app.dialling import Dialled, NotDialled, dialler
from app.documents.queries import questionnaire_of
from app.extensions import db
from app.localisation import select_locale
from app.models import Case, Contact, PhoneCall
from app.privacy.masking import mask_name, mask_phone
from app.shared.labels import MODES
from app.shared.piping import opening, pipe
from surveys.calling.reasons import sentence


@dataclass(frozen=True)
class NumberLine:
    """A number of the person as a row: masked, and open only for the number being called."""

    place: int
    holder: str
    masked: str
    dialled: Dialled | None = None


def case_page(
    found: Case,
    *,
    contact: Contact | None = None,
    form: OutcomeForm | None = None,
    note: NoteForm | None = None,
    minor: MinorForm | None = None,
    messages: list[str] | None = None,
) -> str:
    """One case: masked, but for what a call or a visit under way has opened. `contact`: open in this answer only."""
    at = now()
    sheet = case_sheet(db.session, found, current_user, at)
    shared = identity(found) | {"sheet": sheet, "messages": list(messages or [])}
    if sheet.locked:
        return render_template("desk/minor.html", **shared, form=minor or MinorForm(formdata=None))
    known = found.recipient.contact
    numbers, trouble = number_lines(sheet.numbers, sheet.call, found)
    name = known.name if known and (sheet.call or contact) else ""
    shown = name or (mask_name(known.name) if known else "")
    return render_template(
        "desk/case.html",
        **shared,
        at=at,
        trouble=trouble,
        contact=contact,
        known=known,
        name=name,
        masked_name=mask_name(known.name) if known else "",
        numbers=numbers,
        categories=category_words(found.recipient.categories.split(",")) or _("一般服务对象"),
        reasons=[sentence(reason, select_locale()) for reason in sheet.reasons],
        strip=[day_part(one.at) for one in sheet.tries],
        events=_events(sheet),
        outcome=outcome_words(found.outcome, sheet.outcomes),
        groups=outcome_groups(sheet, at) if sheet.acting and not found.outcome_final else [],
        doubts=doubts(found.draw.evaluation),
        form=form or OutcomeForm(formdata=None),
        note=note or NoteForm(formdata=None),
        **_opening(found, sheet, shown),
    )


def refused_page(found: Case, message: str) -> tuple[str, int]:
    """The page of a case after something was refused, with why."""
    return case_page(get_my_case(found.uuid), messages=[message]), 422


def number_lines(numbers: Sequence[Number], call: PhoneCall | None, found: Case) -> tuple[list[NumberLine], str]:
    """The rows of the numbers, and why the one being called cannot be dialled, if so."""
    lines, trouble = [], ""
    for number in numbers:
        dialled = None
        if call is not None and call.place == number.place:
            try:
                dialled = dialler().prepare(number.number, found.uuid)
            except NotDialled:
                trouble = _("拨号服务没有回应。挂断后再拨，或请管理员查看。")
        lines.append(NumberLine(number.place, number.holder, mask_phone(number.number), dialled))
    return lines, trouble


def _events(sheet: CaseSheet) -> list[tuple[str, str, str, str]]:
    return [
        (
            format_datetime(one.at, "MM-dd HH:mm"),
            outcome_words(one.outcome, sheet.outcomes),
            f"{MODES[one.mode]} {day_part(one.at)}",
            one.note,
        )
        for one in reversed(sheet.tried)
    ]


def _opening(found: Case, sheet: CaseSheet, recipient: str) -> dict[str, object]:
    """The words to begin with, in the language of the page and in Cantonese."""
    evaluation = found.draw.evaluation
    openings = questionnaire_of(evaluation).openings
    text = openings.get(sheet.mode) or openings.get("phone")
    people = {"interviewer": current_user.display_name, "recipient": recipient}
    to_guardian = sheet.protected.guardian_consents
    return {
        "opening": opening(text, evaluation, select_locale(), **people, guardian=to_guardian),
        "opening_yue": pipe(text.yue, evaluation, **people, guardian=to_guardian) if text else [],
    }
