"""The pages about the responses behind a figure and about one response; no page shows personal data."""

from __future__ import annotations

import uuid
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Evaluation, Response, Role
from app.results.queries.figure_trace import figure_trace
from app.results.queries.response_trace import response_trace
from app.results.queries.responses import response_page, why_left_out
from app.results.queries.results import results_of
from surveys.scoring import STATISTICS
from tests.builders import NEVER_SERVED, SATISFIED, a_draw, a_member, a_response, an_evaluation, cases_of
from tests.copies import kept
from tests.visitor import Visitor

S = "/evaluations/sample-2023"


@pytest.fixture
@kept
def evaluation(session: Session) -> Evaluation:
    """Sixty satisfied, one never served, one asked twice, one who hardly answered."""
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    draw = a_draw(session, evaluation)
    cases = cases_of(session, draw)
    for case in cases[:60]:
        a_response(session, case, SATISFIED | {"B1": "4"})
    a_response(session, cases[60], NEVER_SERVED)
    a_response(session, cases[0])
    return evaluation


@pytest.fixture
def lead(evaluation: Evaluation, visitor: Visitor) -> Visitor:
    """The lead, signed in."""
    visitor.sign_in("lead")
    return visitor


@pytest.mark.parametrize("name", STATISTICS)
def test_the_strata_add_up_to_the_figure(session: Session, evaluation: Evaluation, name: str) -> None:
    trace = figure_trace(session, evaluation, name)
    assert trace is not None
    assert trace.figure.value is not None
    spoken = [s for s in trace.strata if s.base and s.mean is not None]
    whole = sum(s.population for s in spoken)
    mean = sum(Fraction(s.mean or 0) * s.population for s in spoken) / whole
    assert abs(mean - Fraction(trace.figure.value)) < Fraction(1, 50)
    page = response_page(session, evaluation, name, inside=True, number=1)
    outside = response_page(session, evaluation, name, inside=False, number=1)
    assert page is not None
    assert outside is not None
    assert (page.total, outside.total) == (trace.inside, trace.outside)
    assert page.total + outside.total == 62


def test_the_contributions_of_all_responses_to_a_figure_sum_to_one(session: Session, evaluation: Evaluation) -> None:
    shares: dict[str, Fraction] = {}
    for response in session.scalars(select(Response)):
        trace = response_trace(session, evaluation, response.uuid, "zh_Hans_CN")
        assert trace is not None
        for contribution in trace.contributions:
            shares[contribution.name] = shares.get(contribution.name, Fraction(0)) + contribution.share
        assert {contribution.name for contribution in trace.contributions} | {
            name for name, _ in trace.left_out
        } == set(STATISTICS)
    assert shares == dict.fromkeys(STATISTICS, Fraction(1))


def test_a_response_left_out_of_a_figure_has_a_reason(session: Session, evaluation: Evaluation) -> None:
    reasons = sorted(why_left_out(row, "satisfaction.mean") for row in session.scalars(select(Response)))
    assert reasons == [""] * 60 + ["never-served", "not-first"]


def test_links_lead_from_the_results_to_one_response_and_back(lead: Visitor) -> None:
    page = lead.get(f"{S}/results").follow("满意度指数（均值）")
    assert "抽样证书" in page.text
    listed = page.follow("计入的 60 份答卷")
    assert "第 1 页，共 2 页，60 份" in listed.text
    assert lead.get(f"{S}/results/figures/satisfaction.mean/responses?page=9999999999999999999").status == 200
    link_to_response = next(link for link in listed.links() if "/results/responses/" in link)
    page = lead.get(link_to_response)
    assert "占这个数字的" in page.text
    assert "示例0" not in page.text
    assert page.follow("有效知晓率").heading == "有效知晓率是怎么来的"
    left = lead.get(f"{S}/results/figures/satisfaction.mean").follow("没有计入的 2 份答卷和原因")
    assert "表示没有接受过服务，不评满意度" in left.text
    assert "同一个案已有更早的有效答卷" in left.text


@pytest.mark.parametrize("path", ["figures/nothing", "figures/nothing/responses", f"responses/{uuid.UUID(int=0)}"])
def test_an_unknown_figure_or_response_is_not_found(lead: Visitor, path: str) -> None:
    assert lead.get(f"{S}/results/{path}").status == 404


def test_before_the_draw_there_is_nothing_to_trace(session: Session, visitor: Visitor) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    visitor.sign_in("lead")
    assert "还没有抽样" in visitor.get(f"{S}/results/figures/awareness.rate").text
    assert visitor.get(f"{S}/results/figures/awareness.rate/responses").status == 404
    assert results_of(session, evaluation).valid == 0


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.STATION, Role.PURCHASER, Role.MONITOR])
def test_only_the_lead_sees_figures_and_responses(
    session: Session, evaluation: Evaluation, visitor: Visitor, role: Role
) -> None:
    a_member(session, evaluation, role, "someone")
    visitor.sign_in("someone")
    response = session.scalars(select(Response)).first()
    assert response is not None
    for path in ("figures/awareness.rate", "figures/awareness.rate/responses", f"responses/{response.uuid}"):
        assert visitor.get(f"{S}/results/{path}").status == 403
