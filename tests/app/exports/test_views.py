"""The export page: access, the audit entry, and the page before there are data."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.exports import queries as reading
from app.exports.files import FORMATS
from app.models import AuditEvent, Evaluation, Role
from tests.builders import a_draw, a_finished_evaluation, a_member, an_evaluation
from tests.visitor import Visitor

S = "/evaluations/sample-2023"
PAGE = f"{S}/exports"


@pytest.fixture
def lead(session: Session, visitor: Visitor) -> Visitor:
    a_finished_evaluation(session, answered=12)
    visitor.sign_in("lead")
    return visitor


def test_a_download_from_the_results_is_recorded_in_the_audit_chain(session: Session, lead: Visitor) -> None:
    page = lead.get(f"{S}/results").follow("导出")
    assert "现在有 12 份有效的满意度答卷" in page.text
    assert "satisfaction_weight" in page.text
    for form, made in FORMATS.items():
        downloaded = page.form(action=f"{PAGE}/{form}").submit()
        response = downloaded.response
        assert downloaded.status == 200
        assert response.headers["Content-Disposition"] == f"attachment; filename=sample-2023-{made.name}"
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "export.made").order_by(AuditEvent.id.desc())
        ).first()
        assert event is not None
        assert event.details == {"format": form, "sha256": hashlib.sha256(response.data).hexdigest()}
        if form == "csv":
            assert len(list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))) == 12
    assert "导出" in lead.get(f"{S}/audit").text


def test_a_get_request_does_not_make_an_export(session: Session, lead: Visitor) -> None:
    assert lead.get(f"{PAGE}/csv").status == 405
    strange = lead.get(PAGE).form(action=f"{PAGE}/csv")
    strange.element.set("action", f"{PAGE}/docx")
    assert strange.submit().status == 404
    assert session.scalar(select(func.count()).where(AuditEvent.action == "export.made")) == 0


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.STATION, Role.PURCHASER, Role.MONITOR, Role.SUPERVISION])
def test_only_the_lead_exports_data(
    session: Session, lead: Visitor, another_visitor: Callable[[], Visitor], role: Role
) -> None:
    evaluation = session.scalars(select(Evaluation)).one()
    form = lead.get(PAGE).form(action=f"{PAGE}/csv")
    other = another_visitor()
    other.sign_in(a_member(session, evaluation, role).username)
    assert other.get(PAGE).status == 403
    form.page.visitor = other
    assert form.submit().status in (400, 403)
    assert session.scalar(select(func.count()).where(AuditEvent.action == "export.made")) == 0


def test_the_lead_of_another_evaluation_cannot_export(
    session: Session, lead: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    other = another_visitor()
    other.sign_in(a_member(session, an_evaluation(session, "other-2023"), Role.LEAD).username)
    assert other.get(PAGE).status == 404


def test_before_the_draw_the_page_says_what_comes_first(session: Session, visitor: Visitor) -> None:
    evaluation = an_evaluation(session)
    visitor.sign_in(a_member(session, evaluation, Role.LEAD).username)
    page = visitor.get(PAGE)
    assert "还没有抽样" in page.text
    a_draw(session, evaluation)
    assert "现在有 0 份" in visitor.get(PAGE).text


def test_an_export_that_keeps_being_interrupted_shows_a_message_and_is_not_recorded(
    session: Session, lead: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_responses", lambda *_: iter(()))
    page = lead.get(PAGE).form(action=f"{PAGE}/csv").submit()
    assert (page.status, page.path) == (200, PAGE)
    assert "又收到了答卷" in page.text
    assert session.scalar(select(func.count()).where(AuditEvent.action == "export.made")) == 0
