"""The pages on which an interviewer does back-checks of others' interviews, one at a time."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.cases.queries import numbers_of_case
from app.clock import now
from app.desk.commands.minors import is_open, open_minor_record, protection_of
from app.desk.forms.case_page import CallForm
from app.desk.views.blueprint import blueprint, identity, slow_reveals
from app.desk.views.case_page import number_lines
from app.dialling import dialler
from app.documents.queries import questionnaire_of
from app.extensions import db
from app.localisation import select_locale
from app.models import BackCheck, Contact, Role
from app.privacy.masking import mask_name
from app.quality_control.commands.back_check_calls import (
    end_back_check_call,
    reveal_for_back_check,
    start_back_check_call,
)
from app.quality_control.commands.back_checks import claim_back_check, record_back_check, release_back_check
from app.quality_control.forms.back_checks import BackCheckForm, OpeningForm, answers_of, back_check_form
from app.quality_control.getters import get_my_back_check
from app.quality_control.queries.back_checks import my_back_check, open_back_check_call
from app.shared.views import Page, committing, flash_result, require_token


@blueprint.get("/back-checks")
@members(Role.INTERVIEWER)
def back_checks() -> str:
    """The page that explains back-checks, with a link to the one in hand."""
    return render_template("quality_control/back_checks.html", in_hand=my_back_check(db.session, current_user))


@blueprint.post("/back-checks/next")
@members(Role.INTERVIEWER)
def next_back_check() -> Page:
    """Claim the next back-check."""
    require_token()
    check = claim_back_check(db.session, current_user)
    if check is None:
        db.session.rollback()
        flash(_("现在没有要您回访的答卷。"), "info")
        return redirect(url_for(".back_checks"), 303)
    name = check.uuid
    db.session.commit()
    return redirect(url_for(".back_check", check_uuid=name), 303)


@blueprint.route("/back-checks/<uuid:check_uuid>", methods=["GET", "POST"])
@members(Role.INTERVIEWER)
def back_check(check_uuid: uuid.UUID) -> Page:
    """One back-check: the person, masked, and the form; sent twice it is stored once."""
    check = get_my_back_check(check_uuid)
    questionnaire = questionnaire_of(check.response.case.draw.evaluation)
    form = back_check_form(questionnaire, select_locale())
    if check.done_at is not None:
        flash(_("这份回访已经登记过了。"), "info")
        return redirect(url_for(".back_checks"), 303)
    if not form.is_submitted():
        return _page(check, form)
    if not form.validate():
        return _page(check, form), 422
    with committing() as refused:
        answers = answers_of(form, questionnaire)
        record_back_check(
            db.session, check, checker=current_user, interviewed=form.heard.data, answers=answers, at=now()
        )
    if refused:
        return _page(get_my_back_check(check_uuid), form, messages=[refused.message]), 422
    flash(_("回访结果已登记。"), "success")
    return redirect(url_for(".back_checks"), 303)


@blueprint.post("/back-checks/<uuid:check_uuid>/call")
@members(Role.INTERVIEWER)
@slow_reveals
def call_back_check(check_uuid: uuid.UUID) -> Page:
    """Begin a call to one of the numbers, which is unmasked until the call ends."""
    check, sent = get_my_back_check(check_uuid), CallForm()
    if not sent.validate():
        abort(400)
    with committing() as refused:
        start_back_check_call(
            db.session, check, place=sent.place.data, dialler=dialler().name, actor=current_user, at=now()
        )
    if refused:
        return _refused_page(check_uuid, refused.message)
    return redirect(url_for(".back_check", check_uuid=check_uuid), 303)


@blueprint.post("/back-checks/<uuid:check_uuid>/hang-up")
@members(Role.INTERVIEWER)
def hang_up_back_check(check_uuid: uuid.UUID) -> Page:
    """End the call: the number is masked again; the result is still to be recorded."""
    check = get_my_back_check(check_uuid)
    require_token()
    end_back_check_call(db.session, check, at=now())
    db.session.commit()
    return redirect(url_for(".back_check", check_uuid=check_uuid), 303)


@blueprint.post("/back-checks/<uuid:check_uuid>/reveal")
@members(Role.INTERVIEWER)
@slow_reveals
def reveal_back_check(check_uuid: uuid.UUID) -> Page:
    """Show name and address, for a visit, in this one response only; recorded as an audit event."""
    check = get_my_back_check(check_uuid)
    form = back_check_form(questionnaire_of(check.response.case.draw.evaluation), select_locale())
    require_token()
    with committing() as refused:
        contact = reveal_for_back_check(db.session, check, actor=current_user, at=now())
    if refused:
        return _refused_page(check_uuid, refused.message)
    return _page(check, form, contact=contact)


def _refused_page(check_uuid: uuid.UUID, message: str) -> Page:
    check = get_my_back_check(check_uuid)
    form = back_check_form(questionnaire_of(check.response.case.draw.evaluation), select_locale())
    return _page(check, form, messages=[message]), 422


@blueprint.post("/back-checks/<uuid:check_uuid>/open")
@members(Role.INTERVIEWER)
def open_back_check(check_uuid: uuid.UUID) -> Page:
    """Open the record of a minor, with a reason that is recorded."""
    check = get_my_back_check(check_uuid)
    opening = OpeningForm()
    form = back_check_form(questionnaire_of(check.response.case.draw.evaluation), select_locale())
    if not opening.validate():
        return _page(check, form, opening=opening), 422
    with committing() as refused:
        open_minor_record(db.session, check.response.case, reason=opening.reason.data or "", actor=current_user)
    if refused:
        opening.reason.errors = [refused.message]
        return _page(get_my_back_check(check_uuid), form, opening=opening), 422
    return redirect(url_for(".back_check", check_uuid=check_uuid), 303)


@blueprint.post("/back-checks/<uuid:check_uuid>/release")
@members(Role.INTERVIEWER)
def release(check_uuid: uuid.UUID) -> Page:
    """Release the back-check for somebody else."""
    check = get_my_back_check(check_uuid)
    require_token()
    with committing() as refused:
        release_back_check(db.session, check, actor=current_user)
    flash_result(refused, _("已放回，由别人回访。"))
    return redirect(url_for(".back_checks"), 303)


def _page(
    check: BackCheck,
    form: BackCheckForm,
    *,
    contact: Contact | None = None,
    opening: OpeningForm | None = None,
    messages: list[str] | None = None,
) -> str:
    case = check.response.case
    stored_contact = case.recipient.contact
    call = open_back_check_call(db.session, check)
    numbers, trouble = number_lines(numbers_of_case(case, now()), call, case)
    masked = mask_name(stored_contact.name) if stored_contact else ""
    return render_template(
        "quality_control/back_check.html",
        **identity(case),
        check=check,
        form=form,
        contact=contact,
        call=call,
        opened=is_open(db.session, case, current_user),
        opening=opening or OpeningForm(formdata=None),
        # A child's guardian is called, never the child.
        guardian_only=protection_of(case).guardian_consents,
        known=stored_contact,
        name=stored_contact.name if stored_contact and (call or contact) else masked,
        numbers=numbers,
        trouble=trouble,
        messages=messages or [],
    )
