"""My cases, and one case: whom to reach, what came of it, a personal link."""

from __future__ import annotations

import uuid

import segno
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from app.access import members
from app.clock import now
from app.commands.calls import reveal_contact
from app.commands.fieldwork import give_up, issue_link, record_attempt
from app.commands.refusal import Refused
from app.documents import outcomes_of
from app.extensions import db
from app.forms.desk import ActionForm, OutcomeForm
from app.getters import get_my_case
from app.models import Case, Contact, Role
from app.privacy.masking import mask_name, mask_phone
from app.queries.desk import has_counted_response, is_settled, my_cases, next_open_case
from app.views.desk.room import Page, blueprint, identity, slow_reveals
from app.views.desk.words import category_words, day_part, following, outcome_groups, outcome_words, why
from surveys.calling.attempts import lacking
from surveys.calling.settings import DEFAULT


@blueprint.get("")
@members(Role.INTERVIEWER)
def index() -> str:
    """My cases: open ones in the order to try them, today's closed ones apart."""
    return render_template(
        "desk/index.html",
        cases=my_cases(db.session, current_user, now()),
        outcome=outcome_words,
        categories=category_words,
        following=following,
        why=why,
    )


@blueprint.get("/cases/<uuid:case_uuid>")
@members(Role.INTERVIEWER)
def case(case_uuid: uuid.UUID) -> Page:
    """One case, masked."""
    return _case_page(get_my_case(case_uuid))


@blueprint.post("/cases/<uuid:case_uuid>/reveal")
@members(Role.INTERVIEWER)
@slow_reveals
def reveal(case_uuid: uuid.UUID) -> Page:
    """The contact, open in this one answer only: it has no address of its own and nothing keeps it."""
    found = get_my_case(case_uuid)
    if not ActionForm().validate():
        abort(400)
    try:
        contact = reveal_contact(db.session, found, actor=current_user)
        db.session.commit()
    except Refused as refused:
        return _refused(case_uuid, refused)
    return _case_page(found, contact=contact)


@blueprint.post("/cases/<uuid:case_uuid>/outcome")
@members(Role.INTERVIEWER)
def outcome(case_uuid: uuid.UUID) -> Page:
    """Write down what came of a try; an outcome that closes the case is asked once more."""
    found = get_my_case(case_uuid)
    outcomes = outcomes_of(found.draw.evaluation)
    form = OutcomeForm(outcomes=outcomes)
    if not form.validate():
        return _case_page(found, form=form), 422
    chosen = outcomes[form.outcome.data]
    if chosen.final and not form.confirmed.data:
        return render_template(
            "desk/confirm_outcome.html",
            **identity(found),
            form=form,
            chosen=chosen,
            next=following(chosen.code, outcomes),
        )
    try:
        record_attempt(
            db.session,
            found,
            attempt_key=form.key,
            mode=form.mode.data,
            outcome=chosen.code,
            interviewer=current_user,
        )
        db.session.commit()
    except Refused as refused:
        return _refused(case_uuid, refused)
    flash(_("已登记「%(outcome)s」。", outcome=outcome_words(chosen.code, outcomes)), "success")
    return redirect(url_for(".case", case_uuid=case_uuid), 303)


@blueprint.post("/cases/<uuid:case_uuid>/close")
@members(Role.INTERVIEWER)
def close(case_uuid: uuid.UUID) -> Page:
    """Give up a case under its latest outcome, once the attempt rule is met."""
    found = get_my_case(case_uuid)
    if not ActionForm().validate():
        abort(400)
    try:
        give_up(db.session, found, actor=current_user)
        db.session.commit()
    except Refused as refused:
        return _refused(case_uuid, refused)
    flash(_("已结案。"), "success")
    return redirect(url_for(".case", case_uuid=case_uuid), 303)


@blueprint.post("/cases/<uuid:case_uuid>/link")
@members(Role.INTERVIEWER)
def link(case_uuid: uuid.UUID) -> Page:
    """Make a personal link and show it once, as a card to print; it is kept nowhere."""
    found = get_my_case(case_uuid)
    if not ActionForm().validate():
        abort(400)
    try:
        token = issue_link(db.session, found, actor=current_user)
        db.session.commit()
    except Refused as refused:
        return _refused(case_uuid, refused)
    base = current_app.config["PUBLIC_URL"] or request.url_root.rstrip("/")
    address = base + url_for("respond.start", token=token)
    code = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None, title=_("二维码")
    )
    # The image is made of the address alone, whose signs are ours: nothing in it can be markup.
    return render_template("desk/link.html", **identity(found), address=address, qr=Markup(code))  # noqa: S704


def _refused(case_uuid: uuid.UUID, refused: Refused) -> tuple[str, int]:
    db.session.rollback()
    return _case_page(get_my_case(case_uuid), messages=[refused.message]), 422


def _case_page(
    found: Case,
    *,
    contact: Contact | None = None,
    form: OutcomeForm | None = None,
    messages: list[str] | None = None,
) -> str:
    known = found.recipient.contact
    outcomes = outcomes_of(found.draw.evaluation)
    return render_template(
        "desk/case.html",
        **identity(found),
        masked_name=mask_name(known.name) if known else "",
        masked_phones=[mask_phone(number) for number in known.phones] if known else [],
        masked_guardian_phones=[mask_phone(number) for number in known.guardian_phones] if known else [],
        categories=category_words(found.recipient.categories.split(",")) or _("一般服务对象"),
        known=known is not None,
        contact=contact,
        attempts=[
            (attempt, outcome_words(attempt.outcome, outcomes), day_part(attempt.at)) for attempt in found.attempts
        ],
        lacking=lacking([attempt.at for attempt in found.attempts], DEFAULT),
        outcome=lambda code: outcome_words(code, outcomes),
        groups=outcome_groups(outcomes, max(len(known.phones) - 1, 0) if known else 0),
        form=form or OutcomeForm(formdata=None),
        messages=messages or [],
        settled=is_settled(db.session, found.draw.evaluation),
        answered=has_counted_response(db.session, found),
        following=next_open_case(db.session, current_user, found.uuid),
        modes={"phone": _("电访"), "visit": _("走访"), "web": _("网上")},
    )
