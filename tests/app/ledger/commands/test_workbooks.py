"""Every sheet of a workbook in one import: what must be decided first, what is remembered, who wins."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.ledger.commands.uploads import OpenQuestions, Received, import_upload, store_upload
from app.ledger.queries.findings import undecided_findings
from app.ledger.queries.plans import plans_mark, recognition_of
from app.ledger.reader.errors import Limits
from app.ledger.reader.plans import SheetPlan
from app.ledger.reader.recognition import answer
from app.models import Contact, Evaluation, LedgerFinding, LedgerUpload, Recipient
from app.shared.errors import Refused
from tests.app.ledger.office_workbook import HIDDEN_ROWS_SHEET, HIDDEN_SHEET, IN_SIGHT, PEOPLE, office_workbook
from tests.at_once import at_once
from tests.builders import a_ledger, an_evaluation

LIMITS = Limits()


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    return an_evaluation(session)


def stored(session: Session, evaluation: Evaluation, data: bytes, label: str = "台账") -> Received:
    received = store_upload(session, evaluation, filename="台账.xlsx", data=data, label=label, limits=LIMITS)
    session.commit()
    return received


def decided(plans: tuple[SheetPlan, ...]) -> tuple[SheetPlan, ...]:
    plans = answer(plans, "sheet", f"{HIDDEN_SHEET}=leave")
    return answer(plans, "hidden-rows", f"{HIDDEN_ROWS_SHEET}=leave")


def imported(session: Session, evaluation: Evaluation) -> LedgerUpload:
    received = stored(session, evaluation, office_workbook())
    import_upload(session, received.upload, decided(received.recognition.plans), limits=LIMITS)
    session.commit()
    return received.upload


def count(session: Session, model: type[Recipient] | type[LedgerFinding]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_seventeen_sheets_become_one_ledger(session: Session, evaluation: Evaluation) -> None:
    upload = imported(session, evaluation)
    assert (upload.row_count, upload.kept_count, count(session, Recipient)) == (
        IN_SIGHT - 1,
        IN_SIGHT - 1,
        IN_SIGHT - 1,
    )
    by_village = dict(
        session.execute(
            text(
                "SELECT village.name, count(*) FROM recipient JOIN village ON village.id = village_id"
                " GROUP BY village.name"
            )
        ).all()
    )
    assert by_village == {"甲村": 15 + 6 + 6 + 5, "丙村": 15 + 6 + 6, "乙村": 12, "丁村": 12, "戊村": 6}
    contact = next(c for c in session.scalars(select(Contact)) if c.name == "示例001")
    assert (contact.phones, contact.guardian_phones) == (["13800000001"], ["13800000501"])
    hidden = session.execute(select(LedgerFinding.sheet, LedgerFinding.row_number, LedgerFinding.code)).all()
    assert (HIDDEN_ROWS_SHEET, 4, "hidden-left") in hidden


def test_what_is_uncertain_is_asked_and_nothing_is_taken_before(session: Session, evaluation: Evaluation) -> None:
    received = stored(session, evaluation, office_workbook())
    asked = [(question.code, question.sheet) for question in received.recognition.questions]
    assert asked == [("hidden-rows", HIDDEN_ROWS_SHEET), ("hidden-sheet", HIDDEN_SHEET)]
    with pytest.raises(OpenQuestions) as refused:
        import_upload(session, received.upload, received.recognition.plans, limits=LIMITS)
    assert refused.value.questions == received.recognition.questions
    assert "是隐藏的" in refused.value.message
    session.rollback()
    leaving = [SheetPlan(plan.sheet, False, {}, plan.headers) for plan in received.recognition.plans]
    with pytest.raises(Refused) as nothing:
        import_upload(session, received.upload, leaving, limits=LIMITS)
    assert nothing.value.code == "no-sheet"
    session.rollback()
    assert count(session, Recipient) == 0


def test_what_was_confirmed_is_remembered_for_the_next_file(session: Session, evaluation: Evaluation) -> None:
    first = stored(session, evaluation, office_workbook())
    plans = decided(first.recognition.plans)
    plans = answer(plans, "column", "低保台账:phone=6")
    import_upload(session, first.upload, answer(plans, "column", "低保台账:guardian_phone=4"), limits=LIMITS)
    session.commit()
    second = stored(session, evaluation, office_workbook(), "第二份")
    chosen = {plan.sheet: plan for plan in second.recognition.plans}
    assert dict(chosen["低保台账"].columns)["phone"] == (5,)
    assert dict(chosen["残疾人台账"].columns)["phone"] == (3,)
    assert chosen[HIDDEN_SHEET].take is False
    assert [question.code for question in second.recognition.questions] == ["hidden-rows"]


def test_numbers_of_many_are_pointed_at_with_their_sheet(session: Session, evaluation: Evaluation) -> None:
    rows = [f"示例{n},甲村,低保,13800000001" for n in range(5)]
    received = stored(session, evaluation, "\n".join(["姓名,村居,人员类别,联系电话", *rows]).encode())
    import_upload(session, received.upload, received.recognition.plans, limits=LIMITS)
    session.commit()
    codes = session.scalars(select(LedgerFinding.code)).all()
    assert codes.count("number-of-many") == 5
    assert undecided_findings(session, evaluation)["number-of-many"] == 5


def test_two_people_confirm_at_once_and_one_is_told(app: Flask, session: Session, evaluation: Evaluation) -> None:
    received = stored(session, evaluation, office_workbook())
    upload_id, plans = received.upload.id, received.recognition.plans
    mark = plans_mark(received.upload, plans)
    session.commit()

    def confirm(hidden: str):  # type: ignore[no-untyped-def]
        def act(own: Session) -> int:
            upload = own.get_one(LedgerUpload, upload_id)
            mine = answer(decided(plans), "hidden-rows", f"{HIDDEN_ROWS_SHEET}={hidden}")
            return import_upload(own, upload, mine, limits=LIMITS, seen=mark).people_count

        return act

    told = at_once(app, confirm("take"), confirm("leave"))
    session.expire_all()
    assert told.count("changed") == 1
    assert next(result for result in told if result != "changed") == count(session, Recipient)


def test_a_matching_stored_before_is_the_plan_of_the_first_sheet(session: Session, evaluation: Evaluation) -> None:
    received = stored(session, evaluation, office_workbook())
    old = SheetPlan("", True, {"name": (1,), "village": (2,), "phone": (3,)}).to_json()
    received.upload.columns = [old]
    session.commit()
    plans = recognition_of(session, received.upload, received.workbook).plans
    assert [plan.sheet for plan in plans if plan.take] == ["低保台账"]
    assert plans[0].headers == received.workbook.sheets[0].headers


def test_a_text_file_needs_no_questions(session: Session, evaluation: Evaluation) -> None:
    received = stored(session, evaluation, a_ledger(20))
    assert received.recognition.questions == ()
    import_upload(session, received.upload, received.recognition.plans, limits=LIMITS, workbook=received.workbook)
    assert received.upload.row_count == 20 > PEOPLE
