"""The running tallies equal a recount after any writer and after concurrent writes."""

from __future__ import annotations

import random
import threading
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import db
from app.interview.commands.responses import submit_response
from app.models import Case, CaseTally, Draw, IndexTally, Response, ResponseTally, Role
from app.results.queries.tally_check import TallyDifference, tally_differences
from tests.builders import NEVER_SERVED, SATISFIED, a_draw, a_member, a_response, an_evaluation, assign_cases, cases_of

SHAKY = SATISFIED | {"B1": "4", "B2": "3", "B9": 80, "A1": "2"}


def totals(session: Session, draw: Draw) -> tuple[int, int, int]:
    """Counted responses, valid indices and cases, from the tallies."""
    return (
        session.scalar(sa.select(sa.func.sum(ResponseTally.counted)).where(ResponseTally.draw_id == draw.id)) or 0,
        session.scalar(sa.select(sa.func.sum(IndexTally.valid)).where(IndexTally.draw_id == draw.id)) or 0,
        session.scalar(sa.select(sa.func.sum(CaseTally.cases)).where(CaseTally.draw_id == draw.id)) or 0,
    )


def test_the_tallies_of_a_survey_in_progress_equal_a_recount(session: Session) -> None:
    evaluation = an_evaluation(session)
    interviewer = a_member(session, evaluation, Role.INTERVIEWER)
    draw = a_draw(session, evaluation)
    assert totals(session, draw) == (0, 0, draw.size)
    assign_cases(session, evaluation)
    session.commit()
    cases = cases_of(session, draw)
    for case, answers, mode in zip(cases, (SATISFIED, SHAKY, NEVER_SERVED), ("phone", "visit", "web"), strict=False):
        a_response(session, case, answers, mode=mode, interviewer=None if mode == "web" else interviewer)
    a_response(session, cases[0], SHAKY)  # a second submission is kept and not counted
    assert tally_differences(session, draw) == []
    assert totals(session, draw) == (3, 2, draw.size)


def test_tallies_follow_every_writer(session: Session) -> None:
    evaluation = an_evaluation(session)
    interviewer, other = (a_member(session, evaluation, Role.INTERVIEWER) for _ in range(2))
    draw = a_draw(session, evaluation)
    cases = cases_of(session, draw)
    dice = random.Random(7)
    for case in cases[:40]:
        a_response(
            session, case, dice.choice((SATISFIED, SHAKY, NEVER_SERVED)), interviewer=dice.choice((interviewer, other))
        )
    for statement in (
        "UPDATE response SET counted = FALSE WHERE id % 3 = 0",
        "UPDATE response SET satisfaction_index = 870000, overall = '3' WHERE satisfaction_valid AND id % 5 = 0",
        "UPDATE response SET proxy = NOT proxy, interviewer_id = NULL WHERE id % 7 = 0",
        "UPDATE response SET counted = TRUE WHERE valid AND id % 6 = 0",
        "UPDATE response SET submitted_at = submitted_at",
        "UPDATE cases SET outcome = 'NC1' WHERE outcome IS NULL AND id % 2 = 0",
        f"UPDATE cases SET interviewer_id = {other.id} WHERE id % 4 = 0",
        "DELETE FROM response WHERE id % 11 = 0",
    ):
        session.execute(sa.text(statement))
        session.commit()
        assert tally_differences(session, draw) == [], statement
    session.execute(sa.delete(Response))
    session.commit()
    assert tally_differences(session, draw) == []
    assert totals(session, draw)[:2] == (0, 0)


def test_tallies_do_not_count_what_is_rolled_back(session: Session) -> None:
    evaluation = an_evaluation(session)
    draw = a_draw(session, evaluation)
    a_response(session, cases_of(session, draw)[0])
    session.execute(sa.text("UPDATE response SET counted = FALSE"))
    session.rollback()
    assert totals(session, draw)[0] == 1
    assert tally_differences(session, draw) == []


def test_a_tally_changed_by_hand_is_found(session: Session) -> None:
    evaluation = an_evaluation(session)
    draw = a_draw(session, evaluation)
    a_response(session, cases_of(session, draw)[0])
    session.execute(sa.text("UPDATE index_tally SET valid = valid + 1"))
    session.commit()
    (miscount,) = tally_differences(session, draw)
    assert isinstance(miscount, TallyDifference)
    assert (miscount.tally, miscount.kept, miscount.counted) == ("index_tally", (2,), (1,))


def test_concurrent_submissions_are_all_tallied(app: Flask, session: Session) -> None:
    evaluation = an_evaluation(session)
    interviewer = a_member(session, evaluation, Role.INTERVIEWER)
    draw = a_draw(session, evaluation)
    numbers = [case.id for case in cases_of(session, draw)]
    interviewer_id, draw_id = interviewer.id, draw.id
    session.close()
    failures: list[BaseException] = []

    def submit(share: list[int]) -> None:
        with app.app_context():
            try:
                for number in share:
                    submit_response(
                        db.session,
                        db.session.get_one(Case, number),
                        mode="phone",
                        answers=SATISFIED if number % 2 else NEVER_SERVED,
                        submission_key=uuid.uuid4(),
                        started_at=datetime(2023, 11, 2, 9, 0, tzinfo=UTC),
                        interviewer=db.session.get_one(type(interviewer), interviewer_id),
                    )
                    db.session.commit()
            except BaseException as failure:
                failures.append(failure)
            finally:
                db.session.close()

    threads = [threading.Thread(target=submit, args=(numbers[place:60:6],)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    draw = session.get_one(Draw, draw_id)
    assert totals(session, draw)[0] == 60
    assert tally_differences(session, draw) == []
