"""What identifies people is erased when its time is over, all of it, and what can be checked stays."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.audit.queries import details_of, verify_chain
from app.clock import local, now
from app.desk.commands.attempts import record_attempt
from app.desk.commands.calls import reveal_contact, start_call
from app.desk.commands.claiming import claim_next
from app.desk.commands.links import issue_link
from app.desk.commands.minors import open_minor_record
from app.desk.commands.notes import write_note
from app.draw.commands.ceremonies import Source, announce_plan
from app.draw.commands.voiding import ask_to_void
from app.draw.queries.draws import verify_draw
from app.exports.files import write_export
from app.extensions import db
from app.keys.commands import rotate_fields
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import store_upload, withdraw_upload
from app.ledger.reader.errors import Limits
from app.models import (
    AuditEvent,
    Case,
    ContactIndex,
    ErasedLink,
    Erasure,
    Evaluation,
    LedgerUpload,
    Response,
    Schedule,
    User,
)
from app.privacy.columns import keyring
from app.results.commands import exclude_response, withdraw_consent
from app.results.queries.results import results_of
from app.results.queries.tally_check import miscounts
from app.retention.commands import erase_personal_data, set_keep_until
from app.retention.queries import counts_to_erase, counts_to_keep, due_evaluations
from app.scores.commands.scores import settle_score
from app.scores.queries.settlement_check import recompute
from app.shared.errors import Refused
from app.shared.queries import settlement_of
from app.supervision.commands.assignments import put_into_queue
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
    STATION,
    a_draft_frame,
    a_draw,
    a_hold,
    a_plan,
    a_response,
    an_evaluation,
    cases_of,
    without_rules,
)

# Every column in which the builder, like people at work, leaves a name, a number or an address.
EVERYWHERE = {
    "attempt.note", "audit_event.words", "contact.address", "contact.guardian", "contact.guardian_phones",
    "contact.name", "contact.phones", "desk_note.text", "draft.answers", "draft.witness", "exclusion.reason",
    "ledger_finding.message", "ledger_upload.content", "ledger_upload.filename", "ledger_upload.label",
    "minor_opening.reason", "paradata.witness", "response.answers",
}  # fmt: skip


def test_after_the_erasure_no_column_identifies_anybody(session: Session) -> None:
    made, unsealed = an_evaluation_with_data_of_every_kind(session), an_evaluation_with_ledgers_only(session)
    assert columns_with_personal_data(session) == EVERYWHERE
    made.time_passes(session)
    unsealed.keep_until = LONG_AGO
    session.commit()
    expected = {evaluation.id: counts_to_erase(session, evaluation) for evaluation in (made.evaluation, unsealed)}
    assert all(any(counts[kind] for counts in expected.values()) for kind in expected[unsealed.id])
    for evaluation in (made.evaluation, unsealed):
        erased = erase_personal_data(session, evaluation, actor=made.lead)
        session.commit()
        assert erased.record.counts == expected[evaluation.id]
        assert set(counts_to_erase(session, evaluation).values()) == {0}
    assert columns_with_personal_data(session) == set()
    assert session.scalar(select(func.count()).select_from(ContactIndex)) == 0
    # Nobody finds a key again from a list of people, for the secret is gone too.
    assert session.scalars(select(Evaluation.person_key)).all() == [b"", b""]


def test_erased_text_is_gone_from_the_database_file(sqlite_app: tuple[Flask, Callable[[], None]]) -> None:
    """Also from the pages they stood on: whoever copies the file later finds nothing between its rows."""
    app, reset = sqlite_app
    reset()
    with app.app_context():
        made = an_evaluation_with_data_of_every_kind(db.session)
        assert NAMED.encode() in _on_disk()
        made.time_passes(db.session)
        erase_personal_data(db.session, made.evaluation)
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
    made = an_evaluation_with_data_of_every_kind(session)
    evaluation, draw = made.evaluation, made.draw
    settle_score(session, evaluation, shortfall_reason="测试")
    session.commit()
    remaining = counts_to_keep(session, evaluation)
    figures, csv, evidence = results_of(session, evaluation).to_dict(), _csv(session, made), _checked(session, made)
    made.time_passes(session)
    erase_personal_data(session, evaluation)
    session.commit()
    assert counts_to_keep(session, evaluation) == remaining
    assert results_of(session, evaluation).to_dict() == figures
    assert _csv(session, made) == csv
    assert _checked(session, made) == evidence
    assert miscounts(session, draw) == []
    settlement = settlement_of(session, evaluation)
    assert settlement is not None
    assert recompute(session, evaluation, settlement).same
    for form in ("xlsx", "sav", "zip"):
        write_export(session, evaluation, draw, form, BytesIO())
    assert verify_chain(session).is_intact
    assert rotate_fields(session, keyring(), lambda *_: None) == 0


def _csv(session: Session, made: CompletedFieldwork) -> bytes:
    file = BytesIO()
    write_export(session, made.evaluation, made.draw, "csv", file)
    return file.getvalue()


def _checked(session: Session, made: CompletedFieldwork) -> tuple[str, int]:
    evidence = verify_draw(session, made.evaluation)
    return evidence.digest, evidence.cases


def test_the_audit_event_holds_counts_by_kind_only(session: Session) -> None:
    made = an_evaluation_with_data_of_every_kind(session)
    evaluation = made.time_passes(session)
    counts = counts_to_erase(session, evaluation)
    erase_personal_data(session, evaluation, actor=made.lead)
    session.commit()
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.action, event.actor_id, event.details, event.words) == (
        "personal_data.erased", made.lead.id, counts, None,
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
    made = an_evaluation_with_data_of_every_kind(session)
    evaluation = made.time_passes(session)
    first = erase_personal_data(session, evaluation, actor=made.lead)
    session.commit()
    before = dict(first.record.counts), verify_chain(session).events
    again = erase_personal_data(session, evaluation)
    session.commit()
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.record.counts, verify_chain(session).events) == before


def test_of_several_erasures_at_once_one_erases(app: Flask, session: Session) -> None:
    made = an_evaluation_with_data_of_every_kind(session)
    number = made.time_passes(session).id
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
    made = an_evaluation_with_data_of_every_kind(session)
    other = a_draw(session, an_evaluation(session, "other-2023"))
    response = a_response(session, cases_of(session, other)[0], SATISFIED | {"D2": "原话"}).response
    before = counts_to_erase(session, other.evaluation)
    erase_personal_data(session, made.time_passes(session))
    session.commit()
    assert counts_to_erase(session, other.evaluation) == before
    assert response.answers["D2"] == "原话"
    assert [due.id for due in due_evaluations(session, datetime(2024, 3, 1, tzinfo=UTC))] == []


def test_an_evaluation_without_a_ledger_can_be_erased_too(session: Session) -> None:
    evaluation = an_evaluation(session, keep_until=local(now()).date())
    erased = erase_personal_data(session, evaluation, at=now() + timedelta(days=1))
    assert set(erased.record.counts.values()) == {0}


def test_after_the_erasure_no_case_is_in_hand_and_links_lead_to_no_case(session: Session) -> None:
    made = an_evaluation_with_data_of_every_kind(session)
    a_hold(session, cases_of(session, made.draw)[-1], made.interviewer)
    erase_personal_data(session, made.time_passes(session))
    session.commit()
    rows = session.scalars(select(Schedule)).all()
    assert {(row.way, row.held_by_id, row.assigned_to_id, row.appointment_at) for row in rows} == {
        ("closed", None, None, None)
    }
    assert session.get(ErasedLink, keyring().token_hash(made.token)) is not None


Act = Callable[[Session, CompletedFieldwork, Case], object]
WRITERS: dict[str, Act] = {
    "try": lambda s, m, c: record_attempt(
        s, c, attempt_key=uuid.uuid4(), mode="phone", outcome="NC1", interviewer=m.interviewer
    ),
    "answer": lambda s, m, c: a_response(s, c),
    "link": lambda s, m, c: issue_link(s, c),
    "note": lambda s, m, c: write_note(s, c, "note", "一句话", m.interviewer),
    "call": lambda s, m, c: start_call(s, c, place=0, dialler="tel", actor=m.interviewer),
    "reveal": lambda s, m, c: reveal_contact(s, c, actor=m.interviewer),
    "queue": lambda s, m, c: put_into_queue(s, c, actor=m.lead),
    "void": lambda s, m, c: ask_to_void(s, a_live_ceremony(s, m), "抄错", actor=m.lead),
}


def a_live_ceremony(session: Session, made: CompletedFieldwork) -> Any:
    ceremony = made.draw.ceremony
    assert ceremony is not None
    return ceremony


@pytest.mark.parametrize("erased", [False, True])
def test_after_the_retention_period_nobody_is_contacted_and_nothing_recorded(session: Session, erased: bool) -> None:
    made = an_evaluation_with_data_of_every_kind(session)
    number = cases_of(session, made.draw)[-1].id
    a_hold(session, session.get_one(Case, number), made.interviewer)
    made.time_passes(session)
    if erased:
        erase_personal_data(session, made.evaluation)
        session.commit()
    for name, act in WRITERS.items():
        with pytest.raises(Refused) as refused:
            act(session, made, session.get_one(Case, number))
        assert refused.value.code == "time-is-over", name
        session.rollback()
    assert claim_next(session, made.interviewer) is None


def test_after_the_retention_period_no_minors_record_is_opened(session: Session) -> None:
    made = an_evaluation_with_data_of_every_kind(session)
    child = next(case for case in cases_of(session, made.draw) if case.recipient.birth_year == 2013)
    made.time_passes(session)
    with pytest.raises(Refused) as refused:
        open_minor_record(session, child, reason="联系监护人", actor=made.lead)
    assert refused.value.code == "time-is-over"


def test_consent_can_be_withdrawn_until_the_erasure(session: Session) -> None:
    made = an_evaluation_with_data_of_every_kind(session)
    made.time_passes(session)
    withdrawn, other = session.scalars(select(Response).where(Response.counted).limit(2)).all()
    cases = session.scalar(select(func.count()).select_from(Case))
    withdraw_consent(session, withdrawn, reason="本人来电", actor=made.lead)
    session.commit()
    assert session.scalar(select(func.count()).select_from(Case)) == cases  # nobody comes from the reserve any more
    erase_personal_data(session, made.evaluation)
    session.commit()
    for command in (withdraw_consent, exclude_response):
        with pytest.raises(Refused) as refused:
            command(session, other, reason="本人来电", actor=made.lead)
        assert refused.value.code == "erased"
        session.rollback()


def test_after_the_retention_period_no_ledger_is_imported_and_no_sample_drawn(session: Session) -> None:
    fresh, unsealed, sealed = (an_evaluation(session, f"{name}-2023") for name in ("fresh", "unsealed", "sealed"))
    a_draft_frame(session, unsealed)
    a_draft_frame(session, sealed)
    seal_frame(session, sealed, typed_name=STATION)
    plan = a_plan(session, sealed)
    for evaluation in (fresh, unsealed, sealed):
        evaluation.keep_until = LONG_AGO
    session.commit()
    for act in (
        lambda: store_upload(session, fresh, filename="a.csv", data=b"x", limits=Limits()),
        lambda: seal_frame(session, unsealed, typed_name=STATION),
        lambda: announce_plan(session, sealed, plan, [Source("骰子", "测试")]),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "time-is-over"
        session.rollback()
    erase_personal_data(session, unsealed)
    session.commit()
    upload = session.scalars(select(LedgerUpload).where(LedgerUpload.evaluation_id == unsealed.id)).one()
    with pytest.raises(Refused) as refused:
        withdraw_upload(session, upload, limits=Limits(), actor=session.scalars(select(User)).first())  # type: ignore[arg-type]
    assert refused.value.code == "erased"


def refused_by(session: Session, statement: str, rule: str, **values: Any) -> None:
    with pytest.raises(DatabaseError, match=rule):
        session.execute(sa.text(statement), values)
    session.rollback()


def test_the_database_refuses_deletions_before_an_erasure(session: Session) -> None:
    made = an_evaluation_with_data_of_every_kind(session)
    made.time_passes(session)
    refused_by(session, "UPDATE recipient SET birth_year = NULL", "recipient_sealed_change")
    refused_by(session, "UPDATE audit_event SET words = NULL", "audit_event_append_only")
    refused_by(session, "UPDATE minor_opening SET reason = '已按期删除'", "minor_opening_kept")
    evaluation = an_evaluation(session, "today-2023", keep_until=local(now()).date())
    insert = "INSERT INTO erasure (evaluation_id, erased_on, erased_at, counts) VALUES (:e, :day, :at, '{}')"
    refused_by(session, insert, "erasure_too_early", e=evaluation.id, day=local(now()).date().isoformat(), at=now())


def test_the_database_refuses_personal_data_after_an_erasure(session: Session) -> None:
    made = an_evaluation_with_data_of_every_kind(session)
    evaluation = made.time_passes(session)
    erase_personal_data(session, evaluation)
    session.commit()
    case, recipient, number = cases_of(session, made.draw)[0].id, made.draw.frame_id, evaluation.id
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
        bound = {"case": case, "at": now(), "hash": b"x" * 32, "user": made.lead.id}
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


def test_the_day_is_moved_earlier_with_a_reason_and_later_only_while_nobody_was_contacted(session: Session) -> None:
    evaluation = an_evaluation(session)
    today = local(now()).date()
    set_keep_until(session, evaluation, today + timedelta(days=900), reason="委托书写明", actor=None)
    set_keep_until(session, evaluation, today + timedelta(days=901), reason=" 又改\n了 ", actor=None)
    session.commit()
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert event.details == {
        "before": (today + timedelta(days=900)).isoformat(),
        "day": (today + timedelta(days=901)).isoformat(),
        "reason": "又改 了",
    }
    draw = a_draw(session, evaluation)
    set_keep_until(session, evaluation, today + timedelta(days=902), reason="还没有问过人")
    issue_link(session, cases_of(session, draw)[0])
    session.commit()
    for days, reason, code in (
        (903, "想推后", "longer"),
        (902, "没有改", "same"),
        (-1, "昨天", "past"),
        (30, "  ", "reason"),
        (30, "长" * 201, "reason"),
    ):
        with pytest.raises(Refused) as refused:
            set_keep_until(session, evaluation, today + timedelta(days=days), reason=reason)
        assert refused.value.code == code
        session.rollback()
    set_keep_until(session, evaluation, today, reason="委托方要求提前")
    session.commit()
    refused_by(session, "UPDATE evaluation SET keep_until = '2998-01-01'", "evaluation_kept_no_longer")
    evaluation.keep_until = LONG_AGO
    session.commit()
    with pytest.raises(Refused) as refused:
        set_keep_until(session, evaluation, today, reason="过了再改")
    assert refused.value.code == "over"


@pytest.mark.parametrize(
    ("keep_until", "code"), [(date(2025, 1, 1), "past"), (date(2999, 1, 1), "before-the-evaluation")]
)
def test_a_new_evaluation_needs_a_valid_last_day_of_retention(session: Session, keep_until: date, code: str) -> None:
    held_on = date(2999, 6, 30) if code == "before-the-evaluation" else date(2023, 11, 17)
    with pytest.raises(Refused) as refused:
        an_evaluation(session, keep_until=keep_until, held_on=held_on)
    assert refused.value.code == code


def test_the_reserved_words_of_the_rules_are_those_of_the_application() -> None:
    from app.models.erasures import ERASED_WORDS
    from migrations.immutability import ERASED_WORDS as IN_THE_RULES

    assert ERASED_WORDS == IN_THE_RULES
