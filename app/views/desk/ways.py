"""Changing the way a person is asked, the card with a personal link, and the visits to make."""

from __future__ import annotations

import uuid

import segno
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from app.access import members
from app.commands.refusal import Refused
from app.commands.ways import to_phone, to_visit, to_web
from app.extensions import db
from app.forms.desk import ActionForm
from app.getters import get_my_case
from app.models import Case, Evaluation, Role, Schedule
from app.queries.visits import visits_of
from app.views.desk.room import blueprint, identity


@blueprint.post("/cases/<uuid:case_uuid>/way/<any(visit, web, phone):way>")
@members(Role.INTERVIEWER)
def way(case_uuid: uuid.UUID, way: str) -> ResponseReturnValue:
    """Change the way of the case in hand, or of a visit that is mine."""
    found = get_my_case(case_uuid)
    if not ActionForm().validate():
        abort(400)
    try:
        token = to_web(db.session, found, actor=current_user) if way == "web" else ""
        if way == "visit":
            to_visit(db.session, found, actor=current_user)
        elif way == "phone":
            to_phone(db.session, found, actor=current_user)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "error")
        return redirect(url_for(".case", case_uuid=case_uuid), 303)
    if way == "web":
        return link_page(found, token)
    if way == "visit":
        flash(_("已改为走访，列在「我的走访」里。"), "success")
        return redirect(url_for(".case", case_uuid=case_uuid), 303)
    flash(_("已改回电访，轮到时由接手的访问员打。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/visits")
@members(Role.INTERVIEWER)
def visits() -> str:
    """The visits that are mine, by village, to print and take along: codes, no names and no addresses."""
    return render_template("desk/visits.html", villages=visits_of(db.session, current_user))


def link_page(found: Case, token: str) -> str:
    """A personal link shown once: as a card to print, and as a text message to copy. It is kept nowhere."""
    base = current_app.config["PUBLIC_URL"] or request.url_root.rstrip("/")
    address = base + url_for("respond.start", token=token)
    code = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None, title=_("二维码")
    )
    return render_template(
        "desk/link.html",
        **identity(found),
        address=address,
        # With the link made the case is out of the hand, unless a call goes on.
        in_hand=db.session.get_one(Schedule, found.id).held_by_id == current_user.id,
        text_message=text_message(found.draw.evaluation, address),
        # The image is made of the address alone, whose signs are ours: nothing in it can be markup.
        qr=Markup(code),  # noqa: S704
    )


def text_message(evaluation: Evaluation, address: str) -> str:
    """What is sent to the person: who asks, why, the link, whom to ask back. In Chinese whatever the screen speaks."""
    help_line = f"有疑问请打 {evaluation.hotline}。" if evaluation.hotline else ""
    return (
        f"【{evaluation.evaluator}】想听听您对{evaluation.station.name}的看法，大约五分钟，"
        f"社工站和街道看不到您怎么答。请点 {address} 填写，不想填可以不理。{help_line}"
    )
