"""The constraints and triggers of the database, each tested by a statement that violates it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.orm import Session

from app.accounts.commands import make_link
from app.desk.commands.attempts import record_attempt
from app.draw.commands.replacements import replace_case
from app.draw.commands.voiding import ask_to_void
from app.models import Base, Case, Ceremony, Draw, Evaluation, Role
from app.models.draws import RULE_CHECK
from app.schema import alembic_config, is_current
from app.scores.commands.scores import settle_score
from tests.builders import (
    a_ceremony,
    a_draft_frame,
    a_draw,
    a_finished_evaluation,
    a_member,
    a_response,
    a_sealed_frame,
    a_user,
    an_evaluation,
    cases_of,
)


def refused(session: Session, statement: str, word: str, **values: Any) -> None:
    with pytest.raises(DatabaseError) as error:
        session.execute(sa.text(statement), values)
    session.rollback()
    assert word in str(error.value)


@pytest.fixture
def draw(session: Session) -> Draw:
    return a_draw(session, an_evaluation(session))


@pytest.mark.parametrize(("population", "size"), [(250, 40), (60, 55), (99, 98), (100, 99), (120, 121)])
def test_a_draw_against_the_rule_is_refused_by_the_database(session: Session, population: int, size: int) -> None:
    evaluation = an_evaluation(session)
    frame = a_sealed_frame(session, evaluation)
    refused(
        session,
        "INSERT INTO draw (uuid, evaluation_id, frame_id, reading, population, size, seed, seed_source, certificate,"
        " certificate_digest, drawn_at)"
        " VALUES (:uuid, :e, :f, 'priority', :population, :size, 's', 's', '{}', :d, :at)",
        "ck_draw_rule",
        uuid="0" * 32,
        e=evaluation.id,
        f=frame.id,
        population=population,
        size=size,
        d="0" * 64,
        at=datetime(2023, 11, 1, tzinfo=UTC),
    )
    assert "100" in RULE_CHECK


def test_a_second_live_draw_is_refused_by_the_database(session: Session, draw: Draw) -> None:
    columns = [c.name for c in Draw.__table__.columns if c.name not in ("id", "uuid")]
    names = ", ".join(columns)
    refused(
        session,
        f"INSERT INTO draw (uuid, {names}) SELECT '11111111111111111111111111111111', {names} FROM draw",
        "draw",
    )


def test_a_drawn_sample_cannot_be_changed_or_deleted(session: Session, draw: Draw) -> None:
    refused(session, "UPDATE draw SET seed = 'another'", "draw_only_voided")
    refused(session, "UPDATE draw SET size = size + 1", "draw_only_voided")
    refused(session, "DELETE FROM draw", "draw_kept")


def test_a_sealed_frame_cannot_change(session: Session, draw: Draw) -> None:
    refused(session, "UPDATE frame SET fingerprint = :d", "frame_sealed", d="0" * 64)
    refused(session, "DELETE FROM recipient WHERE id NOT IN (SELECT recipient_id FROM cases)", "recipient_sealed")
    refused(session, "UPDATE recipient SET categories = '05'", "recipient_sealed")
    refused(
        session,
        "INSERT INTO recipient (frame_id, key, village_id, categories, priority)"
        " SELECT frame_id, :key, village_id, categories, priority FROM recipient LIMIT 1",
        "recipient_sealed",
        key="f" * 32,
    )


def test_a_person_has_one_case_and_it_belongs_to_the_frame_of_the_draw(session: Session, draw: Draw) -> None:
    case = cases_of(session, draw)[0]
    for change in ("position = position + 1000", "frame_id = frame_id"):
        copied = {"position": "position + 1000"} if "position" in change else {}
        columns = [c.name for c in Case.__table__.columns if c.name not in ("id", "uuid")]
        values = ", ".join(copied.get(name, name) for name in columns)
        refused(
            session,
            f"INSERT INTO cases (uuid, {', '.join(columns)}) SELECT :uuid, {values} FROM cases WHERE id = :id",
            "cases",
            uuid="2" * 32,
            id=case.id,
        )


def test_a_case_counts_one_response(session: Session, draw: Draw) -> None:
    case = cases_of(session, draw)[0]
    a_response(session, case)
    a_response(session, case)
    refused(session, "UPDATE response SET counted = :yes", "response", yes=True)


def test_a_response_that_is_not_valid_cannot_count(session: Session, draw: Draw) -> None:
    a_response(session, cases_of(session, draw)[0])
    refused(session, "UPDATE response SET valid = :no", "ck_response_counted_is_valid", no=False)
    refused(session, "UPDATE response SET satisfaction_index = 1000001", "ck_response_index_in_range")
    refused(session, "UPDATE response SET facts_known = 6", "ck_response_facts")


def test_audit_events_documents_and_settlements_are_written_once(session: Session) -> None:
    evaluation = a_finished_evaluation(session)
    settle_score(session, evaluation)
    session.commit()
    for table in ("audit_event", "document", "settlement"):
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            refused(session, statement, f"{table}_")


def test_an_area_of_another_station_is_refused(session: Session) -> None:
    evaluation, other = an_evaluation(session), an_evaluation(session, "other-2023")
    refused(
        session,
        "UPDATE village SET area_id = (SELECT min(id) FROM service_area WHERE station_id = :other)"
        " WHERE station_id = :one",
        "village" if session.get_bind().dialect.name == "postgresql" else "FOREIGN KEY",
        one=evaluation.station_id,
        other=other.station_id,
    )


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises((StatementError, ValueError), match="time zone"):
        session.execute(sa.insert(Evaluation).values(created_at=datetime(2023, 1, 1)))  # noqa: DTZ001
    session.rollback()


def test_the_migrated_schema_equals_the_models(session: Session) -> None:
    engine = session.get_bind()
    assert isinstance(engine, sa.Engine)
    assert is_current(engine)
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]},
        )
        assert compare_metadata(context, Base.metadata) == []
    assert alembic_config("sqlite://").get_main_option("script_location")


def test_every_constraint_has_a_name() -> None:
    nameless = [
        (table.name, constraint)
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert nameless == []


def test_a_plan_cannot_be_changed_or_deleted(session: Session, draw: Draw) -> None:
    refused(session, "UPDATE ceremony SET plan_digest = :d", "ceremony_fixed", d="0" * 64)
    refused(session, "UPDATE ceremony SET plan = '{}'", "ceremony_fixed")
    refused(session, "UPDATE ceremony SET closed_at = NULL", "ceremony_fixed")
    refused(session, "DELETE FROM ceremony", "ceremony_kept")
    columns = ", ".join(c.name for c in Ceremony.__table__.columns if c.name not in ("id", "uuid"))
    refused(session, f"INSERT INTO ceremony (uuid, {columns}) SELECT '{'3' * 32}', {columns} FROM ceremony", "ceremony")


def test_a_contribution_cannot_be_changed_once_commitments_are_closed(session: Session, draw: Draw) -> None:
    for change in ("value = '1'", "commitment = NULL", "name = 'x'", "source = 'x'", "place = 9", "kind = 'public'"):
        refused(session, f"UPDATE seed_contribution SET {change} WHERE kind = 'system'", "seed_contribution")
    refused(session, "DELETE FROM seed_contribution", "seed_contribution_kept")
    refused(
        session,
        "INSERT INTO seed_contribution (ceremony_id, place, name, kind, source)"
        " SELECT ceremony_id, 9, 'late', 'public', 'x' FROM seed_contribution LIMIT 1",
        "seed_contribution_late",
    )


def test_no_value_is_stored_before_commitments_are_closed(session: Session) -> None:
    evaluation = an_evaluation(session)
    a_sealed_frame(session, evaluation)
    a_ceremony(session, evaluation)
    refused(session, "UPDATE seed_contribution SET value = '1'", "seed_contribution_fixed")
    refused(session, "UPDATE seed_contribution SET role = 'lead'", "ck_seed_contribution")
    refused(session, "UPDATE seed_contribution SET commitment = 'x' WHERE kind = 'public'", "ck_seed_contribution")


def test_no_draw_is_void_without_a_second_person(session: Session, draw: Draw) -> None:
    for table in ("draw", "ceremony"):
        statement = f"UPDATE {table} SET voided_at = :at, void_reason = 'x'"
        refused(session, statement, f"{table}_void_confirmed", at=datetime(2023, 11, 1, tzinfo=UTC))
    lead = a_member(session, draw.evaluation, Role.LEAD)
    ceremony = draw.ceremony
    assert ceremony is not None
    ask_to_void(session, ceremony, "号码抄错", actor=lead)
    session.commit()
    moment = datetime(2023, 11, 1, tzinfo=UTC)
    refused(
        session,
        "UPDATE void_request SET confirmed_at = :at, confirmed_by_id = asked_by_id",
        "ck_void_request_second_person",
        at=moment,
    )
    refused(session, "UPDATE void_request SET confirmed_at = :at", "ck_void_request_confirmed", at=moment)
    refused(session, "DELETE FROM void_request", "void_request_kept")


def test_a_replacement_needs_a_final_outcome_and_cannot_be_changed(session: Session, draw: Draw) -> None:
    first = cases_of(session, draw)[0]
    third = next(case for case in cases_of(session, draw) if case.stratum == first.stratum and case is not first)
    insert = (
        "INSERT INTO replacement (draw_id, stratum, number, case_id, replaces_case_id, outcome, released_at)"
        " SELECT draw_id, stratum, {number}, {case}, id, 'NE1', :at FROM cases WHERE id = {replaced}"
    )
    at = datetime(2023, 11, 9, tzinfo=UTC)
    refused(session, insert.format(number=1, case=third.id, replaced=first.id), "replacement_of_final_case", at=at)
    record_attempt(session, first, attempt_key=uuid4(), mode="phone", outcome="NE1", interviewer=None)
    session.commit()
    refused(session, insert.format(number=0, case=third.id, replaced=first.id), "ck_replacement_number", at=at)
    refused(session, insert.format(number=1, case=first.id, replaced=first.id), "ck_replacement_another", at=at)
    replace_case(session, first)
    session.commit()
    refused(session, insert.format(number=2, case=third.id, replaced=first.id), "replacement", at=at)
    refused(session, "UPDATE replacement SET outcome = 'R1'", "replacement_kept")
    refused(session, "DELETE FROM replacement", "replacement_kept")


def test_the_previous_round_of_a_sealed_frame_cannot_change_and_has_one_of_three_values(
    session: Session, draw: Draw
) -> None:
    refused(session, "UPDATE recipient SET last = 'drawn'", "recipient_sealed")
    a_draft_frame(session, an_evaluation(session, "other-2023"), 5)
    refused(
        session,
        "UPDATE recipient SET last = 'perhaps' WHERE frame_id = (SELECT max(id) FROM frame)",
        "ck_recipient_last_known",
    )


def test_a_one_time_link_is_of_an_account_or_of_the_first_administrator_and_ends_once(session: Session) -> None:
    make_link(session, a_user(session, "lan"))
    session.commit()
    at = datetime(2023, 11, 1, tzinfo=UTC)
    refused(session, "UPDATE account_link SET purpose = 'visit'", "ck_account_link_purpose_known")
    refused(session, "UPDATE account_link SET user_id = NULL", "ck_account_link_account_named")
    refused(session, "UPDATE account_link SET purpose = 'first_administrator'", "ck_account_link_account_named")
    refused(session, "UPDATE account_link SET expires_at = created_at", "ck_account_link_expires_later")
    refused(session, "UPDATE account_link SET used_at = :at, revoked_at = :at", "ck_account_link_ended_once", at=at)
    refused(session, 'UPDATE "user" SET failed_sign_ins = -1', "ck_user_failed_sign_ins_counted")
    refused(
        session,
        "INSERT INTO account_link (token_hash, purpose, user_id, created_at, expires_at)"
        " SELECT token_hash, purpose, user_id, created_at, expires_at FROM account_link",
        "account_link",
    )
