"""The interviewer's desk: claiming a case, masking, calls, outcomes, notes and visits."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from app.clock import local, now
from app.desk.commands.attempts import record_attempt
from app.extensions import db
from app.models import (
    Appointment,
    Attempt,
    AuditEvent,
    Case,
    DeskNote,
    DeskSetting,
    Draft,
    InterviewerSkill,
    MinorOpening,
    PhoneCall,
    Schedule,
)
from tests.app.survey_builders import NAMES, Survey, a_survey
from tests.builders import a_hold
from tests.clock import Clock
from tests.visitor import Page, Visitor, text_of

SPOKEN = {
    "C1": "1", "C2": "1", "S1": "1", "S3": "1", "S5": "2", "S6": "2",
    **{f"A{n}": "1" for n in range(1, 6)}, **{f"B{n}": "5" for n in range(1, 9)},
    "B9": "95", "B10": "1", "D3": "2",
}  # fmt: skip


@pytest.fixture
def held(survey: Survey) -> Case:
    """The first case, held by Lan."""
    case = survey.cases[0]
    a_hold(survey.session, case, survey.interviewer)
    return case


def address(case: Case) -> str:
    return f"/desk/cases/{case.uuid}"


def fields(answers: dict[str, str]) -> dict[str, str]:
    return {f"q_{name}": given for name, given in answers.items()}


def attempts(survey: Survey) -> list[tuple[str, str]]:
    return [(a.mode, a.outcome) for a in survey.session.scalars(select(Attempt).order_by(Attempt.id))]


def events(survey: Survey, action: str) -> int:
    return len(survey.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all())


def say(visitor: Visitor, case: Case, outcome: str) -> Page:
    """Press the button of an outcome."""
    return visitor.get(address(case)).form(action="/outcome").submit(button=("outcome", outcome))


def confirm(page: Page, **more: str | None) -> Page:
    """Give what an outcome requires, and record it."""
    return page.form(action="/outcome").submit(**more)


def dial(visitor: Visitor, case: Case, place: int = 0) -> Page:
    """Press the button beside a number."""
    forms = [f for f in visitor.get(address(case)).forms() if f.action.endswith("/call")]
    return next(f for f in forms if f.values()["place"] == [str(place)]).submit()


def press_next(visitor: Visitor) -> Page:
    return visitor.get("/desk").form(action="/next").submit()


def all_rows(survey: Survey, **values: object) -> None:
    """Change every row of the schedule."""
    survey.session.execute(update(Schedule).values(**values))
    survey.session.commit()


# The next case


def test_there_is_one_button_and_no_list_to_pick_from(lan: Visitor, survey: Survey, clock: Clock) -> None:
    page = lan.get("/desk")
    assert page.heading == "工作台"
    assert [f.action for f in page.forms() if f.action.startswith("/desk")] == ["/desk/next"]
    assert not any(address(case) in link for case in survey.cases for link in page.links())
    assert not any(name in page.html for name in NAMES)
    assert "1990000" not in page.html


def test_the_next_case_is_claimed_and_comes_back_until_it_is_done(lan: Visitor, survey: Survey, clock: Clock) -> None:
    page = press_next(lan)
    assert page.path.startswith("/desk/cases/")
    assert "第一次联系" in page.text
    assert "还差" in page.text
    assert events(survey, "case.claimed") == 1
    desk = lan.get("/desk")
    assert "继续：个案" in desk.text
    assert page.path in desk.links()
    token = desk.forms()[0].values()["csrf_token"][0]
    again = lan.post("/desk/next", {"csrf_token": [token]})
    assert (again.path, "还没有结束的个案" in again.text) == (page.path, True)
    assert events(survey, "case.claimed") == 1


def test_two_interviewers_never_get_the_same_case(lan: Visitor, mei: Visitor, survey: Survey, clock: Clock) -> None:
    assert press_next(lan).path != press_next(mei).path


def test_outside_the_hours_the_desk_shows_the_reason_and_the_next_opening(
    lan: Visitor, survey: Survey, clock: Clock
) -> None:
    clock.goes_on(hours=13)
    page = lan.get("/desk")
    assert "现在不打电话" in page.text
    assert "起可以打" in page.text
    assert "打电话。" in page.text
    page = page.form(action="/next").submit()
    assert (page.path, "现在没有可以打的个案" in page.text) == ("/desk", True)


def test_inside_the_delay_the_desk_shows_when_the_next_case_is_due(lan: Visitor, survey: Survey, clock: Clock) -> None:
    all_rows(survey, not_before=clock.moment + timedelta(minutes=30))
    page = lan.get("/desk")
    assert "最早 10:30 有下一个" in page.text
    clock.goes_on(minutes=30)
    assert "有人可以联系" in lan.get("/desk").text


@pytest.mark.parametrize("way", ["closed", "supervisor", "visit"])
def test_the_desk_says_when_no_case_is_left(lan: Visitor, survey: Survey, clock: Clock, way: str) -> None:
    all_rows(survey, way=way)
    assert "没有要打的电话了" in lan.get("/desk").text


def test_after_settling_the_desk_offers_no_case(lan: Visitor, survey: Survey, held: Case, clock: Clock) -> None:
    survey.settle()
    assert "现在没有要打电话的评估" in lan.get("/desk").text


def test_todays_attempts_are_listed_by_time_and_outcome_without_answers(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    dial(lan, held)
    page = say(lan, held, "NC2")
    assert "打了 1 个电话，登记 1 次，其中完成访问 0 份。" in page.text
    assert "10:00 0101-01 忙线" in page.text
    clock.goes_on(days=1)
    assert "今天还没有打电话。" in lan.get("/desk").text


# Whose case it is


@pytest.mark.parametrize("path", ["", "/interview/phone", "/interview/visit"])
def test_the_case_of_another_interviewer_is_not_found(mei: Visitor, held: Case, path: str) -> None:
    assert mei.get(address(held) + path).status == 404


@pytest.mark.parametrize(
    "path", ["/call", "/hang-up", "/reveal", "/open", "/outcome", "/note", "/put-back", "/close", "/interview/phone"]
)
def test_nobody_can_act_on_the_case_of_another_interviewer(
    lan: Visitor, mei: Visitor, survey: Survey, held: Case, clock: Clock, path: str
) -> None:
    token = mei.get("/desk").forms()[0].values()["csrf_token"]
    forged = {
        "csrf_token": token, "outcome": ["NC1"], "attempt_key": [str(uuid.uuid4())], "place": ["0"], "text": ["看"],
        "kind": ["note"], "why": ["interview"], **{name: [given] for name, given in fields(SPOKEN).items()},
    }  # fmt: skip
    assert mei.post(address(held) + path, forged).status == 404
    assert (attempts(survey), survey.responses, events(survey, "contact.revealed")) == ([], [], 0)


@pytest.mark.parametrize("path", ["/call", "/outcome", "/put-back", "/reveal"])
def test_a_case_attempted_before_may_only_be_read(lan: Visitor, survey: Survey, clock: Clock, path: str) -> None:
    case = survey.cases[0]  # tried last by Lan, in nobody's hand
    page = lan.get(address(case))
    assert "已经不在您手上，只能看" in page.text
    assert "欧***" in page.text
    assert {f.action.rpartition("/")[2] for f in page.forms() if "/desk/" in f.action} == {"note", "next"}
    forged = {
        "csrf_token": page.form(action="/note").values()["csrf_token"],
        "outcome": ["NC1"], "attempt_key": [str(uuid.uuid4())], "place": ["0"],
    }  # fmt: skip
    page = lan.post(address(case) + path, forged)
    assert (page.status, "不在您手上" in page.text) == (422, True)
    assert (attempts(survey), events(survey, "contact.revealed")) == ([], 0)


def test_the_lead_has_no_desk(visitor: Visitor, survey: Survey) -> None:
    visitor.sign_in("zhou")
    assert visitor.get("/desk").status == 403
    assert visitor.get(address(survey.cases[0])).status == 403


def test_a_refusal_by_a_database_rule_is_shown_as_a_sentence(
    lan: Visitor, survey: Survey, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    twice = [{"user_id": survey.interviewer.id, "skill": "19900001"}] * 2

    def refuse(*_arguments: object) -> None:
        db.session.execute(insert(InterviewerSkill), twice)

    monkeypatch.setattr("app.desk.views.cases.claim_next", refuse)
    page = press_next(lan)
    assert (page.status, page.heading) == (409, "别人刚刚改过这里")
    assert "19900001" not in caplog.text
    assert survey.session.scalars(select(InterviewerSkill)).all() == []


def test_an_anonymous_visitor_is_asked_to_sign_in(visitor: Visitor, survey: Survey) -> None:
    page = visitor.get(address(survey.cases[0]))
    assert page.path.startswith("/login")


def test_an_address_without_a_valid_identifier_is_not_found(lan: Visitor) -> None:
    for name in ("1", "garbage", str(uuid.uuid4())):
        assert lan.get(f"/desk/cases/{name}").status == 404


def test_the_page_of_a_case_runs_a_fixed_number_of_queries(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    def statements() -> int:
        statements_run: list[str] = []
        engine = db.engine
        listen = lambda *args: statements_run.append(args[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listen)
        lan.get(address(held))
        event.remove(engine, "before_cursor_execute", listen)
        return len(statements_run)

    statements()
    before = statements()
    for day in range(4):
        _tried(survey, held, "NC1", clock.moment - timedelta(days=9 - 2 * day))
    a_hold(survey.session, held, survey.interviewer)
    assert statements() <= before
    assert before <= 30


# The call


def test_the_contact_is_masked_until_dialled_and_again_when_the_call_ends(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    page = lan.get(address(held))
    assert "199****" in page.text
    assert "欧***" in page.text
    assert "欧阳小明" not in page.html
    page = dial(lan, held)
    assert page.path == address(held)  # a page of its own: reloading it dials nobody
    assert "请问是欧阳小明吗" in page.text
    [number] = [link for link in page.links() if link.startswith("tel:")]
    assert number.startswith("tel:1990000")
    assert "通话中，10:00 开始" in page.text
    page = page.form(action="/hang-up").submit()
    assert "刚才的电话还没有登记结果" in page.text
    assert "欧阳小明" not in page.html
    assert "1990000" not in page.html


def test_recording_an_outcome_ends_the_call_and_masks_the_number(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    dial(lan, held)
    clock.goes_on(minutes=2)
    say(lan, held, "NC1")
    [call] = survey.session.scalars(select(PhoneCall))
    [attempt] = survey.session.scalars(select(Attempt))
    assert (call.ended_at - call.started_at, call.attempt_id) == (timedelta(minutes=2), attempt.id)
    assert (call.place, call.holder, call.dialler) == (0, "person", "tel")
    assert "1990000" not in lan.get(address(held)).html


def test_each_call_is_an_audit_event_without_names(lan: Visitor, survey: Survey, held: Case, clock: Clock) -> None:
    dial(lan, held).form(action="/hang-up").submit()
    dial(lan, held)
    revealed = survey.session.scalars(select(AuditEvent).where(AuditEvent.action == "contact.revealed")).all()
    assert [(e.actor_id, e.subject, e.details) for e in revealed] == [(survey.interviewer.id, held.uuid, {})] * 2


def test_dialling_again_during_a_call_makes_no_second_event(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    form = lan.get(address(held)).form(action="/call")
    first = form.submit()
    clock.goes_on(minutes=1)
    assert form.submit().links() == first.links()
    assert events(survey, "contact.revealed") == 1
    [call] = survey.session.scalars(select(PhoneCall))
    assert (call.started_at, call.ended_at) == (clock.moment - timedelta(minutes=1), None)


def test_outside_the_hours_only_appointments_are_called(lan: Visitor, survey: Survey, held: Case, clock: Clock) -> None:
    clock.goes_on(hours=13)
    page = dial(lan, held)
    assert page.status == 422
    assert re.search(r"现在不打电话：.*最早 \d{4}-\d\d-\d\d \d\d:\d\d 可以打。", page.text)
    assert "1990000" not in page.html
    assert (events(survey, "contact.revealed"), survey.session.scalars(select(PhoneCall)).all()) == (0, [])

    row = survey.session.get_one(Schedule, held.id)
    row.appointment_at = clock.moment + timedelta(minutes=6)
    survey.session.commit()
    assert dial(lan, held).status == 422
    row.appointment_at = clock.moment + timedelta(minutes=5)
    survey.session.commit()
    assert "现在不在拨打时间" not in lan.get(address(held)).text
    assert "通话中" in dial(lan, held).text


def test_in_a_quiet_time_appointments_are_not_called_either(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    day = f"{local(clock.moment):%Y-%m-%d}"
    quiet = {"quiet": [{"from": day, "to": day, "reason": "台风停课"}]}
    survey.session.add(DeskSetting(evaluation_id=survey.evaluation.id, body=quiet))
    survey.session.get_one(Schedule, held.id).appointment_at = clock.moment
    survey.session.commit()
    assert "现在不在拨打时间" in lan.get(address(held)).text
    page = dial(lan, held)
    assert (page.status, "台风停课" in page.text) == (422, True)
    assert events(survey, "contact.revealed") == 0


def test_only_the_number_being_called_is_unmasked(lan: Visitor, survey: Survey, held: Case, clock: Clock) -> None:
    contact = held.recipient.contact
    assert contact is not None
    contact.phones, contact.guardian, contact.guardian_phones = (
        ["19900000001", "19900001111"],
        "欧阳父",
        ["19900002222"],
    )
    survey.session.commit()
    page = dial(lan, held, 2)
    assert "tel:19900002222" in page.links()
    assert "监护人或联系人 第 3 个" in page.text
    assert "19900000001" not in page.html
    assert "199****1111" in page.text
    page = dial(lan, held, 1)
    assert "tel:19900001111" in page.links()
    assert "19900002222" not in page.html
    assert len([c for c in survey.session.scalars(select(PhoneCall)) if c.ended_at is None]) == 1


@pytest.mark.parametrize(("place", "status"), [("7", 422), ("-1", 400), ("garbage", 400), ("", 400)])
def test_a_number_that_does_not_exist_is_not_dialled(
    lan: Visitor, survey: Survey, held: Case, clock: Clock, place: str, status: int
) -> None:
    form = lan.get(address(held)).form(action="/call")
    assert form.submit(place=place).status == status
    assert events(survey, "contact.revealed") == 0


def test_a_get_request_dials_nobody(lan: Visitor, survey: Survey, held: Case) -> None:
    for path in ("call", "hang-up", "reveal", "outcome"):
        assert lan.get(f"{address(held)}/{path}").status == 405


def test_the_page_says_that_a_contact_was_deleted(lan: Visitor, survey: Survey, held: Case, clock: Clock) -> None:
    survey.session.delete(held.recipient.contact)
    survey.session.commit()
    page = lan.get(address(held))
    assert "联系资料已经删除" in page.text
    token = page.form(action="/outcome").values()["csrf_token"]
    page = lan.post(f"{address(held)}/call", {"csrf_token": token, "place": ["0"]})
    assert (page.status, "没有这个号码" in page.text) == (422, True)


def test_the_page_has_an_answer_to_each_of_the_four_doubts(lan: Visitor, held: Case, clock: Clock) -> None:
    text = lan.get(address(held)).text
    for doubt in ("您是哪个单位的？", "怎么有我的电话？", "为什么是我？", "是不是骗子？"):
        assert doubt in text
    assert "020-80000099" in text
    assert "你好，请问系咪" in text


def test_outside_the_hours_the_page_of_the_case_warns(lan: Visitor, held: Case, clock: Clock) -> None:
    assert "现在不在拨打时间" not in lan.get(address(held)).text
    clock.goes_on(hours=13)
    assert "现在不在拨打时间" in lan.get(address(held)).text


# Minors


@pytest.fixture
def minor(session: Session, visitor: Visitor) -> tuple[Visitor, Survey, Case]:
    """A child's case, held by Lan."""
    survey = a_survey(session, people=1, birth_year=2020)
    case = survey.cases[0]
    contact = case.recipient.contact
    assert contact is not None
    contact.guardian, contact.guardian_phones = "欧阳父", ["19900002222"]
    session.commit()
    a_hold(session, case, survey.interviewer)
    visitor.sign_in("lan")
    return visitor, survey, case


