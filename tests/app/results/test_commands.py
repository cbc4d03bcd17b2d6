"""Excluding, restoring and erasing responses, on both databases: figures and tallies stay right in every order."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.queries import details_of
from app.desk.commands.attempts import record_attempt
from app.exports.queries import exported_responses
from app.models import AuditEvent, Draw, Exclusion, Invitation, Response
from app.results.commands import exclude_response, restore_response, withdraw_consent
from app.results.queries.exclusions import effects_of
from app.results.queries.responses import response_page, why_left_out
from app.results.queries.results import results_of
from app.results.queries.tally_check import tally_differences
from app.scores.commands.scores import settle_score
from app.scores.queries.settlement_check import recompute
from app.shared.errors import Refused
from app.shared.queries import settlement_of
from sampling.plan import Protocol
from tests.builders import NEVER_SERVED, SATISFIED, a_draw, a_finished_evaluation, a_response, an_evaluation, cases_of
from tests.copies import kept

WHY = "回访时本人说没有接受过访问"
UNHAPPY = SATISFIED | {f"B{i}": "2" for i in range(1, 9)}


@pytest.fixture
@kept
def draw(session: Session) -> Draw:
    draw = a_draw(session, an_evaluation(session))
    for number, case in enumerate(cases_of(session, draw)[:30]):
        a_response(session, case, UNHAPPY if number % 4 == 0 else SATISFIED)
    return draw


def first_response(session: Session, draw: Draw) -> Response:
    case = cases_of(session, draw)[0]
    return session.scalars(select(Response).where(Response.case_id == case.id).order_by(Response.id)).all()[0]


def test_an_excluded_response_is_in_no_figure_and_can_be_restored(session: Session, draw: Draw) -> None:
    before = results_of(session, draw.evaluation)
    response = first_response(session, draw)
    exclude_response(session, response, reason=f" {WHY}\n")
    session.commit()
    after = results_of(session, draw.evaluation)
    assert after.valid == before.valid - 1
    # The value may stay the same, where the rest of the stratum is of one opinion.
    assert (before.satisfaction.estimate.n, after.satisfaction.estimate.n) == (30, 29)  # type: ignore[union-attr]
    assert len(list(exported_responses(session, draw.evaluation))) == 29
    assert tally_differences(session, draw) == []
    assert why_left_out(response, "satisfaction.mean") == "excluded"
    outside = response_page(session, draw.evaluation, "satisfaction.mean", inside=False, number=1)
    assert outside is not None
    assert [line.uuid for line in outside.lines] == [response.uuid]
    assert (response.case.outcome, response.case.outcome_final) == ("P1", False)
    restore_response(session, response, reason="录音证明访问过")
    session.commit()
    assert results_of(session, draw.evaluation).to_dict() == before.to_dict()
    assert (response.case.outcome, response.case.outcome_final) == ("I1", True)
    rows = session.scalars(select(Exclusion).order_by(Exclusion.id)).all()
    assert [(row.excluded, row.reason) for row in rows] == [(True, WHY), (False, "录音证明访问过")]
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert list(actions) == ["response.restored", "response.excluded"]


def test_the_next_valid_response_counts_until_the_excluded_one_is_restored(session: Session, draw: Draw) -> None:
    first = first_response(session, draw)
    second = a_response(session, first.case, NEVER_SERVED).response
    assert (first.counted, second.counted) == (True, False)
    exclude_response(session, first, reason=WHY)
    session.commit()
    assert (first.counted, second.counted, first.case.outcome) == (False, True, "X1")
    restore_response(session, first, reason="弄错了")
    session.commit()
    assert (first.counted, second.counted, first.case.outcome) == (True, False, "I1")
    assert tally_differences(session, draw) == []
    exclude_response(session, second, reason=WHY)
    session.commit()
    assert (first.counted, second.excluded) == (True, True)


def test_a_response_submitted_after_an_exclusion_counts(session: Session, draw: Draw) -> None:
    first = first_response(session, draw)
    exclude_response(session, first, reason=WHY)
    session.commit()
    assert a_response(session, first.case).response.counted
    restore_response(session, first, reason="两份都是真的")
    session.commit()
    assert first.counted
    assert tally_differences(session, draw) == []


def test_the_effect_of_an_exclusion_is_predicted_exactly(session: Session, draw: Draw) -> None:
    response = first_response(session, draw)
    predicted = {effect.name: effect.outside.value for effect in effects_of(session, draw.evaluation, response)}
    exclude_response(session, response, reason=WHY)
    session.commit()
    figures = results_of(session, draw.evaluation).figures
    assert set(predicted) == set(figures)
    assert {name: figures[name].value for name in predicted} == predicted
    assert effects_of(session, draw.evaluation, response) == ()


@pytest.mark.parametrize(("reason", "code"), [("  \n", "reason"), ("长" * 401, "reason")])
def test_exclusion_and_withdrawal_need_a_reason_within_the_length_limit(
    session: Session, draw: Draw, reason: str, code: str
) -> None:
    response = first_response(session, draw)
    for command in (exclude_response, withdraw_consent):
        with pytest.raises(Refused) as refused:
            command(session, response, reason=reason)
        assert refused.value.code == code
        session.rollback()
    assert response.counted
    assert response.answers


def test_excluding_restoring_or_erasing_twice_is_refused(session: Session, draw: Draw) -> None:
    response = first_response(session, draw)
    with pytest.raises(Refused):
        restore_response(session, response, reason=WHY)
    exclude_response(session, response, reason=WHY)
    session.commit()
    with pytest.raises(Refused):
        exclude_response(session, response, reason=WHY)
    withdraw_consent(session, response, reason="本人来电")
    session.commit()
    for command in (exclude_response, restore_response, withdraw_consent):
        with pytest.raises(Refused):
            command(session, response, reason=WHY)
        session.rollback()


def test_a_withdrawal_erases_every_answer_of_the_response(session: Session, draw: Draw) -> None:
    response = first_response(session, draw)
    before = results_of(session, draw.evaluation)
    session.add(Invitation(case_id=response.case_id, token_hash=b"x" * 32))
    session.commit()
    withdraw_consent(session, response, reason="本人 11 月 3 日来电")
    session.commit()
    row = session.execute(sa.text("SELECT * FROM response WHERE id = :id"), {"id": response.id}).mappings().one()
    left = {name: value for name, value in row.items() if value not in (None, False, 0, "{}", {})}
    assert set(left) == {
        "id", "uuid", "case_id", "submission_key", "mode", "questionnaire_id", "started_at", "submitted_at",
        "invalid_reason",
    }  # fmt: skip
    assert (response.case.outcome, response.case.outcome_final) == ("R1", True)
    assert results_of(session, draw.evaluation).valid == before.valid - 1
    assert tally_differences(session, draw) == []
    assert session.scalars(select(Invitation.revoked_at)).all() != [None]
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert details_of(event) == {"response": str(response.uuid), "reason": "本人 11 月 3 日来电"}
    assert "来电" not in str(event.details)  # what was typed stands beside the chain, where it can be erased
    with pytest.raises(Refused):
        record_attempt(session, response.case, attempt_key=uuid.uuid4(), mode="phone", outcome="NC1", interviewer=None)


def test_a_withdrawal_releases_a_replacement_like_any_refusal(session: Session) -> None:
    draw = a_draw(session, an_evaluation(session), protocol=Protocol.ONE_FOR_ONE)
    cases = cases_of(session, draw)
    response = a_response(session, cases[0]).response
    withdraw_consent(session, response, reason="本人来电")
    session.commit()
    assert len(cases_of(session, draw)) == len(cases) + 1


def test_after_settling_exclusion_is_refused_and_withdrawal_is_allowed(session: Session) -> None:
    evaluation = a_finished_evaluation(session)
    settle_score(session, evaluation)
    session.commit()
    settlement = settlement_of(session, evaluation)
    assert settlement is not None
    total = settlement.total
    response = session.scalars(select(Response)).first()
    assert response is not None
    with pytest.raises(Refused) as refused:
        exclude_response(session, response, reason=WHY)
    assert refused.value.code == "settled"
    session.rollback()
    withdraw_consent(session, response, reason="本人来电")
    session.commit()
    assert settlement.total == total
    recomputation = recompute(session, evaluation, settlement)
    assert recomputation.frozen is not None
    assert recomputation.frozen.same


def test_the_database_refuses_a_counted_excluded_response_and_an_entry_without_reason(
    session: Session, draw: Draw
) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="counted_not_excluded"):
        session.execute(sa.text("UPDATE response SET excluded = TRUE"))
    session.rollback()
    exclude_response(session, first_response(session, draw), reason=WHY)
    session.commit()
    with pytest.raises(sa.exc.IntegrityError, match="ck_exclusion_reason_given"):
        session.execute(sa.text("UPDATE exclusion SET reason = ' '"))
    session.rollback()
