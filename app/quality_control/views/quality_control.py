"""The page of quality control: flags, back-checks and agreement."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.documents.queries import questionnaire_of
from app.extensions import db
from app.localisation import select_locale
from app.models import Evaluation, Role
from app.quality_control import rows
from app.quality_control.commands.back_checks import draw_back_checks, reopen_back_check
from app.quality_control.getters import get_back_check
from app.quality_control.labels import INTEGRITY_KINDS
from app.quality_control.queries.back_checks import back_check_questions, quality_control
from app.shared.getters import get_evaluation
from app.shared.queries import live_draw
from app.shared.views import committing, flash_result, require_token

blueprint = Blueprint("quality_control", __name__, url_prefix="/evaluations/<slug>/quality")


@blueprint.get("")
@members(Role.LEAD)
def show(slug: str) -> str:
    """The flags by interviewer, the back-checks due and done, and the agreement by question."""
    evaluation = get_evaluation(slug)
    draw = live_draw(db.session, evaluation)
    if draw is None:
        return render_template("quality_control/show.html", evaluation=evaluation, found=None)
    overview = quality_control(db.session, draw)
    return render_template(
        "quality_control/show.html",
        evaluation=evaluation,
        found=overview,
        interviewers=rows.interviewer_rows(overview.interviewers),
        unused=[INTEGRITY_KINDS[rule.kind] for rule in overview.unused],
        flagged=rows.flags_of_interviewers(overview.interviewers, slug),
        others=rows.flag_rows(overview.others, slug),
        due=rows.due_rows(overview.due, slug),
        done=rows.done_rows(overview.done, slug),
        agreements=rows.agreement_rows(overview.agreements, _questions(evaluation)),
    )


def _questions(evaluation: Evaluation) -> dict[str, str]:
    questionnaire, language = questionnaire_of(evaluation), select_locale()
    return {
        name: questionnaire.question(name).text.in_language(language) for name in back_check_questions(questionnaire)
    }


@blueprint.post("/draw")
@members(Role.LEAD)
def draw(slug: str) -> BaseResponse:
    """Draw the back-checks that are due."""
    evaluation = get_evaluation(slug)
    require_token()
    with committing() as refused:
        number = draw_back_checks(db.session, evaluation, actor=current_user)
    if refused:
        flash(refused.message, "error")
    else:
        flash(_("新抽取了 %(n)s 份回访。", n=number) if number else _("没有新的答卷要回访。"), "success")
    return redirect(url_for(".show", slug=slug, _anchor="back-checks"), 303)


@blueprint.post("/back-checks/<uuid:check_uuid>/reopen")
@members(Role.LEAD)
def reopen(slug: str, check_uuid: uuid.UUID) -> BaseResponse:
    """Reopen a back-check, for the next checker to claim."""
    evaluation = get_evaluation(slug)
    check = get_back_check(evaluation, check_uuid)
    require_token()
    with committing() as refused:
        reopen_back_check(db.session, check, actor=current_user)
    flash_result(refused, _("已放回，等人来回访。"))
    return redirect(url_for(".show", slug=slug, _anchor="back-checks"), 303)
