"""The triggers that allow deletions only with an erasure, and refuse personal data after it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.clock import local, now
from app.retention.commands import erase_personal_data
from tests.app.data_of_every_kind import (
    an_evaluation_with_data_of_every_kind,
)
from tests.builders import (
    an_evaluation,
    cases_of,
)


def refused_by(session: Session, statement: str, rule: str, **values: Any) -> None:
    with pytest.raises(DatabaseError, match=rule):
        session.execute(sa.text(statement), values)
    session.rollback()


def test_the_database_refuses_deletions_before_an_erasure(session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    fieldwork.time_passes(session)
    refused_by(session, "UPDATE recipient SET birth_year = NULL", "recipient_sealed_change")
    refused_by(session, "UPDATE audit_event SET words = NULL", "audit_event_append_only")
    refused_by(session, "UPDATE minor_opening SET reason = '已按期删除'", "minor_opening_kept")
    evaluation = an_evaluation(session, "today-2023", keep_until=local(now()).date())
    insert = "INSERT INTO erasure (evaluation_id, erased_on, erased_at, counts) VALUES (:e, :day, :at, '{}')"
    refused_by(session, insert, "erasure_too_early", e=evaluation.id, day=local(now()).date().isoformat(), at=now())


def test_the_database_refuses_personal_data_after_an_erasure(session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    evaluation = fieldwork.time_passes(session)
    erase_personal_data(session, evaluation)
    session.commit()
    case, recipient, number = cases_of(session, fieldwork.draw)[0].id, fieldwork.draw.frame_id, evaluation.id
    key = uuid.uuid4().hex
    for table, columns, values in (
        ("attempt", "case_id, attempt_key, at, mode, outcome", f":case, '{key}', :at, 'phone', 'NC1'"),
        ("invitation", "case_id, token_hash, created_at", ":case, :hash, :at"),
        ("desk_note", "uuid, case_id, kind, text, written_at", f"'{key}', :case, 'note', :hash, :at"),
        ("appointment", "uuid, case_id, at, made_at", f"'{key}', :case, :at, :at"),
        ("phone_call", "uuid, case_id, interviewer_id, holder, place, dialler, started_at",
         f"'{key}', :case, :user, 'person', 0, 'tel', :at"),
        ("minor_opening", "case_id, user_id, reason, at", ":case, :user, 'x', :at"),
    ):  # fmt: skip
        statement = f"INSERT INTO {table} ({columns}) VALUES ({values})"
        bound = {"case": case, "at": now(), "hash": b"x" * 32, "user": fieldwork.lead.id}
        parameters = {name: value for name, value in bound.items() if f":{name}" in values}
        refused_by(session, statement, f"{table}_after_erasure", **parameters)
    assert recipient
    person = "SELECT min(id) FROM recipient"
    refused_by(
        session,
        f"INSERT INTO contact (recipient_id, name, phones, guardian_phones) VALUES (({person}), :x, :x, :x)",
        "contact_after_erasure",
        x=b"x",
    )
    refused_by(session, "UPDATE recipient SET birth_year = 1950", "recipient_sealed_change")
    refused_by(session, "UPDATE recipient SET categories = '05'", "recipient_sealed_change")
    refused_by(session, "UPDATE audit_event SET action = 'x'", "audit_event_append_only")
    refused_by(session, "DELETE FROM audit_event", "audit_event_append_only")
    refused_by(session, "UPDATE minor_opening SET user_id = user_id, reason = 'x'", "minor_opening_kept")
    refused_by(session, "DELETE FROM erasure", "erasure_kept")
    refused_by(session, "UPDATE erasure SET counts = '{}'", "erasure_kept")
    refused_by(session, "UPDATE evaluation SET keep_until = '2023-12-31'", "evaluation_kept_no_longer")
    refused_by(
        session,
        "INSERT INTO ledger_upload (uuid, evaluation_id, label, filename, sha256, row_count, state, uploaded_at)"
        f" VALUES ('{key}', {number}, 'x', 'x', :d, 1, 'received', :at)",
        "ledger_upload_after_erasure",
        d="0" * 64,
        at=now(),
    )


def test_the_reserved_words_of_the_rules_are_those_of_the_application() -> None:
    from app.models.erasures import ERASED_WORDS
    from migrations.immutability import ERASED_WORDS as IN_THE_RULES

    assert ERASED_WORDS == IN_THE_RULES
