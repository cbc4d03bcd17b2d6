"""Quality counts of an invented frame in which every number can be counted by hand."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from app.desk.commands.attempts import record_attempt
from app.ledger.queries.quality import FAULTS, Counts, faults_of, frame_quality, row_findings
from app.models import Evaluation, Frame
from surveys.outcomes import OUTCOMES
from tests.builders import NEVER_SERVED, a_draft_frame, a_draw, a_response, an_evaluation, cases_of

LEDGER = "\n".join(
    [
        "姓名,村居,人员类别,联系电话,出生年月,居住地址,监护人,监护人电话",
        "示例甲,甲村,低保,19900000001,1950-01,示例街一号,,",
        "示例乙,甲村,低保、残疾人,19900000001,1952-01,示例街一号,,",  # shares with the first
        "示例丙,甲村,残疾人,,1960-01,示例街二号,,",  # no telephone, but an address
        "示例丁,乙村,残疾人,,1961-01,,,",  # neither
        "示例戊,乙村,困境儿童,,2015-01,,示例监护,19900000002",  # the guardian's telephone counts
        "示例己,丙村,独居老人,19900000003,1940-01,示例街三号,,",
        "示例己,丙村,独居老人,19900000004,1941-01,示例街四号,,",  # a namesake a year apart
        "示例己,丙村,独居老人,19900000005,1930-01,示例街五号,,",  # ten years apart: another person
        "示例庚,丁村,普通服务对象,19900000006,1950-01,示例街六号,,",
        "示例庚,甲村,普通服务对象,19900000007,1950-01,示例街七号,,",  # a namesake elsewhere
        "示例辛,丁村,困境儿童,,2012-01,,示例监护,19900000008",
        "示例辛,甲村,困境儿童,,2014-01,,示例监护,19900000008",  # a namesake with the same guardian's telephone
    ]
).encode()


def a_flawed_frame(session: Session, evaluation: Evaluation) -> Frame:
    """The frame of the ledger above."""
    return a_draft_frame(session, evaluation, data=LEDGER)


def test_every_village_and_category_is_counted(session: Session) -> None:
    evaluation = an_evaluation(session)
    quality = frame_quality(session, evaluation, a_flawed_frame(session, evaluation))
    assert {v.name: v.counts for v in quality.villages} == {
        "甲村": Counts(5, 1, 0, 3, 1),
        "乙村": Counts(2, 1, 1, 0, 0),
        "丙村": Counts(3, 0, 0, 0, 2),
        "丁村": Counts(2, 0, 0, 1, 1),
        "戊村": Counts(),
    }
    assert {c.code: c.counts for c in quality.categories} == {
        "01": Counts(2, 0, 0, 2, 0),
        "05": Counts(3, 2, 1, 1, 0),
        "08": Counts(3, 0, 0, 2, 2),
        "13": Counts(3, 0, 0, 0, 2),
        "": Counts(2, 0, 0, 0, 0),
    }
    assert quality.total == Counts(12, 2, 1, 4, 4)


def test_a_telephone_of_another_evaluation_is_not_shared(session: Session) -> None:
    first, second = an_evaluation(session), an_evaluation(session, "other-2023")
    row = "姓名,村居,人员类别,联系电话\n示例甲,甲村,低保,19900000001\n".encode()
    frames = [a_draft_frame(session, evaluation, data=row) for evaluation in (first, second)]
    assert frame_quality(session, first, frames[0]).total == Counts(1)


def test_namesakes_without_a_year_of_birth_are_possible_duplicates(session: Session) -> None:
    evaluation = an_evaluation(session)
    rows = ["姓名,村居,人员类别,联系电话,出生年月"]
    rows += [f"无名氏,甲村,流浪乞讨人员,1990000000{n},{year}" for n, year in enumerate(("", "1950", "1970"))]
    frame = a_draft_frame(session, evaluation, data="\n".join(rows).encode())
    assert frame_quality(session, evaluation, frame).total == Counts(3, look_alike=3)


def test_findings_are_those_of_the_ledgers_in_use(session: Session) -> None:
    evaluation = an_evaluation(session)
    a_flawed_frame(session, evaluation)
    findings = [(f.label, f.row, f.code) for f in row_findings(session, evaluation)]
    assert ("台账", 4, "no-phone") in findings
    assert ("台账", 8, "probable-duplicate") in findings
    a_draft_frame(session, evaluation, 3)  # the same label again: the flawed one is replaced
    assert row_findings(session, evaluation) == []


def test_faults_are_counted_by_village_of_the_person(session: Session) -> None:
    evaluation = an_evaluation(session)
    draw = a_draw(session, evaluation)
    cases = [case for case in cases_of(session, draw) if case.recipient.village.name == "甲村"]
    for case, outcomes in zip(cases, (["U1", "NC5"], ["U2"], ["NE2"], ["NE1"], ["NE3"], ["NE4"]), strict=False):
        for outcome in outcomes:
            key, note = uuid.uuid4(), "说明" if outcome.startswith("NE") else ""
            record_attempt(session, case, mode="phone", outcome=outcome, attempt_key=key, interviewer=None, note=note)
    a_response(session, cases[6], NEVER_SERVED)
    record_attempt(session, cases[7], mode="phone", outcome="U1", attempt_key=uuid.uuid4(), interviewer=None)
    a_response(session, cases[7], mode="visit")  # found by a visit: the number is as dead as before
    session.commit()
    faults = {row.village: row for row in faults_of(session, draw)}
    first = faults["甲村"]
    assert (first.bad_number, first.moved, first.died, first.left, first.twice, first.never_served) == (
        3,
        1,
        1,
        1,
        1,
        1,
    )
    assert first.cases == len(cases)
    assert sum(row.cases for row in faults.values()) == 100
    assert faults["乙村"].bad_number == 0


def test_every_fault_is_an_outcome() -> None:
    assert {code for codes in FAULTS.values() for code in codes} <= set(OUTCOMES)
