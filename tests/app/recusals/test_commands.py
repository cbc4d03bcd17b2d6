"""Recusal: who has an interest in a station gets none of its cases, scores nothing and draws no sample for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.commands.claiming import claim_case, claim_next
from app.draw.commands.ceremonies import close_commitments
from app.draw.commands.draws import draw_sample
from app.evaluations.commands.evaluations import add_member
from app.models import Appointment, AuditEvent, BackCheck, PhoneCall, Recusal, Response, Role, Schedule
from app.recusals.commands import declare, lift
from app.scores.commands.scores import enter_score, override_item, settle_score, state_fact
from app.shared.errors import Refused
from tests.app.desk_builders import AT, BusyDesk, a_busy_desk
from tests.builders import a_ceremony, a_member, a_sealed_frame, a_user, an_evaluation

MORNING = AT - timedelta(minutes=30)


@pytest.fixture
def desk(session: Session) -> BusyDesk:
    return a_busy_desk(session)


def test_declaring_an_interest_releases_all_cases_at_once(session: Session, desk: BusyDesk) -> None:
    cases = desk.cases(session)
    session.get_one(Schedule, cases[30].id).assigned_to_id = desk.lan.id
    session.flush()
    declare(session, desk.evaluation.station, desk.lan, "  妹妹在站里\n工作 ", actor=desk.lan, at=AT)
    session.commit()
    assert session.scalar(select(Schedule.case_id).where(Schedule.held_by_id == desk.lan.id)) is None
    assert session.scalar(select(Schedule.case_id).where(Schedule.assigned_to_id == desk.lan.id)) is None
    assert session.scalar(select(Schedule.case_id).where(Schedule.appointment_for_id == desk.lan.id)) is None
    assert session.scalar(select(Appointment.id).where(Appointment.interviewer_id == desk.lan.id)) is None
    assert session.scalars(select(PhoneCall.ended_at).where(PhoneCall.case_id == cases[8].id)).all() == [AT]
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.evaluation_id) == ("recusal.declared", desk.evaluation.id)
    assert event.details == {"name": "兰访问员", "reason": "妹妹在站里 工作", "cases": 3}


def test_declaring_an_interest_releases_a_back_check_in_hand(session: Session, desk: BusyDesk) -> None:
    response = session.scalars(select(Response)).first()
    assert response is not None
    check = BackCheck(response_id=response.id, why="random", drawn_at=AT, checker_id=desk.mei.id)
    session.add(check)
    session.flush()
    declare(session, desk.evaluation.station, desk.mei, "亲属", actor=desk.mei)
    assert check.checker_id is None


def test_declaring_an_interest_twice_changes_nothing(session: Session, desk: BusyDesk) -> None:
    first = declare(session, desk.evaluation.station, desk.lan, "亲属", actor=desk.lan)
    again = declare(session, desk.evaluation.station, desk.lan, "还是亲属", actor=desk.lead)
    assert first.id == again.id
    assert session.scalars(select(Recusal.reason)).all() == ["亲属"]


def test_a_recused_interviewer_claims_no_case(session: Session, desk: BusyDesk) -> None:
    case = desk.cases(session)[40]
    declare(session, desk.evaluation.station, desk.mei, "亲属", actor=desk.mei)
    session.commit()
    assert claim_next(session, desk.mei, MORNING) is None
    with pytest.raises(Refused, match="回避"):
        claim_case(session, case, actor=desk.mei)
    assert claim_next(session, desk.lan, MORNING) is not None


def test_a_recusal_holds_for_its_station_only(session: Session, desk: BusyDesk) -> None:
    other = an_evaluation(session, "other-2023")
    declare(session, other.station, desk.mei, "亲属", actor=a_user(session, "boss", administrator=True))
    session.commit()
    assert claim_next(session, desk.mei, MORNING) is not None


def test_a_recused_person_neither_scores_nor_settles(session: Session, desk: BusyDesk) -> None:
    evaluation, buyer = desk.evaluation, a_member(session, desk.evaluation, Role.PURCHASER, "buyer")
    declare(session, evaluation.station, buyer, "有生意往来", actor=buyer)
    declare(session, evaluation.station, desk.lead, "亲属", actor=desk.lead)
    for act in (
        lambda: enter_score(session, evaluation, role=Role.PURCHASER, item="x", given="1", actor=buyer),
        lambda: enter_score(session, evaluation, role=Role.LEAD, item="x", given="1", actor=desk.lead),
        lambda: override_item(session, evaluation, item="x", points="1", reason="x", actor=desk.lead),
        lambda: state_fact(session, evaluation, code="x", value="1", actor=desk.lead),
        lambda: settle_score(session, evaluation, actor=desk.lead),
    ):
        with pytest.raises(Refused, match="回避"):
            act()


def test_a_recused_person_draws_no_sample(session: Session) -> None:
    evaluation = an_evaluation(session)
    lead = a_member(session, evaluation, Role.LEAD, "lead")
    a_sealed_frame(session, evaluation)
    ceremony = a_ceremony(session, evaluation)
    declare(session, evaluation.station, lead, "亲属", actor=lead)
    for act in (
        lambda: close_commitments(session, ceremony, actor=lead),
        lambda: draw_sample(session, ceremony, actor=lead),
    ):
        with pytest.raises(Refused, match="回避"):
            act()


def test_a_recused_person_gets_no_evaluators_role(session: Session, desk: BusyDesk) -> None:
    boss, helper = a_user(session, "boss", administrator=True), a_user(session, "helper")
    declare(session, desk.evaluation.station, helper, "亲属", actor=boss)
    for role in (Role.LEAD, Role.INTERVIEWER):
        with pytest.raises(Refused, match="回避"):
            add_member(session, desk.evaluation, helper, role)


def test_only_a_lead_or_administrator_declares_for_somebody_else(session: Session, desk: BusyDesk) -> None:
    station = desk.evaluation.station
    outsider = a_member(session, an_evaluation(session, "other-2023"), Role.LEAD, "outsider")
    for actor in (desk.lan, outsider):
        with pytest.raises(Refused, match="只有本人"):
            declare(session, station, desk.mei, "亲属", actor=actor)
    with pytest.raises(Refused, match="没有参加"):
        declare(session, station, outsider, "亲属", actor=desk.lead)
    with pytest.raises(Refused, match="写明"):
        declare(session, station, desk.mei, "  ", actor=desk.mei)
    with pytest.raises(Refused, match="最多 400 个字"):
        declare(session, station, desk.mei, "字" * 401, actor=desk.mei)
    declare(session, station, desk.mei, "亲属", actor=desk.lead)


def test_only_an_administrator_lifts_a_recusal_and_only_once(session: Session, desk: BusyDesk) -> None:
    boss = a_user(session, "boss", administrator=True)
    recusal = declare(session, desk.evaluation.station, desk.mei, "亲属", actor=desk.mei)
    for actor in (desk.mei, desk.lead):
        with pytest.raises(Refused, match="只有管理员"):
            lift(session, recusal, actor=actor)
    lift(session, recusal, actor=boss)
    session.commit()
    with pytest.raises(Refused, match="已经解除"):
        lift(session, recusal, actor=boss)
    assert claim_next(session, desk.mei, MORNING) is not None
    session.commit()
    declare(session, desk.evaluation.station, desk.mei, "又有了", actor=desk.mei)
    assert len(session.scalars(select(Recusal)).all()) == 2
