"""Results when strata are not villages: areas cut across strata, general recipients are reported separately."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.draw.queries.stratum_names import stratum_names
from app.exports.queries import exported_responses
from app.ledger.commands.frames import seal_frame
from app.models import Draw, Evaluation
from app.results.queries.results import results_of
from app.supervision.queries.progress import fieldwork_of
from sampling.plan import Factor
from tests.builders import (
    SATISFIED,
    STATION,
    a_ceremony,
    a_draft_frame,
    a_draw_of,
    a_mixed_ledger,
    a_plan,
    all_answer,
    an_evaluation,
    cases_of,
)
from tests.copies import kept

UNHAPPY = SATISFIED | {f"B{i}": "2" for i in range(1, 9)} | {"B9": 30, "B10": "2"}


@kept
def a_mixed_frame(session: Session) -> Evaluation:
    """150 people of the priority groups and 60 general recipients, sealed."""
    evaluation = an_evaluation(session)
    a_draft_frame(session, evaluation, data=a_mixed_ledger(150, 60))
    seal_frame(session, evaluation, typed_name=STATION)
    session.commit()
    return evaluation


def a_mixed_draw(session: Session, **choices: object) -> Draw:
    """People of both kinds, drawn by a plan."""
    evaluation = a_mixed_frame(session)
    return a_draw_of(session, a_ceremony(session, evaluation, a_plan(session, evaluation, **choices)))


def answer(session: Session, draw: Draw) -> None:
    """Everybody is satisfied but those of the first area."""
    unhappy = ("甲村", "乙村")
    asked = cases_of(session, draw)
    all_answer(session, ((case, UNHAPPY if case.recipient.village.name in unhappy else SATISFIED) for case in asked))


@pytest.mark.parametrize("strata", [(), (Factor.GROUP,), (Factor.PRIORITY,)])
def test_areas_that_cut_across_strata_have_their_own_figures(session: Session, strata: tuple[Factor, ...]) -> None:
    draw = a_mixed_draw(session, strata=strata)
    answer(session, draw)
    results = results_of(session, draw.evaluation)
    assert (results.valid, results.population) == (100, 150)
    first, second, third = results.areas
    assert first.satisfaction.value == results.areas[0].satisfaction.value < Decimal(50)
    assert second.satisfaction.value == third.satisfaction.value > Decimal(95)
    assert sum(area.drawn for area in results.areas) == 100
    assert sum(area.valid for area in results.areas) == 100
    assert first.satisfaction.interval is not None


def test_strata_inside_areas_give_the_same_figures_as_before(session: Session) -> None:
    draw = a_mixed_draw(session, strata=(Factor.AREA,))
    answer(session, draw)
    results = results_of(session, draw.evaluation)
    assert [area.valid for area in results.areas] == [row.valid for row in results.strata]


def test_general_recipients_are_reported_separately(session: Session) -> None:
    draw = a_mixed_draw(session, general=30)
    asked = cases_of(session, draw)
    all_answer(session, ((case, SATISFIED if case.recipient.priority else UNHAPPY) for case in asked))
    results = results_of(session, draw.evaluation)
    assert (results.valid, results.drawn, results.population) == (100, 100, 150)
    assert results.general is not None
    assert (results.general.population, results.general.drawn, results.general.valid) == (60, 30, 30)
    assert results.general.satisfaction.value is not None
    assert results.satisfaction.value is not None
    assert results.general.satisfaction.value < 50 < results.satisfaction.value
    assert results.to_dict()["general"]["n"] == 30
    assert sum(entry.count for entry in results.bands) == 100


def test_progress_and_export_cover_every_village_when_strata_are_not_villages(session: Session) -> None:
    draw = a_mixed_draw(session, strata=(), general=10)
    answer(session, draw)
    progress = fieldwork_of(session, draw)
    assert progress.totals.drawn == 110
    assert progress.totals.population == 210
    assert [row.village for row in progress.strata] == ["甲村", "乙村", "丙村", "丁村", "戊村"]
    assert len(list(exported_responses(session, draw.evaluation))) == 110


def test_strata_have_readable_names(session: Session) -> None:
    draw = a_mixed_draw(session, strata=(Factor.VILLAGE, Factor.GROUP), general=20)
    names = stratum_names(draw)
    assert "甲村 · 困难家庭" in names.values()
    assert "普通服务对象 · 甲村" in names.values()


def test_one_stratum_and_a_single_general_part_have_names_too(session: Session) -> None:
    draw = a_mixed_draw(session, strata=(), general=20)
    names = stratum_names(draw)
    assert names == {"all": "全部", "general": "普通服务对象"}
