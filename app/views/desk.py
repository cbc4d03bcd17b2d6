"""The interviewer's desk: my cases, one case, an interview by telephone or on a visit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

import segno
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.clock import local, now
from app.commands.fieldwork import issue_link, record_attempt, reveal_contact
from app.commands.refusal import Refused
from app.commands.responses import AnswersRefused, submit_response
from app.documents import questionnaire_of
from app.extensions import db, limiter
from app.forms.desk import ActionForm, OutcomeForm
from app.forms.questionnaire import QuestionnaireForm, form_class
from app.forms.sheet import sheet
from app.getters import get_my_case
from app.localisation import select_locale
from app.models import Case, Contact, Role
from app.privacy.masking import mask_name, mask_phone
from app.queries.desk import CaseCard, case_code, has_counted_response, is_settled, my_cases, next_open_case
from app.views.piping import opening, pipe
from app.views.small_forms import take_small_forms_only
from sampling.categories import CATEGORIES
from surveys.outcomes import BY_HAND, GROUPS, OUTCOMES, Outcome
from surveys.questionnaire import Question, applicable, check_answers

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
take_small_forms_only(blueprint)

CATEGORY_NAMES = {category.code: (category.zh, category.en) for category in CATEGORIES.values()}

Page = str | tuple[str, int] | BaseResponse


def _reveal_rate() -> str:
    rate: str = current_app.config["REVEAL_LIMIT"]
    return rate


def _who() -> str:
    return f"user {current_user.id}"


def _not_a_reveal() -> bool:
    """The interview form carries a reveal button among others; only that one is counted."""
    return request.endpoint == "desk.interview" and request.form.get("go") != "reveal"


# One allowance for both places a name can be opened at, counted per interviewer wherever they sit.
slow_reveals = limiter.shared_limit(
    _reveal_rate, scope="reveal", key_func=_who, methods=["POST"], exempt_when=_not_a_reveal
)


@blueprint.get("")
@members(Role.INTERVIEWER)
def index() -> str:
    """My cases: open ones in the order to try them, today's closed ones apart."""
    return render_template(
        "desk/index.html",
        cases=my_cases(db.session, current_user, now()),
        outcome=_outcome_words,
        categories=_category_words,
        following=_following,
        why=_why,
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
    form = OutcomeForm()
    if not form.validate():
        return _case_page(found, form=form), 422
    chosen = OUTCOMES[form.outcome.data]
    if chosen.final and not form.confirmed.data:
        return render_template("desk/confirm_outcome.html", **_identity(found), form=form, chosen=chosen)
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
    flash(_("已登记「%(outcome)s」。", outcome=_outcome_words(chosen.code)), "success")
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
    return render_template("desk/link.html", **_identity(found), address=address, qr=Markup(code))  # noqa: S704


@blueprint.route("/cases/<uuid:case_uuid>/interview/<any(phone, visit):mode>", methods=["GET", "POST"])
@members(Role.INTERVIEWER)
@slow_reveals
def interview(case_uuid: uuid.UUID, mode: str) -> Page:
    """The whole questionnaire on one page that flows; one submission is stored once, however often it is sent."""
    found = get_my_case(case_uuid)
    form = form_class(questionnaire_of(found.draw.evaluation), mode)()
    if request.method == "GET":
        return _closed_to_interviews(found) or _interview_page(found, form)
    if request.form.get("go") == "reveal":
        return _reveal_in_interview(found, form)
    if not form.validate():
        return _interview_page(found, form), 422
    if request.form.get("go") != "finish" and (unanswered := _look_through(form)):
        return _interview_page(found, form, unanswered=unanswered), 422
    try:
        stored = submit_response(
            db.session,
            found,
            mode=mode,
            answers=form.answers(),
            submission_key=form.key,
            started_at=form.started(now()),
            interviewer=current_user,
        )
        db.session.commit()
    except AnswersRefused as refused:
        db.session.rollback()
        form.put(refused.problems)
        return _interview_page(get_my_case(case_uuid), form), 422
    except Refused as refused:
        db.session.rollback()
        return _interview_page(get_my_case(case_uuid), form, messages=[refused.message]), 422
    flash(_stored_words(stored.response.submitted_at, counted=stored.response.counted), "success")
    return redirect(url_for(".case", case_uuid=case_uuid), 303)


def _stored_words(at: datetime, *, counted: bool) -> str:
    clock = local(at).strftime("%H:%M")
    if counted:
        return _("答卷已保存，%(clock)s。", clock=clock)
    return _("答卷已保存，%(clock)s。这一份不计入统计。", clock=clock)


def _closed_to_interviews(found: Case) -> BaseResponse | None:
    """Back to the case when there is nobody to ask any more: after a final outcome, or when the score is settled."""
    if is_settled(db.session, found.draw.evaluation):
        flash(_("评分已经定案，不能再录答卷。"), "info")
    elif found.outcome_final:
        flash(_("这个个案已有最终结果，不再访问。"), "info")
    else:
        return None
    return redirect(url_for(".case", case_uuid=found.uuid), 303)


def _reveal_in_interview(found: Case, form: QuestionnaireForm) -> Page:
    """The greeting with the full name; what was filled in so far stays on the page."""
    try:
        contact = reveal_contact(db.session, found, actor=current_user)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        return _interview_page(get_my_case(found.uuid), form, messages=[refused.message]), 422
    return _interview_page(found, form, name=contact.name)


def _interview_page(
    found: Case,
    form: QuestionnaireForm,
    *,
    name: str = "",
    unanswered: list[Question] | None = None,
    messages: list[str] | None = None,
) -> str:
    evaluation, questionnaire, language = found.draw.evaluation, form.questionnaire, select_locale()
    contact = found.recipient.contact
    # Opening this page is a GET and leaves no trace, so it must not show a name: the greeting is masked until the
    # interviewer asks for the name by a button, which is an audited event like every other reveal.
    people = {
        "interviewer": current_user.display_name,
        "recipient": name or (mask_name(contact.name) if contact else ""),
    }
    text = questionnaire.openings.get(form.mode) or questionnaire.openings.get("phone")
    return render_template(
        "desk/interview.html",
        **_identity(found),
        form=form,
        sections=sheet(questionnaire, form.mode, language),
        mode=form.mode,
        language=language,
        opening=opening(text, evaluation, language, **people),
        opening_yue=pipe(text.yue, evaluation, **people) if text else [],
        revealed=bool(name),
        can_reveal=contact is not None and not name,
        unanswered=unanswered or [],
        messages=messages or [],
        wording=request.form.get("wording", "zh"),
    )


def _look_through(form: QuestionnaireForm) -> list[Question]:
    """Once before storing: the questions left open, and every problem put at its question.

    Several choices and open text may be empty: for them, nothing is an answer.
    """
    checked = check_answers(form.questionnaire, form.answers(), form.mode)
    wrong = {problem.question for problem in checked.problems}
    left_open = [
        question
        for question in applicable(form.questionnaire, checked.answers, form.mode)
        if question.kind in ("single", "integer") and question.id not in checked.answers and question.id not in wrong
    ]
    if left_open:
        form.put(checked.problems)
    return left_open


def _refused(case_uuid: uuid.UUID, refused: Refused) -> tuple[str, int]:
    db.session.rollback()
    return _case_page(get_my_case(case_uuid), messages=[refused.message]), 422


def _identity(found: Case) -> dict[str, object]:
    return {"case": found, "code": case_code(found.stratum, found.position), "evaluation": found.draw.evaluation}


def _case_page(
    found: Case,
    *,
    contact: Contact | None = None,
    form: OutcomeForm | None = None,
    messages: list[str] | None = None,
) -> str:
    known = found.recipient.contact
    return render_template(
        "desk/case.html",
        **_identity(found),
        masked_name=mask_name(known.name) if known else "",
        masked_phones=[mask_phone(number) for number in known.phones] if known else [],
        masked_guardian_phones=[mask_phone(number) for number in known.guardian_phones] if known else [],
        categories=_category_words(found.recipient.categories.split(",")) or _("一般服务对象"),
        known=known is not None,
        contact=contact,
        attempts=[(attempt, _outcome_words(attempt.outcome), _day_part(attempt.at)) for attempt in found.attempts],
        outcome=_outcome_words,
        groups=_outcome_groups(),
        form=form or OutcomeForm(formdata=None),
        messages=messages or [],
        settled=is_settled(db.session, found.draw.evaluation),
        answered=has_counted_response(db.session, found),
        following=next_open_case(db.session, current_user, found.uuid),
        modes={"phone": _("电访"), "visit": _("走访"), "web": _("网上")},
    )


def _outcome_words(code: str | None) -> str:
    if code is None:
        return _("还没有联系")
    found = OUTCOMES[code]
    return found.en if select_locale() == "en" else found.zh


def _following(code: str | None) -> str:
    """What an outcome means for the next try."""
    if code is None:
        return _("先打电话")
    return OUTCOMES[code].next_en if select_locale() == "en" else OUTCOMES[code].next_zh


def _why(card: CaseCard) -> str:
    """Why this case now."""
    if card.last_at is None:
        return _("还没有联系过。")
    return _(
        "第 %(n)s 次。上次 %(time)s，%(outcome)s：%(next)s。",
        n=card.attempts + 1,
        time=format_datetime(card.last_at, "MM-dd HH:mm"),
        outcome=_outcome_words(card.outcome),
        next=_following(card.outcome),
    )


def _category_words(codes: Iterable[str]) -> str:
    names = (CATEGORY_NAMES[code] for code in codes if code in CATEGORY_NAMES)
    return "、".join(english if select_locale() == "en" else chinese for chinese, english in names)


def _outcome_groups() -> list[tuple[str, list[tuple[Outcome, str, str]]]]:
    """The outcomes an interviewer writes down, in four rows, each with what happens next."""
    titles = {
        "reached": _("联系上了"),
        "not_reached": _("没有联系上"),
        "cannot": _("不能受访"),
        "refused": _("拒绝"),
    }
    english = select_locale() == "en"
    return [
        (
            titles[group],
            [
                (o, o.en if english else o.zh, o.next_en if english else o.next_zh)
                for o in OUTCOMES.values()
                if o.group == group and o.code in BY_HAND
            ],
        )
        for group in GROUPS
    ]


def _day_part(at: datetime) -> str:
    """The part of the week a try fell into; the next one should fall into another."""
    moment = local(at)
    if moment.weekday() >= 5:
        return _("周末")
    return _("早") if moment.hour < 12 else _("午") if moment.hour < 18 else _("晚")
