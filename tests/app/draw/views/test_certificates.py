"""The public certificate pages, also when a stored certificate is altered or old."""

from __future__ import annotations

import hashlib
import io
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import segno
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.commands.attempts import record_attempt
from app.draw.commands.replacements import replace_case
from app.draw.commands.voiding import ask_to_void, confirm_void
from app.models import Draw, Evaluation, Recipient, Role
from sampling.certificate import check, check_with_frame
from sampling.frame import read_canonical
from tests.app.draw.views.test_draws import alter
from tests.builders import a_ceremony, a_draw, a_draw_of, a_member, an_evaluation, assign_cases, cases_of
from tests.visitor import Visitor

S = "/evaluations/sample-2023"
PAGES_WITH_DRAWS = (
    S, f"{S}/draw", f"{S}/draw/certificate.json", f"{S}/ceremony", f"{S}/void", f"{S}/fieldwork",
    f"{S}/results", f"{S}/score", f"{S}/score/settle", f"{S}/score/facts", f"{S}/audit", f"{S}/frame",
)  # fmt: skip
OLD: dict[str, Any] = {
    "format": "draw-certificate-1",
    "evaluation": "sample-2023",
    "rule": {"reading": "priority", "population": 150, "required": 100},
    "frame": {"fingerprint": "0" * 64, "people": 150},
    "seed": {"value": "3 5 2 6", "source": "骰子"},
    "strata": [{"stratum": "0101", "population": 150, "allocated": 100}],
    "sample": [],
}


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    a_member(session, evaluation, Role.INTERVIEWER, "interviewer")
    return evaluation


@pytest.fixture
def draw(session: Session, evaluation: Evaluation) -> Draw:
    draw = a_draw(session, evaluation)
    assign_cases(session, evaluation)
    session.commit()
    return draw


def make_old(certificate: dict[str, Any]) -> None:
    certificate.clear()
    certificate.update(OLD)


def test_anyone_with_the_digest_reads_and_downloads_the_certificate(
    session: Session, draw: Draw, visitor: Visitor
) -> None:
    digest = draw.certificate_digest
    page = visitor.get(f"/certificate/{digest}")
    assert page.status == 200
    assert digest in page.text.replace(" ", "")
    assert f"http://localhost/certificate/{digest}" in page.text
    assert "甲村 30 20" in page.text
    assert "已于" not in page.text
    response = visitor.client.get(f"/certificate/{digest}.json")
    assert response.headers["Content-Disposition"] == f"attachment; filename=certificate-{digest[:12]}.json"
    assert check(response.get_json())["digest"] == digest
    for text in (page.html, response.get_data(as_text=True)):
        for word in ("示例0", "1990000", "示例街1", "1950-01"):
            assert word not in text


def test_the_qr_code_on_the_certificate_is_its_own_address(draw: Draw, visitor: Visitor) -> None:
    page = visitor.get(f"/certificate/{draw.certificate_digest}")
    drawn = re.findall(r'<svg[^>]*class="qr".*?<path[^>]*\bd="([^"]+)"', page.html, re.S)
    buffer = io.BytesIO()
    segno.make(f"http://localhost/certificate/{draw.certificate_digest}", error="m").save(buffer, kind="svg", scale=3)
    assert re.findall(r'\bd="([^"]+)"', buffer.getvalue().decode()) == drawn


@pytest.mark.parametrize("digest", ["0" * 64, "f" * 63, "F" * 64, "x" * 64, "0" * 65, "..%2f.."])
def test_an_unknown_digest_is_not_found(draw: Draw, visitor: Visitor, digest: str) -> None:
    assert visitor.get(f"/certificate/{digest}").status == 404
    assert visitor.get(f"/certificate/{digest}.json").status == 404


def test_a_voided_draw_keeps_its_page_and_the_next_certificate_lists_it(
    session: Session, evaluation: Evaluation, draw: Draw, visitor: Visitor
) -> None:
    lead, monitor = a_member(session, evaluation, Role.LEAD), a_member(session, evaluation, Role.MONITOR)
    assert draw.ceremony is not None
    request = ask_to_void(session, draw.ceremony, "排列五号码抄错", actor=lead)
    confirm_void(session, request, actor=monitor)
    session.commit()
    old = draw.certificate_digest
    page = visitor.get(f"/certificate/{old}")
    assert page.status == 200
    assert "作废：排列五号码抄错" in page.text
    second = a_draw_of(session, a_ceremony(session, evaluation), "6 6 1")
    page = visitor.get(f"/certificate/{second.certificate_digest}")
    assert "作废：" not in page.text
    assert "排列五号码抄错" in page.text
    assert old[:16] in page.text


