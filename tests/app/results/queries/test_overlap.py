"""Matching people across two rounds, and their covariance in the error of the change."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.ledger.queries.rounds import shared_people
from app.models import Case, Draw, Response
from app.results.queries.comparisons import round_comparison_of
from app.results.queries.overlap import Overlap, overlap_of
from sampling.plan import Factor
from surveys.estimates import between_rounds
from tests.builders import (
    SATISFIED,
    STATION,
    a_ceremony,
    a_draft_frame,
    a_draw,
    a_draw_of,
    a_mixed_ledger,
    a_plan,
    all_answer,
    an_evaluation,
    cases_of,
    seal_frame,
)
from tests.copies import kept

UNHAPPY = SATISFIED | {f"B{i}": "2" for i in range(1, 9)} | {"A1": "4", "A2": "4", "A4": "4"}


def name_of(case: Case) -> str:
    assert case.recipient.contact is not None
    return case.recipient.contact.name


def the_same_opinion_again(session: Session, *draws: Draw, answering: int = 80) -> None:
    """Every third person of the ledger is unhappy, in each round they are asked."""
    asked = [case for draw in draws for case in cases_of(session, draw)[:answering]]
    all_answer(session, ((case, SATISFIED if int(name_of(case)[2:]) % 3 else UNHAPPY) for case in asked))


@pytest.fixture
@kept
def draws(session: Session) -> tuple[Draw, Draw]:
    first = a_draw(session, an_evaluation(session))
    later = an_evaluation(
        session, "sample-2024", stage="final", held_on=date(2024, 4, 1), station=first.evaluation.station
    )
    return first, a_draw(session, later)


def test_everyone_on_an_unchanged_list_is_matched_once(session: Session, draws: tuple[Draw, Draw]) -> None:
    first, second = draws
    pairs = set(shared_people(session, second.frame_id, first.frame_id))
    assert len(pairs) == len({new for new, _ in pairs}) == len({old for _, old in pairs}) == 150


def test_people_drawn_and_responding_in_both_rounds_are_counted(session: Session, draws: tuple[Draw, Draw]) -> None:
    the_same_opinion_again(session, *draws)
    first, second = draws
    names = [{name_of(case) for case in cases_of(session, draw)} for draw in draws]
    answered = [{name_of(case) for case in cases_of(session, draw)[:80]} for draw in draws]
    overlap = overlap_of(session, second, first)
    assert overlap.again == len(names[0] & names[1])
    assert overlap.twice == len(answered[0] & answered[1]) > 20
    mean, share = overlap.strata["satisfaction.mean"], overlap.strata["satisfaction.share"]
    assert sum(s.listed for s in mean) == 150
    assert sum(s.both for s in mean) == overlap.twice
    unhappy = sum(int(name[2:]) % 3 == 0 for name in answered[0] & answered[1])
    assert sum(s.products for s in share) == sum(s.current for s in share) == overlap.twice - unhappy


def test_an_overlapping_sample_narrows_the_interval_of_the_change(session: Session) -> None:
    first = a_draw(session, an_evaluation(session))
    later = an_evaluation(
        session, "sample-2024", stage="final", held_on=date(2024, 4, 1), station=first.evaluation.station
    )
    the_same_opinion_again(session, first, a_draw(session, later, overlap=90), answering=100)
    rounds = round_comparison_of(session, later)
    assert rounds is not None
    assert rounds.again >= 85
    for change in rounds.changes:
        assert change.difference is not None
        assert change.current.estimate is not None
        assert change.before.estimate is not None
        apart = between_rounds(change.current.estimate, change.before.estimate)
        assert change.difference.value == pytest.approx(apart.value, abs=1e-6)
        assert change.difference.standard_error < 0.9 * apart.standard_error  # type: ignore[operator]
        assert change.difference.high - change.difference.low < 0.9 * (apart.high - apart.low)  # type: ignore[operator]


def test_without_people_responding_twice_the_rounds_are_independent(session: Session, draws: tuple[Draw, Draw]) -> None:
    first, second = draws
    once: dict[str, Case] = {}
    for draw in draws:
        for case in cases_of(session, draw):
            once.setdefault(name_of(case), case)
    all_answer(
        session,
        ((case, UNHAPPY if random.Random(name).random() < 0.3 else SATISFIED) for name, case in once.items()),
    )
    assert overlap_of(session, second, first).twice == 0
    rounds = round_comparison_of(session, second.evaluation)
    assert rounds is not None
    change = rounds.changes[0]
    assert change.difference is not None
    assert change.current.estimate is not None
    assert change.before.estimate is not None
    apart = between_rounds(change.current.estimate, change.before.estimate)
    # On the scale of 0 to 100; the sums of the overlap are of indices as stored, to four decimals.
    assert change.difference.low == pytest.approx(apart.low, abs=1e-4)


def test_general_recipients_and_other_strata_are_in_no_overlap(session: Session) -> None:
    draws: list[Draw] = []
    first = an_evaluation(session)
    second = an_evaluation(session, "sample-2024", stage="final", held_on=date(2024, 4, 1), station=first.station)
    for evaluation, strata in ((first, (Factor.VILLAGE,)), (second, (Factor.VILLAGE,))):
        a_draft_frame(session, evaluation, data=a_mixed_ledger(120, 60))
        seal_frame(session, evaluation, typed_name=STATION)
        session.commit()
        draws.append(
            a_draw_of(session, a_ceremony(session, evaluation, a_plan(session, evaluation, strata=strata, general=30)))
        )
        all_answer(session, ((case, SATISFIED) for case in cases_of(session, draws[-1])))
    overlap = overlap_of(session, draws[1], draws[0])
    assert sum(s.listed for s in overlap.strata["satisfaction.mean"]) == 120
    assert round_comparison_of(session, second) is not None


def test_another_stratification_leaves_the_rounds_independent(session: Session, draws: tuple[Draw, Draw]) -> None:
    first, _ = draws
    third = an_evaluation(
        session, "sample-2025", stage="final", held_on=date(2025, 4, 1), station=first.evaluation.station
    )
    later = a_draw(session, third, strata=(Factor.GROUP,))
    the_same_opinion_again(session, draws[1], later)
    overlap = overlap_of(session, later, draws[1])
    assert overlap.twice > 0
    assert overlap.strata["satisfaction.mean"] == ()
    assert round_comparison_of(session, third) is not None


def test_without_counted_responses_the_overlap_is_empty(session: Session, draws: tuple[Draw, Draw]) -> None:
    first, second = draws
    session.execute(update(Response).values(counted=False))
    session.commit()
    overlap = overlap_of(session, second, first)
    assert overlap.twice == 0
    assert Overlap() == Overlap(0, 0, {})
    assert all(s.both == 0 for s in overlap.strata["awareness.rate"])
    assert Fraction(overlap.again, 100) <= 1
