"""The page of interviewers: their skills, and who is recused."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.extensions import db
from app.models import Evaluation, Role, User
from app.recusals.forms import RecusalForm
from app.recusals.queries import recusals_at
from app.recusals.rows import recused_rows
from app.recusals.views import declare_from_form, form_for_people
from app.shared.getters import get_evaluation
from app.shared.views import Page, committing, flash_result, form_page
from app.supervision.commands.assignments import set_skills
from app.supervision.forms.assignments import SkillsForm
from app.supervision.queries.interviewer_activity import InterviewerActivity, interviewers_of

blueprint = Blueprint("interviewers", __name__, url_prefix="/evaluations/<slug>/desk/interviewers")


@blueprint.route("", methods=["GET", "POST"])
@members(Role.LEAD)
def show(slug: str) -> Page:
    """The skills of each interviewer, as checkboxes."""
    evaluation = get_evaluation(slug)
    people = interviewers_of(db.session, evaluation)
    form = SkillsForm.of((str(person.uuid), person.name, person.skills) for person in people)
    if form.validate_on_submit():
        with committing() as refused:
            for person in people:
                user = db.session.get_one(User, person.id)
                set_skills(db.session, evaluation, user, form.chosen(str(person.uuid)), actor=current_user)
        flash_result(refused, _("已保存。"))
        return redirect(url_for(".show", slug=slug), 303)
    page = _page(evaluation, people, form, form_for_people(evaluation))
    return form_page(page, form)


def _page(evaluation: Evaluation, people: list[InterviewerActivity], skills: SkillsForm, recusal: RecusalForm) -> str:
    return render_template(
        "supervision/interviewers.html",
        evaluation=evaluation,
        people=people,
        skills=skills,
        recusal=recusal,
        recusals=recused_rows(recusals_at(db.session, evaluation.station_id)),
    )


@blueprint.post("/recuse")
@members(Role.LEAD)
def recuse(slug: str) -> Page:
    """The lead declares an interest in the station on behalf of a member."""
    evaluation = get_evaluation(slug)
    form = form_for_people(evaluation)
    if declare_from_form(evaluation, form):
        return redirect(url_for(".show", slug=slug), 303)
    people = interviewers_of(db.session, evaluation)
    skills = SkillsForm.of(((str(person.uuid), person.name, person.skills) for person in people), blank=True)
    return _page(evaluation, people, skills, form), 422
