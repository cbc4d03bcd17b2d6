"""Matching people with the previous round, and avoiding or retaining them in the draw."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.draw.queries.draws import verify_draw
from app.evaluations.commands.evaluations import create_evaluation
from app.ledger.commands.frames import seal_frame
from app.ledger.queries.frames import people_of
from app.ledger.queries.rounds import previous_draw
from app.models import Case, Draw, Evaluation, Recipient
from sampling.frame import Last
from tests.builders import (
    KEPT_UNTIL,
    STATION,
    a_ceremony,
    a_draft_frame,
    a_draw,
    a_draw_of,
    a_ledger,
    a_plan,
    an_evaluation,
)


def the_final(session: Session, midterm: Evaluation) -> Evaluation:
    """The final evaluation of the same station, half a year later."""
    final = create_evaluation(
        session,
        slug="sample-2024",
        station=midterm.station,
        stage="final",
        title="示例社工服务站 2023 年末期评估",
        period=(date(2023, 4, 16), date(2024, 4, 15)),
        held_on=date(2024, 5, 17),
        evaluator="示例评估机构",
        commissioner="示例区民政局",
        purchaser="示例街道办事处",
        questionnaire=midterm.questionnaire,
        scheme=midterm.scheme,
        keep_until=KEPT_UNTIL,
        hotline="020-80000001",
    )
    session.commit()
    return final


def sealed(session: Session, evaluation: Evaluation, data: bytes) -> None:
    a_draft_frame(session, evaluation, data=data)
    seal_frame(session, evaluation, typed_name=STATION)
    session.commit()


def lasts(session: Session, evaluation: Evaluation) -> dict[str, int]:
    from app.ledger.queries.frames import frame_of

    frame = frame_of(session, evaluation)
    assert frame is not None
    counts = dict.fromkeys(Last, 0)
    for person in people_of(session, frame):
        counts[person.last] += 1
    return {last.value: number for last, number in counts.items()}


@pytest.fixture
def midterm(session: Session) -> Draw:
    return a_draw(session, an_evaluation(session))


def test_people_are_matched_by_name_and_telephone(session: Session, midterm: Draw) -> None:
    final = the_final(session, midterm.evaluation)
    sealed(session, final, a_ledger(180))
    assert previous_draw(session, final) is midterm
    assert lasts(session, final) == {"drawn": 100, "listed": 50, "": 30}


def test_people_without_telephone_are_matched_by_name_village_and_birth_year(session: Session, midterm: Draw) -> None:
    final = the_final(session, midterm.evaluation)
    lines = a_ledger(150).decode().split("\n")
    others = [line.replace("1990000", "1990001") for line in lines]  # everyone has a new number
    sealed(session, final, "\n".join(others).encode())
    assert lasts(session, final) == {"drawn": 100, "listed": 50, "": 0}


def test_a_person_with_another_name_or_village_and_number_is_not_matched(session: Session, midterm: Draw) -> None:
    final = the_final(session, midterm.evaluation)
    lines = a_ledger(150).decode().replace("示例0", "样本0").replace("1990000", "1990001")
    sealed(session, final, lines.encode())
    assert lasts(session, final) == {"drawn": 0, "listed": 0, "": 150}


def test_in_a_first_round_nobody_is_matched(session: Session, midterm: Draw) -> None:
    assert previous_draw(session, midterm.evaluation) is None
    assert lasts(session, midterm.evaluation) == {"drawn": 0, "listed": 0, "": 150}


@pytest.mark.parametrize(("overlap", "drawn"), [(0, 0), (30, 25), (None, None)])
def test_people_drawn_in_the_previous_round_are_avoided_or_retained(
    session: Session, midterm: Draw, overlap: int | None, drawn: int | None
) -> None:
    final = the_final(session, midterm.evaluation)
    sealed(session, final, a_ledger(300))
    draw = a_draw_of(session, a_ceremony(session, final, a_plan(session, final, overlap=overlap)))
    rows = session.execute(
        sa.select(Case.queue, Recipient.last, sa.func.count())
        .join(Recipient, Case.recipient_id == Recipient.id)
        .where(Case.draw_id == draw.id)
        .group_by(Case.queue, Recipient.last)
    ).all()
    assert sum(number for *_, number in rows) == 100
    if overlap is None:
        assert {queue for queue, *_ in rows} == {"all"}
    else:
        names = {"": "new", "listed": "listed", "drawn": "drawn"}
        assert all(names[last] == queue for queue, last, _ in rows)
        drawn_before = sum(number for queue, _, number in rows if queue == "drawn")
        # 300 people, 150 of them new: of the 50 old in the sample 30 per cent, or none, were drawn last time;
        # where the listed are too few, the drawn fill up.
        assert drawn_before >= (drawn or 0) * 0.6
        assert drawn_before == 0 or overlap > 0
    assert verify_draw(session, final).size == 100
