"""Pages of the score sheet: entering points and facts, overrides, comparison, settling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from app.access import members
from app.documents.queries import scheme_of
from app.extensions import db
from app.localisation import to_visitor
from app.models import Evaluation, PartyScore, Role, ScoreOverride
from app.scores.commands.scores import enter_score, override_item, settle_score, state_fact
from app.scores.forms.scores import OverrideForm, SettleForm, facts_form, points_form
from app.scores.labels import FACT_NUMBERS
from app.scores.queries.grade_uncertainty import grade_uncertainty_of
from app.scores.queries.schemes import adoption_of
from app.scores.queries.scores import (
    PARTY_OF_ROLE,
    entries_for,
    indicators_of,
    newest_overrides,
    newest_score_rows,
    score_of,
    stated_facts,
)
from app.scores.queries.settlement_check import recompute, sheet_for_comparison
from app.scores.rows import (
    comparison_item_rows,
    entry_rows,
    grade_uncertainty_tables,
    grades_in_words,
    indicator_rows,
    score_change_rows,
    total_row,
)
from app.shared.errors import Refused
from app.shared.getters import get_evaluation, roles_at
from app.shared.queries import evaluations_of, settlement_of
from app.shared.views import Page, committing, form_page
from sampling.certificate import Mismatch
from surveys.scoring import compare as compare_sheets

blueprint = Blueprint("scores", __name__, url_prefix="/evaluations/<slug>/score")

SCORERS = (Role.LEAD, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR)


@blueprint.get("")
@members(*SCORERS, Role.STATION)
def show(slug: str) -> str | tuple[str, int]:
    """The score sheet with every reason; others than the lead see it only once it is settled."""
    evaluation = get_evaluation(slug)
    settlement = settlement_of(db.session, evaluation)
    lead = Role.LEAD in roles_at(evaluation)
    if not lead and settlement is None:
        abort(404)
    if not lead:
        sheet = settlement.sheet if settlement else {}
        return render_template("scores/published.html", evaluation=evaluation, settlement=settlement, sheet=sheet)
    try:
        outcome = score_of(db.session, evaluation)
    except Mismatch as mismatch:
        return render_template("scores/mismatch.html", evaluation=evaluation, mismatch=mismatch), 409
    scheme = scheme_of(evaluation)
    return render_template(
        "scores/show.html",
        evaluation=evaluation,
        outcome=outcome,
        sheet=outcome.sheet,
        scheme=scheme,
        comparison=comparison_item_rows(outcome.sheet.comparison, slug),
        uncertainty=grade_uncertainty_tables(grade_uncertainty_of(outcome, scheme), scheme),
        settlement=settlement,
        recomputed=recompute(db.session, evaluation, settlement) if settlement else None,
        areas={area.code: area.name for area in evaluation.station.areas},
        indicators=indicator_rows(indicators_of(db.session, evaluation)),
        adoption=adoption_of(db.session, evaluation),
    )


@blueprint.get("/items/<code>")
@members(Role.LEAD)
def item(slug: str, code: str) -> str | tuple[str, int]:
    """How the points of one item arose: every entry with its author and time, the rule, the figure behind it."""
    evaluation = get_evaluation(slug)
    try:
        sheet = score_of(db.session, evaluation).sheet
    except Mismatch as mismatch:
        return render_template("scores/mismatch.html", evaluation=evaluation, mismatch=mismatch), 409
    line = next((line for line in (*sheet.lines, *sheet.comparison) if line.code == code), None) or abort(404)
    in_force = {row.id for row in newest_score_rows(db.session, evaluation)}
    override = newest_overrides(db.session, evaluation).get(code)
    areas = {area.code: area.name for area in evaluation.station.areas}

    def holds(entry: PartyScore | ScoreOverride) -> bool:
        return entry is override if isinstance(entry, ScoreOverride) else entry.id in in_force

    return render_template(
        "scores/item.html",
        evaluation=evaluation,
        line=line,
        entries=entry_rows(entries_for(db.session, evaluation, code), areas, holds),
    )


def _my_entries(evaluation: Evaluation) -> list[tuple[str, Role, str, str, str, str]]:
    """(field, role, item, area, label, present points) for every item this visitor may give points for."""
    newest = {(row.item, row.area): str(row.given) for row in newest_score_rows(db.session, evaluation)}
    roles = roles_at(evaluation) & set(PARTY_OF_ROLE)
    entries = []
    for party in scheme_of(evaluation).parties:
        for role in (each for each in SCORERS if each in roles and PARTY_OF_ROLE[each] == party.code):
            for item in (each for each in party.items if each.kind == "given"):
                places = [(a.code, a.name) for a in evaluation.station.areas] if item.per_area else [("", "")]
                for code, name in places:
                    label = f"{to_visitor(item.name)}{' · ' + name if name else ''} (0–{item.maximum})"
                    field = f"{item.code}-{code}" if code else item.code
                    entries.append((field, role, item.code, code, label, newest.get((item.code, code), "")))
    return entries


@blueprint.route("/entry", methods=["GET", "POST"])
@members(*SCORERS)
def enter(slug: str) -> Page:
    """Enter the points of the visitor's own party."""
    evaluation = get_evaluation(slug)
    entries = _my_entries(evaluation)
    form = points_form((field, label, value) for field, _role, _item, _area, label, value in entries)
    if form.validate_on_submit():
        store = partial(enter_score, db.session, evaluation, actor=current_user)
        changes = {
            field: partial(store, role=role, item=item, area=area, given=given)
            for field, role, item, area, _label, before in entries
            if (given := (form[field].data or "").strip()) and given != before
        }
        if _all_stored(form, changes):
            flash(_("评分已保存。"), "success")
            return redirect(url_for(".enter", slug=slug), 303)
    page = render_template(
        "scores/enter.html",
        evaluation=evaluation,
        form=form,
        fields=[entry[0] for entry in entries],
        settled=settlement_of(db.session, evaluation) is not None,
    )
    return form_page(page, form)


