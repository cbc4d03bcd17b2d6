"""Evaluations and their members."""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.accounts.commands import account_meant
from app.accounts.queries import accounts_offered, accounts_page
from app.documents.labels import DOCUMENT_KINDS
from app.documents.queries import documents_of_kind
from app.documents.rows import document_choice, preview_links
from app.evaluations import rows
from app.evaluations.commands import AreaPlan, add_member, create_evaluation, create_station, remove_member
from app.evaluations.forms import NEW_STATION, EvaluationForm, MemberForm
from app.evaluations.queries.administration import all_evaluations, all_stations, members_of
from app.evaluations.rows import Step
from app.extensions import db
from app.models import Document, Evaluation, Role, Station
from app.outcome_lists.views import choice_form
from app.retention.commands import set_keep_until
from app.retention.forms import KeepUntilForm
from app.retention.queries import anybody_contacted, retention_state_of
from app.shared.errors import Refused
from app.shared.forms import choices
from app.shared.queries import evaluation_by_slug
from app.shared.views import Page, committing, form_page

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("")
@members(Role.ADMINISTRATOR)
def index() -> str:
    """The evaluations; before there is one, what to do first."""
    evaluations = all_evaluations(db.session)
    return render_template(
        "evaluations/admin/index.html",
        evaluations=rows.administered_rows(evaluations),
        first_steps=[] if evaluations else _first_steps(),
    )


def _first_steps() -> list[Step]:
    """What an administrator does on a server without evaluations, in order."""
    published = bool(documents_of_kind(db.session, "questionnaire") and documents_of_kind(db.session, "scheme"))
    staffed = accounts_page(db.session).total > 1
    return [
        Step(_("看看文档"), _("问卷和评分方案"), "done" if published else "now", url_for("documents.index")),
        Step(
            _("开立账号"), _("评估负责人、访问员、专家"), "done" if staffed else "now" if published else "todo",
            url_for("accounts.index" if staffed else "accounts.create"),
        ),
        Step(
            _("新建评估"), _("社工站、时间、文档"), "now" if published and staffed else "todo",
            url_for(".create_evaluation_page"),
        ),
        Step(_("加入成员"), _("先加入一位评估负责人"), "todo", ""),
    ]  # fmt: skip


