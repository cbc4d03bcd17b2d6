"""Mending cells and deciding about findings, without uploading again: what holds, what is undone, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.ledger.commands.corrections import mend_cell, undo_correction
from app.ledger.commands.decisions import add_village, decide, decide_all, name_alias, undo_decision
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import RepeatsLedger, import_upload, store_upload
from app.ledger.queries.decisions import Undecided, undecided_at_sealing, without_effect
from app.ledger.queries.findings import finding_groups, finding_page, undecided_findings
from app.ledger.reader.errors import Limits
from app.models import (
    AuditEvent,
    Contact,
    Evaluation,
    Frame,
    LedgerCorrection,
    LedgerDecision,
    LedgerFinding,
    LedgerUpload,
    Recipient,
    Village,
)
from app.shared.errors import Refused
from tests.at_once import at_once
from tests.builders import STATION, a_draft_frame, a_ledger, a_user, an_evaluation

HEADER = "姓名,村居,人员类别,联系电话,出生年月"
# An unknown village twice, one without telephone, and two who may be one.
ROWS = (
    "欧阳示例,未知村,低保,13800000001,1950",
    "司徒示例,未知村,低保,13800000002,1951",
    "上官示例,乙村,残疾人,,1952",
    "尉迟示例,丙村,低保,13800000004,",
    "尉迟示例,丙村,残疾人,13800000005,",
)
LIMITS = Limits()


def ledger(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows)).encode()


@pytest.fixture
def flawed(session: Session) -> Evaluation:
    evaluation = an_evaluation(session)
    a_draft_frame(session, evaluation, data=ledger(*ROWS))
    return evaluation


def people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Recipient)) or 0


def in_use(session: Session) -> LedgerUpload:
    return session.scalars(select(LedgerUpload).where(LedgerUpload.state == "imported")).one()


def the_finding(session: Session, code: str) -> LedgerFinding:
    query = select(LedgerFinding).where(LedgerFinding.code == code).order_by(LedgerFinding.row_number)
    return session.scalars(query).all()[0]


def subject(session: Session, code: str) -> str:
    found = the_finding(session, code).subject
    assert found
    return found


def mended(session: Session, row: int, field: str, value: str, **more: Any) -> LedgerCorrection:
    correction = mend_cell(session, in_use(session), sheet="", row=row, field=field, value=value, limits=LIMITS, **more)
    session.commit()
    return correction


def test_what_is_undecided_is_counted_by_code(session: Session, flawed: Evaluation) -> None:
    assert undecided_findings(session, flawed) == {"no-phone": 1, "probable-duplicate": 1, "unknown-village": 2}
    assert [(g.code, g.undecided) for g in finding_groups(session, flawed)] == [
        ("unknown-village", 2), ("no-phone", 1), ("probable-duplicate", 1),
    ]  # fmt: skip
    assert undecided_at_sealing(session, flawed) == [
        Undecided("unknown-village", 2), Undecided("probable-duplicate", 1), Undecided("no-phone", 1),
    ]  # fmt: skip


def test_a_mended_cell_brings_the_row_in_and_the_file_stays(session: Session, flawed: Evaluation) -> None:
    before = in_use(session).content
    correction = mended(session, 2, "village", "甲村")
    assert people(session) == 4
    assert undecided_findings(session, flawed)["unknown-village"] == 1
    assert in_use(session).content == before
    stored = session.scalars(text("SELECT value FROM ledger_correction")).one()
    assert "甲村".encode() not in bytes(stored)
    undo_correction(session, correction, limits=LIMITS, actor=a_user(session))
    assert people(session) == 3
    events = session.scalar(select(func.count()).select_from(AuditEvent))
    undo_correction(session, correction, limits=LIMITS)  # the second click
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == events


def test_a_field_without_a_column_can_be_mended(session: Session) -> None:
    evaluation = an_evaluation(session)
    a_draft_frame(session, evaluation, data="姓名,村居,人员类别\n欧阳示例,甲村,低保".encode())
    mended(session, 2, "phone", "13800000009")
    assert session.scalars(select(Contact)).one().phones == ["13800000009"]


def test_mending_again_keeps_the_history_and_sees_what_changed(session: Session, flawed: Evaluation) -> None:
    first = mended(session, 2, "village", "甲村")
    with pytest.raises(Refused, match="刚才有人改过"):
        mended(session, 2, "village", "乙村")
    session.rollback()
    mended(session, 2, "village", "乙村", seen=str(first.uuid))
    undone = session.scalars(select(LedgerCorrection.undone_at).order_by(LedgerCorrection.id)).all()
    assert [at is None for at in undone] == [False, True]


def test_two_telephones_are_no_identity_number_however_many_digits_they_have(
    session: Session, flawed: Evaluation
) -> None:
    mended(session, 2, "phone", "8000001 19900000001")
    assert session.scalars(select(LedgerCorrection.field)).all() == ["phone"]


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("village", "未知村", "没有改动"),
        ("person_key", "x", "没有这一栏"),
        ("address", "长" * 201, "最多 200"),
        ("address", "甲\x00乙", "控制字符"),
        ("address", "440103 19500101 123X", "身份证"),
        ("address", "甲村 440103500101123", "身份证"),  # as cards had them before
        ("name", "４４０１０３１９５００１０１１２３４", "身份证"),
    ],
)
def test_hostile_values_are_refused(session: Session, flawed: Evaluation, field: str, value: str, word: str) -> None:
    with pytest.raises(Refused, match=word):
        mended(session, 2, field, value)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(LedgerCorrection)) == 0


def test_a_new_version_keeps_what_still_applies_and_tells_what_does_not(session: Session, flawed: Evaluation) -> None:
    mended(session, 2, "village", "甲村")
    mended(session, 3, "village", "甲村")
    decide(session, flawed, "no-phone", "visit", [subject(session, "no-phone")], limits=LIMITS)
    decide(session, flawed, "probable-duplicate", "same", [subject(session, "probable-duplicate")], limits=LIMITS)
    assert people(session) == 4
    # The office corrected the second row itself, and moved everybody one row down.
    a_draft_frame(
        session,
        flawed,
        data=ledger("诸葛示例,丁村,低保,13800000008,1940", ROWS[0], "司徒示例,戊村,低保,13800000002,1951", *ROWS[2:]),
    )
    assert without_effect(session, flawed) == 1
    assert people(session) == 5
    assert undecided_findings(session, flawed) == {}
    gone = session.scalars(select(LedgerCorrection).where(LedgerCorrection.applies.is_(False))).one()
    assert gone.row_number == 3
    # Without the person the visit is about nobody; with the old version it holds again.
    a_draft_frame(session, flawed, data=ledger(*ROWS[:2], *ROWS[3:]))
    assert session.scalars(select(LedgerDecision.kind).where(LedgerDecision.applies.is_(False))).all() == ["visit"]
    a_draft_frame(session, flawed, data=ledger(*ROWS))
    assert without_effect(session, flawed) == 0


def test_two_who_are_one_person_are_merged_and_parted_again(session: Session, flawed: Evaluation) -> None:
    decide(session, flawed, "probable-duplicate", "same", [subject(session, "probable-duplicate")], limits=LIMITS)
    assert people(session) == 2
    assert "probable-duplicate" not in undecided_findings(session, flawed)
    decision = session.scalars(select(LedgerDecision)).one()
    undo_decision(session, decision, limits=LIMITS)
    assert people(session) == 3
    decide(session, flawed, "probable-duplicate", "apart", [subject(session, "probable-duplicate")], limits=LIMITS)
    assert people(session) == 3
    assert "probable-duplicate" not in undecided_findings(session, flawed)


def test_deciding_the_same_again_changes_nothing_and_otherwise_is_refused(session: Session, flawed: Evaluation) -> None:
    about = [subject(session, "probable-duplicate")]
    assert decide(session, flawed, "probable-duplicate", "apart", about, limits=LIMITS) == 1
    assert decide(session, flawed, "probable-duplicate", "apart", about, limits=LIMITS) == 0
    with pytest.raises(Refused, match="另一个决定"):
        decide(session, flawed, "probable-duplicate", "same", about, limits=LIMITS)
    for code, decision, subjects in (
        ("probable-duplicate", "apart", ["0" * 32]),
        ("probable-duplicate", "visit", about),
        ("unknown-village", "alias", [subject(session, "unknown-village")]),
        ("no-name", "checked", about),
        ("no-phone", "visit", []),
    ):
        with pytest.raises(Refused):
            decide(session, flawed, code, decision, subjects, limits=LIMITS)


def test_two_leads_deciding_the_same_pair_at_once_decide_once(app: Flask, session: Session, flawed: Evaluation) -> None:
    about, slug = [subject(session, "probable-duplicate")], flawed.slug
    session.commit()

    def act(decision: str) -> Any:
        def run(other: Session) -> int:
            evaluation = other.scalars(select(Evaluation).where(Evaluation.slug == slug)).one()
            return decide(other, evaluation, "probable-duplicate", decision, about, limits=LIMITS)

        return run

    assert sorted(map(str, at_once(app, act("same"), act("apart")))) == ["1", "decided"]
    assert session.scalar(select(func.count()).select_from(LedgerDecision)) == 1


def test_a_whole_group_is_decided_with_one_pass(session: Session) -> None:
    evaluation = an_evaluation(session)
    rows = [f"示例{n:03d},甲村,低保,,19{50 + n % 40}" for n in range(120)]
    a_draft_frame(session, evaluation, data=ledger(*rows))
    page = finding_page(session, evaluation, "no-phone", 99)
    assert (len(page.findings), page.number, page.pages, page.total) == (20, 3, 3, 120)
    assert decide_all(session, evaluation, "no-phone", "visit", limits=LIMITS) == 120
    assert decide_all(session, evaluation, "no-phone", "visit", limits=LIMITS) == 0
    assert undecided_findings(session, evaluation) == {}
    assert session.scalars(select(AuditEvent.details).where(AuditEvent.action == "ledger.decided")).all() == [
        {"code": "no-phone", "decision": "visit", "count": 120}
    ]


def test_an_unknown_village_is_another_name_of_a_known_one(session: Session, flawed: Evaluation) -> None:
    village = session.scalars(select(Village).where(Village.name == "丁村")).one()
    decision = name_alias(session, flawed, the_finding(session, "unknown-village"), village, limits=LIMITS)
    assert (village.aliases, people(session)) == (["未知村"], 5)
    undo_decision(session, decision, limits=LIMITS)
    assert (village.aliases, people(session)) == ([], 3)


def test_an_unknown_village_is_added_to_the_station_and_taken_away_again(session: Session, flawed: Evaluation) -> None:
    area = flawed.station.areas[1]
    finding = the_finding(session, "unknown-village")
    with pytest.raises(Refused, match="已经有村居"):
        add_village(session, flawed, finding, area, "甲村", limits=LIMITS)
    decision = add_village(session, flawed, finding, area, "未知村", limits=LIMITS)
    session.commit()
    added = session.scalars(select(Village).where(Village.name == "未知村")).one()
    assert (added.code, people(session)) == ("0203", 5)
    undo_decision(session, decision, limits=LIMITS)
    session.commit()
    assert session.scalars(select(Village).where(Village.name == "未知村")).all() == []
    assert people(session) == 3


def test_a_corrected_file_under_another_name_is_asked_about(session: Session) -> None:
    evaluation = an_evaluation(session)
    old, new = "陈示例,甲村,低保,13800000001,1950", "陈示例,甲村,低保,13800000009,1950"
    a_draft_frame(session, evaluation, data=ledger(old), label="台账.csv")

    def deliver(**meant: Any) -> Frame:
        received = store_upload(session, evaluation, filename="台账(1).csv", data=ledger(new), limits=LIMITS)
        return import_upload(session, received.upload, received.recognition.plans, limits=LIMITS, **meant)

    with pytest.raises(RepeatsLedger, match=r"「台账\.csv」"):
        deliver()
    session.rollback()
    deliver(in_addition=True)
    assert sorted(session.scalars(select(Contact)).one().phones) == ["13800000001", "13800000009"]
    assert undecided_findings(session, evaluation) == {"two-phones": 1}
    session.rollback()
    deliver(replaces="台账.csv")
    assert session.scalars(select(Contact)).one().phones == ["13800000009"]
    assert in_use(session).label == "台账.csv"
    with pytest.raises(Refused, match="没有在用的名册"):
        deliver(replaces="没有")


def test_after_sealing_all_is_refused(session: Session, flawed: Evaluation) -> None:
    a_draft_frame(session, flawed, data=a_ledger(120), label="另一份")
    correction = mend_cell(session, the_finding(session, "unknown-village").upload, sheet="", row=2, field="village",
                           value="甲村", limits=LIMITS)  # fmt: skip
    finding, about = the_finding(session, "unknown-village"), [subject(session, "no-phone")]
    decide(session, flawed, "no-phone", "visit", about, limits=LIMITS)
    decision, upload = session.scalars(select(LedgerDecision)).one(), finding.upload
    finding, other = the_finding(session, "unknown-village"), subject(session, "probable-duplicate")
    seal_frame(session, flawed, typed_name=STATION, leave_out_errors=True)
    session.commit()
    acts = (
        lambda: mend_cell(session, upload, sheet="", row=3, field="village", value="甲村", limits=LIMITS),
        lambda: undo_correction(session, correction, limits=LIMITS),
        lambda: undo_decision(session, decision, limits=LIMITS),
        lambda: decide(session, flawed, "probable-duplicate", "same", [other], limits=LIMITS),
        lambda: decide_all(session, flawed, "probable-duplicate", "apart", limits=LIMITS),
        lambda: name_alias(session, flawed, finding, flawed.station.villages[0], limits=LIMITS),
        lambda: add_village(session, flawed, finding, flawed.station.areas[0], "新村", limits=LIMITS),
    )
    for act in acts:
        with pytest.raises(Refused, match="已经封存"):
            act()
