"""Results and score from the database, and the reasons why a score is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from app.audit.queries import verify_chain
from app.demo.loading import SLUG, load
from app.models import Case, ContactIndex, Evaluation, Invitation, Recipient, Role, Schedule
from app.results.queries.results import results_of
from app.scores.commands.scores import enter_score, settle_score, state_fact
from app.scores.queries.scores import score_of
from app.shared.errors import Refused
from sampling.certificate import Mismatch
from tests.builders import SATISFIED, a_draw, a_finished_evaluation, a_response, an_evaluation, cases_of, without_rules


def test_the_demonstration_is_shibi(session: Session) -> None:
    evaluation = load(session)
    session.commit()
    results = results_of(session, evaluation)
    assert results.sentence.zh == ("共 124 人接受调查评价，1 人满意度 65%，13 人满意度 85%以上，110 人满意度 95%以上。")
    assert [entry.count for entry in results.bands] == [110, 13, 0, 1, 0]
    assert (results.valid, results.drawn, results.required, results.population) == (124, 160, 100, 1300)
    outcome = score_of(session, evaluation).to_dict()
    assert (outcome["total"], outcome["grade"], outcome["missing"]) == ("87.6", "良好", [])
    counted = {item["code"]: item["counted"] for item in outcome["items"]}
    assert counted == {
        "monitoring": "8.6",
        "effect": "10.6",
        "management": "9.4",
        "quality": "16.9",
        "purchaser_score": "19.8",
        "supervision_score": "13",
        "monitor_score": "9.3",
    }
    assert evaluation.slug == SLUG
    assert verify_chain(session).is_intact
    people = session.scalars(select(Recipient.key)).all()
    assert len(people) == len(set(people)) == 1300
    printed = {row.code: str(row.percent) for row in _indicators(session) if row.percent is not None}
    assert printed["group_people"] == "95.63"
    settle_score(session, evaluation)
    session.commit()


def _indicators(session: Session) -> list[object]:
    from app.models import ContractIndicator

    return list(session.scalars(select(ContractIndicator)))


def test_without_responses_figures_are_absent_not_zero(session: Session) -> None:
    evaluation = an_evaluation(session)
    assert results_of(session, evaluation).satisfaction.to_dict() == {
        "value": None,
        "reason": "还没有有效回答，暂无结果。",
    }
    a_draw(session, evaluation)
    results = results_of(session, evaluation).to_dict()
    assert (results["n"], results["satisfaction"]["mean"]["value"], results["shortfall"]) == (0, None, 100)


def test_sums_agree_with_a_recount_of_the_answers(session: Session) -> None:
    draw = a_draw(session, an_evaluation(session))
    patterns = ["55555555", "54544745", "33233423", "44444444"]
    indices = [Decimal(100), Decimal("88.5714"), Decimal("55.0000"), Decimal(80)]
    for number, case in enumerate(cases_of(session, draw)[:40]):
        answers = SATISFIED | {f"B{i}": code for i, code in enumerate(patterns[number % 4], 1)}
        a_response(session, case, answers)
    results = results_of(session, draw.evaluation)
    assert sum(row.index_total for row in results.strata) == int(sum(indices) * 10 * 10_000)
    assert sum(row.index_squares for row in results.strata) == sum(int(i * 10_000) ** 2 for i in indices) * 10
    assert [entry.count for entry in results.bands] == [10, 10, 10, 0, 10]
    assert results.awareness.value == Decimal("100.00")


def test_small_groups_are_not_shown(session: Session) -> None:
    draw = a_draw(session, an_evaluation(session))
    for case in cases_of(session, draw)[:3]:
        a_response(session, case)
    areas = results_of(session, draw.evaluation).to_dict()["areas"]
    assert all(area["n"] is None and area["satisfaction"]["value"] is None for area in areas)


@pytest.mark.parametrize("kind", ["deleted", "added", "swapped"])
def test_a_case_changed_directly_in_the_database_stops_the_score(session: Session, kind: str) -> None:
    draw = a_draw(session, an_evaluation(session))
    case = cases_of(session, draw)[0]
    outsider = session.scalars(
        select(Recipient.id).where(Recipient.id.not_in(select(Case.recipient_id))).limit(1)
    ).one()
    if kind == "deleted":
        session.execute(delete(Schedule).where(Schedule.case_id == case.id))
        session.execute(delete(Case).where(Case.id == case.id))
    elif kind == "added":
        values = {c.name: getattr(case, c.name) for c in Case.__table__.columns if c.name not in ("id", "uuid")}
        session.execute(insert(Case).values(values | {"recipient_id": outsider, "position": 999}))
    else:
        session.execute(update(Case).where(Case.id == case.id).values(recipient_id=outsider))
    session.commit()
    with pytest.raises(Mismatch) as mismatch:
        score_of(session, draw.evaluation)
    places = [difference.place for difference in mismatch.value.differences]
    assert places == ["cases"] * (2 if kind == "swapped" else 1)


def test_each_party_scores_its_own_items_within_their_maximum(session: Session) -> None:
    evaluation = an_evaluation(session)
    enter_score(session, evaluation, role=Role.PURCHASER, item="purchaser_score", given="19.8")
    for role, item, area, given, word in (
        (Role.PURCHASER, "monitoring", "", "5", "不由您"),
        (Role.STATION, "monitoring", "", "5", "不由您"),
        (Role.LEAD, "quality", "", "5", "片区"),
        (Role.LEAD, "quality", "9", "5", "片区"),
        (Role.LEAD, "monitoring", "", "10.1", "0 到 10"),
        (Role.LEAD, "monitoring", "", "-1", "0 到 10"),
        (Role.LEAD, "monitoring", "", "NaN", "0 到 10"),
        (Role.LEAD, "monitoring", "", "8.655", "两位小数"),
        (Role.LEAD, "monitoring", "", "八", "数字"),
    ):
        with pytest.raises(Refused, match=word):
            enter_score(session, evaluation, role=role, item=item, area=area, given=given)
    with pytest.raises(Refused, match="没有这一项"):
        state_fact(session, evaluation, code="nonsense", value="1")
    with pytest.raises(Refused, match="数字"):
        state_fact(session, evaluation, code="staff_due", value="many")


def test_settling_needs_all_points_and_a_reason_for_a_shortfall(session: Session) -> None:
    evaluation = a_finished_evaluation(session, answered=99)
    with pytest.raises(Refused, match="还差 1 份"):
        settle_score(session, evaluation)
    settlement = settle_score(session, evaluation, shortfall_reason="一人住院，无法替换。")
    session.commit()
    assert (settlement.total, settlement.grade) == ("87.6", "良好")
    assert settlement.inputs["shortfall_reason"] == "一人住院，无法替换。"
    with pytest.raises(Refused, match="定案"):
        settle_score(session, evaluation)
    with pytest.raises(Refused, match="定案"):
        enter_score(session, evaluation, role=Role.LEAD, item="monitoring", given="9")


def test_settling_is_refused_while_points_are_missing(session: Session) -> None:
    draw = a_draw(session, an_evaluation(session))
    with pytest.raises(Refused, match="还不完整"):
        settle_score(session, draw.evaluation)


def test_the_audit_check_locates_the_broken_event(session: Session) -> None:
    an_evaluation(session)
    session.commit()
    without_rules(session)  # the chain still tells
    session.execute(text("UPDATE audit_event SET action = 'user.closed' WHERE id = 2"))
    session.commit()
    assert verify_chain(session).broken_at == 2


def test_queries_of_results_do_not_load_the_answers(session: Session) -> None:
    from sqlalchemy import event

    draw = a_draw(session, an_evaluation(session))
    statements: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement))
    results_of(session, session.get_one(Evaluation, draw.evaluation_id))
    assert statements
    assert not [s for s in statements if "response.answers" in s]
    assert Invitation.__tablename__ not in " ".join(statements)
    assert ContactIndex.__tablename__ not in " ".join(statements)
