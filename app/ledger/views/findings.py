"""Pages of the findings: by problem, one problem's places, mending a cell, deciding, and what was decided."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.extensions import db
from app.ledger import rows
from app.ledger.commands.corrections import mend_cell, undo_correction
from app.ledger.commands.decisions import add_village, decide, decide_all, name_alias, spelling_of, undo_decision
from app.ledger.forms import MendForm, VillageForm, village_form
from app.ledger.getters import get_correction, get_decision, get_findings_about, get_mendable_row, get_upload_named
from app.ledger.labels import LEDGER_FIELDS, PROBLEMS, problem_name
from app.ledger.queries.contents import correction_of, shown_cells
from app.ledger.queries.corrections import ADVICE
from app.ledger.queries.decisions import (
    cell_history,
    corrections_page,
    decisions_about,
    decisions_page,
    places_about,
    without_effect,
)
from app.ledger.queries.findings import finding_groups, finding_page
from app.ledger.queries.frames import frame_of
from app.ledger.queries.template import ledger_template
from app.ledger.views.uploads import limits
from app.models import Evaluation, LedgerFinding, LedgerUpload, Role
from app.shared.getters import get_evaluation, get_upload
from app.shared.views import Page, committing, flash_result, form_page, require_token
from app.spreadsheets import MIMETYPE

blueprint = Blueprint("findings", __name__, url_prefix="/evaluations/<slug>/ledgers")


def _open(evaluation: Evaluation) -> bool:
    """Whether ledgers can still be changed."""
    frame = frame_of(db.session, evaluation)
    return evaluation.erasure is None and (frame is None or frame.sealed_at is None)


def _number() -> int:
    return request.args.get("page", 1, type=int)


def _around(number: int, pages: int, **values: Any) -> dict[str, str | None]:
    """The addresses of the previous and the next page of the present view."""

    def address(page: int) -> str | None:
        return url_for(request.endpoint or "", page=page, **values) if 1 <= page <= pages else None

    return {"previous": address(number - 1), "next": address(number + 1)}


@blueprint.get("/findings")
@members(Role.LEAD, Role.STATION)
def index(slug: str) -> str:
    """The findings of all ledgers in use by problem."""
    evaluation = get_evaluation(slug)
    groups = finding_groups(db.session, evaluation)
    return render_template(
        "ledger/problems.html",
        evaluation=evaluation,
        groups=rows.group_rows(groups, slug),
        undecided=sum(group.undecided for group in groups),
        lapsed=without_effect(db.session, evaluation),
        open=_open(evaluation),
    )


@blueprint.get("/findings/<code>")
@members(Role.LEAD, Role.STATION)
def group(slug: str, code: str) -> str:
    """The places of one problem, 50 a page, with what can be done about each and about all."""
    evaluation = get_evaluation(slug)
    if code not in PROBLEMS:
        abort(404)
    upload = get_upload_named(evaluation, request.args.get("ledger", ""))
    page, changeable = finding_page(db.session, evaluation, code, _number(), upload), _open(evaluation)
    undecided = next((g.undecided for g in finding_groups(db.session, evaluation, upload) if g.code == code), 0)
    decisions = decisions_about(db.session, evaluation, {f.subject for f in page.findings if f.subject})
    return render_template(
        "ledger/group.html",
        evaluation=evaluation,
        code=code,
        problem=problem_name(code),
        advice=ADVICE.get(code, ""),
        upload=upload,
        page=page,
        undecided=undecided,
        columns=rows.place_columns(code),
        found=rows.place_rows(page.findings, slug, decisions, open_=changeable),
        batch=rows.batch_buttons(code, undecided, slug, upload) if changeable and _decidable(page.findings) else [],
        **_around(page.number, page.pages, slug=slug, code=code, ledger=upload.uuid if upload else None),
    )


def _decidable(findings: Iterable[LedgerFinding]) -> bool:
    """Whether a decision can be made about any; where a row has an error, its cell has to be mended."""
    return any(finding.subject for finding in findings)


@blueprint.post("/findings/<code>/decide")
@members(Role.LEAD, Role.STATION)
def decide_findings(slug: str, code: str) -> BaseResponse:
    """Decide about one finding, or about all undecided ones of the problem."""
    evaluation = get_evaluation(slug)
    require_token()
    upload, decision = get_upload_named(evaluation, request.form.get("ledger", "")), request.form.get("decision", "")
    count = 0
    with committing() as refused:
        if request.form.get("all"):
            count = decide_all(
                db.session, evaluation, code, decision, upload=upload, limits=limits(), actor=current_user
            )
        else:
            count = decide(
                db.session,
                evaluation,
                code,
                decision,
                request.form.getlist("subject"),
                reason=request.form.get("reason", ""),
                limits=limits(),
                actor=current_user,
            )
    flash_result(refused, _("已决定 %(n)s 处，抽样框已重新汇总。", n=count) if count else _("这里已经这样决定过。"))
    return redirect(url_for(".group", slug=slug, code=code, ledger=upload.uuid if upload else None), 303)


@blueprint.get("/pairs/<subject>")
@members(Role.LEAD, Role.STATION)
def pair(slug: str, subject: str) -> str:
    """Two rows that may be one person side by side, masked."""
    evaluation = get_evaluation(slug)
    finding = get_findings_about(evaluation, subject)[0]
    if finding.other_upload is None or finding.other_row is None:
        abort(404)
    decision = decisions_about(db.session, evaluation, {subject}).get(subject)
    return render_template(
        "ledger/pair.html",
        evaluation=evaluation,
        finding=finding,
        names=rows.pair_names(finding),
        compared=rows.compared_rows(
            _cells(finding.other_upload, finding.other_sheet or "", finding.other_row),
            _cells(finding.upload, finding.sheet, finding.row_number),
        ),
        decision=decision,
        undo=rows.undo_button(decision, slug) if decision else None,
        open=_open(evaluation),
    )


def _cells(upload: LedgerUpload, sheet: str, row: int) -> Mapping[str, str]:
    return shown_cells(db.session, upload, {(sheet, row)}, limits()).get((sheet, row), {})


@blueprint.route("/villages/<subject>", methods=["GET", "POST"])
@members(Role.LEAD, Role.STATION)
def village(slug: str, subject: str) -> Page:
    """What the spelling of an unknown village means."""
    evaluation = get_evaluation(slug)
    findings = get_findings_about(evaluation, subject)
    with committing() as unclear:
        spelling = spelling_of(findings[0], limits())
    if unclear:
        flash(unclear.message, "error")
        return redirect(rows.mend_url(findings[0], slug))
    form, refusal = village_form(evaluation, spelling), ""
    if form.validate_on_submit():
        with committing() as refused:
            _settle_village(evaluation, findings[0], form)
        if not refused:
            flash(_("已照这样读「%(spelling)s」，抽样框已重新汇总。", spelling=spelling), "success")
            return redirect(url_for(".index", slug=slug), 303)
        refusal = refused.message
    page = render_template(
        "ledger/village.html",
        evaluation=evaluation,
        spelling=spelling,
        count=len(findings),
        form=form,
        refusal=refusal,
        mend=rows.mend_url(findings[0], slug),
    )
    return form_page(page, form)


def _settle_village(evaluation: Evaluation, finding: LedgerFinding, form: VillageForm) -> None:
    """An alias of the chosen village; a new one where none is chosen."""
    station = evaluation.station
    chosen = next((v for v in station.villages if v.code == form.village.data), None)
    if chosen is not None:
        name_alias(db.session, evaluation, finding, chosen, limits=limits(), actor=current_user)
        return
    area = next(area for area in station.areas if area.code == form.area.data)
    add_village(db.session, evaluation, finding, area, form.name.data, limits=limits(), actor=current_user)


@blueprint.route("/<uuid:upload_uuid>/rows/<int:row>/<field>", methods=["GET", "POST"])
@members(Role.LEAD, Role.STATION)
def mend(slug: str, upload_uuid: uuid.UUID, row: int, field: str) -> Page:
    """Mend one cell: the row masked, and the cell's value in the open."""
    evaluation = get_evaluation(slug)
    upload, sheet = get_upload(evaluation, upload_uuid), request.args.get("sheet", "")
    delivered = get_mendable_row(upload, sheet, row, field, limits())
    seen = correction_of(db.session, upload, delivered, field)
    form, refusal = MendForm(), ""
    if not form.is_submitted():
        form.value.data = seen.value if seen else delivered.cells.get(field, "")
        form.seen.data = str(seen.uuid) if seen else ""
    if form.validate_on_submit():
        with committing() as refused:
            mend_cell(
                db.session,
                upload,
                sheet=sheet,
                row=row,
                field=field,
                value=form.value.data,
                seen=form.seen.data,
                limits=limits(),
                actor=current_user,
            )
        if not refused:
            flash(_("已改正，抽样框已重新汇总。"), "success")
            code = request.args.get("code", "")
            back = url_for(".group", slug=slug, code=code) if code in PROBLEMS else url_for(".index", slug=slug)
            return redirect(back, 303)
        refusal = refused.message
    page = render_template(
        "ledger/mend.html",
        evaluation=evaluation,
        upload=upload,
        row=row,
        sheet=sheet,
        field_name=LEDGER_FIELDS[field],
        form=form,
        refusal=refusal,
        delivered=rows.masked_row(delivered.cells, without=field),
        as_delivered=delivered.cells.get(field, ""),
        history=rows.correction_rows(cell_history(db.session, upload, delivered, field), slug, open_=_open(evaluation)),
    )
    return form_page(page, form)