def test_the_record_of_a_minor_opens_only_with_a_reason(minor: tuple[Visitor, Survey, Case], clock: Clock) -> None:
    lan, survey, case = minor
    page = lan.get(address(case))
    assert "未成年人，已锁住" in page.text
    assert not any(secret in page.html for secret in ("欧", "199", "特困"))
    assert confirm_minor(page).status == 422  # no reason chosen
    assert confirm_minor(page, why="other").status == 422  # none written
    assert "请写明理由" in confirm_minor(page, why="other").text
    assert survey.session.scalars(select(MinorOpening)).all() == []
    page = confirm_minor(page, why="other", more="学校转来的询问")
    assert "欧***" in page.text
    [opening] = survey.session.scalars(select(MinorOpening))
    assert (opening.user_id, opening.reason) == (survey.interviewer.id, "别的理由：学校转来的询问")
    [logged] = survey.session.scalars(select(AuditEvent).where(AuditEvent.action == "minor.opened"))
    assert (logged.subject, "学校" in str(logged.details)) == (case.uuid, False)


def confirm_minor(page: Page, **values: str) -> Page:
    return page.form(action="/open").submit(**values)


def test_an_unopened_record_of_a_minor_is_neither_called_nor_interviewed(
    minor: tuple[Visitor, Survey, Case], clock: Clock
) -> None:
    lan, survey, case = minor
    token = lan.get(address(case)).form(action="/open").values()["csrf_token"]
    page = lan.post(f"{address(case)}/call", {"csrf_token": token, "place": ["0"]})
    assert (page.status, "先写明理由打开" in page.text) == (422, True)
    for mode in ("phone", "visit"):
        page = lan.get(f"{address(case)}/interview/{mode}")
        assert (page.path, "先写明理由打开" in page.text) == (address(case), True)
    assert events(survey, "contact.revealed") == 0


