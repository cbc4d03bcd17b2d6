"""Comparisons of groups and rounds, nonresponse bounds, reliability, and grade uncertainty."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.documents.queries import questionnaire_of, scheme_of
from app.models import Draw, Response, Role
from app.results.queries.comparisons import comparisons_of, round_comparison_of
from app.results.queries.nonresponse_bounds import fewest, flips_below_bands, nonresponse_bounds_of, value_after_flips
from app.results.queries.reliability import reliability_of
from app.results.queries.results import results_of
from app.results.queries.strata import Part
from app.scores.queries.grade_uncertainty import grade_uncertainty_of
from app.scores.queries.scores import score_of
from tests.builders import (
    SATISFIED,
    a_draw,
    a_member,
    a_response,
    all_scores,
    an_evaluation,
    assign_cases,
    cases_of,
    with_a_computed_item,
)
from tests.copies import kept

UNHAPPY = SATISFIED | {f"B{i}": "2" for i in range(1, 9)} | {"B9": 30, "B10": "2"}
ITEMS = [f"B{i}" for i in range(1, 9)]


def mixed(dice: random.Random) -> dict[str, object]:
    """Somebody mostly, but not wholly, satisfied."""
    return SATISFIED | {item: dice.choice(("3", "4", "5", "5", "5")) for item in ITEMS} | {"B9": 80}


@pytest.fixture
@kept
def draw(session: Session) -> Draw:
    """A draw all answered: the first area unhappy, modes and interviewers alike."""
    evaluation = an_evaluation(session)
    people = [a_member(session, evaluation, Role.INTERVIEWER) for _ in range(2)]
    draw = a_draw(session, evaluation)
    assign_cases(session, evaluation)
    dice = random.Random(11)
    for number, case in enumerate(cases_of(session, draw)[:80]):
        unhappy = case.recipient.village.name in ("甲村", "乙村")
        a_response(
            session,
            case,
            UNHAPPY if unhappy else mixed(dice),
            mode=("phone", "visit")[number % 2],
            interviewer=people[number // 2 % 2],
        )
    session.execute(update(Response).where(Response.id % 5 == 0).values(mode="web", interviewer_id=None))
    session.commit()
    return draw


def test_a_differing_area_is_significant_and_equal_modes_are_compared(session: Session, draw: Draw) -> None:
    comparisons = {comparison.part: comparison for comparison in comparisons_of(session, draw.evaluation)}
    areas = comparisons[Part.AREA]
    assert [group.name for group in areas.groups] == ["第一片区", "第二片区", "第三片区"]
    assert areas.groups[0].difference is not None
    assert areas.groups[0].difference.beyond_chance is True
    assert areas.groups[0].difference.value < -20
    assert areas.satisfied.p_value is not None
    assert areas.satisfied.p_value < 0.001
    modes = comparisons[Part.MODE]
    assert [group.key for group in modes.groups] == ["phone", "visit", "web"]
    for group in modes.groups:
        assert group.difference is not None
        assert (group.difference.adjusted or 0) >= (group.difference.p_value or 0)
    assert sum(group.valid for group in modes.groups) == 80
    assert comparisons[Part.INTERVIEWER].groups[-1].name == ""  # the web has no interviewer
    # An area of whole strata has the figure the results page shows.
    page = {area.name: area.satisfaction for area in results_of(session, draw.evaluation).areas}
    for group in areas.groups:
        assert group.satisfaction.value == page[group.name].value


def test_a_small_group_is_hidden_and_not_compared(session: Session, draw: Draw) -> None:
    session.query(Response).filter(Response.id <= 3).update({"proxy": True})
    session.commit()
    (proxies,) = (c for c in comparisons_of(session, draw.evaluation) if c.part is Part.PROXY)
    own, other = proxies.groups
    assert (own.key, other.key, other.hidden) == ("self", "proxy", True)
    assert other.difference is None
    assert other.satisfaction.value is None


def test_two_groups_are_one_comparison(session: Session, draw: Draw) -> None:
    session.query(Response).filter(Response.id <= 20).update({"proxy": True})
    session.commit()
    (proxies,) = (c for c in comparisons_of(session, draw.evaluation) if c.part is Part.PROXY)
    assert proxies.groups[0].difference is not None
    assert proxies.groups[1].difference is None
    assert proxies.groups[0].difference.adjusted == proxies.groups[0].difference.p_value


def test_there_is_nothing_to_compare_before_the_draw(session: Session) -> None:
    evaluation = an_evaluation(session)
    assert comparisons_of(session, evaluation) == ()
    assert round_comparison_of(session, evaluation) is None
    assert reliability_of(session, evaluation) is None
    assert nonresponse_bounds_of(results_of(session, evaluation)) == ()
    assert flips_below_bands(results_of(session, evaluation)) == ()


def test_rounds_of_one_station_are_compared(session: Session, draw: Draw) -> None:
    final = an_evaluation(
        session, "sample-2024", stage="final", held_on=date(2024, 4, 1), station=draw.evaluation.station
    )
    later = a_draw(session, final)
    dice = random.Random(3)
    for case in cases_of(session, later)[:80]:
        a_response(session, case, mixed(dice))
    rounds = round_comparison_of(session, final)
    assert rounds is not None
    assert 0 < rounds.twice < rounds.again < 100
    change = rounds.changes[0]
    assert change.difference is not None
    assert change.difference.beyond_chance is True
    assert change.difference.value > 10
    assert round_comparison_of(session, draw.evaluation) is None


def test_nonresponse_bounds_enclose_the_figures(session: Session, draw: Draw) -> None:
    results = results_of(session, draw.evaluation)
    bounds = {each.name: each.bounds for each in nonresponse_bounds_of(results)}
    satisfied = sum(row.satisfied for row in results.strata)
    assert bounds["satisfaction.share"].worst == Decimal(satisfied)
    assert bounds["satisfaction.share"].best == Decimal(satisfied + 20)
    assert bounds["satisfaction.mean"].missing == 20
    assert bounds["satisfaction.mean"].worst < (results.satisfaction.value or 0) < bounds["satisfaction.mean"].best


def test_flipping_answers_lowers_every_statistic(session: Session, draw: Draw) -> None:
    results = results_of(session, draw.evaluation)
    for name, figure in results.figures.items():
        assert value_after_flips(results, name, 0) == figure.value
        values = [value_after_flips(results, name, people) for people in range(5)]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=True)
    assert value_after_flips(results, "awareness.rate", 10_000) is None


def test_fewest_returns_the_smallest_number_that_satisfies_the_condition() -> None:
    for answer in range(1, 30):
        assert fewest(lambda n, answer=answer: n >= answer, 30) == answer
    assert fewest(lambda n: False, 30) is None
    assert fewest(lambda n: True, 0) is None


def test_alpha_equals_its_definition_computed_from_the_answers(session: Session, draw: Draw) -> None:
    reliability = reliability_of(session, draw.evaluation)
    assert reliability is not None
    assert reliability.alpha is not None
    scores = {o.code: o.score for o in questionnaire_of(draw.evaluation).question("B1").options}
    answers = [[scores[row.answers[item]] for item in ITEMS] for row in session.query(Response)]
    totals = [sum(row) for row in answers]

    def variance(values: list[int]) -> float:
        middle = sum(values) / len(values)
        return sum((value - middle) ** 2 for value in values) / (len(values) - 1)

    own = sum(variance([row[place] for row in answers]) for place in range(8))
    assert reliability.alpha == pytest.approx(8 / 7 * (1 - own / variance(totals)), rel=1e-9)
    assert [item.answered for item in reliability.items] == [80] * 8
    assert reliability.items[0].ceiling == Fraction(sum(row[0] == 100 for row in answers), 80)


def test_grade_probabilities_exist_only_where_points_depend_on_the_sample(session: Session, draw: Draw) -> None:
    evaluation = draw.evaluation
    outcome = score_of(session, evaluation)
    uncertainty = grade_uncertainty_of(outcome, scheme_of(evaluation))
    assert (uncertainty.grades, uncertainty.sample_counts) == ((), False)
    all_scores(session, evaluation)
    with_a_computed_item(session, evaluation)
    outcome = score_of(session, evaluation)
    uncertainty = grade_uncertainty_of(outcome, scheme_of(evaluation))
    assert uncertainty.sample_counts
    assert sum(entry.chance for entry in uncertainty.grades) == pytest.approx(1)
    (item,) = (item for item in uncertainty.items if item.counts)
    assert sum(entry.chance for entry in item.chances) == pytest.approx(1, abs=1e-6)
    assert max(item.chances, key=lambda entry: entry.chance).name == str(item.points)
    assert item.turned is not None
    value = value_after_flips(outcome.results, "satisfaction.mean", item.turned)
    before = value_after_flips(outcome.results, "satisfaction.mean", item.turned - 1)
    rule = next(i.rule for p in scheme_of(evaluation).parties for i in p.items if i.code == "monitoring")
    assert rule is not None
    assert value is not None
    assert before is not None
    assert rule.points(value).value < item.points == rule.points(before).value
