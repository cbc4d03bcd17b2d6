"""Replacements: the next ticket, after a final outcome, as the protocol says."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.desk.commands.attempts import give_up, record_attempt
from app.draw.commands.replacements import replace_case
from app.draw.queries.draws import published_certificate, verify_draw
from app.ledger.queries.frames import people_of
from app.models import Case, Draw, Evaluation, Recipient, Replacement, Role
from app.shared.errors import Refused
from sampling.certificate import Mismatch, check_with_frame
from sampling.plan import Protocol
from sampling.tickets import ticket
from tests.at_once import Act, at_once
from tests.builders import NEVER_SERVED, a_draw, a_member, a_response, an_evaluation, assign_cases, cases_of

MONDAY, TUESDAY, EVENING = (
    datetime(2023, 11, 6, 2, tzinfo=UTC),
    datetime(2023, 11, 7, 2, tzinfo=UTC),
    datetime(2023, 11, 7, 11, tzinfo=UTC),
)


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    return an_evaluation(session)


def tried(session: Session, case: Case, outcome: str, at: datetime | None = None) -> None:
    record_attempt(session, case, attempt_key=uuid.uuid4(), mode="phone", outcome=outcome, interviewer=None, at=at)
    session.commit()


def in_stratum(session: Session, draw: Draw) -> list[Case]:
    """The cases of the first stratum in their order."""
    return [case for case in cases_of(session, draw) if case.stratum == draw.strata[0].stratum]


def released(session: Session) -> list[Replacement]:
    return list(session.scalars(sa.select(Replacement).order_by(Replacement.number)))


def order_of(session: Session, draw: Draw) -> list[str]:
    """Everyone of the first stratum by ticket, worked out from the list alone."""
    code = draw.strata[0].stratum
    people = [person.key for person in people_of(session, draw.frame) if person.village == code]
    return sorted(people, key=lambda key: (ticket(draw.seed, key), key))


def key_of(session: Session, case: Case) -> str:
    return session.scalars(sa.select(Recipient.key).where(Recipient.id == case.recipient_id)).one()


def test_one_for_one_releases_the_next_ticket_at_once(session: Session, evaluation: Evaluation) -> None:
    a_member(session, evaluation, Role.INTERVIEWER)
    draw = a_draw(session, evaluation, protocol=Protocol.ONE_FOR_ONE)
    assign_cases(session, evaluation)
    cases = in_stratum(session, draw)
    for turn, (case, outcome) in enumerate(zip(cases, ("NE1", "R1", "NE2"), strict=False), 1):
        tried(session, case, outcome)
        newest = released(session)[-1]
        assert (newest.number, newest.replaces_case_id, newest.outcome) == (turn, case.id, outcome)
        assert key_of(session, newest.case) == order_of(session, draw)[len(cases) + turn - 1]
        assert newest.case.position == len(cases) + turn
    evidence = verify_draw(session, evaluation)
    assert (evidence.released, evidence.cases) == (3, 103)
    certificate = published_certificate(session, draw)
    assert certificate["digest"] == draw.certificate_digest
    check_with_frame(certificate, people_of(session, draw.frame))


def test_people_never_served_and_replacements_can_be_replaced_too(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation, protocol=Protocol.ONE_FOR_ONE)
    a_response(session, in_stratum(session, draw)[0], NEVER_SERVED)
    first = released(session)[0]
    assert first.outcome == "X1"
    tried(session, first.case, "NE1")
    assert [row.replaces_case_id for row in released(session)][1] == first.case_id
    a_response(session, released(session)[1].case)
    assert len(released(session)) == 2
    verify_draw(session, evaluation)


def test_a_block_is_released_when_a_block_of_cases_is_lost(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation, protocol=Protocol.BLOCK, block=3)
    counts = []
    for case in in_stratum(session, draw)[:7]:
        tried(session, case, "NE2")
        counts.append(len(released(session)))
    assert counts == [0, 0, 3, 3, 3, 6, 6]
    assert verify_draw(session, evaluation).released == 6


@pytest.mark.parametrize("protocol", [Protocol.NONE, Protocol.SUPERVISOR])
def test_nobody_is_released_when_the_protocol_does_not_release(
    session: Session, evaluation: Evaluation, protocol: Protocol
) -> None:
    draw = a_draw(session, evaluation, protocol=protocol)
    case = cases_of(session, draw)[0]
    tried(session, case, "NE2")
    assert released(session) == []
    if protocol is Protocol.NONE:
        with pytest.raises(Refused, match="不由人工"):
            replace_case(session, case)


def test_a_supervisor_replaces_only_a_lost_case_and_only_once(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation)
    lost, open_, done = in_stratum(session, draw)[:3]
    tried(session, open_, "NC1")
    a_response(session, done)
    for case in (lost, open_, done):
        with pytest.raises(Refused, match="还没有最终结果"):
            replace_case(session, case)
    tried(session, lost, "R1")
    replace_case(session, lost)
    with pytest.raises(Refused, match="已经替换过"):
        replace_case(session, lost)


def test_a_stratum_without_reserve_is_refused_with_a_message(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation, of=60)
    case = cases_of(session, draw)[0]
    tried(session, case, "NE1")
    with pytest.raises(Refused, match="没有候补"):
        replace_case(session, case)
    reserve = a_draw(session, an_evaluation(session, "other-2023"), of=105, size=104, protocol=Protocol.ONE_FOR_ONE)
    for lost in cases_of(session, reserve)[:30]:
        tried(session, lost, "NE1")
    assert len(released(session)) == 1
    verify_draw(session, reserve.evaluation)


def test_a_case_is_closed_as_noncontact_only_under_the_attempt_rule(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation, protocol=Protocol.ONE_FOR_ONE)
    case = cases_of(session, draw)[0]
    with pytest.raises(Refused, match="还没有联系过"):
        give_up(session, case, actor=None)
    for at in (MONDAY, MONDAY):
        tried(session, case, "NC1", at)
    with pytest.raises(Refused, match="另找 1 天、另找 1 个时段"):
        give_up(session, case, actor=None)
    tried(session, case, "NC1", TUESDAY)
    with pytest.raises(Refused, match="另找 1 个时段"):
        give_up(session, case, actor=None)
    tried(session, case, "U1", EVENING)
    give_up(session, case, actor=None)
    session.commit()
    assert (case.outcome, case.outcome_final) == ("U1", True)
    assert released(session)[0].replaces_case_id == case.id
    with pytest.raises(Refused, match="最终结果"):
        give_up(session, case, actor=None)


def test_verification_reports_a_replacement_released_out_of_order(session: Session, evaluation: Evaluation) -> None:
    draw = a_draw(session, evaluation)
    cases = in_stratum(session, draw)
    tried(session, cases[0], "NE1")
    order = order_of(session, draw)
    friend = order[len(cases) + 1]
    row = session.scalars(
        sa.select(Recipient).where(Recipient.frame_id == draw.frame_id, Recipient.key == friend)
    ).one()
    case = Case(
        draw_id=draw.id, frame_id=draw.frame_id, recipient_id=row.id, stratum=cases[0].stratum, queue="all",
        position=len(cases) + 1, ticket=ticket(draw.seed, friend),
    )  # fmt: skip
    session.add(case)
    session.flush()
    session.add(
        Replacement(
            draw_id=draw.id,
            stratum=case.stratum,
            number=1,
            case_id=case.id,
            replaces_case_id=cases[0].id,
            outcome="NE1",
        )
    )
    session.commit()
    with pytest.raises(Mismatch) as mismatch:
        verify_draw(session, evaluation)
    assert mismatch.value.checks == {"frame"}


def test_two_simultaneous_releases_take_two_different_people(
    app: Flask, session: Session, evaluation: Evaluation
) -> None:
    draw = a_draw(session, evaluation)
    numbers = [case.id for case in in_stratum(session, draw)[:2]]
    for number in numbers:
        tried(session, session.get_one(Case, number), "NE1")
    session.close()

    def release(number: int) -> Act:
        return lambda own: replace_case(own, own.get_one(Case, number)).number

    assert sorted(at_once(app, *map(release, numbers))) == [1, 2]
    assert [row.number for row in released(session)] == [1, 2]
    assert verify_draw(session, session.scalars(sa.select(Evaluation)).one()).released == 2
