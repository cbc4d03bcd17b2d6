"""Revealing contact data: by a call, before a visit, of a minor; and writing a note to the supervisor."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.cases.queries import open_call
from app.clock import now
from app.desk.commands.calls import end_call, reveal_contact, start_call
from app.desk.commands.minors import open_minor_record
from app.desk.commands.notes import write_note
from app.desk.forms.case_page import CallForm, MinorForm, NoteForm
from app.desk.getters import get_my_case
from app.desk.views.blueprint import blueprint, slow_reveals
from app.desk.views.case_page import case_page, refused_page
from app.dialling import dialler
from app.extensions import db
from app.models import Role
from app.shared.views import Page, committing, require_token


@blueprint.post("/cases/<uuid:case_uuid>/call")
@members(Role.INTERVIEWER)
@slow_reveals
def call(case_uuid: uuid.UUID) -> Page:
    """Begin a call to one of the numbers: it is shown in full until the call ends."""
    case, form = get_my_case(case_uuid), CallForm()
    if not form.validate():
        abort(400)
    with committing() as refused:
        start_call(db.session, case, place=form.place.data, dialler=dialler().name, actor=current_user, at=now())
    if refused:
        return refused_page(case, refused.message)
    return redirect(url_for(".case", case_uuid=case_uuid), 303)


@blueprint.post("/cases/<uuid:case_uuid>/hang-up")
@members(Role.INTERVIEWER)
def hang_up(case_uuid: uuid.UUID) -> Page:
    """End the call, whose outcome is still to be recorded; the number is masked again."""
    case = get_my_case(case_uuid)
    require_token()
    call_under_way = open_call(db.session, case)
    if call_under_way is not None and call_under_way.interviewer_id == current_user.id:
        end_call(db.session, case, at=now())
        db.session.commit()
    return redirect(url_for(".case", case_uuid=case_uuid) + "#outcomes", 303)


@blueprint.post("/cases/<uuid:case_uuid>/reveal")
@members(Role.INTERVIEWER)
@slow_reveals
def reveal(case_uuid: uuid.UUID) -> Page:
    """Show name and address for a visit, in this one response only: no page that can be opened again shows them."""
    case = get_my_case(case_uuid)
    require_token()
    with committing() as refused:
        contact = reveal_contact(db.session, case, actor=current_user)
    if refused:
        return refused_page(case, refused.message)
    return case_page(case, contact=contact)


@blueprint.post("/cases/<uuid:case_uuid>/open")
@members(Role.INTERVIEWER)
def open_minor(case_uuid: uuid.UUID) -> Page:
    """Open the record of a minor, with a reason that is stored."""
    case, form = get_my_case(case_uuid), MinorForm()
    if not form.validate():
        return case_page(case, minor=form), 422
    with committing() as refused:
        open_minor_record(db.session, case, reason=form.reason(), actor=current_user)
    if refused:
        return refused_page(case, refused.message)
    return redirect(url_for(".case", case_uuid=case_uuid), 303)


@blueprint.post("/cases/<uuid:case_uuid>/note")
@members(Role.INTERVIEWER)
def note(case_uuid: uuid.UUID) -> Page:
    """Write a note to the evaluating body about this case, or that the person needs care."""
    case, form = get_my_case(case_uuid), NoteForm()
    if not form.validate():
        return case_page(case, note=form), 422
    with committing() as refused:
        write_note(db.session, case, form.kind.data, form.text.data, current_user)
    if refused:
        return refused_page(case, refused.message)
    flash(_("已告诉负责人。") if form.kind.data == "note" else _("已提醒负责人：这位需要关怀。"), "success")
    return redirect(url_for(".case", case_uuid=case_uuid), 303)
