"""Rendering the page of one case, for every view that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_security import current_user

from app.cases.queries import PhoneNumber
from app.clock import now
from app.desk.forms.case_page import MinorForm, NoteForm, OutcomeForm
from app.desk.getters import get_my_case
from app.desk.queries.case_page import CaseDetails, case_details
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
    """A telephone number as a row of the page: always masked; `dialled` is set only for the number being called."""

    place: int
    holder: str
    masked: str
    dialled: Dialled | None = None


def case_page(
    case: Case,
    *,
    contact: Contact | None = None,
    form: OutcomeForm | None = None,
    note: NoteForm | None = None,
    minor: MinorForm | None = None,
    messages: list[str] | None = None,
) -> str:
    """Render a case, masked except for what a call under way reveals. `contact`: revealed in this response only."""
    at = now()
    details = case_details(db.session, case, current_user, at)
    shared = identity(case) | {"details": details, "messages": list(messages or [])}
    if details.locked:
        return render_template("desk/minor.html", **shared, form=minor or MinorForm(formdata=None))
    contact_data = case.recipient.contact
    numbers, trouble = number_lines(details.numbers, details.call, case)
    name = contact_data.name if contact_data and (details.call or contact) else ""
    shown = name or (mask_name(contact_data.name) if contact_data else "")
    return render_template(
        "desk/case.html",
        **shared,
        at=at,
        trouble=trouble,
        contact=contact,
        known=contact_data,
        name=name,
        masked_name=mask_name(contact_data.name) if contact_data else "",
        numbers=numbers,
        categories=category_words(case.recipient.categories.split(",")) or _("一般服务对象"),
        reasons=[sentence(reason, select_locale()) for reason in details.reasons],
        strip=[day_part(past.at) for past in details.attempts],
        events=_events(details),
        outcome=outcome_words(case.outcome, details.outcomes),
        groups=outcome_groups(details, at) if details.acting and not case.outcome_final else [],
        doubts=doubts(case.draw.evaluation),
        form=form or OutcomeForm(formdata=None),
        note=note or NoteForm(formdata=None),
        **_opening(case, details, shown),
    )


def refused_page(case: Case, message: str) -> tuple[str, int]:
    """The page of a case with the message of what was refused, and status 422."""
    return case_page(get_my_case(case.uuid), messages=[message]), 422


def number_lines(numbers: Sequence[PhoneNumber], call: PhoneCall | None, case: Case) -> tuple[list[NumberLine], str]:
    """The rows of the numbers, and a message where the one being called cannot be dialled (else empty)."""
    lines, trouble = [], ""
    for number in numbers:
        dialled = None
        if call is not None and call.place == number.place:
            try:
                dialled = dialler().prepare(number.number, case.uuid)
            except NotDialled:
                trouble = _("拨号服务没有回应。挂断后再拨，或请管理员查看。")
        lines.append(NumberLine(number.place, number.holder, mask_phone(number.number), dialled))
    return lines, trouble


def _events(details: CaseDetails) -> list[tuple[str, str, str, str]]:
    return [
        (
            format_datetime(attempt.at, "MM-dd HH:mm"),
            outcome_words(attempt.outcome, details.outcomes),
            f"{MODES[attempt.mode]} {day_part(attempt.at)}",
            attempt.note,
        )
        for attempt in reversed(details.history)
    ]


def _opening(case: Case, details: CaseDetails, recipient: str) -> dict[str, object]:
    """The opening script, in the language of the page and in Cantonese."""
    evaluation = case.draw.evaluation
    openings = questionnaire_of(evaluation).openings
    text = openings.get(details.mode) or openings.get("phone")
    people = {"interviewer": current_user.display_name, "recipient": recipient}
    to_guardian = details.protected.guardian_consents
    return {
        "opening": opening(text, evaluation, select_locale(), **people, guardian=to_guardian),
        "opening_yue": pipe(text.yue, evaluation, **people, guardian=to_guardian) if text else [],
    }