def _all_stored(form: FlaskForm, changes: Mapping[str, Callable[[], object]]) -> bool:
    """Run the command of every changed field; each refusal is put at its field, and then nothing is stored."""
    refused = False
    for field, store in changes.items():
        try:
            store()
        except Refused as refusal:
            form[field].errors = [refusal.message]
            refused = True
    if refused:
        db.session.rollback()
    else:
        db.session.commit()
    return not refused


@blueprint.route("/facts", methods=["GET", "POST"])
@members(Role.LEAD)
def facts(slug: str) -> Page:
    """State the facts that the disqualifying conditions use."""
    evaluation = get_evaluation(slug)
    scheme = scheme_of(evaluation)
    numbers = {code: str(label) for code, label in FACT_NUMBERS.items() if code in scheme.facts}
    declared = {c.code: to_visitor(c.text) for c in scheme.disqualifying}
    stated = stated_facts(db.session, evaluation)
    form = facts_form(numbers, declared, stated)
    if form.validate_on_submit():
        changes = {
            code: partial(state_fact, db.session, evaluation, code=code, value=value, actor=current_user)
            for code in (*numbers, *declared)
            if (value := (form[code].data or "").strip()) and value != stated.get(code)
        }
        if _all_stored(form, changes):
            flash(_("站点情况已保存。"), "success")
            return redirect(url_for(".show", slug=slug), 303)
    page = render_template(
        "scores/facts.html", evaluation=evaluation, form=form, numbers=list(numbers), declared=list(declared)
    )
    return form_page(page, form)


@blueprint.route("/override/<item>", methods=["GET", "POST"])
@members(Role.LEAD)
def override(slug: str, item: str) -> Page:
    """Override the points of a computed item, or withdraw the override; always with a reason."""
    evaluation = get_evaluation(slug)
    try:
        sheet = score_of(db.session, evaluation).sheet
    except Mismatch as mismatch:
        return render_template("scores/mismatch.html", evaluation=evaluation, mismatch=mismatch), 409
    line = next((line for line in sheet.lines if line.code == item and line.kind == "computed"), None) or abort(404)
    current = newest_overrides(db.session, evaluation).get(item)
    form = OverrideForm(data=None if current is None else {"points": str(current.points), "reason": current.reason})
    if form.validate_on_submit():
        withdrawn = "withdraw" in request.form
        points = None if withdrawn else (form.points.data or "").strip()
        reason = form.reason.data or ""
        with committing() as refused:
            override_item(db.session, evaluation, item=item, points=points, reason=reason, actor=current_user)
        if not refused:
            flash(_("已撤回，按规则计分。") if withdrawn else _("改分已保存。"), "success")
            return redirect(url_for(".show", slug=slug), 303)
        target = form.reason if refused.code == "reason" else form.points
        target.errors = [refused.message]
    page = render_template(
        "scores/override.html",
        evaluation=evaluation,
        form=form,
        line=line,
        current=current,
        settled=settlement_of(db.session, evaluation) is not None,
    )
    return form_page(page, form)


@blueprint.get("/compare")
@members(Role.LEAD)
def compare(slug: str) -> str | tuple[str, int]:
    """Compare this score, line by line, with that of another evaluation the visitor leads."""
    evaluation = get_evaluation(slug)
    led = evaluations_of(db.session, current_user.id, Role.LEAD)
    others = [each for each in led if each.id != evaluation.id]
    slug_of_other = request.args.get("with", "")
    other = next((each for each in others if each.slug == slug_of_other), None)
    if slug_of_other and other is None:
        abort(404)
    try:
        comparison = None
        if other is not None:
            sheets = [sheet_for_comparison(db.session, each) for each in (other, evaluation)]
            comparison = compare_sheets(*sheets)
    except Mismatch as mismatch:
        return render_template("scores/mismatch.html", evaluation=evaluation, mismatch=mismatch), 409
    return render_template(
        "scores/compare.html",
        evaluation=evaluation,
        others=others,
        other=other,
        comparison=comparison,
        changes=score_change_rows(comparison.lines) if comparison else [],
        total=total_row(comparison) if comparison else None,
        grades=grades_in_words(comparison) if comparison else "",
    )


@blueprint.route("/settle", methods=["GET", "POST"])
@members(Role.LEAD)
def settle(slug: str) -> Page:
    """Settle the result; its inputs cannot change afterwards."""
    evaluation = get_evaluation(slug)
    form, refusal = SettleForm(), ""
    try:
        if form.validate_on_submit():
            reason = form.shortfall_reason.data or ""
            with committing() as refused:
                settle_score(db.session, evaluation, shortfall_reason=reason, actor=current_user)
            if not refused:
                flash(_("评分已定案。"), "success")
                return redirect(url_for(".show", slug=slug), 303)
            refusal = refused.message
        outcome = score_of(db.session, evaluation)
    except Mismatch as mismatch:
        return render_template("scores/mismatch.html", evaluation=evaluation, mismatch=mismatch), 409
    page = render_template("scores/settle.html", evaluation=evaluation, form=form, refusal=refusal, outcome=outcome)
    return form_page(page, form)