def test_for_a_child_only_the_guardian_is_called(minor: tuple[Visitor, Survey, Case], clock: Clock) -> None:
    lan, _survey, case = minor
    page = confirm_minor(lan.get(address(case)), why="interview")
    assert "只打监护人的电话" in page.text
    assert "199****2222" in page.text
    assert "199****0000" not in page.text
    assert "请问是欧***的父母或监护人吗？" in page.text
    assert "tel:19900002222" in dial(lan, case).links()


# Outcomes


def test_an_outcome_is_recorded_with_its_consequence_and_can_be_undone(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    page = lan.get(address(held))
    assert "无人接听 3 小时后再排" in page.text
    page = say(lan, held, "NC1")
    assert page.path == "/desk"
    assert "已登记「无人接听」：3 小时后再排。" in page.text
    assert attempts(survey) == [("phone", "NC1")]
    undo = page.form(action="/undo/")
    page = undo.submit()
    assert (page.path, attempts(survey)) == (address(held), [])
    assert "已撤销，个案回到您手上" in page.text
    assert events(survey, "attempt.undone") == 1
    assert undo.submit().path == address(held)  # a second press changes nothing
    assert events(survey, "attempt.undone") == 1


def test_an_outcome_cannot_be_undone_after_the_seconds_allowed(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    undo = say(lan, held, "NC1").form(action="/undo/")
    clock.goes_on(seconds=60)
    assert not [f for f in lan.get("/desk").forms() if "/undo/" in f.action]
    page = undo.submit()
    assert (page.path, "已经过了可以撤销的时间" in page.text) == ("/desk", True)
    assert attempts(survey) == [("phone", "NC1")]


def test_an_outcome_is_not_undone_while_another_interviewer_holds_the_case(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    undo = say(lan, held, "NC1").form(action="/undo/")
    a_hold(survey.session, held, survey.other, minutes=60 * 24 * 30)
    page = undo.submit()
    assert (page.status, page.path) == (200, "/desk")
    assert "已经由别的访问员接走" in page.text
    assert attempts(survey) == [("phone", "NC1")]
    assert survey.session.get_one(Schedule, held.id).held_by_id == survey.other.id


def test_an_outcome_is_not_undone_while_holding_the_next_case(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    undo = say(lan, held, "NC1").form(action="/undo/")
    press_next(lan)
    page = undo.submit()
    assert (page.path, "您手上还有一个个案" in page.text) == ("/desk", True)
    assert attempts(survey) == [("phone", "NC1")]


def test_the_same_attempt_sent_twice_is_recorded_once(lan: Visitor, survey: Survey, held: Case, clock: Clock) -> None:
    form = lan.get(address(held)).form(action="/outcome")
    first, second = (form.submit(button=("outcome", "NC1")) for _ in range(2))
    assert first.path == second.path == "/desk"
    assert attempts(survey) == [("phone", "NC1")]


def test_a_final_outcome_is_confirmed_and_closes_the_case(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    page = lan.get(address(held)).form(action="/outcome").submit(button=("outcome", "R1"), note="说不要再打")
    assert (page.heading, attempts(survey)) == ("登记「本人拒访」", [])
    assert "结案，不再联系" in page.text
    form = page.form(action="/outcome")
    assert form.values()["note"] == ["说不要再打"]
    page = form.submit()
    assert form.submit().path == page.path == "/desk"
    assert not [f for f in page.forms() if "/undo/" in f.action]
    [attempt] = survey.session.scalars(select(Attempt))
    assert (attempt.outcome, attempt.note, survey.cases[0].outcome_final) == ("R1", "说不要再打", True)
    assert "已有最终结果" in lan.get(f"{address(held)}/interview/phone").text


def test_an_outcome_that_requires_a_note_is_not_recorded_without_it(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    page = say(lan, held, "O1")
    page = confirm(page)
    assert (page.status, "这个结果要写一句说明" in page.text, attempts(survey)) == (422, True, [])
    assert confirm(page, note="长" * 201).status == 422
    confirm(page, note="卧床，女儿在外地")
    [attempt] = survey.session.scalars(select(Attempt))
    assert (attempt.outcome, attempt.note) == ("O1", "卧床，女儿在外地")
    assert "卧床，女儿在外地" in lan.get(address(held)).text


def test_a_language_barrier_asks_which_language(lan: Visitor, survey: Survey, held: Case, clock: Clock) -> None:
    page = say(lan, held, "O2")
    assert (confirm(page).status, attempts(survey)) == (422, [])
    assert confirm(page, needs="xx").status == 422
    confirm(page, needs="hak")
    [attempt] = survey.session.scalars(select(Attempt))
    assert (attempt.outcome, attempt.needs) == ("O2", "hak")
    assert survey.session.get_one(Schedule, held.id).needs == "hak"
    # Only somebody who speaks it gets the case; and reads why.
    survey.session.add(InterviewerSkill(user_id=survey.interviewer.id, skill="hak"))
    survey.session.execute(update(Schedule).where(Schedule.case_id != held.id).values(way="closed"))
    survey.session.commit()
    clock.goes_on(minutes=61)
    assert "需要客家话，您会" in press_next(lan).text


def test_an_appointment_is_one_of_three_proposals_or_a_time_of_its_own(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    page = say(lan, held, "NC4")
    assert (confirm(page).status, attempts(survey)) == (422, [])
    assert confirm(page, agreed_when="garbage").status == 422
    day = local(now()) - timedelta(days=1)
    past = confirm(page, agreed_when="other", agreed_day=f"{day:%Y-%m-%d}", agreed_time="10:00")
    assert (past.status, "已经过去" in past.text) == (422, True)
    proposals = [e.get("value") for e in page.tree.iter("input") if e.get("name") == "agreed_when"]
    assert proposals[-1] == "other"
    page = confirm(page, agreed_when=proposals[0], same_interviewer="y")
    assert page.path == "/desk"
    assert "已登记「约了时间」：已约好" in page.text
    [made] = survey.session.scalars(select(Appointment))
    assert f"{local(made.at):%Y-%m-%dT%H:%M}" == proposals[0]
    assert made.interviewer_id == survey.interviewer.id
    page = page.form(action="/undo/").submit()
    assert [a.ending for a in survey.session.scalars(select(Appointment))] == ["cancelled"]


def test_an_unusual_time_is_warned_of_and_may_be_confirmed(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    day = f"{local(now()) + timedelta(days=3):%Y-%m-%d}"
    page = confirm(say(lan, held, "NC4"), agreed_when="other", agreed_day=day, agreed_time="06:30", note="上早班")
    assert (page.status, attempts(survey)) == (422, [])
    assert "如果是对方要求的，可以保留" in page.text
    form = page.form(action="/outcome")
    assert (form.values()["agreed_time"], form.values()["note"]) == (["06:30"], ["上早班"])
    form.submit(keep="y")
    assert attempts(survey) == [("phone", "NC4")]
    other = survey.cases[1]
    a_hold(survey.session, other, survey.interviewer)
    page = confirm(say(lan, other, "NC4"), agreed_when="other", agreed_day=day, agreed_time="06:35")
    assert "前后已另有 1 个预约" in page.text


@pytest.mark.parametrize("outcome", ["I1", "X1", "P1", "ZZ", ""])
def test_only_outcomes_offered_by_the_list_can_be_recorded(
    lan: Visitor, survey: Survey, held: Case, clock: Clock, outcome: str
) -> None:
    page = say(lan, held, outcome)
    assert (page.status, attempts(survey)) == (422, [])
    assert "处需要处理" in page.text


def test_partial_completion_is_offered_only_while_an_interview_is_under_way(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    assert "部分完成" not in lan.get(address(held)).text
    survey.session.add(
        Draft(case_id=held.id, mode="phone", submission_key=uuid.uuid4(), answers={"C1": "1", "S1": "1"})
    )
    survey.session.commit()
    page = lan.get(address(held))
    assert "答到第 2 题" in page.text
    assert "继续访问" in page.text
    say(lan, held, "P1")
    assert attempts(survey) == [("phone", "P1")]


@pytest.mark.parametrize("wrong", [{"attempt_key": "garbage"}, {"attempt_key": None}, {"note": "x" * 201}])
def test_an_outcome_with_a_broken_form_is_refused(
    lan: Visitor, survey: Survey, held: Case, clock: Clock, wrong: dict[str, str | None]
) -> None:
    form = lan.get(address(held)).form(action="/outcome")
    page = form.submit(button=("outcome", "NC1"), **wrong)
    assert (page.status, attempts(survey)) == (422, [])


def _tried(survey: Survey, case: Case, outcome: str, at: datetime) -> None:
    record_attempt(
        survey.session,
        case,
        attempt_key=uuid.uuid4(),
        mode="phone",
        outcome=outcome,
        interviewer=survey.interviewer,
        at=at,
    )
    survey.session.commit()


def test_at_the_limit_the_buttons_say_that_it_is_the_last_attempt(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    for hours in (96, 68, 44, 6):
        _tried(survey, held, "NC1", clock.moment - timedelta(hours=hours))
    a_hold(survey.session, held, survey.interviewer)
    page = lan.get(address(held))
    assert "第 5 次，上次无人接听，已隔 6 小时" in page.text
    assert "已联系 4 次，最多 5 次" in page.text
    assert "第 5 次，达到上限：结案" in page.text
    page = page.form(action="/outcome").submit(button=("outcome", "NC1"))
    assert "登记后不能撤销" in page.text
    assert "确定登记并结案" in page.text
    confirm(page)
    assert (survey.cases[0].outcome, survey.cases[0].outcome_final) == ("NC1", True)


def test_the_limit_within_one_morning_goes_to_the_supervisor(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    for minutes in (40, 30, 20, 10):
        _tried(survey, held, "NC2", clock.moment - timedelta(minutes=minutes))
    a_hold(survey.session, held, survey.interviewer)
    assert "第 5 次，达到上限：先交负责人处理" in lan.get(address(held)).text
    say(lan, held, "NC2")
    assert survey.session.get_one(Schedule, held.id).way == "supervisor"


def test_a_case_that_meets_the_attempt_rule_may_be_given_up(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    _tried(survey, held, "NC1", clock.moment - timedelta(days=4))
    a_hold(survey.session, held, survey.interviewer)
    assert "还不能结案" in lan.get(address(held)).text
    for hours in (68, 48, 20):
        _tried(survey, held, "NC1", clock.moment - timedelta(hours=hours))
    a_hold(survey.session, held, survey.interviewer)
    page = lan.get(address(held))
    [folded] = [e for e in page.tree.iter("details") if "确定结案" in text_of(e)]
    assert folded.get("open") is None  # it cannot be undone: one press opens it, another does it
    page = page.form(action="/close").submit()
    assert (page.path, "已结案" in page.text) == ("/desk", True)
    assert survey.cases[0].outcome_final


def test_after_settling_no_outcome_is_recorded(lan: Visitor, survey: Survey, held: Case, clock: Clock) -> None:
    outcome = lan.get(address(held)).form(action="/outcome")
    survey.settle()
    page = outcome.submit(button=("outcome", "NC1"))
    assert (page.status, "评分已经定案" in page.text, attempts(survey)) == (422, True, [])


# Putting back, notes, visits


def test_a_case_is_put_back_without_an_attempt_but_not_during_a_call(
    lan: Visitor, survey: Survey, held: Case, clock: Clock
) -> None:
    form = lan.get(address(held)).form(action="/put-back")
    dial(lan, held)
    page = form.submit()
    assert (page.status, "先登记，再放回" in page.text) == (422, True)
    page.form(action="/hang-up").submit()
    page = form.submit()
    assert (page.path, "已放回" in page.text, attempts(survey)) == ("/desk", True, [])
    assert survey.session.get_one(Schedule, held.id).held_by_id is None
    assert form.submit().status == 422


@pytest.mark.parametrize(("kind", "message"), [("note", "已告诉负责人"), ("care", "这位需要关怀")])
def test_a_note_reaches_the_supervisor_and_its_text_is_not_in_the_audit_log(
    lan: Visitor, survey: Survey, held: Case, clock: Clock, kind: str, message: str
) -> None:
    form = lan.get(address(held)).form(action="/note")
    for wrong in ("", "   ", "字" * 201):
        assert form.submit(button=("kind", kind), text=wrong).status == 422
    assert form.submit(button=("kind", "never_served"), text="看看").status == 422
    page = form.submit(button=("kind", kind), text="独居，说冬天没有厚被子")
    assert message in page.text
    [note] = survey.session.scalars(select(DeskNote))
    assert (note.kind, note.text, note.written_by_id) == (kind, "独居，说冬天没有厚被子", survey.interviewer.id)
    stored = survey.session.connection().exec_driver_sql("SELECT text FROM desk_note").scalar()
    assert "被子" not in str(stored)
    [logged] = survey.session.scalars(select(AuditEvent).where(AuditEvent.action == "note.written"))
    assert (logged.subject, logged.details) == (held.uuid, {"kind": kind})


def test_a_visit_assigned_to_me_opens_with_its_address_and_is_recorded_as_a_visit(
    lan: Visitor, survey: Survey, clock: Clock
) -> None:
    case = survey.cases[0]
    row = survey.session.get_one(Schedule, case.id)
    row.way, row.chosen_way, row.assigned_to_id = "visit", "visit", survey.interviewer.id
    survey.session.commit()
    assert address(case) in lan.get("/desk").links()
    page = lan.get(address(case))
    assert "石壁村某巷" not in page.html
    page = page.form(action="/reveal").submit()
    assert "石壁村某巷 1 号" in page.text
    assert "欧阳小明" in page.text
    assert "1990000" not in page.html
    assert "石壁村某巷" not in lan.get(address(case)).html
    assert events(survey, "contact.revealed") == 1
    assert "已登记「入户无人」" in say(lan, case, "NC5").text
    assert attempts(survey) == [("visit", "NC5")]


def test_the_scripts_used_by_the_desk_exist(
    lan: Visitor, survey: Survey, held: Case, clock: Clock, repository: Path
) -> None:
    for page in (lan.get("/desk"), dial(lan, held)):
        for script in page.tree.iter("script"):
            assert (repository / "app" / (script.get("src") or "?").split("?")[0].lstrip("/")).is_file()


def test_quiet_times_of_the_evaluation_are_shown(lan: Visitor, survey: Survey, clock: Clock) -> None:
    day = f"{local(clock.moment):%Y-%m-%d}"
    quiet = {"quiet": [{"from": day, "to": day, "reason": "台风停课"}]}
    survey.session.add(DeskSetting(evaluation_id=survey.evaluation.id, body=quiet))
    survey.session.commit()
    assert "台风停课" in lan.get("/desk").text


def test_revealing_names_is_rate_limited_on_every_page(
    survey: Survey, counting: Callable[..., Flask], held: Case, clock: Clock
) -> None:
    visitor = Visitor(counting(REVEAL_LIMIT="3 per hour"))
    visitor.sign_in("lan")
    form = visitor.get(address(held)).form(action="/call")
    for _ in range(3):
        form.submit().form(action="/hang-up").submit()
    assert form.submit().status == 429
    assert events(survey, "contact.revealed") == 3
