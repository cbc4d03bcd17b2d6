"""Pages of the ledgers and the frame made from them."""

from __future__ import annotations

import csv
import io
import uuid
from contextlib import closing
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.extensions import db
from app.ledger import rows
from app.ledger.commands.assembling import FINDINGS_KEPT
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import (
    RepeatsLedger,
    import_upload,
    store_upload,
    withdraw_upload,
)
from app.ledger.forms import PlansForm, SealForm, UploadForm, plans_form
from app.ledger.labels import LEDGER_FIELDS, SEVERITIES, decided, finding_sentence
from app.ledger.queries.contents import village_names, workbook_of
from app.ledger.queries.decisions import undecided_at_sealing, without_effect
from app.ledger.queries.findings import finding_groups, undecided_findings
from app.ledger.queries.frames import categories_of, finding_counts, findings_of, frame_of, uploads_of, villages_of
from app.ledger.queries.plans import plans_mark, recognition_of
from app.ledger.queries.readings import origin_of, readings_of
from app.ledger.queries.rounds import round_forgotten
from app.ledger.reader.errors import LedgerFileError, Limits
from app.ledger.reader.recognition import open_questions
from app.ledger.reader.sheets import LedgerWorkbook
from app.localisation import to_visitor
from app.models import Evaluation, LedgerUpload, Role
from app.shared.getters import get_evaluation, get_upload, roles_at
from app.shared.views import Page, committing, flash_result, form_page
from app.spreadsheets import neutralise_formula

blueprint = Blueprint("ledgers", __name__, url_prefix="/evaluations/<slug>")

# States in which a ledger can still be matched or withdrawn; contents are kept until the frame is sealed.
IN_HAND = ("received", "imported")


def limits() -> Limits:
    """The limits of a file uploaded through the web."""
    return Limits(max_rows=current_app.config["LEDGER_MAX_ROWS"], max_bytes=current_app.config["MAX_CONTENT_LENGTH"])


@blueprint.route("/ledgers", methods=["GET", "POST"])
@members(Role.LEAD, Role.STATION)
def index(slug: str) -> Page:
    """The list of ledgers, and uploading another."""
    evaluation = get_evaluation(slug)
    form, refusal = UploadForm(), ""
    if request.method == "GET":
        form.label.data = request.args.get("label", "")  # a corrected ledger comes under the name of the first
    if form.validate_on_submit():
        with closing(form.file.data) as file:
            filename = "".join(c for c in file.filename or "" if c.isprintable()) or "ledger"
            data = file.read()
        try:
            with committing() as refused:
                upload, _workbook, _recognition = store_upload(
                    db.session,
                    evaluation,
                    filename=filename,
                    data=data,
                    label=form.label.data,
                    limits=limits(),
                    actor=current_user,
                )
        except LedgerFileError as error:
            refusal = to_visitor(error.message)
        else:
            if not refused:
                return redirect(url_for(".columns", slug=slug, upload_uuid=upload.uuid), 303)
            refusal = refused.message
    frame = frame_of(db.session, evaluation)
    sealed_at = frame.sealed_at if frame else None
    page = render_template(
        "ledger/index.html",
        evaluation=evaluation,
        form=form,
        refusal=refusal,
        uploads=rows.upload_rows(uploads_of(db.session, evaluation), slug, sealed=sealed_at is not None),
        sealed_at=sealed_at,
        undecided=sum(undecided_findings(db.session, evaluation).values()),
        lapsed=without_effect(db.session, evaluation),
        may_see_frame=Role.LEAD in roles_at(evaluation),
    )
    return form_page(page, form)


@blueprint.route("/ledgers/<uuid:upload_uuid>/columns", methods=["GET", "POST"])
@members(Role.LEAD, Role.STATION)
def columns(slug: str, upload_uuid: uuid.UUID) -> Page:
    """How the sheets of a workbook are read, shown once to confirm, with their first rows masked."""
    evaluation = get_evaluation(slug)
    upload = get_upload(evaluation, upload_uuid)
    if upload.content is None or upload.state not in IN_HAND:
        return redirect(url_for(".findings", slug=slug, upload_uuid=upload_uuid))
    workbook = workbook_of(upload, limits())
    form = _plans_form(upload, workbook, request.form.get("replaces", ""))
    refusals = list[str]()
    if form.is_submitted():
        valid, plans = form.validate(), form.plans()
        if valid and not open_questions(workbook, plans, village_names(evaluation)):
            with committing() as refused:
                import_upload(
                    db.session,
                    upload,
                    plans,
                    limits=limits(),
                    workbook=workbook,
                    seen=form.seen.data,
                    actor=current_user,
                    **form.meaning(),
                )
            if not refused:
                flash(_("名册已导入。"), "success")
                return redirect(url_for(".findings", slug=slug, upload_uuid=upload_uuid), 303)
            refusals = [refused.message]
            if isinstance(refused.cause, RepeatsLedger):
                form = _plans_form(upload, workbook, refused.cause.label)
            elif refused.code == "changed":
                return _plans_page(upload, workbook, _plans_form(upload, workbook, formdata=None), refusals), 409
    return form_page(_plans_page(upload, workbook, form, refusals), form)


