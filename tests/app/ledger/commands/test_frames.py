"""From ledgers to the draw: nothing is stored partially or done twice."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.draw.commands.ceremonies import announce_plan
from app.draw.commands.draws import draw_sample
from app.draw.queries.draws import live_ceremony, verify_draw
from app.draw.queries.plans import plan_by_villages
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import import_upload, store_upload, withdraw_upload
from app.ledger.queries.frames import people_of
from app.ledger.reader.errors import LedgerFileError, Limits
from app.models import Contact, ContactIndex, LedgerUpload, Recipient
from app.privacy.columns import keyring
from app.shared.errors import Refused
from sampling.plan import Plan
from sampling.rule import SizeRefused
from tests.builders import (
    STATION,
    a_draft_frame,
    a_draw,
    a_ledger,
    a_public_source,
    a_sealed_frame,
    a_user,
    an_evaluation,
)


def test_a_ledger_uploaded_again_replaces_the_one_with_the_same_label(session: Session) -> None:
    evaluation = an_evaluation(session)
    assert a_draft_frame(session, evaluation, 150).people_count == 150
    assert a_draft_frame(session, evaluation, 120).people_count == 120
    states = session.scalars(select(LedgerUpload.state).order_by(LedgerUpload.id)).all()
    assert states == ["replaced", "imported"]
    assert session.scalar(select(func.count()).select_from(Recipient)) == 120


def test_the_frame_does_not_depend_on_the_order_in_which_ledgers_arrive(session: Session) -> None:
    first, second = an_evaluation(session), an_evaluation(session, "other-2023")
    second.person_key = first.person_key
    parts = (a_ledger(60), a_ledger(90, category="残疾人"))
    for evaluation, order in ((first, (0, 1)), (second, (1, 0))):
        for part in order:
            frame = a_draft_frame(session, evaluation, data=parts[part], label=f"台账{part}")
    keys = [
        [p.key for p in people_of(session, f)]
        for f in (a_draft_frame(session, first, data=parts[0], label="台账0"), frame)
    ]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 90


def test_an_unreadable_file_stores_nothing(session: Session) -> None:
    evaluation = an_evaluation(session)
    with pytest.raises(LedgerFileError):
        store_upload(session, evaluation, filename="a.xlsx", data=b"MZ", limits=Limits())
    session.rollback()
    assert session.scalar(select(func.count()).select_from(LedgerUpload)) == 0


def test_a_withdrawn_ledger_removes_its_people(session: Session) -> None:
    evaluation = an_evaluation(session)
    a_draft_frame(session, evaluation, 50, label="一")
    a_draft_frame(session, evaluation, data=a_ledger(70, category="残疾人"), label="二")
    upload = session.scalars(select(LedgerUpload).where(LedgerUpload.label == "二")).one()
    frame = withdraw_upload(session, upload, limits=Limits(), actor=a_user(session))
    assert frame.people_count == 50
    assert upload.content is None


def test_contact_data_is_encrypted_and_found_by_blind_index(session: Session) -> None:
    a_draft_frame(session, an_evaluation(session), 3)
    contact = session.scalars(select(Contact).order_by(Contact.recipient_id)).first()
    assert contact is not None
    assert contact.name.startswith("示例")
    index = keyring().blind_index("phone", contact.phones[0])
    assert session.scalar(select(ContactIndex.recipient_id).where(ContactIndex.value == index)) == contact.recipient_id


def test_sealing_needs_the_station_name_and_confirmation_of_rows_left_out(session: Session) -> None:
    evaluation = an_evaluation(session)
    with pytest.raises(Refused, match="先上传名册"):
        seal_frame(session, evaluation, typed_name=STATION)
    a_draft_frame(session, evaluation, data=a_ledger(120) + "\n,甲村,低保,,,".encode())
    with pytest.raises(Refused, match="完整输入"):
        seal_frame(session, evaluation, typed_name="示例")
    with pytest.raises(Refused, match="有 1 行因错误未列入"):
        seal_frame(session, evaluation, typed_name=STATION)
    frame = seal_frame(session, evaluation, typed_name=f" {STATION} ", leave_out_errors=True)
    session.commit()
    assert frame.fingerprint
    assert session.scalars(select(LedgerUpload.content)).all() == [None]
    with pytest.raises(Refused, match="已经封存"):
        seal_frame(session, evaluation, typed_name=STATION, leave_out_errors=True)


def test_a_sealed_frame_accepts_no_more_ledgers(session: Session) -> None:
    evaluation = an_evaluation(session)
    limits = Limits()
    late, _workbook, recognition = store_upload(
        session, evaluation, filename="b.csv", data=a_ledger(5), label="迟", limits=limits
    )
    a_sealed_frame(session, evaluation)
    with pytest.raises(Refused, match="封存"):
        import_upload(session, late, recognition.plans, limits=limits)
    with pytest.raises(Refused, match="封存"):
        store_upload(session, evaluation, filename="c.csv", data=a_ledger(5), limits=limits)


@pytest.mark.parametrize(
    ("people", "size", "word"), [(150, 99, "不少于 100"), (60, 59, "全部 60"), (150, 151, "只有 150")]
)
def test_a_plan_below_the_required_size_is_refused(session: Session, people: int, size: int, word: str) -> None:
    evaluation = an_evaluation(session)
    a_sealed_frame(session, evaluation, people)
    with pytest.raises(SizeRefused, match=word):
        plan_by_villages(session, evaluation, size)
    with pytest.raises(Refused, match=word):
        announce_plan(session, evaluation, Plan(size), [a_public_source(now())])
    assert live_ceremony(session, evaluation) is None


def test_a_draw_needs_a_sealed_frame_and_happens_once(session: Session) -> None:
    evaluation = an_evaluation(session)
    with pytest.raises(Refused, match="先封存"):
        announce_plan(session, evaluation, Plan(60), [a_public_source(now())])
    draw = a_draw(session, evaluation, of=60)
    assert draw.size == 60
    with pytest.raises(Refused, match="只有一次有效抽样"):
        draw_sample(session, draw.ceremony)
    with pytest.raises(Refused, match="同时只有一个"):
        announce_plan(session, evaluation, Plan(60), [a_public_source(now())])
    assert verify_draw(session, evaluation).size == 60
