"""The interviewer's desk: my cases, one case, the interview."""

from __future__ import annotations

import uuid

import segno
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.commands.fieldwork import issue_link, record_attempt, reveal_contact
from app.commands.refusal import Refused
from app.commands.responses import AnswersRefused, submit_response
from app.documents import questionnaire_of
from app.extensions import db, limiter
from app.forms.desk import OutcomeForm
from app.forms.questionnaire import AnswersForm, form_class
from app.getters import get_my_case
from app.localisation import select_locale
from app.models import Case, Contact, Role
from app.privacy.masking import mask_name, mask_phone
from app.queries.desk import category_names, done_today, my_cases, next_open_case
from app.views.openings import opening
from surveys.outcomes import BY_HAND, GROUPS, OUTCOMES

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

SPOKEN_MODES = ("phone", "visit")


@blueprint.get("")
@members(Role.INTERVIEWER)
def index() -> str:
    """My cases: open ones first."""
    cases = my_cases(db.session, current_user.id)
    return render_template(
        "desk/index.html",
        open_cases=[case for case in cases if not case.final],
        closed=sum(case.final for case in cases),
        done=done_today(db.session, current_user.id),
    )


@blueprint.get("/cases/<uuid:case_uuid>")
@members(Role.INTERVIEWER)
def case(case_uuid: uuid.UUID) -> str:
    """One case, its contact data masked."""
    return _case_page(get_my_case(case_uuid))


def _case_page(found: Case, *, revealed: Contact | None = None, link: str = "", asked: str = "") -> str:
    contact = found.recipient.contact
    form = OutcomeForm(formdata=None)
    groups = {group: [OUTCOMES[code] for code in BY_HAND if OUTCOMES[code].group == group] for group in GROUPS}
    return render_template(
        "desk/case.html",
        case=found,
        evaluation=found.draw.evaluation,
        categories=category_names(found.recipient.categories),
        masked_name=mask_name(contact.name) if contact else "—",
        masked_phones=[mask_phone(number) for number in contact.phones] if contact else [],
        revealed=revealed,
        link=link,
        qr=_qr(link) if link else "",
        asked=OUTCOMES.get(asked),
        groups=groups,
        outcomes=OUTCOMES,
        form=form,
        attempt_key=uuid.uuid4(),
        next_case=next_open_case(db.session, current_user.id, found),
    )


def _qr(link: str) -> Markup:
    """The link as an inline drawing; segno makes it from the text alone, without styles."""
    drawing = segno.make(link, error="m").svg_inline(svgclass="qr", lineclass=None, omitsize=True, border=2)
    return Markup(drawing)  # noqa: S704 - made by segno from a link of ours


@blueprint.post("/cases/<uuid:case_uuid>/reveal")
@members(Role.INTERVIEWER)
@limiter.limit(lambda: current_app.config["REVEAL_LIMIT"])
def reveal(case_uuid: uuid.UUID) -> str:
    """Show the contact data, on this answer alone: it has no address to come back to."""
    found = get_my_case(case_uuid)
    try:
        contact = reveal_contact(db.session, found, actor=current_user)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "error")
        return _case_page(found)
    return _case_page(found, revealed=contact)


@blueprint.post("/cases/<uuid:case_uuid>/outcome")
@members(Role.INTERVIEWER)
def outcome(case_uuid: uuid.UUID) -> str | BaseResponse | tuple[str, int]:
    """Write down what came of a try; a final outcome asks once more."""
    found = get_my_case(case_uuid)
    form = OutcomeForm()
    if not form.validate():
        abort(400)
    chosen = form.outcome.data or ""
    if chosen in BY_HAND and OUTCOMES[chosen].final and not form.sure.data:
        return _case_page(found, asked=chosen)
    try:
        key = uuid.UUID(form.attempt_key.data or "")
        record_attempt(
            db.session,
            found,
            attempt_key=key,
            mode=form.mode.data or "",
            outcome=chosen,
            interviewer=current_user,
        )
        db.session.commit()
        flash(_("已登记：%(outcome)s。", outcome=OUTCOMES[chosen].zh), "success")
    except ValueError:
        abort(400)
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "error")
    return redirect(url_for(".case", case_uuid=case_uuid), 303)


@blueprint.post("/cases/<uuid:case_uuid>/link")
@members(Role.INTERVIEWER)
def link(case_uuid: uuid.UUID) -> str:
    """Make a personal link; it is shown once, as text and as a card to print."""
    found = get_my_case(case_uuid)
    try:
        token = issue_link(db.session, found, actor=current_user)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "error")
        return _case_page(found)
    base = current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")
    return _case_page(found, link=f"{base}{url_for('respond.start', token=token)}")


@blueprint.route("/cases/<uuid:case_uuid>/interview/<any(phone, visit):mode>", methods=["GET", "POST"])
@members(Role.INTERVIEWER)
def interview(case_uuid: uuid.UUID, mode: str) -> str | BaseResponse | tuple[str, int]:
    """The questionnaire on one page that flows."""
    found = get_my_case(case_uuid)
    questionnaire = questionnaire_of(found.draw.evaluation)
    form: AnswersForm = form_class(questionnaire, mode, select_locale())()
    refusal = ""
    if form.validate_on_submit():
        if form.key is None:
            abort(400)
        try:
            submit_response(
                db.session,
                found,
                mode=mode,
                answers=form.answers(),
                submission_key=form.key,
                started_at=form.began,
                interviewer=current_user,
            )
            db.session.commit()
            flash(_("答卷已保存。"), "success")
            return redirect(url_for(".case", case_uuid=case_uuid), 303)
        except AnswersRefused as refused:
            db.session.rollback()
            form.show(refused.problems)
        except Refused as refused:
            db.session.rollback()
            refusal = refused.message
    form.begin()
    contact = found.recipient.contact
    page = render_template(
        "desk/interview.html",
        case=found,
        form=form,
        mode=mode,
        refusal=refusal,
        questionnaire=questionnaire,
        # The greeting needs a name; opening the form is no reveal, so the family name is all it shows.
        opening=opening(found, mode, mask_name(contact.name) if contact else "", current_user.display_name),
    )
    return page, 422 if form.is_submitted() else 200
