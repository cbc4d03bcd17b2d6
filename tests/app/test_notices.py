"""Home is what waits for a member: kinds of notices through the stages of an evaluation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import now
from app.draw.commands.ceremonies import Source, announce_plan, close_commitments, commit
from app.evaluations.commands.evaluations import add_member
from app.models import Role
from app.notices import KINDS
from app.scores.commands.scores import settle_score
from app.shared.notices import NoticeState, notices_of
from sampling.seed import commitment_of
from tests.builders import (
    a_draft_frame,
    a_draw,
    a_finished_evaluation,
    a_member,
    a_plan,
    a_public_source,
    a_sealed_frame,
    an_evaluation,
)
from tests.visitor import Page, Visitor

S = "/evaluations/sample-2023"


def waiting(page: Page) -> list[str]:
    """The addresses of what waits, in order."""
    return [
        a.get("href") or ""
        for ul in page.tree.iter("ul")
        if ul.get("class") == "notices waiting-list"
        for a in ul.iter("a")
    ]


@pytest.fixture
def home(session: Session, another_visitor: Callable[[], Visitor]) -> Callable[[str], Page]:
    """A function that opens the home page of an account."""
    visitors: dict[str, Visitor] = {}

    def make(username: str) -> Page:
        if username not in visitors:
            visitors[username] = another_visitor()
            visitors[username].sign_in(username)
        return visitors[username].get("/evaluations")

    return make


def test_every_kind_leads_to_a_page_of_its_roles(app: Flask) -> None:
    for kind in KINDS:
        rule = app.view_functions[kind.endpoint].access_rule  # type: ignore[attr-defined]
        assert set(kind.roles) <= set(rule.roles), kind.endpoint


def test_the_lead_is_led_from_ledger_to_draw(session: Session, home: Callable[[str], Page]) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    session.commit()
    assert waiting(home("lead")) == [f"{S}/ledgers"]
    a_draft_frame(session, evaluation)
    session.commit()
    assert waiting(home("lead")) == [f"{S}/frame"]


def test_after_sealing_the_plan_waits_and_after_the_draw_the_points(
    session: Session, home: Callable[[str], Page]
) -> None:
    evaluation = an_evaluation(session)
    for role in (Role.LEAD, Role.PURCHASER):
        a_member(session, evaluation, role, role.value)
    a_sealed_frame(session, evaluation)
    session.commit()
    assert waiting(home("lead")) == [f"{S}/plan"]
    page = home("purchaser")
    assert waiting(page) == []
    assert "现在没有等您处理的事" in page.text
    assert "抽样之后，请您为本方的评分项打分" in page.text


def test_a_party_is_asked_to_commit_and_sees_that_it_did(session: Session, home: Callable[[str], Page]) -> None:
    evaluation = an_evaluation(session)
    monitor = a_member(session, evaluation, Role.MONITOR, "monitor")
    a_member(session, evaluation, Role.PURCHASER, "purchaser")
    a_member(session, evaluation, Role.LEAD, "lead")
    a_sealed_frame(session, evaluation)
    sources = [Source("区民政局", "信封", Role.MONITOR), a_public_source(now(), "体彩", "排列五")]
    ceremony = announce_plan(session, evaluation, a_plan(session, evaluation), sources)
    session.commit()
    assert waiting(home("monitor")) == [f"{S}/ceremony"]
    assert waiting(home("purchaser")) == []
    (own,) = [each for each in ceremony.contributions if each.role == Role.MONITOR]
    commit(
        session,
        own,
        commitment_of(ceremony.frame.fingerprint or "", ceremony.plan_digest, own.name, "1 2 3 4 5 6"),
        actor=monitor,
    )
    session.commit()
    page = home("monitor")
    assert waiting(page) == []
    assert "抽样时承诺了数值：1 个" in page.text
    assert "承诺都交齐了，可以截止" in home("lead").text
    close_commitments(session, ceremony)
    session.commit()
    assert "请公布您的数值" in home("monitor").text
    assert "公开来源的数值还没有填" in home("lead").text
    assert "数值都公布了" not in home("lead").text


def test_who_gave_points_is_told_so_until_the_score_is_settled(session: Session, home: Callable[[str], Page]) -> None:
    evaluation = a_finished_evaluation(session, people=100, answered=3)
    a_member(session, evaluation, Role.MONITOR, "monitor")
    session.commit()
    assert f"{S}/score/settle" in waiting(home("lead"))
    assert "给了分：1 项" in home("monitor").text
    settle_score(session, evaluation, shortfall_reason="演示")
    session.commit()
    assert f"{S}/score/settle" not in waiting(home("lead"))


def test_the_evaluation_with_the_earliest_deadline_comes_first_in_one_statement(session: Session) -> None:
    late = an_evaluation(session, "late-2023", held_on=date(2023, 12, 1))
    early = an_evaluation(session, "early-2023", held_on=date(2023, 11, 1))
    lead = a_member(session, late, Role.LEAD, "lead")
    session.flush()
    add_member(session, early, lead, Role.LEAD)
    session.flush()
    session.expire(lead)
    found = notices_of(session, lead, (late.id, early.id), (NoticeState.WAITING,))
    assert [notice.evaluation.slug for notice in found] == ["early-2023", "late-2023"]


def test_who_is_no_member_has_no_notices(session: Session) -> None:
    evaluation = an_evaluation(session)
    a_draw(session, evaluation)
    nobody = a_member(session, an_evaluation(session, "other-2023"), Role.LEAD, "nobody")
    session.flush()
    assert notices_of(session, nobody, (evaluation.id,)) == []
