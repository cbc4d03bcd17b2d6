"""The supervisor's pages: what they show, what can be done there, and no names but the interviewers'."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Case, DeskNote, Evaluation, InterviewerSkill, Recusal, Role, Schedule
from app.supervision.queries.live import code_of
from tests.app.desk_builders import AT, BusyDesk, a_busy_desk, called
from tests.builders import a_member, an_evaluation
from tests.clock import Clock
from tests.visitor import Visitor, text_of

S = "/evaluations/sample-2023"
D = f"{S}/desk"


@pytest.fixture
def desk(session: Session, clock: Clock) -> BusyDesk:
    return a_busy_desk(session, clock.moment)


@pytest.fixture
def lead(desk: BusyDesk, visitor: Visitor) -> Visitor:
    visitor.sign_in("lead")
    return visitor


def case_path(case: Case) -> str:
    return f"{D}/cases/{case.uuid}"


def test_before_the_draw_the_page_shows_the_next_step_and_the_settings(session: Session, visitor: Visitor) -> None:
    a_member(session, an_evaluation(session), Role.LEAD, "lead")
    visitor.sign_in("lead")
    page = visitor.get(D)
    assert "还没有抽样" in page.text
    assert "09:00–11:30、14:30–17:30、18:30–20:30" in page.text
    assert visitor.get(f"{D}/closed").status == 404


def test_the_page_shows_the_state_of_the_fieldwork(lead: Visitor) -> None:
    page = lead.get(D)
    for words in (
        "需要关怀", "老人说已经两天没有吃饭", "可能是服务记录不真实", "已到最多次数，还不够结案的条件", "兰访问员",
        "梅访问员", "合计 100 100 2 98", "规定不少于 100 份有效答卷，现在 2 份", "已经过了时间",
        "希望同一位访问员", "没有人声明过。",
    ):  # fmt: skip
        assert words in page.text, words
    assert page.text.index("需要关怀") < page.text.index("下午再打")


def test_the_page_shows_no_name_of_a_sampled_person(session: Session, desk: BusyDesk, lead: Visitor) -> None:
    waiting = desk.cases(session)[7]
    for page in (lead.get(D), lead.get(case_path(waiting)), lead.get(f"{D}/closed")):
        for case in desk.cases(session):
            assert case.recipient.contact is not None
            assert case.recipient.contact.name not in page.html
        assert "1990000" not in page.html


def test_the_page_is_complete_in_english(lead: Visitor) -> None:
    form = next(f for f in lead.get(D).forms() if f.action.endswith("/language"))
    page = form.submit(button=("language", "en"))
    assert page.heading == "Supervision"
    assert "Cases waiting for the lead evaluator" in page.text
    assert "Most tries made" in page.text
    assert "09:00–11:30, 14:30–17:30, 18:30–20:30" in page.text
    assert "、" not in page.text


def test_a_note_marked_as_seen_can_still_be_read(session: Session, lead: Visitor) -> None:
    page = lead.get(D)
    buttons = {text_of(button) for button in page.tree.iter("button")}
    assert len([name for name in buttons if name.startswith("看过")]) == 3  # each says which case it is about
    first = next(f for f in page.forms() if "/notes/" in f.action)
    page = first.submit()
    seen_notes = session.scalars(select(DeskNote).where(DeskNote.seen_at.is_not(None))).all()
    assert [note.kind for note in seen_notes] == ["care"]
    assert "最近看过的 1 条" in page.text
    assert first.submit().status == 200  # pressed twice: seen once


def test_a_waiting_case_is_put_back(session: Session, desk: BusyDesk, lead: Visitor) -> None:
    case = desk.cases(session)[7]
    page = lead.get(case_path(case))
    assert "这个个案等您处理" in page.text
    assert "还不能结案" in page.text
    button = page.form(action="/queue")
    assert "已放回队列" in button.submit().text
    assert session.get_one(Schedule, case.id).way == "phone"
    again = button.submit()
    assert again.status == 422
    assert "可能已经有人处理过" in again.text


def test_a_waiting_case_is_closed_after_confirmation_when_the_attempt_rule_is_met(
    session: Session, desk: BusyDesk, lead: Visitor
) -> None:
    case = desk.cases(session)[7]
    called(session, case, desk.mei, now() + timedelta(days=1, hours=5), "NC1")
    case.outcome_final = False
    session.get_one(Schedule, case.id).way = "supervisor"
    page = lead.get(case_path(case))
    refused = page.form(action="/close").submit()
    assert refused.status == 422
    assert "请先确认" in refused.text
    assert "已结案" in refused.form(action="/close").submit(confirmed="y").text
    assert session.get_one(Case, case.id).outcome_final
    assert [f.action for f in lead.get(case_path(case)).forms() if "/cases/" in f.action] == []


def test_a_case_closed_as_a_duplicate_is_accepted_and_leaves_the_list(
    session: Session, desk: BusyDesk, lead: Visitor
) -> None:
    case = desk.cases(session)[40]
    called(session, case, desk.lan, now(), "NE4", note="和另一行是同一个人。")
    page = lead.get(D)
    assert "和另一行是同一个人。" in page.text
    button = page.form(action=f"/{case.uuid}/accept")
    page = button.submit()
    assert "已看过，维持结案" in page.text
    assert "和另一行是同一个人。" not in page.text
    assert button.submit().status == 200  # pressed twice: looked at once
    assert "看过结案示例用户" in lead.get(case_path(case)).text
    assert "看过结案的个案" in lead.get(f"{S}/audit").text


def test_a_case_closed_by_mistake_is_reopened_with_a_reason(session: Session, desk: BusyDesk, lead: Visitor) -> None:
    case = desk.cases(session)[40]
    called(session, case, desk.lan, now(), "NE3", note="说不再是低保。")
    page = lead.get(D).follow(code_of(case))
    assert "这个个案结了案，要您看一看" in page.text
    refused = page.form(action="/reopen").submit(reason=" ")
    assert refused.status == 422
    assert "请写明理由" in refused.text
    form = refused.form(action="/reopen")
    assert "会再联系" in form.submit(reason="名册上仍是低保").text
    assert not session.get_one(Case, case.id).outcome_final
    again = form.submit(reason="名册上仍是低保")
    assert again.status == 422
    assert "可能已经有人处理过" in again.text
    assert "名册上仍是低保" in lead.get(f"{S}/audit").text


def test_a_case_that_may_not_be_reopened_says_why(session: Session, desk: BusyDesk, lead: Visitor) -> None:
    never_served = desk.cases(session)[2]
    page = lead.get(case_path(never_served))
    assert "要再联系，先打开答卷把它排除" in page.text
    assert [f.action for f in page.forms() if f.action.endswith("/reopen")] == []


def test_a_case_is_assigned_to_one_interviewer_and_unassigned_again(
    session: Session, desk: BusyDesk, lead: Visitor
) -> None:
    case = desk.cases(session)[50]
    form = lead.get(case_path(case)).form(containing="interviewer")
    page = form.submit(interviewer=str(desk.mei.uuid))
    assert session.get_one(Schedule, case.id).assigned_to_id == desk.mei.id
    assert page.form(containing="interviewer").values()["interviewer"] == [str(desk.mei.uuid)]
    page.form(containing="interviewer").submit(interviewer="")
    assert session.get_one(Schedule, case.id).assigned_to_id is None
    wrong = form.submit(interviewer=str(desk.lead.uuid))
    assert wrong.status == 422
    assert session.get_one(Schedule, case.id).assigned_to_id is None


def test_a_sample_of_closed_non_contacts_is_shown_with_their_attempts(
    session: Session, desk: BusyDesk, lead: Visitor
) -> None:
    assert "还没有这样的个案" in lead.get(f"{D}/closed").text
    for case in desk.cases(session)[30:37]:
        called(session, case, desk.lan, AT, "NC3")
        case.outcome_final = True
    session.commit()
    page = lead.get(f"{D}/closed")
    assert "一共 7 个个案没有联系上就结案，下面是 5 个" in page.text
    assert page.text.count("关机") == 5


def test_skills_of_all_interviewers_are_set_on_one_page(session: Session, desk: BusyDesk, lead: Visitor) -> None:
    lan, mei = f"skills-{desk.lan.uuid}", f"skills-{desk.mei.uuid}"
    page = lead.get(f"{D}/interviewers")
    page = page.form(containing=lan).submit(**{lan: ["yue", "hak"], mei: ["sign"]})
    assert "已保存" in page.text
    skills = session.execute(select(InterviewerSkill.user_id, InterviewerSkill.skill)).all()
    assert sorted(map(tuple, skills)) == sorted([(desk.lan.id, "hak"), (desk.lan.id, "yue"), (desk.mei.id, "sign")])
    assert sorted(page.form(containing=lan).values()[lan]) == ["hak", "yue"]
    forged = page.form(containing=lan).submit(**{lan: ["klingon"]})
    assert forged.status == 422


def test_the_lead_declares_an_interest_for_somebody(session: Session, desk: BusyDesk, lead: Visitor) -> None:
    page = lead.get(f"{D}/interviewers")
    empty = page.form(containing="who").submit(who=str(desk.lan.uuid))
    assert empty.status == 422
    page = empty.form(containing="who").submit(who=str(desk.lan.uuid), reason="妹妹在站里工作")
    assert "妹妹在站里工作" in page.text
    assert session.scalars(select(Recusal.user_id)).all() == [desk.lan.id]
    assert "妹妹在站里工作" in lead.get(D).text
    assert "回避" in lead.get(D).text


def test_visits_are_assigned_by_village(session: Session, desk: BusyDesk, lead: Visitor) -> None:
    assert "没有要走访的人" in lead.get(f"{D}/visits").text
    village = desk.evaluation.station.villages[1]
    cases = [case for case in desk.cases(session)[20:] if case.recipient.village_id == village.id][:3]
    for case in cases:
        session.get_one(Schedule, case.id).way = "visit"
    session.commit()
    page = lead.get(D)
    assert "有 3 个走访还没有人去" in page.text
    page = page.follow("分派走访")
    assert "乙村 3" in page.text
    form = page.form(containing="village")
    page = form.submit(interviewer=str(desk.mei.uuid))
    assert "已分派 3 个走访" in page.text
    assert "梅访问员，3 个" in page.text
    assert form.submit().status == 422  # the village is no longer offered
    assert "走访还没有人去" not in lead.get(D).text


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.STATION, Role.PURCHASER])
def test_other_roles_neither_see_the_page_nor_act_on_it(
    session: Session, desk: BusyDesk, another_visitor: Callable[[], Visitor], role: Role
) -> None:
    a_member(session, desk.evaluation, role, "someone")
    visitor, case = another_visitor(), desk.cases(session)[7]
    visitor.sign_in("someone")
    token = next(f for f in visitor.get("/verify").forms()).values()["csrf_token"][0]
    note = session.scalars(select(DeskNote.uuid)).first()
    for path in (D, f"{D}/closed", f"{D}/interviewers", f"{D}/settings", f"{D}/visits", case_path(case)):
        assert visitor.get(path).status == 403, path
    for path in (
        f"{case_path(case)}/queue", f"{case_path(case)}/close", f"{case_path(case)}/reassign",
        f"{case_path(case)}/accept", f"{case_path(case)}/reopen",
        f"{D}/notes/{note}/seen", f"{D}/interviewers", f"{D}/interviewers/recuse", f"{D}/settings",
    ):  # fmt: skip
        assert visitor.post(path, {"csrf_token": token, "confirmed": "y"}).status == 403, path
    assert session.get_one(Schedule, case.id).way == "supervisor"


def test_a_case_of_another_evaluation_is_not_found(
    session: Session, desk: BusyDesk, another_visitor: Callable[[], Visitor]
) -> None:
    other: Evaluation = an_evaluation(session, "other-2023")
    a_member(session, other, Role.LEAD, "outsider")
    visitor = another_visitor()
    visitor.sign_in("outsider")
    case = desk.cases(session)[7]
    assert visitor.get(case_path(case)).status == 404
    assert visitor.get(f"/evaluations/other-2023/desk/cases/{case.uuid}").status == 404
