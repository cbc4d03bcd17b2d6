"""Opening an evaluation step by step: station, period, names, areas, documents, people, and a summary."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.documents.queries import documents_of_kind
from app.documents.rows import preview_links
from app.evaluations import rows
from app.evaluations.commands.opening import discard_draft, open_from_draft, save_draft, start_draft
from app.evaluations.forms import opening as forms
from app.evaluations.forms.opening import Description, StepForm, StepProblems
from app.evaluations.queries.administration import all_stations
from app.evaluations.queries.drafts import (
    STEPS,
    accounts,
    areas_of,
    defaults_of,
    draft_of,
    drafts_of,
    lacking_kinds,
    refreshed,
    replaced_by,
    station_by_uuid,
)
from app.evaluations.queries.opening import read_and_check
from app.extensions import db
from app.models import Document, OpeningDraft, Role, Station
from app.shared.forms import ActionForm
from app.shared.views import Page, committing, form_page, require_token

blueprint = Blueprint("opening", __name__, url_prefix="/admin/evaluations/new")

Answers = Mapping[str, Mapping[str, str]]
PAGES = {
    "station": "evaluations/opening/station.html",
    "period": "evaluations/opening/period.html",
    "names": "evaluations/opening/names.html",
    "areas": "evaluations/opening/areas.html",
    "documents": "evaluations/opening/documents.html",
    "people": "evaluations/opening/people.html",
}


@blueprint.route("", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def begin() -> Page:
    """The first step, and what was begun before."""
    form = _form("station", {})
    if request.method == "POST" and form.validate():
        with committing():
            draft = start_draft(db.session, {"station": form.answers()}, actor=current_user)
        return _next(draft, form, "station")
    return form_page(_step_page(None, "station", form), form)


@blueprint.route("/<uuid:draft_uuid>/<step>", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def show_step(draft_uuid: uuid.UUID, step: str) -> Page:
    """One step of a draft; what was typed is kept whether it is right or not."""
    draft = _draft(draft_uuid)
    if step not in STEPS:
        abort(404)
    if draft.evaluation is not None:
        return _opened(draft)
    form = _form(step, draft.answers)
    if request.method == "POST" and form.validate():
        with committing() as refused:
            after = {**draft.answers, step: form.answers()}
            save_draft(db.session, draft, refreshed(db.session, draft.answers, after, step))
        if refused:
            flash(refused.message, "error")
        return _next(draft, form, step)
    return form_page(_step_page(draft, step, form), form)


def _next(draft: OpeningDraft, form: StepForm, step: str) -> Page:
    """The step before or after, or the same with its problems."""
    number = STEPS.index(step)
    if request.form.get("go") == "back":
        return redirect(url_for(".show_step", draft_uuid=draft.uuid, step=STEPS[max(number - 1, 0)]), 303)
    problems = _problems(draft.answers).of(step)
    if problems:
        form.show(problems)
        return form_page(_step_page(draft, step, form), form)
    if step == STEPS[-1] or request.form.get("go") == "summary":
        return redirect(url_for(".summary", draft_uuid=draft.uuid), 303)
    return redirect(url_for(".show_step", draft_uuid=draft.uuid, step=STEPS[number + 1]), 303)


@blueprint.route("/<uuid:draft_uuid>/summary", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def summary(draft_uuid: uuid.UUID) -> Page:
    """Everything once more with what stands in the way; the button opens the evaluation."""
    draft, refusal = _draft(draft_uuid), ""
    if request.method == "POST" and draft.evaluation is None:
        require_token()
        refusal = _open(draft)
    if draft.evaluation is not None:
        return _opened(draft)
    problems = _problems(draft.answers)
    page = render_template(
        "evaluations/opening/summary.html",
        draft=draft,
        steps=_progress(draft, "summary"),
        parts=rows.opening_parts(draft, _forms(draft.answers), problems, _villages(draft.answers)),
        problems=rows.opening_problems(draft, problems),
        messages=[refusal] if refusal else [],
        replaced=replaced_by(db.session, draft.answers),
        action_form=ActionForm(),
    )
    return page, 422 if request.method == "POST" else 200


def _open(draft: OpeningDraft) -> str:
    """Open the evaluation of a draft in which nothing is wrong; the refusal where another got in between."""
    description = _description(draft.answers)
    if _problems(draft.answers).by_step:
        return ""
    with committing() as refused:
        open_from_draft(db.session, draft, description.slug, description.body, actor=current_user)
    return refused.message


@blueprint.post("/<uuid:draft_uuid>/discard")
@members(Role.ADMINISTRATOR)
def discard(draft_uuid: uuid.UUID) -> BaseResponse:
    """Throw a draft away."""
    draft = _draft(draft_uuid)
    require_token()
    with committing():
        discard_draft(db.session, draft)
    flash(_("已丢弃没有填完的评估。"), "success")
    return redirect(url_for("admin.index"), 303)


def _draft(draft_uuid: uuid.UUID) -> OpeningDraft:
    return draft_of(db.session, current_user, draft_uuid) or abort(404)


def _opened(draft: OpeningDraft) -> Page:
    flash(_("评估已建立。以后要改，在这里改。"), "success")
    return redirect(url_for("evaluation_settings.show", slug=draft.evaluation.slug), 303)  # type: ignore[union-attr]


def _form(step: str, answers: Answers) -> StepForm:
    """The form of a step: as submitted, else as filled in before, else with what is proposed."""
    if request.method == "POST" and request.endpoint != "opening.summary":
        return _make(step, None)
    return _make(step, answers[step] if step in answers else defaults_of(db.session, answers).get(step, {}))


def _forms(answers: Answers) -> dict[str, StepForm]:
    return {step: _make(step, answers[step]) for step in STEPS if step in answers}


def _make(step: str, answers: Mapping[str, str] | None) -> StepForm:
    if step == "station":
        return forms.StationForm(all_stations(db.session), answers)
    if step == "documents":
        return forms.DocumentsForm(_published(), answers)
    if step == "people":
        return forms.people_form(accounts(db.session), answers)
    simple: dict[str, type[StepForm]] = {
        "period": forms.PeriodForm,
        "names": forms.NamesForm,
        "areas": forms.AreasForm,
    }
    return simple[step](answers)


def _station(answers: Answers) -> Station | None:
    return station_by_uuid(db.session, answers.get("station", {}).get("station", ""))


def _description(answers: Answers) -> Description:
    return forms.described(answers, _station(answers), accounts(db.session))


def _problems(answers: Answers) -> StepProblems:
    description = _description(answers)
    _setup, problems = read_and_check(db.session, description.slug, description.body)
    return forms.problems_by_step(description, problems)


def _villages(answers: Answers) -> list[tuple[str, list[str]]]:
    """The areas of the known station that was chosen, else those that were pasted."""
    station = _station(answers)
    return areas_of(db.session, station) if station else list(_description(answers).areas.areas.items())


def _progress(draft: OpeningDraft | None, step: str) -> list[dict[str, Any]]:
    return rows.opening_steps(draft, step)


def _step_page(draft: OpeningDraft | None, step: str, form: StepForm) -> str:
    answers: Answers = draft.answers if draft else {}
    station = _station(answers)
    published = _published() if step == "documents" else {}
    return render_template(
        PAGES[step],
        draft=draft,
        step=step,
        form=form,
        steps=_progress(draft, step),
        station=station,
        villages=rows.villages_in_words(_villages(answers)),
        drafts=[] if draft else rows.draft_rows(drafts_of(db.session, current_user)),
        lacking=lacking_kinds(db.session),
        previews={kind: preview_links(documents) for kind, documents in published.items()},
    )


def _published() -> dict[str, Sequence[Document]]:
    """The documents that the step of documents offers, by kind."""
    return {kind: documents_of_kind(db.session, kind) for kind in ("questionnaire", "scheme", "outcomes")}
