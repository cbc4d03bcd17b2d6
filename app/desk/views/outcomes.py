"""Recording the outcome of an attempt: choosing it, giving what it requires, undoing it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.clock import now
from app.desk.commands.attempts import record_attempt, undo_attempt
from app.desk.forms.case_page import OutcomeForm
from app.desk.getters import get_my_attempt, get_my_attempt_to_undo, get_my_case
from app.desk.queries.case_page import CaseDetails, case_details
from app.desk.views.appointments import agreed_words, offer_times, warnings
from app.desk.views.blueprint import blueprint, identity
from app.desk.views.case_page import case_page, refused_page
from app.desk.views.in_words import consequence_text
from app.extensions import db
from app.localisation import to_visitor
from app.models import Case, Role
from app.shared.views import Page, committing, require_token

# Session key of the outcome recorded last: case, attempt, until when it may be undone, message.
JUST_NOW = "desk.undo"


@dataclass(frozen=True)
class Undo:
    """An outcome that may still be undone: the address to post to, the seconds left, and what was recorded."""

    url: str
    seconds: int
    text: str


@blueprint.post("/cases/<uuid:case_uuid>/outcome")
@members(Role.INTERVIEWER)
def outcome(case_uuid: uuid.UUID) -> Page:
    """Record the outcome of an attempt; one that closes the case or requires more is confirmed on a second page."""
    case, at = get_my_case(case_uuid), now()
    details = case_details(db.session, case, current_user, at)
    form = OutcomeForm(outcomes=details.outcomes, under_way=details.under_way)
    hints = offer_times(form, case)
    valid = form.validate()
    if not form.known or form.attempt_key.errors:
        return case_page(case, form=form), 422
    if get_my_attempt(case, form.key) is None:
        if not details.acting:
            return refused_page(case, _not_acting(details))
        if not valid or (form.asked.data and not form.complete()):
            return _ask(case, details, form, at, hints), 422
        if form.asks(closes=details.closes(form.chosen, at)) and not form.asked.data:
            return _ask(case, details, form, at, hints)
        doubts = warnings(form, case) if form.chosen.appointment else []
        if doubts and not form.keep.data:
            return _ask(case, details, form, at, hints, doubts), 422
    return _write_down(case, details, form, at, hints)


def _not_acting(details: CaseDetails) -> str:
    if details.over:
        return _("资料保存期已过，不能再登记。")
    return _("评分已经定案，不能再登记。") if details.settled else _("这个个案已经不在您手上。请按「下一个」。")


def _ask(
    case: Case,
    details: CaseDetails,
    form: OutcomeForm,
    at: datetime,
    hints: dict[str, str],
    doubts: Sequence[str] = (),
    messages: Sequence[str] = (),
) -> str:
    """The confirmation page before an outcome is recorded: its consequence, and what it still requires."""
    chosen = form.chosen
    return render_template(
        "desk/confirm_outcome.html",
        **identity(case),
        form=form,
        details=details,
        chosen=chosen,
        label=to_visitor(chosen.label),
        following=consequence_text(details, chosen, at),
        closes=details.closes(chosen, at),
        hints=hints,
        doubts=doubts,
        messages=messages,
    )


def _write_down(case: Case, details: CaseDetails, form: OutcomeForm, at: datetime, hints: dict[str, str]) -> Page:
    chosen = form.chosen
    consequence = consequence_text(details, chosen, at)
    with committing() as refused:
        attempt = record_attempt(
            db.session,
            case,
            attempt_key=form.key,
            mode=details.mode,
            outcome=chosen.code,
            interviewer=current_user,
            at=at,
            note=form.note.data or "",
            needs=form.needs.data or "" if chosen.needs_skill else "",
            appointment=form.agreed() if chosen.appointment else None,
            in_hand=True,
        )
    if refused:
        if not form.asked.data:
            return refused_page(case, refused.message)
        return _ask(get_my_case(case.uuid), details, form, at, hints, messages=[refused.message]), 422
    if chosen.appointment and (agreed := form.agreed()):
        consequence = agreed_words(agreed.at).rstrip("。.")
    text = _("已登记「%(outcome)s」：%(next)s。", outcome=to_visitor(chosen.label), next=consequence)
    if case.outcome_final:
        flash(text, "success")
        session.pop(JUST_NOW, None)
    else:
        until = attempt.at + timedelta(seconds=details.settings.undo_seconds)
        session[JUST_NOW] = [str(case.uuid), str(form.key), until.timestamp(), text]
    return redirect(url_for(".index"), 303)


def undoable(at: datetime) -> Undo | None:
    """The outcome this visitor recorded last, while it may still be undone."""
    case_uuid, key, until, text = session.get(JUST_NOW) or (None, None, 0.0, "")
    seconds = ceil(until - at.timestamp())
    if seconds < 1:
        session.pop(JUST_NOW, None)
        return None
    return Undo(url_for(".undo", case_uuid=case_uuid, attempt_key=key), seconds, text)


@blueprint.post("/cases/<uuid:case_uuid>/undo/<uuid:attempt_key>")
@members(Role.INTERVIEWER)
def undo(case_uuid: uuid.UUID, attempt_key: uuid.UUID) -> Page:
    """Undo the last outcome; the interviewer holds the case again.

    A refusal is shown on the first page of the desk, since another interviewer may hold the case by then.
    """
    attempt = get_my_attempt_to_undo(case_uuid, attempt_key)
    if attempt is None:
        # Undone already: pressing twice changes nothing.
        return redirect(url_for(".case", case_uuid=get_my_case(case_uuid).uuid), 303)
    require_token()
    session.pop(JUST_NOW, None)
    with committing() as refused:
        undo_attempt(db.session, attempt, actor=current_user, at=now())
    if refused:
        flash(refused.message, "error")
        return redirect(url_for(".index"), 303)
    flash(_("已撤销，个案回到您手上。"), "success")
    return redirect(url_for(".case", case_uuid=case_uuid), 303)
