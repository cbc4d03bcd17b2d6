"""After the retention period nobody is contacted, and nothing about anybody is recorded."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.desk.commands.attempts import record_attempt
from app.desk.commands.calls import reveal_contact, start_call
from app.desk.commands.claiming import claim_next
from app.desk.commands.links import issue_link
from app.desk.commands.minors import open_minor_record
from app.desk.commands.notes import write_note
from app.draw.commands.ceremonies import announce_plan
from app.draw.commands.voiding import ask_to_void
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import store_upload, withdraw_upload
from app.ledger.reader.errors import Limits
from app.models import (
    Case,
    LedgerUpload,
    Response,
    User,
)
from app.results.commands import exclude_response, withdraw_consent
from app.retention.commands import erase_personal_data
from app.shared.errors import Refused
from app.supervision.commands.assignments import put_into_queue
from tests.app.data_of_every_kind import (
    LONG_AGO,
    CompletedFieldwork,
    an_evaluation_with_data_of_every_kind,
)
from tests.builders import (
    a_draft_frame,
    a_hold,
    a_plan,
    a_public_source,
    a_response,
    an_evaluation,
    cases_of,
)

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


def a_live_ceremony(session: Session, fieldwork: CompletedFieldwork) -> Any:
    ceremony = fieldwork.draw.ceremony
    assert ceremony is not None
    return ceremony


@pytest.mark.parametrize("erased", [False, True])
def test_after_the_retention_period_nobody_is_contacted_and_nothing_recorded(session: Session, erased: bool) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    number = cases_of(session, fieldwork.draw)[-1].id
    a_hold(session, session.get_one(Case, number), fieldwork.interviewer)
    fieldwork.time_passes(session)
    if erased:
        erase_personal_data(session, fieldwork.evaluation)
        session.commit()
    for name, act in WRITERS.items():
        with pytest.raises(Refused) as refused:
            act(session, fieldwork, session.get_one(Case, number))
        assert refused.value.code == "time-is-over", name
        session.rollback()
    assert claim_next(session, fieldwork.interviewer) is None


def test_after_the_retention_period_no_minors_record_is_opened(session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    child = next(case for case in cases_of(session, fieldwork.draw) if case.recipient.birth_year == 2013)
    fieldwork.time_passes(session)
    with pytest.raises(Refused) as refused:
        open_minor_record(session, child, reason="联系监护人", actor=fieldwork.lead)
    assert refused.value.code == "time-is-over"


def test_consent_can_be_withdrawn_until_the_erasure(session: Session) -> None:
    fieldwork = an_evaluation_with_data_of_every_kind(session)
    fieldwork.time_passes(session)
    withdrawn, other = session.scalars(select(Response).where(Response.counted).limit(2)).all()
    cases = session.scalar(select(func.count()).select_from(Case))
    withdraw_consent(session, withdrawn, reason="本人来电", actor=fieldwork.lead)
    session.commit()
    assert session.scalar(select(func.count()).select_from(Case)) == cases  # nobody comes from the reserve any more
    erase_personal_data(session, fieldwork.evaluation)
    session.commit()
    for command in (withdraw_consent, exclude_response):
        with pytest.raises(Refused) as refused:
            command(session, other, reason="本人来电", actor=fieldwork.lead)
        assert refused.value.code == "erased"
        session.rollback()


def test_after_the_retention_period_no_ledger_is_imported_and_no_sample_drawn(session: Session) -> None:
    fresh, unsealed, sealed = (an_evaluation(session, f"{name}-2023") for name in ("fresh", "unsealed", "sealed"))
    a_draft_frame(session, unsealed)
    a_draft_frame(session, sealed)
    seal_frame(session, sealed, typed_name=sealed.station.name)
    plan = a_plan(session, sealed)
    for evaluation in (fresh, unsealed, sealed):
        evaluation.keep_until = LONG_AGO
    session.commit()
    for act in (
        lambda: store_upload(session, fresh, filename="a.csv", data=b"x", limits=Limits()),
        lambda: seal_frame(session, unsealed, typed_name=unsealed.station.name),
        lambda: announce_plan(session, sealed, plan, [a_public_source(now())]),
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