def test_replacements_to_date_are_listed_and_checked(
    session: Session, evaluation: Evaluation, draw: Draw, visitor: Visitor
) -> None:
    address = f"/certificate/{draw.certificate_digest}"
    assert "没有替换" in visitor.get(address).text
    case = cases_of(session, draw)[0]
    record_attempt(session, case, attempt_key=uuid.uuid4(), mode="phone", outcome="NE2", interviewer=case.interviewer)
    released = replace_case(session, case)
    session.commit()
    key = session.scalars(select(Recipient.key).where(Recipient.id == released.case.recipient_id)).one()
    page = visitor.get(address)
    assert key[:12] in page.text
    assert "没有替换" not in page.text
    content = visitor.client.get(f"{address}.json").get_json()
    assert [replacement["key"] for replacement in check(content)["replacements"]] == [key]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["plan"].update(size=101),
        lambda c: c["seed"]["contributions"][0].update(value="6 6 6"),
        lambda c: c["strata"][0].update(stratum="9999"),
        lambda c: c.update(digest="0" * 64),
        lambda c: c.update(voided=None),
        lambda c: c.pop("plan"),
        lambda c: c.clear(),
        make_old,
    ],
    ids=["size", "seed value", "stratum", "digest", "voided", "no plan", "nothing", "format 1"],
)
def test_an_altered_or_old_certificate_is_reported_without_a_server_error(
    session: Session, evaluation: Evaluation, draw: Draw, another_visitor: Callable[[], Visitor],
    change: Callable[[dict[str, Any]], None],
) -> None:  # fmt: skip
    case = cases_of(session, draw)[0]
    record_attempt(session, case, attempt_key=uuid.uuid4(), mode="phone", outcome="NE2", interviewer=case.interviewer)
    session.commit()
    digest, cases = draw.certificate_digest, [case.uuid for case in cases_of(session, draw)[:2]]
    alter(session, draw, change)
    page = another_visitor().get(f"/certificate/{digest}")
    assert page.status == 409
    assert "可能被改动过" in page.text
    assert another_visitor().client.get(f"/certificate/{digest}.json").status_code == 200
    lead = another_visitor()
    lead.sign_in("lead")
    for path in PAGES_WITH_DRAWS:
        assert lead.get(path).status in (200, 409), path
    assert "不一致" in lead.get(f"{S}/draw").text
    page = lead.get(f"{S}/fieldwork").form(action="release").submit()
    assert "库中的抽样证书被改动过" in page.text
    interviewer = another_visitor()
    interviewer.sign_in("interviewer")
    for path in ("/desk", *(f"/desk/cases/{case}" for case in cases)):
        assert interviewer.get(path).status == 200, path


def test_only_the_lead_downloads_the_frame_and_it_has_the_fingerprint(
    session: Session, evaluation: Evaluation, draw: Draw, another_visitor: Callable[[], Visitor]
) -> None:
    lead = another_visitor()
    lead.sign_in("lead")
    fingerprint, digest = draw.frame.fingerprint, draw.certificate_digest
    data = lead.client.get(f"{S}/draw/frame.txt").data
    assert hashlib.sha256(data).hexdigest() == fingerprint
    assert not any(word in data.decode() for word in ("示例", "1990000", "甲村"))
    certificate = json.loads(lead.client.get(f"{S}/draw/certificate.json").data)
    assert check_with_frame(certificate, read_canonical(io.BytesIO(data)))["digest"] == digest
    for role in (Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION):
        a_member(session, evaluation, role, role.value)
    for username in ("purchaser", "supervision", "monitor", "station", "interviewer"):
        visitor = another_visitor()
        visitor.sign_in(username)
        assert visitor.get(f"{S}/draw/frame.txt").status == 403, username
    a_member(session, an_evaluation(session, "other-2023"), Role.LEAD, "outsider")
    outsider = another_visitor()
    outsider.sign_in("outsider")
    assert outsider.get(f"{S}/draw/frame.txt").status == 404
    assert another_visitor().get(f"{S}/draw/frame.txt").path.startswith("/login")
