"""The first page of the desk, and the case an interviewer holds: claiming the next, putting back, giving up."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.cases.queries import skills_of
from app.clock import now
from app.desk.commands.attempts import give_up
from app.desk.commands.claiming import claim_next, put_back
from app.desk.getters import get_my_case
from app.desk.queries.case_page import case_details
from app.desk.queries.day import in_hand, my_day, why_no_case
from app.desk.queries.open_desks import desks_of
from app.desk.queries.visits import visits_of
from app.desk.views.blueprint import blueprint
from app.desk.views.case_page import case_page, refused_page
from app.desk.views.in_words import outcome_words, why_nobody
from app.desk.views.outcomes import undoable
from app.extensions import db
from app.models import Role
from app.shared.views import Page, committing, require_token


@blueprint.get("")
@members(Role.INTERVIEWER)
def index() -> str:
    """The first page: one button for the next case and no list to pick from, since picking would bias the sample."""
    at, user = now(), current_user
    desks = desks_of(db.session, user)
    held = in_hand(db.session, user, desks)
    no_case = None if held else why_no_case(db.session, user, desks, skills_of(db.session, user), at)
    return render_template(
        "desk/index.html",
        held=held,
        nobody=why_nobody(no_case, at) if no_case else None,
        day=my_day(db.session, user, at),
        visits=visits_of(db.session, user),
        outcome=outcome_words,
        undo=undoable(at),
    )


@blueprint.post("/next")
@members(Role.INTERVIEWER)
def next_case() -> Page:
    """Claim the next case, or return to the one already held."""
    require_token()
    claim = claim_next(db.session, current_user, now())
    db.session.commit()
    if claim is None:
        flash(_("现在没有可以打的个案。"), "info")
        return redirect(url_for(".index"), 303)
    if claim.resumed:
        flash(_("这是您手上还没有结束的个案。"), "info")
    return redirect(url_for(".case", case_uuid=claim.case.uuid), 303)


@blueprint.get("/cases/<uuid:case_uuid>")
@members(Role.INTERVIEWER)
def case(case_uuid: uuid.UUID) -> Page:
    """One case, masked unless its call is under way."""
    return case_page(get_my_case(case_uuid))


@blueprint.post("/cases/<uuid:case_uuid>/put-back")
@members(Role.INTERVIEWER)
def put_back_case(case_uuid: uuid.UUID) -> Page:
    """Give the case back without an attempt; any interviewer may claim it again."""
    case = get_my_case(case_uuid)
    require_token()
    with committing() as refused:
        put_back(db.session, case, actor=current_user)
    if refused:
        return refused_page(case, refused.message)
    flash(_("已放回，没有登记联系。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/cases/<uuid:case_uuid>/close")
@members(Role.INTERVIEWER)
def close(case_uuid: uuid.UUID) -> Page:
    """Close a case under its latest outcome, once the attempt rule is met."""
    case = get_my_case(case_uuid)
    require_token()
    if not case_details(db.session, case, current_user, now()).acting:
        return refused_page(case, _("这个个案已经不在您手上。请按「下一个」。"))
    with committing() as refused:
        give_up(db.session, case, actor=current_user, in_hand=True)
    if refused:
        return refused_page(case, refused.message)
    flash(_("已结案。"), "success")
    return redirect(url_for(".index"), 303)
