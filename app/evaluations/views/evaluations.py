"""The list of the visitor's evaluations, the overview of one, and its audit log."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.audit.queries import EventFilter, actors_of, details_of, events_of, verify_chain
from app.clock import local
from app.documents.queries import outcomes_of, scheme_of
from app.draw.queries.ceremony_next import next_actions_of, waited_for
from app.draw.rows import waiting_in_words
from app.evaluations.forms.audit import EventFilterForm
from app.evaluations.labels import event_in_words
from app.evaluations.queries.overview import Overview, overview_of
from app.evaluations.rows import Step, evaluation_rows, reading_met_rows, waiting_at
from app.extensions import db
from app.ledger.queries.readings import readings_of
from app.localisation import to_visitor
from app.models import SCORING_ROLES, AuditEvent, Evaluation, Role
from app.retention.queries import retention_state_of
from app.shared.forms import choices
from app.shared.getters import get_evaluation, roles_at
from app.shared.notices import NoticeState, notices_of
from app.shared.queries import evaluations_of
from surveys.outcomes import OutcomeList

blueprint = Blueprint("evaluate", __name__, url_prefix="/evaluations")

EVERYONE = (Role.LEAD, Role.EXPERT, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION)


@blueprint.get("")
@members(*EVERYONE)
def index() -> str:
    """What waits for the visitor, by evaluation, and all their evaluations."""
    evaluations = evaluations_of(db.session, current_user.id)
    notices = notices_of(db.session, current_user, [evaluation.id for evaluation in evaluations])
    return render_template(
        "evaluations/index.html",
        evaluations=evaluation_rows(evaluations),
        by_evaluation=waiting_at(notices, evaluations),
        waiting=sum(notice.state is NoticeState.WAITING for notice in notices),
    )


@blueprint.get("/<slug>")
@members(*EVERYONE)
def show(slug: str) -> str:
    """The overview of an evaluation, and the next step for this visitor's role."""
    evaluation = get_evaluation(slug)
    overview = overview_of(db.session, evaluation)
    roles = roles_at(evaluation)
    notices = notices_of(db.session, current_user, [evaluation.id])
    steps = steps_of(evaluation, overview) if Role.LEAD in roles else []
    readings = readings_of(overview.frame) if overview.frame else ()
    return render_template(
        "evaluations/show.html",
        evaluation=evaluation,
        overview=overview,
        readings=reading_met_rows(readings, evaluation.reading, overview.valid),
        keeping=retention_state_of(db.session, evaluation),
        roles=roles,
        place=waiting_at(notices, [evaluation])[0],
        actions=set(next_actions_of(db.session, overview.ceremony, roles, current_user.id)),
        certificate=_certificate_url(overview) if Role.EXPERT in roles else "",
        waiting=_waiting(overview),
        scores=bool(roles & set(SCORING_ROLES)),
        Role=Role,
        steps=steps,
    )


def _certificate_url(overview: Overview) -> str:
    """The address of the draw's public certificate; empty before there is a draw."""
    return url_for("certificates.show", digest=overview.draw.certificate_digest) if overview.draw else ""


def steps_of(evaluation: Evaluation, overview: Overview) -> list[Step]:
    """The six stages with their state; the first not done is the current one."""
    frame, draw = overview.frame, overview.draw
    people = frame.people_count if frame else 0
    rows = (
        (_("名册"), _("%(n)s 份在用", n=overview.ledgers), bool(people), "ledgers.index"),
        (_("封存"), _("%(n)s 人", n=people) if people else _("还没有人"), overview.sealed, "ledgers.frame"),
        (_("抽样"), _draw_note(overview), draw is not None, "draws.show"),
        (
            _("调查"),
            _("有效 %(n)s 份", n=overview.valid),
            draw is not None and overview.required is not None and overview.valid >= overview.required,
            "fieldwork.show",
        ),
        (_("结果"), _("满意度、知晓度"), overview.valid > 0, "results.show"),
        (
            _("评分"),
            _("%(total)s 分，%(grade)s", total=overview.settlement.total, grade=overview.settlement.grade)
            if overview.settlement
            else _("尚未定案"),
            False,
            "scores.show",
        ),
    )
    steps: list[Step] = []
    settled = overview.settlement is not None
    for name, text, reached, endpoint in rows:
        done = reached or settled  # a score may be settled below the number, with a signed reason
        present = not done and all(step.state == "done" for step in steps)
        state = "done" if done else "now" if present else "todo"
        steps.append(Step(name, text, state, url_for(endpoint, slug=evaluation.slug)))
    return steps


def _waiting(overview: Overview) -> str:
    """What the ceremony waits for, for everyone who takes part; empty without a plan, and after the draw."""
    if overview.ceremony is None or overview.draw is not None:
        return ""
    return waiting_in_words(waited_for(overview.ceremony))


def _draw_note(overview: Overview) -> str:
    if overview.draw is not None:
        number = overview.draw.size
        return _("全部 %(n)s 人", n=number) if overview.draw.is_coverage else _("抽中 %(n)s 人", n=number)
    return _waiting(overview) or _("还没有抽样")


@blueprint.get("/<slug>/audit")
@members(Role.LEAD)
def audit(slug: str) -> str:
    """The audit log of an evaluation, narrowed as asked, and whether the chain verifies."""
    evaluation = get_evaluation(slug)
    form = EventFilterForm(request.args)
    form.person.choices = choices(
        [("", _("所有人")), *((str(user.uuid), user.display_name) for user in actors_of(db.session, evaluation))]
    )
    wanted = form.wanted() if form.validate() else EventFilter()
    page = events_of(db.session, evaluation, wanted, request.args.get("page", 1, type=int))
    outcomes = outcomes_of(evaluation)
    items = {item.code: to_visitor(item.name) for party in scheme_of(evaluation).parties for item in party.items}
    return render_template(
        "evaluations/audit.html",
        evaluation=evaluation,
        form=form,
        narrowed=wanted != EventFilter(),
        page=page,
        kept={field.name: request.args[field.name] for field in form if field.name in request.args},
        entries=[_entry(event, outcomes, items) for event in page.events],
        chain=verify_chain(db.session),
    )


def _entry(event: AuditEvent, outcomes: OutcomeList, items: dict[str, str]) -> tuple[str, str, str, str]:
    """One row of the audit log: time, what was done, by whom, further details."""
    who = event.actor.display_name if event.actor else _("系统")
    sentence, details = event_in_words(event.action, details_of(event), outcomes, items)
    return local(event.at).strftime("%Y-%m-%d %H:%M"), sentence, who, details
