"""The pages of the draw: drawing once, the certificate, verification."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.clock import local, now
from app.models import Case, Draw, Evaluation, Recipient
from sampling.certificate import check
from tests.builders import a_draft_frame, a_draw, a_sealed_frame, cases_of, without_rules
from tests.clock import Clock
from tests.visitor import Page, Visitor

S = "/evaluations/sample-2023"


def draw_page(visitor: Visitor) -> Page:
    return visitor.get(f"{S}/draw")


def to_draw(visitor: Visitor, clock: Clock, query: str = "", value: str = "3 5 2 6") -> Page:
    """The page with the button that draws: after announcing, closing, and typing the public value twice."""
    expected = f"{local(now()) + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    page = visitor.get(f"{S}/ceremony/new{query}").form(containing="public")
    page.submit(public="当众掷骰", expected=expected).form(action="close").submit()
    clock.goes_on(hours=2)
    for _ in range(2):
        visitor.get(f"{S}/ceremony").form(action="reveal/1").submit(value=value)
    return visitor.get(f"{S}/ceremony")


def draws(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Draw)) or 0


def alter(session: Session, draw: Draw, change: Callable[[dict[str, Any]], None]) -> None:
    """As somebody with the database file could."""
    certificate = json.loads(json.dumps(draw.certificate))
    change(certificate)
    _statement(session, "UPDATE draw SET certificate = :c", {"c": json.dumps(certificate)})


def _statement(session: Session, statement: str, values: dict[str, Any]) -> None:
    without_rules(session)
    session.execute(text(statement), values)
    session.commit()


@pytest.mark.parametrize("draft", [False, True])
def test_before_the_frame_is_sealed_there_is_nothing_to_draw(
    session: Session, evaluation: Evaluation, lead: Visitor, draft: bool
) -> None:
    if draft:
        a_draft_frame(session, evaluation)
    page = draw_page(lead)
    assert ("名册还没有封存" if draft else "还没有可以抽样的名册") in page.text
    assert f"{S}/frame" in page.links() or not draft
    assert [f for f in page.forms() if "ceremony" in f.action] == []
    assert "先封存抽样框" in lead.get(f"{S}/ceremony/new").text
    form = lead.get(f"{S}/ledgers").form(containing="file")
    token = form.values()["csrf_token"][0]
    assert lead.post(f"{S}/ceremony/new", {"csrf_token": token, "public": "骰子"}).status == 422
    assert lead.post(f"{S}/ceremony/draw", {"csrf_token": token}).status == 404
    assert draws(session) == 0


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("?size_by=typed&size=99", "不能只抽 99 人"),
        ("?size_by=typed&size=-1", "请填 1 到"),
        ("?size_by=typed&size=0", "请填 1 到"),
        ("?size_by=typed&size=151", "一共只有 150 人"),
        (f"?size_by=typed&size={'9' * 30}", "请填 1 到"),
    ],
)
def test_a_plan_the_rule_forbids_is_refused(
    session: Session, evaluation: Evaluation, lead: Visitor, query: str, word: str
) -> None:
    a_sealed_frame(session, evaluation, 150)
    page = lead.get(f"{S}/ceremony/new{query}")
    assert word in page.text
    token = lead.get(f"{S}/ceremony/new").forms()[0].values()["csrf_token"][0]
    assert lead.post(f"{S}/ceremony/new{query}", {"csrf_token": token, "public": "骰子"}).status == 422
    assert draws(session) == 0


def test_the_certificate_shows_the_inputs_of_the_draw_without_personal_data(
    session: Session, evaluation: Evaluation, lead: Visitor, clock: Clock
) -> None:
    a_sealed_frame(session, evaluation, 150)
    page = to_draw(lead, clock, "?size_by=typed&size=110").form(action="ceremony/draw").submit()
    draw = session.scalars(select(Draw)).one()
    squeezed = page.text.replace(" ", "")
    for words in (draw.certificate_digest, draw.certificate["frame"]["fingerprint"], draw.seed, "3526", "当众掷骰"):
        assert words in squeezed
    assert "ticket-sha256-1" in page.text
    assert "甲村 30 22" in page.text
    assert "示例0" not in page.text


def test_a_second_draw_is_refused_with_a_message(
    session: Session, evaluation: Evaluation, lead: Visitor, clock: Clock
) -> None:
    a_sealed_frame(session, evaluation, 150)
    form = to_draw(lead, clock).form(action="ceremony/draw")
    assert form.submit().status == 200
    page = form.submit()
    assert page.status == 422
    assert "已经抽过样" in page.text
    assert draws(session) == 1


def test_the_downloaded_certificate_passes_the_check(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    assert lead.get(f"{S}/draw/certificate.json").status == 404
    a_draw(session, evaluation)
    response = lead.client.get(f"{S}/draw/certificate.json")
    assert "sample-2023-certificate.json" in response.headers["Content-Disposition"]
    check(json.loads(response.data))
    assert "示例" not in response.get_data(as_text=True).replace("测试", "")


def test_verifying_an_untouched_draw_says_what_was_compared(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    a_draw(session, evaluation)
    page = draw_page(lead).form(action="verify").submit()
    assert page.status == 200
    assert "得到同样的人；个案不多不少" in page.text


def test_verification_reports_a_case_deleted_in_the_database(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    draw = a_draw(session, evaluation)
    victim = cases_of(session, draw)[0]
    key = session.scalars(select(Recipient.key).where(Recipient.id == victim.recipient_id)).one()
    _statement(session, "DELETE FROM schedule WHERE case_id = :i", {"i": victim.id})
    _statement(session, "DELETE FROM cases WHERE id = :i", {"i": victim.id})
    page = draw_page(lead).form(action="verify").submit()
    assert page.status == 409
    assert f"抽中的人没有个案：{key}" in page.text


def test_verification_reports_a_case_added_in_the_database(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    draw = a_draw(session, evaluation)
    drawn = select(Case.recipient_id)
    outsider = session.scalars(select(Recipient).where(Recipient.id.not_in(drawn)).limit(1)).one()
    session.add(
        Case(
            draw_id=draw.id,
            frame_id=draw.frame_id,
            recipient_id=outsider.id,
            stratum=outsider.village.code,
            position=999,
            ticket="0" * 64,
        )
    )
    session.commit()
    page = draw_page(lead).form(action="verify").submit()
    assert page.status == 409
    assert f"没有抽中的人有个案：{outsider.key}" in page.text


def test_verification_reports_a_person_removed_from_the_sealed_frame(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    draw = a_draw(session, evaluation)
    left = session.scalars(select(Recipient.id).where(Recipient.id.not_in(select(Case.recipient_id)))).first()
    for table, column in (("contact_index", "recipient_id"), ("contact", "recipient_id"), ("recipient", "id")):
        _statement(session, f"DELETE FROM {table} WHERE {column} = :i", {"i": left})
    page = draw_page(lead).form(action="verify").submit()
    assert page.status == 409
    assert "抽样框与封存时的指纹不同" in page.text
    assert draw.certificate_digest in page.text.replace(" ", "")


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.pop("strata"),
        lambda c: c.update(strata=[{"stratum": "9999"}]),
        lambda c: c.update(rule="none"),
        lambda c: c.clear(),
    ],
    ids=["no strata", "a foreign stratum", "no rule", "nothing at all"],
)
def test_an_altered_stored_certificate_is_reported_without_a_server_error(
    session: Session, evaluation: Evaluation, lead: Visitor, change: Callable[[dict[str, Any]], None]
) -> None:
    alter(session, a_draw(session, evaluation), change)
    page = draw_page(lead)
    assert page.status == 200
    assert "不一致" in page.text
    assert page.form(action="verify").submit().status == 409


def test_a_stored_certificate_with_another_size_does_not_verify(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    alter(session, a_draw(session, evaluation), lambda c: c["plan"].update(size=99))
    page = draw_page(lead).form(action="verify").submit()
    assert page.status == 409
    assert "不能只抽 99 人" in page.text


def test_drawing_and_verifying_need_a_csrf_token(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    a_sealed_frame(session, evaluation, 150)
    assert lead.client.post(f"{S}/ceremony/new", data={"public": "骰子"}).status_code == 400
    assert draws(session) == 0
    assert lead.client.post(f"{S}/draw/verify").status_code == 400
