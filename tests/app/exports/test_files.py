"""The export files, opened by other programs: they have the figures of the screens and no personal data."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pyreadstat
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.queries import questionnaire_of
from app.draw.commands.voiding import ask_to_void, confirm_void
from app.exports import queries as reading
from app.exports.files import FORMATS, write_export
from app.exports.queries import ResponsesChanged, exported_responses
from app.exports.variables import CODED, variables_of
from app.models import Case, Contact, Evaluation, Response, Role
from app.results.queries.results import results_of
from app.shared.queries import live_draw
from surveys.questionnaire import parse
from tests.builders import NEVER_SERVED, SATISFIED, a_draw, a_member, a_response, an_evaluation, cases_of
from tests.copies import kept
from tests.machine import r_problem
from tests.surveys.questionnaire.builders import a_document

UNHAPPY = SATISFIED | {f"B{n}": "2" for n in range(1, 9)} | {"A1": "4", "A2": "4", "A4": "4"}


@kept
def an_answered_evaluation(session: Session, answered: int = 90, **choices: object) -> Evaluation:
    """Answers that differ: every fifth unhappy, every seventh says never to have been served."""
    evaluation = an_evaluation(session)
    draw = a_draw(session, evaluation, **choices)  # type: ignore[arg-type]
    for number, case in enumerate(cases_of(session, draw)[:answered]):
        answers = NEVER_SERVED if number % 7 == 0 else UNHAPPY if number % 5 == 0 else SATISFIED
        a_response(session, case, answers)
    return evaluation


def written(session: Session, evaluation: Evaluation, form: str) -> bytes:
    draw = live_draw(session, evaluation)
    assert draw is not None
    file = io.BytesIO()
    assert write_export(session, evaluation, draw, form, file) == hashlib.sha256(file.getvalue()).hexdigest()
    return file.getvalue()


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_exported_weights_sum_to_the_population_and_reproduce_the_figures(session: Session) -> None:
    evaluation = an_answered_evaluation(session)
    results = results_of(session, evaluation)
    rows = rows_of(written(session, evaluation, "csv"))
    assert len(rows) == 90
    weighted = [row for row in rows if row["satisfaction_weight"]]
    assert len(weighted) == results.valid < 90
    assert not any(row["satisfaction_index"] for row in rows if not row["satisfaction_weight"])
    assert sum(float(row["satisfaction_weight"]) for row in weighted) == pytest.approx(results.population, rel=1e-12)
    for figure, weight, value in (
        (results.satisfaction, "satisfaction_weight", "satisfaction_index"),
        (results.satisfied, "satisfaction_weight", "satisfied"),
        (results.awareness, "awareness_weight", "aware"),
    ):
        inside = [row for row in rows if row[weight]]
        total = sum(float(row[weight]) * float(row[value]) for row in inside)
        estimate = total / sum(float(row[weight]) for row in inside)
        assert figure.estimate is not None
        assert estimate == pytest.approx(float(figure.estimate.value), abs=1e-6)
        assert len(inside) == figure.estimate.n


def test_a_stratum_with_one_response_is_collapsed_as_in_the_figures(session: Session) -> None:
    evaluation = an_evaluation(session)
    draw = a_draw(session, evaluation)
    strata: dict[str, list[Case]] = {}
    for case in cases_of(session, draw):
        strata.setdefault(case.stratum, []).append(case)
    lonely = sorted(strata)[0]
    for stratum, cases in strata.items():
        for case in cases[: 1 if stratum == lonely else 5]:
            a_response(session, case)
    rows = {row["stratum"]: row for row in rows_of(written(session, evaluation, "csv"))}
    host = rows[lonely]["satisfaction_stratum"]
    assert host != lonely
    assert rows[host]["satisfaction_stratum"] == host
    together = int(rows[lonely]["stratum_population"]) + int(rows[host]["stratum_population"])
    assert float(rows[lonely]["satisfaction_people"]) == float(rows[host]["satisfaction_people"]) == together
    assert float(rows[lonely]["satisfaction_weight"]) == int(rows[lonely]["stratum_population"])


def test_only_counted_responses_of_the_draw_in_force_are_exported(session: Session) -> None:
    evaluation = an_evaluation(session)
    draw = a_draw(session, evaluation)
    first, second, *_ = cases_of(session, draw)
    counted = a_response(session, first).response
    a_response(session, first, UNHAPPY)
    a_response(session, second, SATISFIED | {"C1": "3"})
    assert [row["response"] for row in rows_of(written(session, evaluation, "csv"))] == [str(counted.uuid)]
    lead, monitor = a_member(session, evaluation, Role.LEAD), a_member(session, evaluation, Role.MONITOR)
    request = ask_to_void(session, draw.ceremony, "测试：抽样作废后没有可以导出的答卷", actor=lead)
    confirm_void(session, request, actor=monitor)
    session.commit()
    assert list(exported_responses(session, evaluation)) == []


def test_a_response_that_arrives_during_an_export_restarts_the_file(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluation = an_answered_evaluation(session, answered=10)
    waiting = iter(cases_of(session, live_draw(session, evaluation))[10:])  # type: ignore[arg-type]
    plain, arrivals = reading._responses, iter([1, 0])

    def meanwhile(read: Session, draw_id: int):  # type: ignore[no-untyped-def]
        for _ in range(next(arrivals, 1)):
            a_response(session, next(waiting))
        yield from plain(read, draw_id)

    monkeypatch.setattr(reading, "_responses", meanwhile)
    assert len(rows_of(written(session, evaluation, "csv"))) == 11
    with pytest.raises(ResponsesChanged, match="又收到了答卷"):
        written(session, evaluation, "csv")


def test_the_spss_file_has_labels_codes_and_missing_values(session: Session, tmp_path: Path) -> None:
    evaluation = an_answered_evaluation(session)
    path = tmp_path / "responses.sav"
    path.write_bytes(written(session, evaluation, "sav"))
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    plain = rows_of(written(session, evaluation, "csv"))
    assert meta.column_names == list(plain[0])
    assert meta.column_names_to_labels["satisfaction_index"] == "满意度指数（0 到 100）"
    assert meta.variable_value_labels["B8"][5.0] == "很满意"
    assert meta.variable_value_labels["mode"]["phone"] == "电访"
    assert [limits["lo"] for limits in meta.missing_ranges["B1"]] == [7.0, 8.0, 9.0]
    assert (meta.variable_measure["B8"], meta.variable_measure["B9"]) == ("nominal", "scale")
    for name in ("response", "stratum", "mode", "satisfaction_stratum"):
        assert list(frame[name]) == [row[name] for row in plain]
    for name in ("satisfaction_weight", "satisfaction_index", "B1", "facts_known", "satisfied"):
        expected = [float(row[name]) if row[name] else None for row in plain]
        assert [None if value != value else value for value in frame[name]] == expected
    assert [str(day) for day in frame["date"]] == [row["date"] for row in plain]


def test_an_evaluation_without_responses_exports_files_without_rows(session: Session, tmp_path: Path) -> None:
    evaluation = an_evaluation(session)
    a_draw(session, evaluation)
    assert rows_of(written(session, evaluation, "csv")) == []
    path = tmp_path / "responses.sav"
    path.write_bytes(written(session, evaluation, "sav"))
    frame, meta = pyreadstat.read_sav(str(path))
    assert len(frame) == 0
    assert "B8" in meta.column_names
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(session, evaluation, "xlsx")))
    assert book.get_sheet_by_name("主要结果").to_python()[1][1] == ""
    assert "value = c(NA, NA, NA, NA)" in written(session, evaluation, "r").decode()


def test_the_workbook_has_the_figures_of_the_page(session: Session) -> None:
    evaluation = an_answered_evaluation(session)
    results = results_of(session, evaluation)
    data = written(session, evaluation, "xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["主要结果", "满意度分布", "五项知晓", "片区", "应答率", "评分", "依据"]
    headline = book.get_sheet_by_name("主要结果").to_python()
    for row, figure in zip(headline[1:5], results.figures.values(), strict=True):
        assert figure.interval is not None
        assert [Decimal(str(row[place])) for place in (1, 3, 4)] == [figure.value, *figure.interval]
    counts = [row[1] for row in book.get_sheet_by_name("满意度分布").to_python()[1:]]
    assert counts == [entry.count for entry in results.bands]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "charts/chart" in name]
    assert len(charts) == 5
    assert sum("<c:errBars>" in chart for chart in charts) == 4


def test_the_code_book_explains_every_column(session: Session) -> None:
    evaluation = an_answered_evaluation(session, answered=3)
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(session, evaluation, "codebook")))
    explained = [row[0] for row in book.get_sheet_by_name("变量").to_python()[1:]]
    assert explained == list(rows_of(written(session, evaluation, "csv"))[0])
    codes = {(row[0], str(row[1])): (row[2], row[3], row[4]) for row in book.get_sheet_by_name("代码").to_python()[1:]}
    assert codes["B8", "5"] == ("很满意", "Very satisfied", "")
    assert codes["B8", "8"][2] == "是"
    english = [row[2] for row in book.get_sheet_by_name("变量").to_python()[1:]]
    assert all(english)


def test_a_question_named_like_a_fixed_column_gets_a_distinct_name(session: Session) -> None:
    evaluation = an_evaluation(session)
    text = json.dumps(a_document()).replace('"B9"', '"Mode"').replace('"D1"', '"proxy"')
    names = [variable.name for variable in variables_of(parse(json.loads(text)), evaluation)]
    assert "q_Mode" in names
    assert len({name.casefold() for name in names}) == len(names)


def test_exports_contain_no_personal_data_and_no_open_answers(session: Session) -> None:
    evaluation = an_evaluation(session)
    draw = a_draw(session, evaluation)
    written_answer = "王示例医生电话19900001234"
    for case in cases_of(session, draw)[:20]:
        a_response(session, case, UNHAPPY | {"BR": written_answer, "D2": written_answer})
    with zipfile.ZipFile(io.BytesIO(written(session, evaluation, "zip"))) as archive:
        texts = []
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(data)) as book:
                    texts += [book.read(part).decode("utf-8", "replace") for part in book.namelist()]
            else:
                texts.append(data.decode("utf-8", "replace"))
    everything = "\n".join(texts)
    for contact in session.scalars(select(Contact)):
        for secret in (contact.name, *contact.phones, contact.address, contact.guardian):
            assert not secret or secret not in everything
    assert written_answer not in everything
    assert "19900" not in everything
    keys = [str(case.uuid) for case in cases_of(session, draw)]
    assert not [key for key in keys if key in everything]


def test_the_bundle_lists_its_files_with_their_digests(session: Session) -> None:
    evaluation = an_answered_evaluation(session, answered=5)
    with zipfile.ZipFile(io.BytesIO(written(session, evaluation, "zip"))) as archive:
        listed = dict(
            reversed(line.split("  ", 1))
            for line in archive.read("README.txt").decode("utf-8-sig").splitlines()
            if re.match("[0-9a-f]{64}  ", line)
        )
        assert set(listed) | {"README.txt"} == set(archive.namelist())
        assert {f.name for f in FORMATS.values()} - {"export.zip"} | {"certificate.json"} == set(listed)
        for name, digest in listed.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest


@pytest.mark.parametrize("kind", ["mixed", "all satisfied", "a lonely stratum", "everyone", "none"])
def test_r_reproduces_the_headline_figures(session: Session, tmp_path: Path, kind: str) -> None:
    if problem := r_problem():
        if os.environ.get("REQUIRE_R") == "1":
            pytest.fail(f"REQUIRE_R: {problem}")
        pytest.skip(problem)
    evaluation = an_evaluation(session)
    people = 90 if kind == "everyone" else 150
    draw = a_draw(session, evaluation, of=people)
    cases = cases_of(session, draw)
    count_of_stratum: dict[str, int] = {}
    for number, case in enumerate([] if kind == "none" else cases):
        count_of_stratum[case.stratum] = count_of_stratum.get(case.stratum, 0) + 1
        if kind == "a lonely stratum" and case.stratum == cases[0].stratum and count_of_stratum[case.stratum] > 1:
            continue
        if kind != "everyone" and count_of_stratum[case.stratum] > 9:
            continue
        a_response(session, case, UNHAPPY if kind != "all satisfied" and number % 6 == 0 else SATISFIED)
    (tmp_path / "responses.csv").write_bytes(written(session, evaluation, "csv"))
    (tmp_path / "headline.R").write_bytes(written(session, evaluation, "r"))
    run = ["Rscript", "headline.R"]
    script = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert script.returncode == 0, script.stdout + script.stderr
    assert script.stdout.count("as published") == 4
    wrong = (tmp_path / "headline.R").read_text("utf-8").replace("value = c(", "value = 1 + c(")
    (tmp_path / "headline.R").write_text(wrong, "utf-8")
    assert subprocess.run(run, cwd=tmp_path, capture_output=True, check=False).returncode == (kind != "none")


def test_every_coded_variable_lists_the_codes_that_occur(session: Session) -> None:
    evaluation = an_answered_evaluation(session)
    rows = rows_of(written(session, evaluation, "csv"))
    for variable in variables_of(questionnaire_of(evaluation), evaluation):
        if variable.kind == CODED:
            known = {code for code, _ in variable.values} | {""}
            assert {row[variable.name] for row in rows} <= known, variable.name
    assert session.scalars(select(Response.uuid)).first() is not None
