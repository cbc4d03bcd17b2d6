"""The progress pages: counts and rates, and no names."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.desk.commands.appointments import AgreedTime
from app.desk.commands.attempts import record_attempt
from app.models import Case, Draw, Evaluation, Role
from app.supervision.queries.progress import fieldwork_of
from app.supervision.queries.rates import rates_of
from tests.builders import (
    NEVER_SERVED,
    a_draw,
    a_member,
    a_response,
    a_sealed_frame,
    assign_cases,
    cases_of,
)
from tests.copies import kept
from tests.visitor import Page, Visitor, text_of

S = "/evaluations/sample-2023"
F = f"{S}/fieldwork"


def tried(session: Session, case: Case, outcome: str) -> None:
    agreed = AgreedTime(now() + timedelta(days=1)) if outcome == "NC4" else None
    key = uuid.uuid4()
    record_attempt(session, case, attempt_key=key, mode="phone", outcome=outcome, interviewer=None, appointment=agreed)
    session.commit()


@pytest.fixture
@kept
def draw(session: Session, evaluation: Evaluation) -> Draw:
    """100 drawn: one interviewed, one never served, one refused, one moved, one called twice, one not answering."""
    made = a_draw(session, evaluation)
    cases = cases_of(session, made)
    a_response(session, cases[0])
    a_response(session, cases[1], NEVER_SERVED)
    for case, outcomes in ((cases[2], ["R1"]), (cases[3], ["NE2"]), (cases[4], ["NC4", "NC1"]), (cases[5], ["NC1"])):
        for outcome in outcomes:
            tried(session, case, outcome)
    return made


def funnel(page: Page) -> list[tuple[str, str]]:
    """The stages of the funnel with their counts."""
    bars = next(ol for ol in page.tree.iter("ol") if ol.get("class") == "bars")
    return [(text_of(next(li.iter("summary"))), text_of(next(li.iter("strong")))) for li in bars.iter("li")]


def test_before_the_draw_there_is_no_fieldwork(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    a_sealed_frame(session, evaluation)
    page = lead.get(F)
    assert "还没有抽样" in page.text
    assert f"{S}/draw" in page.links()


def test_the_funnel_counts_from_the_frame_to_the_valid_answers(draw: Draw, lead: Visitor) -> None:
    page = lead.get(F)
    assert funnel(page) == [
        ("名册", "150 人"), ("个案", "100 人"), ("已接触", "5 人"), ("完成", "2 人"), ("有效", "1 人"),
    ]  # fmt: skip
    assert "包括表示没有接受过服务的人" in page.text


def test_villages_add_up_to_the_whole(session: Session, draw: Draw, lead: Visitor) -> None:
    fieldwork = fieldwork_of(session, draw)
    assert [s.village for s in fieldwork.strata] == ["甲村", "乙村", "丙村", "丁村", "戊村"]
    assert {s.drawn for s in fieldwork.strata} == {20}
    totals = fieldwork.totals
    assert (totals.population, totals.drawn, totals.tried, totals.reached) == (150, 100, 6, 5)
    assert (totals.completed, totals.valid, totals.open) == (2, 1, 96)
    assert "合计 150 100 6 5 2 1 96" in lead.get(F).text


def test_outcomes_are_listed_with_names_and_counts(draw: Draw, lead: Visitor) -> None:
    text = lead.get(F).text
    for words in ("本人完成 I1 1", "表示没有接受过服务 X1 1", "本人拒访 R1 1", "无人接听 NC1 2", "还没有联系 94"):
        assert words in text


def test_rates_are_shown_with_their_formulas(session: Session, draw: Draw, lead: Visitor) -> None:
    text = lead.get(F).follow("看应答率").text
    # I = 2 of I 2, R 1, NC 2 and 94 untried; the person who moved away is out of the base.
    assert "RR1 2.0% I/((I+P)+(R+NC+O)+(UH+UO))" in text
    assert "RR5 40.0% I/((I+P)+(R+NC+O))" in text
    assert "COOP1 66.7% I/((I+P)+R+O)" in text


def test_a_rate_without_a_base_is_not_shown_as_zero(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    a_draw(session, evaluation)
    assert "COOP1 暂无 I/((I+P)+R+O)" in lead.get(f"{F}/rates").text


def test_rates_of_parts_add_up(session: Session, draw: Draw) -> None:
    rates = rates_of(session, draw)
    assert sum(part.cases for part in rates.villages) == sum(part.cases for part in rates.interviewers) == draw.size
    assert sum(part.tally.I for part in rates.villages) == rates.tally.I == sum(part.tally.I for part in rates.modes)
    assert sum(tries.cases for tries in rates.tries) == draw.size
    assert sum(tries.interviewed for tries in rates.tries) == rates.tally.I


def test_the_page_of_rates_before_the_draw_links_to_the_next_step(evaluation: Evaluation, lead: Visitor) -> None:
    assert "去抽样" in lead.get(f"{F}/rates").text


def test_interviewers_are_listed_with_their_counts(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    for name in ("one", "two"):
        a_member(session, evaluation, Role.INTERVIEWER, name)
    draw = a_draw(session, evaluation)
    assign_cases(session, evaluation)
    session.commit()
    case = cases_of(session, draw)[0]
    a_response(session, case, interviewer=case.interviewer)
    page = lead.get(F)
    assert "示例用户 50 1 1" in page.text
    assert "示例用户 50 0 0" in page.text


def test_cases_are_no_longer_assigned_in_bulk(session: Session, evaluation: Evaluation, lead: Visitor) -> None:
    a_member(session, evaluation, Role.INTERVIEWER, "one")
    a_draw(session, evaluation)
    page = lead.get(F)
    assert [form.action for form in page.forms() if "assign" in form.action] == []
    token = lead.get(f"{S}/ledgers").forms()[0].values()["csrf_token"][0]
    assert lead.post(f"{F}/assign", {"csrf_token": token}).status == 404
    assert session.scalars(select(Case.interviewer_id).distinct()).all() == [None]
    assert lead.get(F).follow("督导台").heading == "督导台"


def test_the_page_shows_no_name_of_a_sampled_person(session: Session, draw: Draw, lead: Visitor) -> None:
    page = lead.get(F)
    for case in cases_of(session, draw):
        assert case.recipient.contact is not None
        assert case.recipient.contact.name not in page.html
        assert case.recipient.key not in page.html
    assert "1990000" not in page.html


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.STATION, Role.PURCHASER])
def test_other_roles_do_not_see_it(session: Session, evaluation: Evaluation, visitor: Visitor, role: Role) -> None:
    a_draw(session, evaluation)
    a_member(session, evaluation, role, "someone")
    visitor.sign_in("someone")
    assert visitor.get(F).status == 403
