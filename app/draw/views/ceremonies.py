"""Pages of the ceremony: announcing the plan, commitments, values, the draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from app.access import members
from app.draw.commands.ceremonies import announce_plan, close_commitments, commit, discard_entry, reveal
from app.draw.commands.draws import confirm_everyone, draw_sample
from app.draw.commands.voiding import open_request_of
from app.draw.forms.ceremonies import CommitmentForm, SourcesForm, ValueForm
from app.draw.forms.plans import PlanForm
from app.draw.queries.ceremony_next import MAY_CONFIRM, entry_of, roles_represented, waited_for
from app.draw.queries.draws import live_ceremony, plan_in_force
from app.draw.queries.plans import leaves_nobody_out
from app.draw.rows import waiting_in_words
from app.draw.views.plans import previewed
from app.extensions import db
from app.ledger.queries.frames import frame_of
from app.models import Ceremony, Evaluation, Role, SeedContribution
from app.shared.getters import get_evaluation, roles_at
from app.shared.queries import live_draw
from app.shared.views import Page, committing, form_page
from sampling.plan import Plan

blueprint = Blueprint("ceremonies", __name__, url_prefix="/evaluations/<slug>/ceremony")

# Everyone who may contribute a value; these pages do not show who was drawn.
PARTIES = (Role.LEAD, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION)


def get_ceremony(evaluation: Evaluation) -> Ceremony:
    """The plan in force; 404 before one was announced."""
    return live_ceremony(db.session, evaluation) or abort(404)


@blueprint.get("")
@members(*PARTIES)
def show(slug: str) -> str:
    """The state of the ceremony, and the actions open to this visitor."""
    return _page(get_evaluation(slug))


def _page(evaluation: Evaluation, refused: dict[int, FlaskForm] | None = None, refusal: str = "") -> str:
    ceremony = live_ceremony(db.session, evaluation)
    roles = roles_at(evaluation)
    return render_template(
        "draw/ceremonies/show.html",
        evaluation=evaluation,
        frame=frame_of(db.session, evaluation),
        ceremony=ceremony,
        plan=plan_in_force(ceremony) if ceremony else None,
        draw=live_draw(db.session, evaluation),
        request=open_request_of(db.session, ceremony) if ceremony else None,
        roles={role.value for role in roles},
        is_lead=Role.LEAD in roles,
        forms=refused or {},
        new_commitment=lambda place: _at(place, CommitmentForm(formdata=None)),
        new_value=lambda contribution: _value_form(contribution, ValueForm(formdata=None)),
        waiting=waiting_in_words(waited_for(ceremony)) if ceremony else "",
        may_confirm=bool(roles & set(MAY_CONFIRM)),
        refusal=refusal,
    )


@blueprint.post("/everyone")
@members(Role.LEAD)
def everyone(slug: str) -> Page:
    """Confirm that everyone is asked: nobody is drawn."""
    evaluation = get_evaluation(slug)
    with committing() as refused:
        confirm_everyone(db.session, evaluation, actor=current_user)
    if refused:
        flash(refused.message, "error")
        return redirect(url_for("plans.show", slug=slug), 303)
    flash(_("已确认全部访问。"), "success")
    return redirect(url_for("draws.show", slug=slug), 303)


@blueprint.route("/new", methods=["GET", "POST"])
@members(Role.LEAD)
def new(slug: str) -> Page:
    """Announce the plan that the query string describes, with the sources of the seed."""
    evaluation = get_evaluation(slug)
    if live_ceremony(db.session, evaluation) is not None:
        return redirect(url_for(".show", slug=slug), 303)
    form = SourcesForm(roles_represented(db.session, evaluation))
    plan, refusal = _plan(evaluation)
    if plan is not None and leaves_nobody_out(db.session, evaluation, plan):
        return redirect(url_for("plans.show", slug=slug), 303)
    if plan is not None and form.validate_on_submit():
        with committing() as refused:
            announce_plan(db.session, evaluation, plan, form.sources(), actor=current_user)
        if not refused:
            flash(_("方案已公布。接下来各方承诺自己的数值。"), "success")
            return redirect(url_for(".show", slug=slug), 303)
        refusal = refused.put_at(expected=form.expected)
    page = render_template(
        "draw/ceremonies/new.html",
        evaluation=evaluation,
        frame=frame_of(db.session, evaluation),
        plan=plan,
        form=form,
        refusal=refusal,
        query=request.query_string.decode("ascii", "replace"),
    )
    return form_page(page, form)


def _plan(evaluation: Evaluation) -> tuple[Plan | None, str]:
    """The plan of the query string, or what is wrong with it."""
    form = PlanForm.of(request.args)
    preview, nobody = previewed(evaluation, form)
    if preview is None:
        wrong = [*form.form_errors, *(text for field in form for text in field.errors)]
        return None, nobody or "".join(str(text) for text in wrong)
    return preview.plan, ""


@blueprint.post("/commit/<int:place>")
@members(*PARTIES)
def commit_value(slug: str, place: int) -> Page:
    """A party's commitment; its value stays with the party."""
    evaluation = get_evaluation(slug)
    form = CommitmentForm()

    def act(contribution: SeedContribution) -> str:
        commit(db.session, contribution, form.commitment.data, actor=current_user)
        return _("承诺已记下。")

    return _contribute(evaluation, place, form, act)


