"""Making the seed: steps only in order, and never by the server alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.draw.commands.ceremonies import SYSTEM_NAME, Source, announce_plan, close_commitments, commit, reveal
from app.draw.commands.draws import draw_sample
from app.draw.queries.draws import verify_draw
from app.models import Ceremony, Draw, Evaluation, Role, SeedContribution, User
from app.shared.errors import Refused
from sampling.plan import Factor, Method, Plan
from sampling.seed import commitment_of
from tests.at_once import at_once
from tests.builders import a_ceremony, a_draw_of, a_member, a_sealed_frame, an_evaluation
from tests.visitor import Visitor

PURCHASER = Source("购买方", "自定", Role.PURCHASER)
MONITOR = Source("监督方", "自定", Role.MONITOR)
DICE = Source("骰子", "当众掷")
PAGES = "/evaluations/sample-2023"


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    evaluation = an_evaluation(session)
    a_sealed_frame(session, evaluation)
    return evaluation


@pytest.fixture
def parties(session: Session, evaluation: Evaluation) -> dict[Role, User]:
    return {role: a_member(session, evaluation, role) for role in (Role.LEAD, Role.PURCHASER, Role.MONITOR)}


def promise(contribution: SeedContribution, value: str) -> str:
    ceremony = contribution.ceremony
    return commitment_of(ceremony.frame.fingerprint or "", ceremony.plan_digest, contribution.name, value)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (Plan(99), "size"),
        (Plan(151), "size"),
        (Plan(100, general=1), "general"),
        (Plan(100, strata=(Factor.AREA,), method=Method.NEYMAN, stddev={"1": 3}), "spread"),
    ],
)
def test_an_invalid_plan_is_refused_and_nothing_is_stored(
    session: Session, evaluation: Evaluation, plan: Plan, code: str
) -> None:
    assert code_of(lambda: announce_plan(session, evaluation, plan, [DICE])) == code
    assert session.scalar(sa.select(sa.func.count()).select_from(Ceremony)) == 0


@pytest.mark.parametrize(
    "sources",
    [
        [],
        [PURCHASER],
        [DICE, Source("骰子", "又一次")],
        [Source(SYSTEM_NAME, "x")],
        [Source("骰\n子", "x")],
        [Source("骰|子", "x")],
        [Source(" ", "x")],
        [Source("骰子", "")],
        [Source("骰子", "x" * 201)],
        [Source(f"来源{n}", "x") for n in range(20)],
    ],
    ids=[
        "none",
        "one party",
        "two of a name",
        "the server's name",
        "newline",
        "bar",
        "blank",
        "no source",
        "long",
        "many",
    ],
)
def test_sources_that_leave_the_seed_to_the_server_or_are_unclear_are_refused(
    session: Session, evaluation: Evaluation, sources: list[Source]
) -> None:
    assert code_of(lambda: announce_plan(session, evaluation, Plan(100), sources)) == "sources"


def test_the_seed_is_made_from_two_parties_and_a_public_source(
    session: Session, evaluation: Evaluation, parties: dict[Role, User]
) -> None:
    ceremony = announce_plan(session, evaluation, Plan(100), [PURCHASER, MONITOR, DICE], actor=parties[Role.LEAD])
    purchaser, monitor, dice, system = ceremony.contributions
    assert code_of(lambda: close_commitments(session, ceremony)) == "missing"
    assert code_of(lambda: reveal(session, purchaser, "12")) == "not-closed"
    assert code_of(lambda: draw_sample(session, ceremony)) == "seed"
    assert (
        code_of(lambda: commit(session, purchaser, promise(purchaser, "1"), actor=parties[Role.MONITOR])) == "not-yours"
    )
    assert code_of(lambda: commit(session, purchaser, "0" * 63, actor=parties[Role.PURCHASER])) == "commitment"
    assert code_of(lambda: commit(session, dice, "0" * 64, actor=parties[Role.LEAD])) == "kind"
    commit(session, purchaser, promise(purchaser, "第一次"), actor=parties[Role.PURCHASER])
    commit(session, purchaser, promise(purchaser, "8823").upper(), actor=parties[Role.PURCHASER])
    commit(session, monitor, promise(monitor, "0417"), actor=parties[Role.MONITOR])
    assert system.value is None
    close_commitments(session, ceremony)
    assert system.value is not None
    assert code_of(lambda: commit(session, monitor, promise(monitor, "1"), actor=parties[Role.MONITOR])) == "closed"
    assert code_of(lambda: close_commitments(session, ceremony)) == "closed"
    assert code_of(lambda: reveal(session, purchaser, "第一次", actor=parties[Role.PURCHASER])) == "value"
    assert code_of(lambda: reveal(session, purchaser, "88 23", actor=parties[Role.PURCHASER])) == "value"
    assert code_of(lambda: reveal(session, purchaser, "8823", actor=parties[Role.MONITOR])) == "not-yours"
    assert code_of(lambda: reveal(session, dice, "3\n5", actor=parties[Role.LEAD])) == "value"
    assert code_of(lambda: reveal(session, dice, "3 5", actor=parties[Role.MONITOR])) == "not-yours"
    reveal(session, purchaser, " 8823 ", actor=parties[Role.LEAD])  # the commitment proves it, whoever types
    reveal(session, monitor, "0417", actor=parties[Role.MONITOR])
    assert code_of(lambda: draw_sample(session, ceremony)) == "seed"
    reveal(session, dice, "3 5 2", actor=parties[Role.LEAD])
    assert code_of(lambda: reveal(session, dice, "6 6 6", actor=parties[Role.LEAD])) == "shown"
    draw = draw_sample(session, ceremony, actor=parties[Role.LEAD])
    session.commit()
    assert verify_draw(session, evaluation).size == 100
    assert [contribution["value"] for contribution in draw.certificate["seed"]["contributions"]][:3] == [
        "8823",
        "0417",
        "3 5 2",
    ]


def test_the_servers_value_cannot_be_read_before_it_is_revealed(session: Session, evaluation: Evaluation) -> None:
    ceremony = announce_plan(session, evaluation, Plan(100), [DICE], own_value="c0ffee" * 5)
    session.commit()
    raw = session.execute(sa.text("SELECT * FROM seed_contribution")).mappings().all()
    assert "c0ffee" not in "".join(str(value) for row in raw for value in row.values())
    close_commitments(session, ceremony)
    assert ceremony.contributions[-1].value == "c0ffee" * 5


def test_one_plan_is_in_force_at_a_time(session: Session, evaluation: Evaluation) -> None:
    ceremony = a_ceremony(session, evaluation)
    assert code_of(lambda: announce_plan(session, evaluation, Plan(100), [DICE])) == "announced"
    a_draw_of(session, ceremony)
    assert code_of(lambda: draw_sample(session, ceremony)) == "drawn"


def test_of_two_simultaneous_draws_one_succeeds_and_the_other_is_refused(
    app: Flask, session: Session, evaluation: Evaluation
) -> None:
    ceremony = a_ceremony(session, evaluation)
    close_commitments(session, ceremony)
    reveal(session, ceremony.contributions[0], "3 5 2")
    session.commit()
    number = ceremony.id
    session.close()

    def draw(s: Session) -> str:
        draw_sample(s, s.get_one(Ceremony, number))
        return "done"

    assert sorted(at_once(app, draw, draw)) == ["done", "drawn"]
    assert session.scalar(sa.select(sa.func.count()).select_from(Draw)) == 1


def test_of_two_simultaneous_announcements_one_succeeds(app: Flask, session: Session, evaluation: Evaluation) -> None:
    number = evaluation.id
    session.close()

    def announce(s: Session) -> str:
        announce_plan(s, s.get_one(Evaluation, number), Plan(100), [DICE])
        return "done"

    assert sorted(at_once(app, announce, announce)) == ["announced", "done"]


def test_a_post_starts_a_write_transaction_even_after_a_get_in_the_same_thread(
    session: Session, evaluation: Evaluation, visitor: Visitor
) -> None:
    engine = session.get_bind()
    own = engine.dialect.name == "sqlite"  # PostgreSQL's transactions all begin alike, in its driver
    a_member(session, evaluation, Role.LEAD, "lead")
    a_ceremony(session, evaluation)
    visitor.sign_in("lead")
    begun: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    form = visitor.get(f"{PAGES}/ceremony").form(action="close")
    session.close()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.get(f"{PAGES}/ceremony")
        assert set(begun) == ({"BEGIN"} if own else set())
        begun.clear()
        assert visitor.client.post(f"{PAGES}/ceremony/close", data=form.values()).status_code == 303
        assert set(begun) == ({"BEGIN IMMEDIATE"} if own else set())
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