@blueprint.get("/decisions")
@members(Role.LEAD, Role.STATION)
def decisions(slug: str) -> str:
    """What was decided about findings, undone decisions too."""
    evaluation = get_evaluation(slug)
    page = decisions_page(db.session, evaluation, _number())
    places = places_about(db.session, evaluation, {decision.subject for decision in page.items})
    table = rows.decision_rows(page.items, places, slug, open_=_open(evaluation))
    around = _around(page.number, page.pages, slug=slug)
    return render_template(
        "ledger/history.html", evaluation=evaluation, page=page, table=table, what="decisions", **around
    )


@blueprint.get("/corrections")
@members(Role.LEAD, Role.STATION)
def corrections(slug: str) -> str:
    """The cells that were mended, undone corrections too."""
    evaluation = get_evaluation(slug)
    page = corrections_page(db.session, evaluation, _number())
    table = rows.correction_rows(page.items, slug, open_=_open(evaluation))
    around = _around(page.number, page.pages, slug=slug)
    return render_template(
        "ledger/history.html", evaluation=evaluation, page=page, table=table, what="corrections", **around
    )


@blueprint.post("/decisions/<uuid:decision_uuid>/undo")
@members(Role.LEAD, Role.STATION)
def undo_decision_made(slug: str, decision_uuid: uuid.UUID) -> BaseResponse:
    """Take a decision back."""
    decision = get_decision(get_evaluation(slug), decision_uuid)
    require_token()
    with committing() as refused:
        undo_decision(db.session, decision, limits=limits(), actor=current_user)
    flash_result(refused, _("已撤销，抽样框已重新汇总。"))
    return redirect(url_for(".decisions", slug=slug), 303)


@blueprint.post("/corrections/<uuid:correction_uuid>/undo")
@members(Role.LEAD, Role.STATION)
def undo_correction_made(slug: str, correction_uuid: uuid.UUID) -> BaseResponse:
    """Let a cell say again what was delivered."""
    correction = get_correction(get_evaluation(slug), correction_uuid)
    require_token()
    with committing() as refused:
        undo_correction(db.session, correction, limits=limits(), actor=current_user)
    flash_result(refused, _("已撤销，这一格照原文件。"))
    return redirect(url_for(".corrections", slug=slug), 303)


@blueprint.get("/template.xlsx")
@members(Role.LEAD, Role.STATION)
def template(slug: str) -> Response:
    """An empty ledger to send to the office, with the station's villages and the categories to choose from."""
    content = ledger_template(get_evaluation(slug))
    return Response(
        content, mimetype=MIMETYPE, headers={"Content-Disposition": "attachment; filename=ledger-template.xlsx"}
    )
