"""Voiding a draw: with a reason, confirmed by a second person, and listed on later certificates."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.draw.commands.ceremonies import close_commitments
from app.draw.commands.voiding import ask_to_void, confirm_void, open_request_of, withdraw_void
from app.draw.queries.draws import draw_with_digest, live_ceremony, published_certificate, verify_draw
from app.interview.commands.responses import submit_response
from app.models import Case, Ceremony, Draw, Evaluation, Role, User
from app.scores.commands.scores import settle_score
from app.shared.errors import Refused
from app.shared.queries import live_draw
from sampling.certificate import check
from tests.builders import (
    SATISFIED,
    a_ceremony,
    a_draw,
    a_draw_of,
    a_finished_evaluation,
    a_member,
    a_sealed_frame,
    an_evaluation,
    cases_of,
)


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    return an_evaluation(session)


@pytest.fixture
def lead(session: Session, evaluation: Evaluation) -> User:
    return a_member(session, evaluation, Role.LEAD)


def refusal(act) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_voiding_needs_a_reason_and_a_second_person(session: Session, evaluation: Evaluation, lead: User) -> None:
    draw = a_draw(session, evaluation)
    ceremony = live_ceremony(session, evaluation)
    assert ceremony is not None
    for reason, code in ((" \n ", "reason"), ("x" * 401, "reason"), ("a\x07b", "reason")):
        assert refusal(lambda reason=reason: ask_to_void(session, ceremony, reason, actor=lead)) == code
    request = ask_to_void(session, ceremony, "号码抄错", actor=lead)
    assert refusal(lambda: ask_to_void(session, ceremony, "再来", actor=lead)) == "asked"
    assert refusal(lambda: confirm_void(session, request, actor=lead)) == "second-person"
    for role in (Role.STATION, Role.INTERVIEWER):
        other = a_member(session, evaluation, role)
        assert refusal(lambda other=other: confirm_void(session, request, actor=other)) == "role"
    stranger = a_member(session, an_evaluation(session, "other-2023"), Role.LEAD)
    assert refusal(lambda: confirm_void(session, request, actor=stranger)) == "role"
    assert live_draw(session, evaluation) is draw
    confirm_void(session, request, actor=a_member(session, evaluation, Role.MONITOR))
    session.commit()
    assert live_draw(session, evaluation) is None
    assert (draw.void_reason, ceremony.void_reason) == ("号码抄错", "号码抄错")
    assert session.scalar(select(func.count()).select_from(Case)) == 100
    assert refusal(lambda: confirm_void(session, request, actor=lead)) == "done"
    assert refusal(lambda: ask_to_void(session, ceremony, "又", actor=lead)) == "void"
    with pytest.raises(Refused, match="作废"):
        submit_response(
            session, cases_of(session, draw)[0], mode="phone", answers=SATISFIED, submission_key=draw.uuid,
            started_at=draw.drawn_at,
        )  # fmt: skip


def test_a_void_request_can_be_withdrawn(session: Session, evaluation: Evaluation, lead: User) -> None:
    a_draw(session, evaluation)
    ceremony = session.scalars(select(Ceremony)).one()
    request = ask_to_void(session, ceremony, "误会", actor=lead)
    withdraw_void(session, request, actor=lead)
    assert open_request_of(session, ceremony) is None
    second = a_member(session, evaluation, Role.LEAD)
    assert refusal(lambda: confirm_void(session, request, actor=second)) == "done"
    ask_to_void(session, ceremony, "这次是真的", actor=lead)


def test_every_later_certificate_lists_the_voided_draws(session: Session, evaluation: Evaluation, lead: User) -> None:
    second = a_member(session, evaluation, Role.PURCHASER)
    a_sealed_frame(session, evaluation)
    ceremony = a_ceremony(session, evaluation)
    confirm_void(session, ask_to_void(session, ceremony, "没有人掷骰", actor=lead), actor=second)
    with pytest.raises(Refused, match="作废"):
        close_commitments(session, ceremony)
    first = a_draw_of(session, a_ceremony(session, evaluation))
    live = live_ceremony(session, evaluation)
    assert live is not None
    confirm_void(session, ask_to_void(session, live, "号码抄错", actor=lead), actor=second)
    session.commit()
    draw = a_draw_of(session, a_ceremony(session, evaluation), "6 6 6")
    voided = draw.certificate["voided"]
    assert [entry["reason"] for entry in voided] == ["没有人掷骰", "号码抄错"]
    assert [entry["digest"] for entry in voided] == [ceremony.plan_digest, first.certificate_digest]
    assert draw.seed != first.seed
    check(published_certificate(session, draw))
    assert draw_with_digest(session, first.certificate_digest) is first
    assert verify_draw(session, evaluation).digest == draw.certificate_digest
    assert session.scalar(select(func.count()).select_from(Draw)) == 2


def test_the_draw_of_a_settled_score_cannot_be_voided(session: Session) -> None:
    evaluation = a_finished_evaluation(session)
    settle_score(session, evaluation)
    ceremony = live_ceremony(session, evaluation)
    assert ceremony is not None
    lead = session.scalars(select(User).where(User.username == "lead")).one()
    assert refusal(lambda: ask_to_void(session, ceremony, "太低", actor=lead)) == "settled"
