"""An evaluation after fieldwork with data of every kind, and a search for the columns that hold personal data."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.desk.commands.links import issue_link
from app.desk.commands.minors import open_minor_record
from app.desk.commands.notes import write_note
from app.interview.commands.interviews import InterviewParadata, finish_interview, save_answers
from app.interview.commands.responses import submit_response
from app.ledger.commands.corrections import mend_cell
from app.ledger.commands.decisions import decide
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import store_upload
from app.ledger.queries.findings import undecided_subjects
from app.ledger.reader.errors import Limits
from app.models import Appointment, Attempt, Base, Case, Draw, Evaluation, LedgerUpload, Response, Role, User
from app.quality_control.commands.back_checks import draw_back_checks
from app.results.commands import exclude_response, withdraw_consent
from tests.builders import (
    SATISFIED,
    VILLAGES,
    a_ceremony,
    a_draft_frame,
    a_draw_of,
    a_hold,
    a_member,
    all_scores,
    an_evaluation,
    cases_of,
)
from tests.copies import kept

NAMED, CALLED = "示例王小明", "19900000077"
# Invented people and their telephones, wherever they stand.
SOMEBODY = re.compile(r"示例\d{5}|示例王小明|示例街\d+号|199000\d{5}")
LONG_AGO = date(2024, 1, 31)
BY_LINK = {f"A{n}": "5" for n in range(1, 6)}
BY_PROXY = {"S1": "2", "S2": "1", "S2R": "1"}
AT = datetime(2023, 11, 2, 3, 0, tzinfo=UTC)


@dataclass
class CompletedFieldwork:
    """The rows of that evaluation which tests use."""

    evaluation: Evaluation
    draw: Draw
    lead: User
    interviewer: User
    token: str

    def time_passes(self, session: Session) -> Evaluation:
        """Set the last day of retention to a day long ago; returns the evaluation."""
        self.evaluation.keep_until = LONG_AGO
        session.commit()
        return self.evaluation


def a_ledger_of_families(people: int = 130) -> bytes:
    """A ledger: a third are children; each has a guardian, a telephone and an address; one an unknown category."""
    lines = ["姓名,村居,人员类别,联系电话,出生年月,居住地址,监护人,监护人电话"]
    for n in range(people):
        child = n % 3 == 0
        category = f"低保、{NAMED}的儿子" if n == 7 else "困境儿童" if child else "低保"
        born = "2013-05" if child else "1950-01"
        village = VILLAGES[n % len(VILLAGES)]
        lines.append(f"示例{n:05d},{village},{category},199000{n:05d},{born},示例街{n}号,示例9{n:04d},1990009{n:04d}")
    return "\n".join(lines).encode()


@kept
def an_evaluation_with_data_of_every_kind(session: Session, slug: str = "sample-2023") -> CompletedFieldwork:
    """An evaluation with attempts, responses and scores, and names in every free-text field about a person."""
    evaluation = an_evaluation(session, slug)
    lead, interviewer = (a_member(session, evaluation, role, role.value) for role in (Role.LEAD, Role.INTERVIEWER))
    a_draft_frame(session, evaluation, data=a_ledger_of_families(), label=f"{NAMED}的台账")
    upload = session.scalars(select(LedgerUpload)).one()
    upload.filename = f"{NAMED}.csv"
    seal_frame(session, evaluation, typed_name=evaluation.station.name)
    draw = a_draw_of(session, a_ceremony(session, evaluation))
    cases = cases_of(session, draw)
    adults = [case for case in cases if case.recipient.birth_year == 1950]
    for case in adults[:12]:
        _interview(session, case, interviewer)
    _noted(session, adults[12:], interviewer)
    token = issue_link(session, adults[20])
    by_link = {"mode": "web", "submission_key": uuid.uuid4(), "started_at": AT, "browser": "0" * 32}
    submit_response(session, adults[21], answers=SATISFIED | BY_LINK, **by_link)  # type: ignore[arg-type]
    child = next(case for case in cases if case.recipient.birth_year == 2013)
    open_minor_record(session, child, reason=f"联系{NAMED}的监护人", actor=interviewer)
    session.commit()
    first, second = (session.scalars(select(Response).where(Response.case_id == case.id)).one() for case in adults[:2])
    exclude_response(session, first, reason=f"{NAMED}说没有访问过，电话 {CALLED}", actor=lead)
    withdraw_consent(session, second, reason=f"{NAMED}本人来电", actor=lead)
    session.commit()
    draw_back_checks(session, evaluation, actor=lead)
    session.commit()
    all_scores(session, evaluation)
    return CompletedFieldwork(evaluation, draw, lead, interviewer, token)


def _interview(session: Session, case: Case, interviewer: User) -> None:
    a_hold(session, case, interviewer)
    ticks = {"self": False, "family": True, "staff": False, "prompted": False}
    words = {"BR": f"是{NAMED}介绍我来的", "D2": f"请打 {CALLED}"}
    finish_interview(
        session,
        case,
        mode="phone",
        answers=SATISFIED | BY_PROXY | words,
        paradata=InterviewParadata(ticks=ticks, witness=NAMED),
        submission_key=uuid.uuid4(),
        interviewer=interviewer,
    )
    session.commit()


def _noted(session: Session, cases: list[Case], interviewer: User) -> None:
    """A draft under way, a try with a note, two notes, an appointment ahead."""
    under_way, tried, noted, agreed = cases[:4]
    a_hold(session, under_way, interviewer)
    save_answers(
        session,
        under_way,
        mode="phone",
        answers={"C1": "1", "BR": f"{NAMED}"},
        paradata=InterviewParadata(witness=NAMED),
        submission_key=uuid.uuid4(),
        actor=interviewer,
    )
    session.add(Attempt(case_id=tried.id, attempt_key=uuid.uuid4(), mode="phone", outcome="NC1", at=AT, note=NAMED))
    for kind in ("note", "care"):
        write_note(session, noted, kind, f"{NAMED}没有人照顾", interviewer)
    session.add(Appointment(case_id=agreed.id, at=now() + timedelta(days=1), made_at=now()))
    session.commit()


@kept
def an_evaluation_with_ledgers_only(session: Session, slug: str = "unsealed-2023") -> Evaluation:
    """An evaluation with a ledger in use, a mended cell, a decision, and a ledger that waits for its columns."""
    evaluation = an_evaluation(session, slug)
    a_draft_frame(session, evaluation, data=a_ledger_of_families(20))
    upload = session.scalars(
        select(LedgerUpload).where(LedgerUpload.evaluation_id == evaluation.id, LedgerUpload.state == "imported")
    ).one()
    mend_cell(session, upload, sheet="", row=2, field="name", value=NAMED, limits=Limits())
    about = undecided_subjects(session, evaluation, "unknown-category")
    decide(session, evaluation, "unknown-category", "checked", about, reason=NAMED, limits=Limits())
    store_upload(session, evaluation, filename="other.csv", data=a_ledger_of_families(9), label=NAMED, limits=Limits())
    session.commit()
    return evaluation


def columns_with_personal_data(session: Session) -> set[str]:
    """The columns ("table.column") in whose values, decrypted, a name, number or address is found."""
    columns = set()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(sa.select(table)).mappings():
            columns |= {f"{table.name}.{column}" for column, value in row.items() if SOMEBODY.search(_plain(value))}
    return columns


def _plain(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
