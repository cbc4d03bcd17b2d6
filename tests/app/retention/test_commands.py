"""An erasure removes everything that identifies people, and keeps what can be checked."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.queries import details_of, verify_chain
from app.clock import local, now
from app.draw.queries.draws import verify_draw
from app.exports.files import write_export
from app.extensions import db
from app.field_keys.commands import rotate_fields
from app.models import (
    AuditEvent,
    ContactIndex,
    ErasedLink,
    Erasure,
    Evaluation,
    Schedule,
)
from app.privacy.columns import keyring
from app.results.queries.results import results_of
from app.results.queries.tally_check import tally_differences
from app.retention.commands import erase_personal_data
from app.retention.queries import counts_to_erase, counts_to_keep, due_evaluations
from app.scores.commands.scores import settle_score
from app.scores.queries.settlement_check import recompute
from app.shared.errors import Refused
from app.shared.queries import settlement_of
from tests.app.data_of_every_kind import (
    LONG_AGO,
    NAMED,
    CompletedFieldwork,
    an_evaluation_with_data_of_every_kind,
    an_evaluation_with_ledgers_only,
    columns_with_personal_data,
)
from tests.builders import (
    SATISFIED,
    a_draw,
    a_hold,
    a_response,
    an_evaluation,
    cases_of,
    without_rules,
)

# Every column in which the builder, like people at work, leaves a name, a number or an address.
EVERYWHERE = {
    "attempt.note", "audit_event.words", "contact.address", "contact.guardian", "contact.guardian_phones",
    "contact.name", "contact.phones", "desk_note.text", "draft.answers", "draft.witness", "exclusion.reason",
    "ledger_correction.value", "ledger_decision.reason",
    "ledger_finding.message", "ledger_upload.content", "ledger_upload.filename", "ledger_upload.label",
    "minor_opening.reason", "paradata.witness", "response.answers",
}  # fmt: skip


def test_after_the_erasure_no_column_identifies_anybody(session: Session) -> None:
    fieldwork, unsealed = an_evaluation_with_data_of_every_kind(session), an_evaluation_with_ledgers_only(session)
    assert columns_with_personal_data(session) == EVERYWHERE
    fieldwork.time_passes(session)
    unsealed.keep_until = LONG_AGO
    session.commit()
    expected = {evaluation.id: counts_to_erase(session, evaluation) for evaluation in (fieldwork.evaluation, unsealed)}
    assert all(any(counts[kind] for counts in expected.values()) for kind in expected[unsealed.id])
    for evaluation in (fieldwork.evaluation, unsealed):
        erased = erase_personal_data(session, evaluation, actor=fieldwork.lead)
        session.commit()
        assert erased.record.counts == expected[evaluation.id]
        assert set(counts_to_erase(session, evaluation).values()) == {0}
    assert columns_with_personal_data(session) == set()
    assert session.scalar(select(func.count()).select_from(ContactIndex)) == 0
    # Nobody finds a key again from a list of people, for the secret is gone too.
    assert session.scalars(select(Evaluation.person_key)).all() == [b"", b""]


def test_erased_text_is_gone_from_the_database_file(sqlite_app: tuple[Flask, Callable[[], None]]) -> None:
    """Also from the free space of its pages: a copy of the file contains no deleted text."""
    app, reset = sqlite_app
    reset()
    with app.app_context():
        fieldwork = an_evaluation_with_data_of_every_kind(db.session)
        assert NAMED.encode() in _on_disk()
        fieldwork.time_passes(db.session)
        erase_personal_data(db.session, fieldwork.evaluation)
        db.session.commit()
        assert NAMED.encode() not in _on_disk()
        db.session.close()


def _on_disk() -> bytes:
    """The file of the database with everything committed written into it."""
    db.session.rollback()
    file = Path(str(db.engine.url.database))
    db.engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.read_bytes()


def test_draw_figures_score_exports_and_chain_stay_as_they_were(session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    evaluation, draw = fieldwork.evaluation, fieldwork.draw
    settle_score(session, evaluation, shortfall_reason="测试")
    session.commit()
    remaining = counts_to_keep(session, evaluation)
    figures, csv, evidence = (
        results_of(session, evaluation).to_dict(),
        _csv(session, fieldwork),
        _checked(session, fieldwork),
    )
    fieldwork.time_passes(session)
    erase_personal_data(session, evaluation)
    session.commit()
    assert counts_to_keep(session, evaluation) == remaining
    assert results_of(session, evaluation).to_dict() == figures
    assert _csv(session, fieldwork) == csv
    assert _checked(session, fieldwork) == evidence
    assert tally_differences(session, draw) == []
    settlement = settlement_of(session, evaluation)
    assert settlement is not None
    assert recompute(session, evaluation, settlement).same
    for form in ("xlsx", "sav", "zip"):
        write_export(session, evaluation, draw, form, BytesIO())
    assert verify_chain(session).is_intact
    assert rotate_fields(session, keyring(), lambda *_: None) == 0


def _csv(session: Session, fieldwork: CompletedFieldwork) -> bytes:
    file = BytesIO()
    write_export(session, fieldwork.evaluation, fieldwork.draw, "csv", file)
    return file.getvalue()


def _checked(session: Session, fieldwork: CompletedFieldwork) -> tuple[str, int]:
    evidence = verify_draw(session, fieldwork.evaluation)
    return evidence.digest, evidence.cases


def test_the_audit_event_holds_counts_by_kind_only(session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    evaluation = fieldwork.time_passes(session)
    counts = counts_to_erase(session, evaluation)
    erase_personal_data(session, evaluation, actor=fieldwork.lead)
    session.commit()
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.action, event.actor_id, event.details, event.words) == (
        "personal_data.erased", fieldwork.lead.id, counts, None,
    )  # fmt: skip
    with_words = [
        details_of(audit_event) for audit_event in session.scalars(select(AuditEvent)) if "words" in audit_event.details
    ]
    assert len(with_words) == 2
    assert all(details["words"] is None for details in with_words)


def test_words_beside_the_chain_are_verified_while_they_exist(session: Session) -> None:
    an_evaluation_with_data_of_every_kind(session)
    assert verify_chain(session).is_intact
    without_rules(session)
    event = session.scalars(select(AuditEvent).where(AuditEvent.words.is_not(None)).limit(1)).one()
    for words in ({**(event.words or {}), "reason": "别的理由"}, None):
        session.execute(sa.update(AuditEvent).where(AuditEvent.id == event.id).values(words=words))
        assert verify_chain(session).broken_at == event.id, words
    session.rollback()


@pytest.mark.parametrize(("days", "refused"), [(-400, True), (-1, True), (0, True), (1, False)])
def test_nothing_is_erased_before_the_retention_period_is_over(session: Session, days: int, refused: bool) -> None:
    evaluation = an_evaluation_with_data_of_every_kind(session).evaluation
    evaluation.keep_until = date(2026, 5, 31)
    session.commit()
    # Five minutes after midnight in Guangzhou, when it is still the day before in UTC.
    at = datetime(2026, 5, 30, 16, 5, tzinfo=UTC) + timedelta(days=days)
    if not refused:
        assert not erase_personal_data(session, evaluation, at=at).repeated
        return
    with pytest.raises(Refused) as problem:
        erase_personal_data(session, evaluation, at=at)
    assert problem.value.code == "too-early"
    session.rollback()
    assert counts_to_erase(session, evaluation)["people"] == 130


def test_a_second_erasure_changes_nothing(session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    evaluation = fieldwork.time_passes(session)
    first = erase_personal_data(session, evaluation, actor=fieldwork.lead)
    session.commit()
    before = dict(first.record.counts), verify_chain(session).events
    again = erase_personal_data(session, evaluation)
    session.commit()
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.record.counts, verify_chain(session).events) == before


def test_of_several_erasures_at_once_one_erases(app: Flask, session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    number = fieldwork.time_passes(session).id
    session.rollback()
    outcomes: list[object] = []

    def erase() -> None:
        try:
            with app.app_context():
                erased = erase_personal_data(db.session, db.session.get_one(Evaluation, number))
                db.session.commit()
                outcomes.append(erased.repeated)
        except BaseException as error:
            outcomes.append(error)

    threads = [threading.Thread(target=erase) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [False, True, True, True]
    assert columns_with_personal_data(session) == set()
    assert session.scalar(select(func.count()).select_from(Erasure)) == 1
    assert verify_chain(session).is_intact


def test_another_evaluation_is_not_changed_by_an_erasure(session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    other = a_draw(session, an_evaluation(session, "other-2023"))
    response = a_response(session, cases_of(session, other)[0], SATISFIED | {"D2": "原话"}).response
    before = counts_to_erase(session, other.evaluation)
    erase_personal_data(session, fieldwork.time_passes(session))
    session.commit()
    assert counts_to_erase(session, other.evaluation) == before
    assert response.answers["D2"] == "原话"
    assert [due.id for due in due_evaluations(session, datetime(2024, 3, 1, tzinfo=UTC))] == []


def test_an_evaluation_without_a_ledger_can_be_erased_too(session: Session) -> None:
    evaluation = an_evaluation(session, keep_until=local(now()).date())
    erased = erase_personal_data(session, evaluation, at=now() + timedelta(days=1))
    assert set(erased.record.counts.values()) == {0}


def test_after_the_erasure_no_case_is_in_hand_and_links_lead_to_no_case(session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    a_hold(session, cases_of(session, fieldwork.draw)[-1], fieldwork.interviewer)
    erase_personal_data(session, fieldwork.time_passes(session))
    session.commit()
    rows = session.scalars(select(Schedule)).all()
    assert {(row.way, row.held_by_id, row.assigned_to_id, row.appointment_at) for row in rows} == {
        ("closed", None, None, None)
    }
    assert session.get(ErasedLink, keyring().token_hash(fieldwork.token)) is not None