def _plans_form(upload: LedgerUpload, workbook: LedgerWorkbook, repeats: str = "", **arguments: Any) -> PlansForm:
    plans = recognition_of(db.session, upload, workbook).plans
    villages, mark = village_names(upload.evaluation), plans_mark(upload, plans)
    return plans_form(workbook, plans, villages, mark=mark, repeats=repeats, **arguments)


def _plans_page(upload: LedgerUpload, workbook: LedgerWorkbook, form: PlansForm, refusals: list[str]) -> str:
    evaluation = upload.evaluation
    questions = open_questions(workbook, form.plans(), village_names(evaluation))
    wrong = rows.wrong_choices(form)
    if form.is_submitted():
        form.show(questions)
    return render_template(
        "ledger/columns.html",
        evaluation=evaluation,
        upload=upload,
        form=form,
        refusals=refusals,
        questions=[(form.part_of(question), to_visitor(question.sentence)) for question in questions],
        wrong=wrong,
        again=form.is_submitted(),
        notes=workbook.notes,
        sheets=rows.sheet_rows(workbook, form, questions),
        row_count=sum(len(sheet.rows) for sheet in workbook.sheets),
        sheet_parts=rows.sheet_parts(workbook, form, questions),
        columns_parts=rows.columns_parts(workbook, form, questions),
    )


@blueprint.get("/ledgers/<uuid:upload_uuid>")
@members(Role.LEAD, Role.STATION)
def findings(slug: str, upload_uuid: uuid.UUID) -> str:
    """The findings of a ledger by problem."""
    evaluation = get_evaluation(slug)
    upload = get_upload(evaluation, upload_uuid)
    groups = finding_groups(db.session, evaluation, upload)
    return render_template(
        "ledger/findings.html",
        evaluation=evaluation,
        upload=upload,
        state=rows.state_badge(upload),
        groups=rows.group_rows(groups, slug, upload),
        undecided=sum(group.undecided for group in groups),
        counts=finding_counts(db.session, upload),
        kept_most=FINDINGS_KEPT,
        in_use=upload.state == "imported" and upload.content is not None,
        may_see_frame=Role.LEAD in roles_at(evaluation),
    )


@blueprint.get("/ledgers/<uuid:upload_uuid>/findings.csv")
@members(Role.LEAD, Role.STATION)
def findings_csv(slug: str, upload_uuid: uuid.UUID) -> Response:
    """The findings for a spreadsheet; rows and reasons without personal data."""
    upload = get_upload(get_evaluation(slug), upload_uuid)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([_("工作表"), _("行"), _("栏目"), _("程度"), _("说明"), _("决定")])
    for finding in findings_of(db.session, upload):
        field, severity = LEDGER_FIELDS.get(finding.field, finding.field), SEVERITIES[finding.severity]
        sentence = finding_sentence(finding.code, finding.severity, finding.message)
        place = (neutralise_formula(finding.sheet), finding.row_number)
        writer.writerow([*place, str(field), str(severity), neutralise_formula(sentence), decided(finding.decision)])
    return Response(
        "\ufeff" + buffer.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=findings.csv"},
    )


@blueprint.route("/ledgers/<uuid:upload_uuid>/withdraw", methods=["GET", "POST"])
@members(Role.LEAD, Role.STATION)
def withdraw(slug: str, upload_uuid: uuid.UUID) -> str | BaseResponse:
    """Withdraw a ledger, after one confirmation."""
    evaluation = get_evaluation(slug)
    upload = get_upload(evaluation, upload_uuid)
    if upload.state not in IN_HAND:
        return redirect(url_for(".index", slug=slug), 303)  # the second click of a double click
    if request.method == "GET":
        return render_template("ledger/withdraw.html", evaluation=evaluation, upload=upload)
    with committing() as refused:
        withdraw_upload(db.session, upload, limits=limits(), actor=current_user)
    flash_result(refused, _("名册已撤下，抽样框已按其余名册重新汇总。"))
    return redirect(url_for(".index", slug=slug), 303)


@blueprint.route("/frame", methods=["GET", "POST"])
@members(Role.LEAD)
def frame(slug: str) -> Page:
    """The frame in counts, and sealing it."""
    evaluation = get_evaluation(slug)
    form, refusal = SealForm(), ""
    if form.validate_on_submit():
        with committing() as refused:
            seal_frame(
                db.session,
                evaluation,
                typed_name=form.typed_name.data,
                leave_out_errors=form.leave_out_errors.data,
                actor=current_user,
            )
        if not refused:
            flash(_("抽样框已封存，从现在起不能改动。"), "success")
            return redirect(url_for(".frame", slug=slug), 303)
        refusal = refused.message
    page = _frame_page(evaluation, form, refusal)
    return form_page(page, form)


def _frame_page(evaluation: Evaluation, form: SealForm, refusal: str) -> str:
    frame = frame_of(db.session, evaluation)
    return render_template(
        "ledger/frame.html",
        evaluation=evaluation,
        form=form,
        refusal=refusal,
        frame=frame,
        villages=villages_of(db.session, evaluation, frame) if frame else [],
        categories=rows.category_rows(categories_of(db.session, frame)) if frame else [],
        readings=rows.requirement_rows(readings_of(frame), evaluation.reading) if frame else [],
        origin=origin_of(db.session, evaluation, frame) if frame else None,
        forgotten=round_forgotten(db.session, evaluation),
        undecided=rows.undecided_rows(undecided_at_sealing(db.session, evaluation), evaluation.slug),
    )
