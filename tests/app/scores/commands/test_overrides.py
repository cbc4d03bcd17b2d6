"""Overrides of computed points, and recomputation of a settled result."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.queries import scheme_of
from app.models import AuditEvent, Evaluation, Role, ScoreOverride, Settlement
from app.scores.commands.scores import enter_score, override_item, settle_score, state_fact
from app.scores.queries.grade_uncertainty import grade_uncertainty_of
from app.scores.queries.scores import newest_overrides, score_of
from app.scores.queries.settlement_check import recompute
from app.shared.errors import Refused
from app.shared.queries import settlement_of
from tests.builders import a_finished_evaluation, with_a_computed_item

REASON = "走访所见好于答卷"


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    evaluation = a_finished_evaluation(session)
    with_a_computed_item(session, evaluation)
    return evaluation


def override(session: Session, evaluation: Evaluation, points: str | None = "7.5", reason: str = REASON) -> None:
    override_item(session, evaluation, item="monitoring", points=points, reason=reason)
    session.commit()


def test_the_newest_override_is_in_force_and_all_are_kept(session: Session, evaluation: Evaluation) -> None:
    before = score_of(session, evaluation).sheet
    override(session, evaluation)
    override(session, evaluation, "6", " 第二次\n看过 ")
    sheet = score_of(session, evaluation).sheet
    line = next(line for line in sheet.lines if line.code == "monitoring")
    assert (line.by_rule, line.counted, line.override) == (Decimal(10), Decimal(6), "第二次 看过")
    assert sheet.total == before.total - 4  # type: ignore[operator]
    assert sheet.digest != before.digest
    override(session, evaluation, None, "按规则")
    assert newest_overrides(session, evaluation) == {}
    assert score_of(session, evaluation).sheet.digest == before.digest
    assert session.query(ScoreOverride).count() == 3
    actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(3)))
    assert actions == ["score.override_withdrawn", "score.overridden", "score.overridden"]


@pytest.mark.parametrize(
    ("item", "points", "reason", "code"),
    [
        ("effect", "5", REASON, "not-computed"),
        ("nothing", "5", REASON, "not-computed"),
        ("satisfaction_points", "5", REASON, "not-computed"),
        ("monitoring", "5", " \n ", "reason"),
        ("monitoring", "5", "长" * 401, "reason"),
        ("monitoring", "", REASON, "not-a-number"),
        ("monitoring", "十", REASON, "not-a-number"),
        ("monitoring", "10.01", REASON, "out-of-range"),
        ("monitoring", "-1", REASON, "out-of-range"),
        ("monitoring", "NaN", REASON, "out-of-range"),
        ("monitoring", "1.234", REASON, "too-fine"),
        ("monitoring", None, REASON, "nothing"),
    ],
)
def test_invalid_overrides_are_refused(
    session: Session, evaluation: Evaluation, item: str, points: str | None, reason: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        override_item(session, evaluation, item=item, points=points, reason=reason)
    assert refused.value.code == code
    assert session.query(ScoreOverride).count() == 0


def test_overridden_points_do_not_depend_on_the_sample(session: Session, evaluation: Evaluation) -> None:
    assert grade_uncertainty_of(score_of(session, evaluation), scheme_of(evaluation)).sample_counts
    override(session, evaluation)
    uncertainty = grade_uncertainty_of(score_of(session, evaluation), scheme_of(evaluation))
    assert not uncertainty.sample_counts
    assert uncertainty.grades == ()


def settled(session: Session, evaluation: Evaluation) -> Settlement:
    settle_score(session, evaluation)
    session.commit()
    settlement = settlement_of(session, evaluation)
    assert settlement is not None
    return settlement


def test_recomputing_an_untouched_settlement_gives_the_same_result(session: Session, evaluation: Evaluation) -> None:
    override(session, evaluation)
    settlement = settled(session, evaluation)
    recomputation = recompute(session, evaluation, settlement)
    assert recomputation.differences == ()
    assert recomputation.same
    assert recomputation.frozen is not None
    assert recomputation.live is not None
    with pytest.raises(Refused):
        override_item(session, evaluation, item="monitoring", points="1", reason=REASON)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE score_override SET points = 1",
        "DELETE FROM score_override",
        "INSERT INTO score_override (evaluation_id, item, reason, entered_at) SELECT evaluation_id, item, reason,"
        " entered_at FROM score_override",
        "UPDATE party_score SET given = 1",
        "DELETE FROM station_fact",
        "UPDATE evaluation SET stage = 'final'",
        "UPDATE evaluation SET scheme_id = questionnaire_id",
    ],
)
def test_the_database_protects_the_inputs_of_a_settled_result(
    session: Session, evaluation: Evaluation, statement: str
) -> None:
    override(session, evaluation)
    settled(session, evaluation)
    with pytest.raises(sa.exc.DBAPIError, match="settled"):
        session.execute(sa.text(statement))
    session.rollback()


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE score_override SET points = -1", "ck_score_override_points_not_negative"),
        ("UPDATE score_override SET reason = '  '", "ck_score_override_reason_given"),
    ],
)
def test_the_database_refuses_an_override_below_zero_or_without_reason(
    session: Session, evaluation: Evaluation, statement: str, constraint: str
) -> None:
    override(session, evaluation)
    with pytest.raises(sa.exc.IntegrityError, match=constraint):
        session.execute(sa.text(statement))
    session.rollback()


def test_recomputation_reports_answers_altered_after_settling(session: Session, evaluation: Evaluation) -> None:
    settlement = settled(session, evaluation)
    session.execute(sa.text("UPDATE response SET satisfaction_index = 700000"))
    session.commit()
    recomputation = recompute(session, evaluation, settlement)
    assert not recomputation.same
    assert recomputation.frozen is not None
    assert recomputation.frozen.same
    differences = "\n".join(words.zh for words in recomputation.differences)
    assert "现在的数据：" in differences
    assert re.search(r"统计结果 [0-9.]+ → 70", differences)
    assert "总分" in differences
    assert "保存的依据" not in differences


def test_recomputation_reports_an_altered_draw(session: Session, evaluation: Evaluation) -> None:
    settlement = settled(session, evaluation)
    session.execute(sa.text("DELETE FROM case_tally"))
    case = session.scalar(sa.text("SELECT min(id) FROM cases WHERE id NOT IN (SELECT case_id FROM response)"))
    if case is None:
        case = session.scalar(sa.text("SELECT max(id) FROM cases"))
        session.execute(sa.text("DELETE FROM response WHERE case_id = :case"), {"case": case})
    session.execute(sa.text("DELETE FROM invitation WHERE case_id = :case"), {"case": case})
    session.execute(sa.text("DELETE FROM schedule WHERE case_id = :case"), {"case": case})
    session.execute(sa.text("DELETE FROM attempt WHERE case_id = :case"), {"case": case})
    session.execute(sa.text("DELETE FROM cases WHERE id = :case"), {"case": case})
    session.commit()
    recomputation = recompute(session, evaluation, settlement)
    assert any(words.zh.startswith("现在的数据：抽样与登记不一致") for words in recomputation.differences)
    assert recomputation.live is None


def tampered(settlement: Settlement, **changes: object) -> Settlement:
    """A settlement as somebody with the database file and without its triggers might leave it."""
    values = {c.name: getattr(settlement, c.name) for c in Settlement.__table__.columns}
    return Settlement(**values | changes)


def test_recomputation_reports_an_altered_settlement(session: Session, evaluation: Evaluation) -> None:
    settlement = settled(session, evaluation)
    inputs = json.loads(json.dumps(settlement.inputs))
    inputs["statistics"]["satisfaction.mean"]["value"] = "80"
    recomputation = recompute(session, evaluation, tampered(settlement, inputs=inputs))
    assert any(words.zh.startswith("保存的依据：服务监测") for words in recomputation.differences)
    digest = recompute(session, evaluation, tampered(settlement, inputs_digest="0" * 64))
    assert all("依据的摘要与定案时不同" in words.zh for words in digest.differences)
    scheme = recompute(session, evaluation, tampered(settlement, scheme_digest="0" * 64))
    assert "保存的依据：定案所用的评分方案已不在库里。" in {words.zh for words in scheme.differences}
    assert "评分方案的摘要与定案时不同。" in {words.zh for words in scheme.differences}
    broken = recompute(session, evaluation, tampered(settlement, inputs=inputs | {"party_scores": [1]}))
    assert "保存的依据：保存的依据写法不对，不能重算。" in {words.zh for words in broken.differences}


def test_a_settlement_without_stored_areas_and_stage_can_be_recomputed(
    session: Session, evaluation: Evaluation
) -> None:
    settlement = settled(session, evaluation)
    old = json.loads(json.dumps(settlement.inputs))
    for name in ("areas", "stage", "overrides"):
        del old[name]
    for figure in old["statistics"].values():
        del figure["base"]
    assert recompute(session, evaluation, tampered(settlement, inputs=old)).same


def test_points_are_entered_and_facts_stated_until_settled(session: Session, evaluation: Evaluation) -> None:
    enter_score(session, evaluation, role=Role.LEAD, item="effect", given="11")
    state_fact(session, evaluation, code="staff_cost_share", value="84")
    session.commit()
    assert score_of(session, evaluation).sheet.total is not None