@blueprint.route("/evaluations/new", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def create_evaluation_page() -> Page:
    """Create an evaluation."""
    form, refusal = EvaluationForm(), ""
    stations = {str(station.uuid): station for station in all_stations(db.session)}
    documents = {
        kind: {f"{d.document_id}-{d.version}": d for d in documents_of_kind(db.session, kind)}
        for kind in ("questionnaire", "scheme")
    }
    form.station.choices = choices([(NEW_STATION, _("（新的社工站）")), *((k, s.name) for k, s in stations.items())])
    form.questionnaire.choices = choices((name, document_choice(d)) for name, d in documents["questionnaire"].items())
    form.scheme.choices = choices((name, document_choice(d)) for name, d in documents["scheme"].items())
    if form.validate_on_submit():
        with committing() as refused:
            station = stations.get(form.station.data) or _new_station(form)
            evaluation = _new_evaluation(form, station, documents)
        if not refused:
            flash(_("评估已建立。下一步，加入成员。"), "success")
            return redirect(url_for(".members_page", slug=evaluation.slug), 303)
        refusal = refused.message
    lacking = [DOCUMENT_KINDS[kind] for kind, published in documents.items() if not published]
    page = render_template(
        "evaluations/admin/evaluation.html",
        form=form,
        refusal=refusal,
        lacking=lacking,
        previews={kind: preview_links(published.values()) for kind, published in documents.items()},
    )
    return form_page(page, form)


def _new_station(form: EvaluationForm) -> Station:
    required = (form.station_name, form.operator, form.street, form.district, form.areas)
    blank = [str(field.label.text) for field in required if not (field.data or "").strip()]
    if blank:
        raise Refused(_("新的社工站还要填写：%(names)s。", names="、".join(blank)))
    return create_station(
        db.session,
        name=form.station_name.data.strip(),
        operator=form.operator.data.strip(),
        street=form.street.data.strip(),
        district=form.district.data.strip(),
        areas=area_plans(form.areas.data),
        hotline=form.hotline.data or None,
        actor=current_user,
    )


def area_plans(text: str) -> list[AreaPlan]:
    """One area a line: 「第一片区:石壁一村、石壁二村」."""
    plans = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, villages = line.replace("：", ":").partition(":")
        names = [v.strip() for v in re.split(r"[、，,；;\s]+", villages) if v.strip()]
        if not colon or not name.strip() or not names:
            raise Refused(_("片区这样写，一行一个：第一片区：石壁一村、石壁二村"))
        plans.append(AreaPlan(name.strip()[:100], [v[:100] for v in names]))
    return plans


def _new_evaluation(form: EvaluationForm, station: Station, documents: dict[str, dict[str, Document]]) -> Evaluation:
    return create_evaluation(
        db.session,
        slug=form.slug.data.strip(),
        station=station,
        stage=form.stage.data,
        reading=form.reading.data,
        title=form.title.data.strip(),
        period=(form.period_start.data, form.period_end.data),
        held_on=form.held_on.data,
        evaluator=form.evaluator.data.strip(),
        commissioner=form.commissioner.data.strip(),
        purchaser=form.purchaser.data.strip(),
        questionnaire=documents["questionnaire"][form.questionnaire.data],
        scheme=documents["scheme"][form.scheme.data],
        keep_until=form.keep_until.data,
        hotline=form.hotline.data or None,
        actor=current_user,
    )


@blueprint.route("/evaluations/<slug>/members", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def members_page(slug: str) -> Page:
    """The members of an evaluation, and the form that adds one."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    form, refusal = MemberForm(), ""
    if form.validate_on_submit():
        with committing() as refused:
            user = account_meant(db.session, form.username.data)
            add_member(db.session, evaluation, user, Role(form.role.data), actor=current_user)
        if not refused:
            flash(_("已加入。"), "success")
            return redirect(url_for(".members_page", slug=slug), 303)
        refusal = refused.message
    page = render_template(
        "evaluations/admin/members.html",
        evaluation=evaluation,
        form=form,
        refusal=refusal,
        memberships=rows.member_rows(members_of(db.session, evaluation), slug),
        offered=accounts_offered(db.session),
        outcomes_form=choice_form(evaluation),
        outcome_lists=preview_links(documents_of_kind(db.session, "outcomes")),
    )
    return form_page(page, form)


@blueprint.route("/evaluations/<slug>/keep-until", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def keep_until_page(slug: str) -> Page:
    """Change the day until which personal data are kept; once anybody was told it, only to an earlier one."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    form, refusal = KeepUntilForm(evaluation.keep_until), ""
    if form.validate_on_submit():
        with committing() as refused:
            set_keep_until(
                db.session, evaluation, form.keep_until.data, reason=form.reason.data or "", actor=current_user
            )
        if not refused:
            flash(_("已保存。"), "success")
            return redirect(url_for(".keep_until_page", slug=slug), 303)
        refusal = refused.put_at(reason=form.reason)
    page = render_template(
        "retention/keep_until.html",
        evaluation=evaluation,
        keeping=retention_state_of(db.session, evaluation),
        asked=anybody_contacted(db.session, evaluation),
        form=form,
        refusal=refusal,
    )
    return form_page(page, form)


@blueprint.post("/evaluations/<slug>/members/remove")
@members(Role.ADMINISTRATOR)
def remove(slug: str) -> BaseResponse:
    """Remove a member's role."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    chosen = (request.form.get("user", ""), request.form.get("role", ""))
    for membership in members_of(db.session, evaluation):
        if (str(membership.user.uuid), membership.role) == chosen:
            remove_member(db.session, membership, actor=current_user)
            db.session.commit()
            flash(_("已移除。"), "success")
            return redirect(url_for(".members_page", slug=slug), 303)
    abort(404)
