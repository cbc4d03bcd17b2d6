"""Other ways to weigh the same answers, from what the frame knows of everyone."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy.orm import Session

from app.models import Draw, Evaluation, Role
from app.results.queries.alternative_weights import NAMES, Way, largest_change, reweighed_of
from app.results.queries.results import results_of
from tests.builders import (
    SATISFIED,
    STATION,
    VILLAGES,
    a_ceremony,
    a_draft_frame,
    a_draw_of,
    a_ledger,
    a_member,
    a_plan,
    a_response,
    an_evaluation,
    cases_of,
    seal_frame,
)
from tests.copies import kept
from tests.visitor import Visitor

UNHAPPY = SATISFIED | {f"B{i}": "2" for i in range(1, 9)}
OLD, POOR = "老年人", "困难家庭"


@kept
def two_groups(session: Session, **choices: object) -> Draw:
    """100 old people and 100 poor ones in every village alike; of the old every second answers, of the poor all."""
    evaluation = an_evaluation(session)
    old = a_ledger(100, category="独居老年人").decode().split("\n")
    poor = [line.replace("示例0", "示例9").replace("1990000", "1990001") for line in a_ledger(100).decode().split("\n")]
    a_draft_frame(session, evaluation, data="\n".join([*old, *poor[1:]]).encode())
    seal_frame(session, evaluation, typed_name=STATION)
    session.commit()
    draw = a_draw_of(session, a_ceremony(session, evaluation, a_plan(session, evaluation, **choices)))
    kinds = Counter(case.recipient.categories for case in cases_of(session, draw))
    assert len(kinds) == 2, kinds
    asked = 0
    for case in cases_of(session, draw):
        elder = case.recipient.categories == "13"
        asked += elder
        if not elder or asked % 2:
            a_response(session, case, SATISFIED if elder else UNHAPPY)
    return draw


def test_weights_bring_back_the_people_who_were_reached_less_often(session: Session) -> None:
    draw = two_groups(session)
    found = {one.way: one.figures for one in reweighed_of(session, draw.evaluation)}
    assert list(found) == list(Way)
    published = results_of(session, draw.evaluation)
    assert found[Way.PUBLISHED]["satisfaction.mean"] == published.satisfaction
    shares = {way: figures["satisfaction.share"].estimate for way, figures in found.items()}
    assert shares[Way.PUBLISHED] is not None
    assert float(shares[Way.PUBLISHED].value) < 0.42  # the old count too little
    for way in (Way.GROUPS, Way.MARGINS):
        assert shares[way] is not None
        assert float(shares[way].value) == pytest.approx(0.5, abs=1e-6)  # type: ignore[union-attr]
        assert shares[way].standard_error == pytest.approx(0, abs=1e-9)  # type: ignore[union-attr]
    classes = shares[Way.CLASSES]
    assert classes is not None
    old = sum(case.recipient.categories == "13" for case in cases_of(session, draw)) / 100
    assert float(classes.value) == pytest.approx(old, abs=0.02)
    assert classes.standard_error is not None
    assert classes.standard_error > 0
    moved = largest_change(reweighed_of(session, draw.evaluation), "satisfaction.mean")
    assert moved is not None
    assert moved > 5


def test_a_group_nobody_of_which_answered_is_told_not_guessed(session: Session) -> None:
    evaluation = an_evaluation(session)
    old = a_ledger(5, category="独居老年人").decode().split("\n")
    poor = [line.replace("示例0", "示例9") for line in a_ledger(145).decode().split("\n")]
    a_draft_frame(session, evaluation, data="\n".join([*old, *poor[1:]]).encode())
    seal_frame(session, evaluation, typed_name=STATION)
    session.commit()
    draw = a_draw_of(session, a_ceremony(session, evaluation))
    for case in cases_of(session, draw):
        if case.recipient.categories != "13":
            a_response(session, case)
    found = {one.way: one.figures for one in reweighed_of(session, evaluation)}
    for name in NAMES:
        assert found[Way.GROUPS][name].value is None
        assert "没有人作答" in found[Way.GROUPS][name].reason.zh
        assert OLD in found[Way.GROUPS][name].reason.zh


def test_the_page_shows_the_other_ways_and_how_far_they_go(session: Session, visitor: Visitor) -> None:
    draw = two_groups(session)
    visitor.sign_in(a_member(session, draw.evaluation, Role.LEAD).username)
    page = visitor.get(f"/evaluations/{draw.evaluation.slug}/results/comparisons")
    assert "满意度指数最多变了" in page.text
    assert "同时按人群和村居的已知人数" in page.text


def test_before_answers_there_is_nothing_to_weigh(session: Session) -> None:
    evaluation: Evaluation = an_evaluation(session)
    assert reweighed_of(session, evaluation) == ()
    a_draft_frame(session, evaluation, 150)
    seal_frame(session, evaluation, typed_name=STATION)
    session.commit()
    a_draw_of(session, a_ceremony(session, evaluation))
    assert reweighed_of(session, evaluation) == ()
    assert len(VILLAGES) == 5
