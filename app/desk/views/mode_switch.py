"""Changing the mode of contact, the card with a personal link, and the list of visits to make."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta

import segno
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from app.access import members
from app.clock import now
from app.desk.commands.mode_switch import to_phone, to_visit, to_web
from app.desk.getters import get_my_case, get_my_link
from app.desk.queries.visits import visits_of
from app.desk.rows import visit_rows
from app.desk.views.blueprint import blueprint, identity
from app.extensions import db
from app.models import Evaluation, Role, Schedule
from app.privacy.columns import keyring
from app.privacy.keyring import KeyringError
from app.shared.views import committing, require_token

# Session key of the link made last: the encrypted token, and until when it is shown.
LAST_LINK = "desk.link"
SHOWN_MINUTES = 10


@blueprint.post("/cases/<uuid:case_uuid>/way/<any(visit, web, phone):way>")
@members(Role.INTERVIEWER)
def way(case_uuid: uuid.UUID, way: str) -> ResponseReturnValue:
    """Change the mode of contact of the case held, or of a visit assigned to the visitor."""
    case = get_my_case(case_uuid)
    require_token()
    with committing() as refused:
        token = to_web(db.session, case, actor=current_user) if way == "web" else ""
        if way == "visit":
            to_visit(db.session, case, actor=current_user)
        elif way == "phone":
            to_phone(db.session, case, actor=current_user)
    if refused:
        flash(refused.message, "error")
        return redirect(url_for(".case", case_uuid=case_uuid), 303)
    if way == "web":
        _remember_link(token)
        return redirect(url_for(".link"), 303)
    if way == "visit":
        flash(_("已改为走访，列在「我的走访」里。"), "success")
        return redirect(url_for(".case", case_uuid=case_uuid), 303)
    flash(_("已改回电访，轮到时由接手的访问员打。"), "success")
    return redirect(url_for(".index"), 303)


def _remember_link(token: str) -> None:
    sealed = keyring().encrypt(LAST_LINK, token.encode()).hex()
    session[LAST_LINK] = [sealed, (now() + timedelta(minutes=SHOWN_MINUTES)).timestamp()]


def _remembered_link() -> str | None:
    """The token of the link made last; None after SHOWN_MINUTES, or when the keys were changed since."""
    sealed, until = session.get(LAST_LINK) or ("", 0.0)
    if now().timestamp() < until:
        with suppress(KeyringError):
            return keyring().decrypt(LAST_LINK, bytes.fromhex(sealed)).decode()
    session.pop(LAST_LINK, None)
    return None


@blueprint.get("/visits")
@members(Role.INTERVIEWER)
def visits() -> str:
    """The visits assigned to the visitor, by village, to print and take along: codes, no names and no addresses."""
    return render_template("desk/visits.html", villages=visit_rows(visits_of(db.session, current_user)))


@blueprint.get("/link")
@members(Role.INTERVIEWER)
def link() -> ResponseReturnValue:
    """The personal link just made, as a card to print and a text message to copy; reloading makes no other link.

    The database holds only its hash; for SHOWN_MINUTES the session of the browser that made it holds it, encrypted.
    """
    token = _remembered_link()
    case = get_my_link(token) if token else None
    if case is None:
        flash(_("链接只显示 %(n)s 分钟。要再给，请在个案里重新生成；以前的随即失效。", n=SHOWN_MINUTES), "info")
        return redirect(url_for(".index"), 303)
    base = current_app.config["PUBLIC_URL"] or request.url_root.rstrip("/")
    address = base + url_for("respond.start", token=token)
    code = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None, title=_("二维码")
    )
    return render_template(
        "desk/link.html",
        **identity(case),
        minutes=SHOWN_MINUTES,
        address=address,
        # Making the link ends the hold of the case, unless a call is under way.
        in_hand=db.session.get_one(Schedule, case.id).held_by_id == current_user.id,
        text_message=text_message(case.draw.evaluation, address),
        # The image is made of the address alone, whose characters are chosen here: nothing in it can be markup.
        qr=Markup(code),  # noqa: S704
    )


def text_message(evaluation: Evaluation, address: str) -> str:
    """The message for the person: who asks, why, the link, the hotline; Chinese whatever the screen's language."""
    help_line = f"有疑问请打 {evaluation.hotline}。" if evaluation.hotline else ""
    return (
        f"【{evaluation.evaluator}】想听听您对{evaluation.station.name}的看法，大约五分钟，"
        f"社工站和街道看不到您怎么答。请点 {address} 填写，不想填可以不理。{help_line}"
    )
