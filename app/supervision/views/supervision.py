"""The supervisor's pages: the present state of the fieldwork, and the cases that wait for a decision."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.cases.queries import settings_of
from app.clock import local, now
from app.desk.commands.attempts import give_up
from app.desk.labels import lacking_in_words
from app.documents.queries import outcomes_of
from app.extensions import db
from app.models import Attempt, Case, Evaluation, Role, Schedule, User
from app.recusals.queries import recusals_at
from app.recusals.rows import recused_rows
from app.shared.getters import get_case, get_evaluation, get_live_draw
from app.shared.queries import live_draw
from app.shared.views import Page, committing, form_page, require_token
from app.supervision.commands.assignments import assign_visits, mark_note_seen, put_into_queue, reassign
from app.supervision.commands.closed_cases import accept_closed, reopen_closed
from app.supervision.forms.assignments import CloseForm, ReassignForm, ReopenForm, VisitsForm
from app.supervision.labels import STAYS_CLOSED, right_now, settings_in_words
from app.supervision.queries.closed_cases import needs_review, unseen_cases, unseen_count, why_not_reopened
from app.supervision.queries.desk_notes import note_of, notes_of_case, seen_notes, unseen_notes
from app.supervision.queries.interviewer_activity import (
    activity_of_interviewers,
    appointments_ahead,
    calls_by_hour,
    interviewers_of,
)
from app.supervision.queries.live import (
    case_overview,
    required_of,
    stratum_counts,
    totals_of,
    unassigned_visits,
    unreached_sample,
    visits_by_village,
    waiting_cases,
    waiting_count,
)
from app.supervision.rows import cases as rows
from app.supervision.rows import live
from surveys.calling.attempts import Lacking, lacking

blueprint = Blueprint("supervision", __name__, url_prefix="/evaluations/<slug>/desk")


@blueprint.get("")
@members(Role.LEAD)
def show(slug: str) -> str:
    """Strata, interviewers, calls, appointments, cases that wait, notes; everything by codes."""
    evaluation = get_evaluation(slug)
    draw, at = live_draw(db.session, evaluation), now()
    settings = settings_of(db.session, evaluation)
    lists: dict[str, object] = {}
    if draw is not None:
        strata = stratum_counts(db.session, draw)
        lists = {
            "strata": strata,
            "totals": totals_of(strata),
            "required": required_of(draw),
            "people": live.activity_rows(activity_of_interviewers(db.session, draw, settings, at), slug),
            "hour_bars": live.hour_bars(hours := calls_by_hour(db.session, draw, at)),
            "hours": live.hour_rows(hours),
            "days": live.day_rows((ahead := appointments_ahead(db.session, draw, at)).days),
            "appointments": live.appointment_rows(ahead.next, slug),
            "waiting": live.waiting_rows(waiting_cases(db.session, draw), slug, outcomes_of(evaluation)),
            "waiting_count": waiting_count(db.session, draw),
            "closed": live.closed_rows(unseen_cases(db.session, draw), slug, outcomes_of(evaluation)),
            "closed_count": unseen_count(db.session, draw),
            "unassigned_visits": unassigned_visits(db.session, draw),
            "unseen": unseen_notes(db.session, draw),
            "seen": live.seen_note_rows(seen_notes(db.session, draw), slug),
        }
    return render_template(
        "supervision/show.html",
        evaluation=evaluation,
        draw=draw,
        at=at,
        right_now=right_now(settings, at),
        settings=settings_in_words(settings),
        recusals=recused_rows(recusals_at(db.session, evaluation.station_id)),
        **lists,
    )


@blueprint.post("/notes/<uuid:note_uuid>/seen")
@members(Role.LEAD)
def seen(slug: str, note_uuid: uuid.UUID) -> BaseResponse:
    """Mark a note as seen."""
    evaluation = get_evaluation(slug)
    note = note_of(db.session, get_live_draw(evaluation), note_uuid) or abort(404)
    mark_note_seen(db.session, note, actor=current_user)
    db.session.commit()
    return redirect(url_for(".show", slug=slug, _anchor="notes"), 303)


@blueprint.get("/cases/<uuid:case_uuid>")
@members(Role.LEAD)
def case(slug: str, case_uuid: uuid.UUID) -> str:
    """One case: its attempts, and the actions the supervisor may take."""
    evaluation = get_evaluation(slug)
    return _case_page(evaluation, get_case(evaluation, case_uuid))


def _case_page(evaluation: Evaluation, case: Case, form: FlaskForm | None = None, refusal: str = "") -> str:
    state = case_overview(db.session, case)
    missing, outcomes = _lacking(evaluation, state.attempts), outcomes_of(evaluation)
    return render_template(
        "supervision/case.html",
        evaluation=evaluation,
        case=case,
        now=state,
        attempts=rows.attempt_rows(state.attempts, state.names, outcomes),
        facts=rows.case_facts(case, state, outcomes),
        notes=notes_of_case(db.session, case),
        outcomes=outcomes,
        missing=lacking_in_words(missing) if missing else "",
        to_be_seen=needs_review(case),
        stays_closed=STAYS_CLOSED.get(why_not_reopened(db.session, case), "") if needs_review(case) else "",
        reassign_form=form if isinstance(form, ReassignForm) else _reassign_form(case, state.row),
        close_form=form if isinstance(form, CloseForm) else CloseForm(formdata=None),
        reopen_form=form if isinstance(form, ReopenForm) else ReopenForm(formdata=None),
        form=form,
        refusal=refusal,
    )


def _lacking(evaluation: Evaluation, attempts: tuple[Attempt, ...]) -> Lacking:
    moments = [local(attempt.at) for attempt in attempts if attempt.mode != "web"]
    return lacking(moments, settings_of(db.session, evaluation))


def _reassign_form(case: Case, row: Schedule, **arguments: object) -> ReassignForm:
    people = interviewers_of(db.session, case.draw.evaluation)
    offered = [(str(person.uuid), person.name) for person in people if person.active and not person.recused]
    assigned_to = str(row.assigned_to.uuid) if row.assigned_to else ""
    return ReassignForm(offered, _("不指定，谁有空谁接"), data={"interviewer": assigned_to}, **arguments)


@blueprint.post("/cases/<uuid:case_uuid>/queue")
@members(Role.LEAD)
def put_back(slug: str, case_uuid: uuid.UUID) -> Page:
    """Put a waiting case back into the queue."""
    return _change(
        slug, case_uuid, lambda case: put_into_queue(db.session, case, actor=current_user), _("已放回队列。")
    )


@blueprint.post("/cases/<uuid:case_uuid>/close")
@members(Role.LEAD)
def close(slug: str, case_uuid: uuid.UUID) -> Page:
    """Close a case with its latest outcome."""
    form = CloseForm()
    return _change(slug, case_uuid, lambda case: give_up(db.session, case, actor=current_user), _("已结案。"), form)


@blueprint.post("/cases/<uuid:case_uuid>/accept")
@members(Role.LEAD)
def accept(slug: str, case_uuid: uuid.UUID) -> Page:
    """Accept the outcome of a closed case, and go back to the list."""
    evaluation = get_evaluation(slug)
    case = get_case(evaluation, case_uuid)
    require_token()
    with committing() as refused:
        accept_closed(db.session, case, actor=current_user)
    if refused:
        return _case_page(evaluation, case, refusal=refused.message), 422
    flash(_("已看过，维持结案。"), "success")
    return redirect(url_for(".show", slug=slug, _anchor="closed"), 303)


@blueprint.post("/cases/<uuid:case_uuid>/reopen")
@members(Role.LEAD)
def reopen(slug: str, case_uuid: uuid.UUID) -> Page:
    """Reopen a closed case, with a reason."""
    form = ReopenForm()

    def act(case: Case) -> None:
        reopen_closed(db.session, case, reason=form.reason.data, actor=current_user)

    return _change(slug, case_uuid, act, _("已放回队列，会再联系。"), form)


@blueprint.post("/cases/<uuid:case_uuid>/reassign")
@members(Role.LEAD)
def give_to(slug: str, case_uuid: uuid.UUID) -> Page:
    """Assign a case to an interviewer, or to nobody in particular."""
    evaluation = get_evaluation(slug)
    case = get_case(evaluation, case_uuid)
    form = _reassign_form(case, case_overview(db.session, case).row)

    def act(case: Case) -> None:
        interviewer_uuid = form.interviewer.data
        person = next(
            (p for p in interviewers_of(db.session, case.draw.evaluation) if str(p.uuid) == interviewer_uuid), None
        )
        user = db.session.get(User, person.id) if person else None
        reassign(db.session, case, user, actor=current_user)

    return _change(slug, case_uuid, act, _("已保存。"), form)


def _change(
    slug: str, case_uuid: uuid.UUID, act: Callable[[Case], object], done: str, form: FlaskForm | None = None
) -> Page:
    evaluation = get_evaluation(slug)
    case = get_case(evaluation, case_uuid)
    if form is not None and not form.validate_on_submit():
        return _case_page(evaluation, case, form), 422
    with committing() as refused:
        act(case)
    if refused:
        return _case_page(evaluation, case, form, refused.message), 422
    flash(done, "success")
    return redirect(url_for(".case", slug=slug, case_uuid=case_uuid), 303)


@blueprint.route("/visits", methods=["GET", "POST"])
@members(Role.LEAD)
def visits(slug: str) -> Page:
    """Assign visits: the unassigned ones of a village to one interviewer."""
    evaluation = get_evaluation(slug)
    villages = visits_by_village(db.session, get_live_draw(evaluation))
    people = {
        str(person.uuid): person
        for person in interviewers_of(db.session, evaluation)
        if person.active and not person.recused
    }
    form = VisitsForm(
        [
            (village.code, _("%(name)s，%(n)s 个", name=village.name, n=village.unassigned))
            for village in villages
            if village.unassigned
        ],
        [(key, village.name) for key, village in people.items()],
    )
    refusal = ""
    if form.validate_on_submit():
        village = next(village for village in evaluation.station.villages if village.code == form.village.data)
        user = db.session.get_one(User, people[form.interviewer.data].id)
        with committing() as refused:
            assigned, not_assigned = assign_visits(db.session, evaluation, village, user, actor=current_user)
        if not refused:
            flash(_("已分派 %(n)s 个走访。", n=assigned), "success")
            if not_assigned:
                flash(
                    _(
                        "有 %(n)s 个不能由「%(name)s」去：语言不通，或刚被拒绝过。",
                        n=not_assigned,
                        name=user.display_name,
                    ),
                    "warning",
                )
            return redirect(url_for(".visits", slug=slug), 303)
        refusal = refused.message
    page = render_template(
        "supervision/visits.html",
        evaluation=evaluation,
        villages=rows.visit_assignment_rows(villages),
        form=form,
        refusal=refusal,
    )
    return form_page(page, form)


@blueprint.get("/closed")
@members(Role.LEAD)
def unreached(slug: str) -> str:
    """A random sample of the closed non-contacts, for review."""
    evaluation = get_evaluation(slug)
    unreached = unreached_sample(db.session, get_live_draw(evaluation))
    return render_template(
        "supervision/closed.html",
        evaluation=evaluation,
        count=unreached.count,
        cases=rows.unreached_cases(unreached, outcomes_of(evaluation)),
    )
