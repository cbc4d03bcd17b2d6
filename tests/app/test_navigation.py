"""The side list of an evaluation's places: complete, for each role its own, with what waits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.models import MEMBER_ROLES, Evaluation, Role
from app.navigation import EVALUATION, every_place
from tests.app.test_statement_counts import counted
from tests.builders import a_finished_evaluation, a_member, a_user, an_evaluation
from tests.visitor import Page, Visitor, text_of

S = "/evaluations/sample-2023"
LISTED = [role for role in MEMBER_ROLES if role is not Role.INTERVIEWER]


def places(page: Page) -> dict[str, str]:
    """The places beside the page: address → text."""
    beside = next((div for div in page.tree.iter("div") if div.get("class") == "places-beside"), None)
    return {a.get("href") or "": text_of(a) for a in beside.iter("a")} if beside is not None else {}


def present(page: Page) -> list[str]:
    """The texts of the present place and the one below it."""
    beside = next(div for div in page.tree.iter("div") if div.get("class") == "places-beside")
    return [text_of(a) for a in beside.iter("a") if a.get("aria-current")]


def test_every_page_of_an_evaluation_belongs_to_a_place(app: Flask) -> None:
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/evaluations/<slug>") and "GET" in (rule.methods or ())
    }
    held = {page for page in pages for stage in EVALUATION for place in stage.places if place.holds(page)}
    assert pages - held == set()


def test_every_place_is_a_page(app: Flask) -> None:
    assert {place.endpoint for place in every_place()} <= set(app.view_functions)


@pytest.mark.parametrize("role", LISTED)
def test_each_role_has_a_list_of_its_own_and_nothing_in_it_is_refused(
    session: Session, visitor: Visitor, role: Role
) -> None:
    evaluation = a_finished_evaluation(session, people=100, answered=3)
    a_member(session, evaluation, role, f"one-{role.value}")
    session.commit()
    visitor.sign_in(f"one-{role.value}")
    listed = places(visitor.get(S))
    assert (1 if role is Role.EXPERT else 3) <= len(listed) <= 14
    for address in listed:
        page = visitor.get(address)
        assert page.status == 200, address
        assert present(page), address


def test_the_present_place_opens_what_is_below_it(session: Session, visitor: Visitor) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    session.commit()
    visitor.sign_in("lead")
    assert f"{S}/results/comparisons" not in places(visitor.get(S))
    page = visitor.get(f"{S}/results")
    assert f"{S}/results/comparisons" in places(page)
    assert present(page) == ["结果"]
    assert present(visitor.get(f"{S}/results/comparisons")) == ["结果", "差异与可靠性"]


def test_what_waits_is_a_number_with_words_and_costs_one_statement(
    session: Session, visitor: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    a_member(session, evaluation, Role.STATION, "station")
    session.commit()
    visitor.sign_in("lead")
    with counted() as sent:
        page = visitor.get(f"{S}/answer-key")
    assert places(page)[f"{S}/ledgers"] == "名册1，1 件等您处理"
    assert sum("ledger_finding" in statement for statement in sent) == 1
    station = another_visitor()
    station.sign_in("station")
    assert f"{S}/audit" not in places(station.get(S))


def test_the_administrator_and_the_interviewer_have_lists_too(
    session: Session, visitor: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    evaluation: Evaluation = an_evaluation(session)
    a_user(session, "boss", administrator=True)
    a_member(session, evaluation, Role.INTERVIEWER, "lan")
    session.commit()
    visitor.sign_in("boss")
    assert "/admin/users" in places(visitor.get("/admin"))
    assert f"/admin{S}/members" in places(visitor.get(f"/admin{S}/members"))
    lan = another_visitor()
    lan.sign_in("lan")
    assert list(places(lan.get("/desk"))) == [
        "/desk", "/desk/appointments", "/desk/visits", "/desk/back-checks", "/account/recusals",
    ]  # fmt: skip
