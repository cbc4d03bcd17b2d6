"""Making the seed: steps only in order, and never by the server alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import local, now
from app.draw.commands.ceremonies import (
    SYSTEM_NAME,
    Source,
    announce_plan,
    close_commitments,
    commit,
    discard_entry,
    reveal,
)
from app.draw.commands.draws import draw_sample
from app.draw.queries.ceremony_next import entry_of
from app.draw.queries.draws import verify_draw
from app.models import Ceremony, Draw, Evaluation, Membership, Role, SeedContribution, User
from app.shared.errors import Refused
from sampling.plan import Factor, Method, Plan
from sampling.seed import commitment_of
from tests.at_once import at_once
from tests.builders import (
    a_ceremony,
    a_draw_of,
    a_member,
    a_public_source,
    a_sealed_frame,
    an_evaluation,
    type_twice,
)
from tests.visitor import Visitor

PURCHASER = Source("购买方", "自定", Role.PURCHASER)
MONITOR = Source("监督方", "自定", Role.MONITOR)
ANNOUNCED = now() - timedelta(hours=1)
DICE = a_public_source(ANNOUNCED, source="当众掷")
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
        [DICE, a_public_source(ANNOUNCED, source="又一次")],
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
    ceremony = announce_plan(
        session, evaluation, Plan(100), [PURCHASER, MONITOR, DICE], actor=parties[Role.LEAD], at=ANNOUNCED
    )
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
    type_twice(session, dice, "3 5 2", actor=parties[Role.LEAD])
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
    ceremony = announce_plan(session, evaluation, Plan(100), [DICE], own_value="c0ffee" * 5, at=ANNOUNCED)
    session.commit()
    raw = session.execute(sa.text("SELECT * FROM seed_contribution")).mappings().all()
    assert "c0ffee" not in "".join(str(value) for row in raw for value in row.values())
    close_commitments(session, ceremony)
    assert ceremony.contributions[-1].value == "c0ffee" * 5


def test_one_plan_is_in_force_at_a_time(session: Session, evaluation: Evaluation) -> None:
    ceremony = a_ceremony(session, evaluation)
    assert code_of(lambda: announce_plan(session, evaluation, Plan(100), [DICE], at=ANNOUNCED)) == "announced"
    a_draw_of(session, ceremony)
    assert code_of(lambda: draw_sample(session, ceremony)) == "drawn"


def test_of_two_simultaneous_draws_one_succeeds_and_the_other_is_refused(
    app: Flask, session: Session, evaluation: Evaluation
) -> None:
    ceremony = a_ceremony(session, evaluation)
    close_commitments(session, ceremony)
    type_twice(session, ceremony.contributions[0], "3 5 2")
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
        announce_plan(s, s.get_one(Evaluation, number), Plan(100), [DICE], at=ANNOUNCED)
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


@pytest.fixture
def thrown(session: Session, evaluation: Evaluation, parties: dict[Role, User]) -> SeedContribution:
    """The dice of a plan whose commitments are closed: its value can be typed."""
    ceremony = announce_plan(session, evaluation, Plan(100), [DICE], actor=parties[Role.LEAD], at=ANNOUNCED)
    close_commitments(session, ceremony, actor=parties[Role.LEAD])
    session.commit()
    return ceremony.contributions[0]


@pytest.mark.parametrize("expected", [None, ANNOUNCED, ANNOUNCED - timedelta(days=1)])
def test_a_public_source_must_lie_in_the_future_when_it_is_named(
    session: Session, evaluation: Evaluation, expected: datetime | None
) -> None:
    past = Source("骰子", "昨天的排列五", expected=expected)
    assert code_of(lambda: announce_plan(session, evaluation, Plan(100), [past], at=ANNOUNCED)) == "expected"
    assert session.scalar(sa.select(sa.func.count()).select_from(Ceremony)) == 0


def test_the_value_of_a_public_source_is_not_taken_before_its_moment(
    session: Session, evaluation: Evaluation, parties: dict[Role, User]
) -> None:
    tomorrow = Source("骰子", "明天的排列五", expected=now() + timedelta(days=1))
    ceremony = announce_plan(session, evaluation, Plan(100), [tomorrow], actor=parties[Role.LEAD])
    close_commitments(session, ceremony)
    dice = ceremony.contributions[0]
    assert f"（预计 {local(tomorrow.expected or now()):%Y-%m-%d %H:%M} 揭晓）" in dice.source
    assert code_of(lambda: reveal(session, dice, "3 5", actor=parties[Role.LEAD])) == "early"
    assert dice.entered is None


def test_one_person_types_a_public_value_on_two_pages(
    session: Session, thrown: SeedContribution, parties: dict[Role, User]
) -> None:
    lead = parties[Role.LEAD]
    assert not reveal(session, thrown, "3 5 2", actor=lead)
    for guess in ("", "0", "1e9"):
        assert code_of(lambda entry=guess: reveal(session, thrown, "3 5 2", actor=lead, entry=entry)) == "look"
    assert thrown.value is None
    assert code_of(lambda: reveal(session, thrown, "3 5 3", actor=lead, entry=entry_of(thrown))) == "value"
    assert thrown.value is None
    assert reveal(session, thrown, "3 5 2", actor=lead, entry=entry_of(thrown))
    assert thrown.value == "3 5 2"


def test_a_second_person_needs_no_second_look_but_the_same_value(
    session: Session, thrown: SeedContribution, parties: dict[Role, User]
) -> None:
    reveal(session, thrown, "3 5 2", actor=parties[Role.LEAD])
    assert code_of(lambda: reveal(session, thrown, "3 5 3", actor=parties[Role.MONITOR])) == "value"
    assert thrown.value is None
    assert reveal(session, thrown, " 3 5 2 ", actor=parties[Role.MONITOR])
    assert code_of(lambda: discard_entry(session, thrown, actor=parties[Role.LEAD])) == "nothing"


def test_a_mistyped_first_value_is_discarded_by_the_lead_alone(
    session: Session, thrown: SeedContribution, parties: dict[Role, User]
) -> None:
    reveal(session, thrown, "3 5 3", actor=parties[Role.LEAD])
    old = entry_of(thrown)
    assert code_of(lambda: discard_entry(session, thrown, actor=parties[Role.MONITOR])) == "not-yours"
    discard_entry(session, thrown, actor=parties[Role.LEAD])
    assert not reveal(session, thrown, "3 5 2", actor=parties[Role.LEAD])
    assert code_of(lambda: reveal(session, thrown, "3 5 2", actor=parties[Role.LEAD], entry=old)) == "look"


def test_one_person_does_not_commit_for_two_parties(
    session: Session, evaluation: Evaluation, parties: dict[Role, User]
) -> None:
    ceremony = announce_plan(session, evaluation, Plan(100), [PURCHASER, MONITOR])
    purchaser, monitor = ceremony.contributions[:2]
    lead = parties[Role.LEAD]
    for role in (Role.PURCHASER, Role.MONITOR):
        session.add(Membership(evaluation_id=evaluation.id, user_id=lead.id, role=role.value))
    session.flush()
    commit(session, purchaser, promise(purchaser, "1"), actor=lead)
    assert code_of(lambda: commit(session, monitor, promise(monitor, "2"), actor=lead)) == "same-person"
    commit(session, purchaser, promise(purchaser, "3"), actor=lead)


@pytest.mark.parametrize(
    "change",
    ["source = 'x'", "expected_at = '2000-01-01 00:00:00+00:00'", "expected_at = NULL", "value = '6 6 6'"],
)
def test_the_database_keeps_what_was_announced_and_binds_only_what_was_typed(
    session: Session, thrown: SeedContribution, parties: dict[Role, User], change: str
) -> None:
    reveal(session, thrown, "3 5 2", actor=parties[Role.LEAD])
    session.commit()
    with pytest.raises(sa.exc.DatabaseError, match="seed_contribution_fixed"):
        session.execute(sa.text(f"UPDATE seed_contribution SET {change} WHERE id = {thrown.id}"))
    session.rollback()


@pytest.mark.parametrize("first", [True, False], ids=["the first time", "the second time"])
def test_of_two_submissions_at_once_one_counts(
    app: Flask, session: Session, thrown: SeedContribution, parties: dict[Role, User], first: bool
) -> None:
    lead = parties[Role.LEAD].id
    if not first:
        reveal(session, thrown, "3 5 2", actor=parties[Role.LEAD])
        session.commit()
        session.refresh(thrown)
    number, entry = thrown.id, entry_of(thrown)
    session.close()

    def typed(s: Session) -> str:
        binds = reveal(s, s.get_one(SeedContribution, number), "3 5 2", actor=s.get_one(User, lead), entry=entry)
        return "bound" if binds else "kept"

    assert sorted(at_once(app, typed, typed)) == (["kept", "look"] if first else ["bound", "shown"])
    assert session.get_one(SeedContribution, number).value == (None if first else "3 5 2")
