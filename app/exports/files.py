"""The export formats: file name, media type, and the function that writes each."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import local, now
from app.documents.queries import questionnaire_of
from app.draw.queries.draws import published_certificate
from app.exports.codebook import codebook_sheets
from app.exports.csv_file import write_csv
from app.exports.queries import ResponsesChanged, exported_responses
from app.exports.r_script import r_script
from app.exports.results_book import results_sheets
from app.exports.spss import write_sav
from app.exports.variables import variables_of
from app.models import Draw, Evaluation
from app.results.queries.results import results_of
from app.scores.queries.scores import score_of
from app.spreadsheets import MIMETYPE as XLSX
from app.spreadsheets import workbook
from app.supervision.queries.rates import rates_of
from sampling.certificate import Mismatch

ATTEMPTS = 3
Make = Callable[[Session, Evaluation, Draw, IO[bytes]], None]


@dataclass(frozen=True)
class Format:
    """One export format: its file name, media type, and the function that writes it."""

    name: str
    mimetype: str
    make: Make


def _csv(session: Session, evaluation: Evaluation, _draw: Draw, file: IO[bytes]) -> None:
    variables = variables_of(questionnaire_of(evaluation), evaluation)
    write_csv(file, variables, exported_responses(session, evaluation))


def _sav(session: Session, evaluation: Evaluation, _draw: Draw, file: IO[bytes]) -> None:
    variables = variables_of(questionnaire_of(evaluation), evaluation)
    write_sav(file, variables, exported_responses(session, evaluation), evaluation.title)


def _xlsx(session: Session, evaluation: Evaluation, draw: Draw, file: IO[bytes]) -> None:
    results, rates = results_of(session, evaluation), rates_of(session, draw)
    try:
        sheet = score_of(session, evaluation).sheet
    except Mismatch:
        sheet = None
    file.write(workbook(results_sheets(evaluation, results, rates, sheet, draw.certificate_digest)))


def _script(session: Session, evaluation: Evaluation, _draw: Draw, file: IO[bytes]) -> None:
    file.write(r_script(results_of(session, evaluation)).encode())


def _codebook(_session: Session, evaluation: Evaluation, _draw: Draw, file: IO[bytes]) -> None:
    file.write(workbook(codebook_sheets(variables_of(questionnaire_of(evaluation), evaluation))))


def _certificate(session: Session, _evaluation: Evaluation, draw: Draw, file: IO[bytes]) -> None:
    file.write(json.dumps(published_certificate(session, draw), ensure_ascii=False, indent=2).encode())


def _bundle(session: Session, evaluation: Evaluation, draw: Draw, file: IO[bytes]) -> None:
    """A ZIP of every other format and the certificate of the draw, with a README and SHA-256 digests."""
    lines = [
        _("%(title)s：导出的数据", title=evaluation.title),
        _("导出时间：%(time)s", time=local(now()).strftime("%Y-%m-%d %H:%M")),
        "",
        _("答卷已去掉姓名、电话、住址和文字回答。人少的村居仍可能认得出人，请只交给需要的人。"),
        _("用 R 核对主要数字：在本文件夹运行 Rscript headline.R。"),
        _("权重：满意度用 satisfaction_weight，知晓度用 awareness_weight；空白表示不在该数字的基数里。"),
        "",
        _("文件与 SHA-256 摘要："),
    ]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for file_format in (*(FORMATS[key] for key in FORMATS if key != "zip"), CERTIFICATE):
            content = io.BytesIO()
            file_format.make(session, evaluation, draw, content)
            archive.writestr(file_format.name, content.getvalue())
            lines.append(f"{hashlib.sha256(content.getvalue()).hexdigest()}  {file_format.name}")
        archive.writestr("README.txt", ("\n".join(lines) + "\n").encode("utf-8-sig"))


CERTIFICATE = Format("certificate.json", "application/json", _certificate)
FORMATS = {
    "xlsx": Format("results.xlsx", XLSX, _xlsx),
    "csv": Format("responses.csv", "text/csv", _csv),
    "sav": Format("responses.sav", "application/octet-stream", _sav),
    "codebook": Format("codebook.xlsx", XLSX, _codebook),
    "r": Format("headline.R", "text/plain", _script),
    "zip": Format("export.zip", "application/zip", _bundle),
}


def write_export(session: Session, evaluation: Evaluation, draw: Draw, form: str, file: IO[bytes]) -> str:
    """Write one format (a key of FORMATS) to an empty file; returns the SHA-256 of what was written.

    Starts again when responses arrive meanwhile; raises ResponsesChanged when they do every time.
    """
    for attempt in range(ATTEMPTS):
        file.seek(0)
        file.truncate()
        try:
            FORMATS[form].make(session, evaluation, draw, file)
            break
        except ResponsesChanged:
            session.rollback()
            if attempt == ATTEMPTS - 1:
                raise
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