@blueprint.post("/reveal/<int:place>")
@members(*PARTIES)
def reveal_value(slug: str, place: int) -> Page:
    """Reveal a party's value, or record that of the public source."""
    evaluation = get_evaluation(slug)
    form = ValueForm()

    def act(contribution: SeedContribution) -> str:
        binds = reveal(db.session, contribution, form.value.data, actor=current_user, entry=form.entry.data or "")
        return (
            _("已公布。")
            if binds
            else _("第一次填写已记下，还没有定。请另一个人填一次，或您看一遍公布的结果后再填一次。")
        )

    return _contribute(evaluation, place, form, act)


@blueprint.post("/discard/<int:place>")
@members(Role.LEAD)
def discard(slug: str, place: int) -> Page:
    """Forget what was first typed for a public source, to begin anew."""
    return _step(
        get_evaluation(slug),
        lambda ceremony: discard_entry(db.session, _part(ceremony, place), actor=current_user),
        _("第一次填写已撤回，可以从头再填。"),
        url_for(".show", slug=slug),
    )


def _part(ceremony: Ceremony, place: int) -> SeedContribution:
    return next((one for one in ceremony.contributions if one.place == place), None) or abort(404)


def _contribute(evaluation: Evaluation, place: int, form: FlaskForm, act: Callable[[SeedContribution], str]) -> Page:
    contribution = _part(get_ceremony(evaluation), place)
    if form.validate_on_submit():
        done = ""
        with committing() as refused:
            done = act(contribution)
        if not refused:
            flash(done, "success")
            return redirect(url_for(".show", slug=evaluation.slug), 303)
        field = _first_field(form)
        if message := refused.put_at(commitment=field, value=field, look=field, early=field):
            return _page(evaluation, refusal=message), 422
    if isinstance(form, ValueForm):
        return _page(evaluation, {place: _value_form(contribution, form)}), 422
    return _page(evaluation, {place: _at(place, form)}), 422


def _at(place: int, form: FlaskForm) -> FlaskForm:
    """The form with an id of its own, as a page may hold one for each contribution."""
    for field in form:
        field.id = f"{field.name}-{place}"
    return form


def _value_form(contribution: SeedContribution, form: ValueForm) -> FlaskForm:
    """The form of a value, with the name of the first entry where there is one."""
    form.entry.data = entry_of(contribution)
    return _at(contribution.place, form)


def _first_field(form: FlaskForm) -> Any:
    return next(field for field in form if field.name in ("commitment", "value"))


@blueprint.post("/close")
@members(Role.LEAD)
def close(slug: str) -> Page:
    """End the commitments."""
    return _step(
        get_evaluation(slug),
        lambda ceremony: close_commitments(db.session, ceremony, actor=current_user),
        _("承诺已截止。现在可以公布数值。"),
        url_for(".show", slug=slug),
    )


@blueprint.post("/draw")
@members(Role.LEAD)
def draw(slug: str) -> Page:
    """Draw the sample under the joined seed."""
    return _step(
        get_evaluation(slug),
        lambda ceremony: draw_sample(db.session, ceremony, actor=current_user),
        _("已抽样。"),
        url_for("draws.show", slug=slug),
    )


def _step(evaluation: Evaluation, act: Callable[[Ceremony], object], done: str, then: str) -> Page:
    with committing() as refused:
        act(get_ceremony(evaluation))
    if refused:
        return _page(evaluation, refusal=refused.message), 422
    flash(done, "success")
    return redirect(then, 303)
