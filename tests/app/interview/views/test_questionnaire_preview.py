"""A questionnaire as interviewer and beneficiary see it, without answering it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.commands import publish_delivered
from app.models import Document, Response, Role
from surveys import questionnaire
from surveys.library import bodies
from tests.builders import a_member, an_evaluation
from tests.visitor import Visitor

KNOWN = [(body["id"], body["version"]) for body in bodies("questionnaires")]


@pytest.fixture
def reader(session: Session, visitor: Visitor) -> Visitor:
    publish_delivered(session)
    a_member(session, an_evaluation(session), Role.LEAD, "lead")
    visitor.sign_in("lead")
    return visitor


@pytest.mark.parametrize(("name", "version"), KNOWN)
def test_the_interviewers_script_has_every_question_and_nothing_to_send(
    reader: Visitor, name: str, version: int
) -> None:
    page = reader.get(f"/admin/documents/questionnaire/{name}/{version}/interviewer")
    assert page.status == 200
    main = next(page.tree.iter("main"))
    assert list(main.iter("form")) == []
    parsed = questionnaire.load(name, version)
    asked = [q.id for q in parsed.questions if "phone" in q.modes]
    assert [e.get("data-question") for e in main.iter("div") if e.get("data-question")] == asked
    assert next(e for e in main.iter("fieldset")).get("disabled") is not None


@pytest.mark.parametrize(("name", "version"), KNOWN)
def test_the_beneficiary_sees_one_question_a_screen_to_the_last(reader: Visitor, name: str, version: int) -> None:
    parsed = questionnaire.load(name, version)
    page, seen = reader.get(f"/admin/documents/questionnaire/{name}/{version}/beneficiary"), []
    while True:
        assert page.status == 200
        assert list(next(page.tree.iter("main")).iter("form")) == []
        seen.append(page.heading)
        if "看下一题" not in page.text:
            break
        page = page.follow("看下一题")
    assert seen == [text_of_wording(q.wording("web").zh) for q in parsed.questions if "web" in q.modes]


def text_of_wording(text: str) -> str:
    return " ".join(text.split())


def test_no_such_question_or_questionnaire_is_not_found(session: Session, reader: Visitor) -> None:
    for path in ("recipient/1/beneficiary?n=0", "recipient/1/beneficiary?n=x", "recipient/1/beneficiary?n=999",
                 "recipient/99/interviewer", "guangzhou/1/interviewer"):  # fmt: skip
        assert reader.get(f"/admin/documents/questionnaire/{path}").status == 404
    assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_a_preview_is_closed_to_interested_parties(session: Session, visitor: Visitor) -> None:
    publish_delivered(session)
    a_member(session, an_evaluation(session), Role.STATION, "station")
    visitor.sign_in("station")
    for way in ("interviewer", "beneficiary"):
        assert visitor.get(f"/admin/documents/questionnaire/recipient/1/{way}").status == 403
    assert session.scalar(select(func.count()).select_from(Document)) == sum(len(bodies(k)) for k in
        ("questionnaires", "schemes", "outcomes", "integrity"))  # fmt: skip
