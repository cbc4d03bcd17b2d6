"""Alternative weightings of the same responses, by what the frame knows of everyone."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy.orm import Session

from app.models import Draw, Evaluation, Role
from app.results.queries.alternative_weights import NAMES, Weighting, alternative_weights_of, largest_change
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


def test_alternative_weights_correct_for_unequal_response_by_group(session: Session) -> None:
    draw = two_groups(session)
    figures_by_weighting = {
        weighted.way: weighted.figures for weighted in alternative_weights_of(session, draw.evaluation)
    }
    assert list(figures_by_weighting) == list(Weighting)
    published = results_of(session, draw.evaluation)
    assert figures_by_weighting[Weighting.PUBLISHED]["satisfaction.mean"] == published.satisfaction
    shares = {weighting: figures["satisfaction.share"].estimate for weighting, figures in figures_by_weighting.items()}
    assert shares[Weighting.PUBLISHED] is not None
    assert float(shares[Weighting.PUBLISHED].value) < 0.42  # the old count too little
    for weighting in (Weighting.GROUPS, Weighting.MARGINS):
        assert shares[weighting] is not None
        assert float(shares[weighting].value) == pytest.approx(0.5, abs=1e-6)  # type: ignore[union-attr]
        assert shares[weighting].standard_error == pytest.approx(0, abs=1e-9)  # type: ignore[union-attr]
    classes = shares[Weighting.CLASSES]
    assert classes is not None
    old = sum(case.recipient.categories == "13" for case in cases_of(session, draw)) / 100
    assert float(classes.value) == pytest.approx(old, abs=0.02)
    assert classes.standard_error is not None
    assert classes.standard_error > 0
    change = largest_change(alternative_weights_of(session, draw.evaluation), "satisfaction.mean")
    assert change is not None
    assert change > 5


def test_a_group_without_responses_is_named_instead_of_a_figure(session: Session) -> None:
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
    figures_by_weighting = {weighted.way: weighted.figures for weighted in alternative_weights_of(session, evaluation)}
    for name in NAMES:
        assert figures_by_weighting[Weighting.GROUPS][name].value is None
        assert "没有人作答" in figures_by_weighting[Weighting.GROUPS][name].reason.zh
        assert OLD in figures_by_weighting[Weighting.GROUPS][name].reason.zh


def test_the_page_shows_the_alternative_weightings_and_the_largest_change(session: Session, visitor: Visitor) -> None:
    draw = two_groups(session)
    visitor.sign_in(a_member(session, draw.evaluation, Role.LEAD).username)
    page = visitor.get(f"/evaluations/{draw.evaluation.slug}/results/comparisons")
    assert "满意度指数最多变了" in page.text
    assert "同时按人群和村居的已知人数" in page.text


def test_without_responses_there_are_no_alternative_weightings(session: Session) -> None:
    evaluation: Evaluation = an_evaluation(session)
    assert alternative_weights_of(session, evaluation) == ()
    a_draft_frame(session, evaluation, 150)
    seal_frame(session, evaluation, typed_name=STATION)
    session.commit()
    a_draw_of(session, a_ceremony(session, evaluation))
    assert alternative_weights_of(session, evaluation) == ()
    assert len(VILLAGES) == 5
