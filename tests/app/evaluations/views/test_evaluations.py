"""The overview of an evaluation for each role, and its audit log."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import local, now
from app.draw.commands.ceremonies import Source, announce_plan, close_commitments, reveal
from app.models import MEMBER_ROLES, Evaluation, Role, User
from app.scores.commands.scores import settle_score
from sampling.seed import commitment_of
from tests.builders import (
    a_draft_frame,
    a_draw,
    a_finished_evaluation,
    a_member,
    a_plan,
    a_response,
    a_sealed_frame,
    a_user,
    an_evaluation,
    cases_of,
    without_rules,
)
from tests.visitor import Page, Visitor, text_of

S = "/evaluations/sample-2023"
PRIMARY = "button"


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    return an_evaluation(session)


@pytest.fixture
def signed_in(
    session: Session, evaluation: Evaluation, another_visitor: Callable[[], Visitor]
) -> Callable[[Role], Visitor]:
    """A function that signs a new visitor in, in a role at the evaluation."""

    def make(role: Role) -> Visitor:
        user = a_member(session, evaluation, role)
        visitor = another_visitor()
        visitor.sign_in(user.username)
        return visitor

    return make


def primary_actions(page: Page) -> list[str]:
    """The addresses of the primary buttons of the main part."""
    main = next(page.tree.iter("main"))
    return [a.get("href") or "" for a in main.iter("a") if a.get("class") == PRIMARY]


def steps(page: Page) -> list[str]:
    """The state of each step, in order."""
    classes_of_items = [(li.get("class") or "").split() for li in page.tree.iter("li")]
    return [classes[1] for classes in classes_of_items if classes[:1] == ["step"]]


def test_the_list_shows_the_visitors_own_evaluations_only(
    session: Session, signed_in: Callable[[Role], Visitor]
) -> None:
    an_evaluation(session, "other-2023", title="别处的评估")
    page = signed_in(Role.LEAD).get("/evaluations")
    assert S in page.links()
    assert "别处的评估" not in page.text


def test_the_stepper_follows_the_evaluation_and_offers_one_next_action(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    lead = signed_in(Role.LEAD)
    page = lead.get(S)
    assert steps(page) == ["now", "todo", "todo", "todo", "todo", "todo"]
    assert primary_actions(page) == [f"{S}/ledgers"]
    a_draft_frame(session, evaluation)
    page = lead.get(S)
    assert "150 人" in page.text
    assert primary_actions(page) == [f"{S}/frame"]
    session.rollback()
    a_sealed_frame(session, evaluation)
    assert primary_actions(lead.get(S)) == [f"{S}/draw"]


def test_after_the_draw_both_readings_say_how_many_answers_are_missing(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    draw = a_draw(session, evaluation)
    a_response(session, cases_of(session, draw)[0])
    page = signed_in(Role.LEAD).get(S)
    assert steps(page) == ["done", "done", "done", "now", "done", "todo"]
    assert primary_actions(page) == [f"{S}/fieldwork"]
    assert "抽中 100 人，有效答卷 1 份" in page.text
    assert page.text.count("还差 99 份") == 2
    assert "甲：" in page.text
    assert "乙：" in page.text


def test_when_all_is_settled_no_step_is_left_and_everyone_reads_the_result(
    session: Session, another_visitor: Callable[[], Visitor]
) -> None:
    evaluation = a_finished_evaluation(session, answered=3)
    for role in (Role.STATION, Role.MONITOR):
        a_member(session, evaluation, role, role.value)
    settle_score(session, evaluation, shortfall_reason="演示")
    session.commit()
    for username in ("lead", "station", "monitor"):
        visitor = another_visitor()
        visitor.sign_in(username)
        page = visitor.get(S)
        assert "87.6" in page.text
        assert "良好" in page.text
        if username == "lead":
            assert steps(page) == ["done"] * 6
        else:
            assert steps(page) == []
            assert f"{S}/score/entry" not in page.main_links()


def test_a_party_sees_its_own_entry_and_nothing_of_the_fieldwork(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    a_draw(session, evaluation)
    for role in (Role.PURCHASER, Role.SUPERVISION, Role.MONITOR):
        page = signed_in(role).get(S)
        assert primary_actions(page) == [f"{S}/score/entry"]
        assert "抽中" not in page.text
        assert not {f"{S}/draw", f"{S}/fieldwork", f"{S}/audit", f"{S}/ledgers"} & set(page.links())


def test_each_party_gets_a_link_to_the_ceremony_when_its_contribution_is_due(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    a_sealed_frame(session, evaluation)
    lead, monitor, station = (signed_in(role) for role in (Role.LEAD, Role.MONITOR, Role.STATION))
    assert "还没有抽样" in lead.get(S).text
    sources = [Source("社工站", "自定", Role.STATION), Source("监督方", "自定", Role.MONITOR)]
    ceremony = announce_plan(session, evaluation, a_plan(session, evaluation), sources)
    session.commit()
    page = lead.get(S)
    assert "正在等 社工站、监督方 承诺。" in page.text
    assert "还没有抽样" not in page.text
    assert lead.get(f"{S}/draw").path == f"{S}/ceremony"
    for visitor in (monitor, station):
        page = visitor.get(S)
        assert primary_actions(page) == [f"{S}/ceremony"]
        assert "请承诺一个数值" in page.text
    for contribution in ceremony.contributions[:2]:
        fingerprint = ceremony.frame.fingerprint or ""
        contribution.commitment = commitment_of(
            fingerprint, ceremony.plan_digest, contribution.name, f"value of {contribution.name}"
        )
    session.commit()
    for visitor in (monitor, station):
        assert f"{S}/ceremony" not in visitor.get(S).main_links()
    close_commitments(session, ceremony)
    session.commit()
    for visitor in (monitor, station):
        page = visitor.get(S)
        assert primary_actions(page) == [f"{S}/ceremony"]
        assert "请公布您的数值" in page.text
    reveal(session, ceremony.contributions[0], "value of 社工站")
    session.commit()
    assert f"{S}/ceremony" not in station.get(S).main_links()
    assert f"{S}/ceremony" in monitor.get(S).main_links()


def test_a_request_to_void_is_shown_to_whoever_may_confirm_it(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    a_draw(session, evaluation)
    asking = signed_in(Role.LEAD)
    others = {role: signed_in(role) for role in MEMBER_ROLES if role is not Role.INTERVIEWER}
    may = {Role.LEAD, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR}
    assert not any(f"{S}/void" in visitor.get(S).main_links() for visitor in others.values())
    asking.get(f"{S}/void").submit(reason="号码抄错")
    assert f"{S}/void" not in asking.get(S).main_links()
    assert {role for role, visitor in others.items() if f"{S}/void" in visitor.get(S).main_links()} == may
    asking.get(f"{S}/void").form(action="withdraw").submit()
    assert not any(f"{S}/void" in visitor.get(S).main_links() for visitor in others.values())


def test_the_station_sees_its_ledgers_and_not_who_was_drawn(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    station = signed_in(Role.STATION)
    assert primary_actions(station.get(S)) == [f"{S}/ledgers"]
    a_draw(session, evaluation)
    page = station.get(S)
    assert "名册已经封存" in page.text
    assert "抽中" not in page.text
    assert f"{S}/score" not in page.main_links()


@pytest.mark.parametrize("role", [role for role in MEMBER_ROLES if role is not Role.LEAD])
@pytest.mark.parametrize("path", ["/audit", "/frame", "/draw", "/draw/certificate.json", "/fieldwork"])
def test_the_leads_pages_are_closed_to_every_other_role(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor], role: Role, path: str
) -> None:
    assert signed_in(role).get(S + path).status == 403


def test_an_evaluation_of_which_the_visitor_is_no_member_is_not_found(
    session: Session, evaluation: Evaluation, visitor: Visitor
) -> None:
    other = an_evaluation(session, "other-2023")
    a_member(session, other, Role.LEAD, "elsewhere")
    visitor.sign_in("elsewhere")
    for path in ("", "/ledgers", "/frame", "/draw", "/fieldwork", "/audit"):
        assert visitor.get(S + path).status == 404
    assert visitor.get("/evaluations/no-such").status == 404


def test_nobody_opens_an_evaluation_without_signing_in(evaluation: Evaluation, visitor: Visitor) -> None:
    for path in ("/evaluations", S, f"{S}/ledgers", f"{S}/draw", f"{S}/fieldwork", f"{S}/audit"):
        assert visitor.get(path).path.startswith("/login")


def test_an_administrator_without_membership_sees_no_evaluation(
    session: Session, evaluation: Evaluation, visitor: Visitor
) -> None:
    a_user(session, "boss", administrator=True)
    visitor.sign_in("boss")
    assert visitor.get("/evaluations").status == 403
    assert visitor.get(S).status == 403


def test_the_audit_log_tells_what_was_done_and_says_that_the_chain_verifies(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    lead = signed_in(Role.LEAD)
    a_draw(session, evaluation)
    page = lead.get(f"{S}/audit")
    assert "记录完整" in page.text
    for words in (
        "封存了抽样框：150 人，其中困难群众和特殊群体 150 人",
        "从 150 人中抽出 100 人",
        "上传了名册，150 行",
        "加入了一名成员，角色是评估负责人",
    ):
        assert words in page.text


def entries(page: Page) -> list[str]:
    """What the audit log shows, entry by entry."""
    return [text_of(li) for ol in page.tree.iter("ol") if ol.get("class") == "timeline" for li in ol.iter("li")]


def test_the_audit_log_shows_fifty_events_of_this_evaluation_a_page_and_all_of_them_on_some_page(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    lead = signed_in(Role.LEAD)
    other = an_evaluation(session, "other-2023")
    record(session, "fact.stated", evaluation=other, details={"code": "staff_due", "value": "elsewhere"})
    for number in range(105):
        record(session, "fact.stated", evaluation=evaluation, details={"code": "staff_due", "value": f"n{number:03d}"})
    session.commit()
    pages = [lead.get(f"{S}/audit?page={number}") for number in (1, 2, 3)]
    assert [len(entries(page)) for page in pages[:2]] == [50, 50]
    shown = " ".join(page.text for page in pages)
    assert all(f"n{number:03d}" in shown for number in range(105))
    assert "elsewhere" not in shown
    assert entries(lead.get(f"{S}/audit?page=99")) == entries(pages[2])
    assert entries(lead.get(f"{S}/audit?page=-1&kind=")) == entries(pages[0])


def test_the_audit_log_is_narrowed_by_kind_person_and_day(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    lead = signed_in(Role.LEAD)
    somebody = a_member(session, evaluation, Role.MONITOR, "somebody")
    a_draft_frame(session, evaluation)
    record(session, "score.entered", actor=somebody, evaluation=evaluation, details={"item": "monitor", "given": "9"})
    session.commit()
    assert len(entries(lead.get(f"{S}/audit"))) > 3
    assert [entry for entry in entries(lead.get(f"{S}/audit?kind=scores")) if "9 分" not in entry] == []
    assert len(entries(lead.get(f"{S}/audit?person={somebody.uuid}"))) == 1
    today = local(now()).date()
    assert entries(lead.get(f"{S}/audit?day={today}")) == entries(lead.get(f"{S}/audit"))
    assert entries(lead.get(f"{S}/audit?day={today - timedelta(days=1)}")) == []


@pytest.mark.parametrize("asked", ["kind=nothing", "person=x", "day=2023-13-40", "page=x", "slug=other", "_external=1"])
def test_a_filter_that_cannot_be_is_refused_at_its_field_and_shows_everything(
    evaluation: Evaluation, signed_in: Callable[[Role], Visitor], asked: str
) -> None:
    page = signed_in(Role.LEAD).get(f"{S}/audit?{asked}")
    assert page.status == 200
    assert len(entries(page)) > 0


def test_an_event_altered_in_the_database_is_found(
    session: Session, evaluation: Evaluation, signed_in: Callable[[Role], Visitor]
) -> None:
    lead = signed_in(Role.LEAD)
    event = record(session, "fact.stated", evaluation=evaluation, details={"code": "staff_due", "value": "130"})
    session.commit()
    number = event.id
    without_rules(session)
    altered = json.dumps({"code": "staff_due", "value": "131"})
    session.execute(text("UPDATE audit_event SET details = :d WHERE id = :i"), {"d": altered, "i": number})
    session.commit()
    page = lead.get(f"{S}/audit")
    assert "记录被改动" in page.text
    assert f"从第 {number} 号记录起" in page.text


def test_the_audit_log_names_accounts_and_never_respondents(
    session: Session, evaluation: Evaluation, visitor: Visitor
) -> None:
    lead = a_member(session, evaluation, Role.LEAD, "lead")
    named = session.get(User, lead.id)
    assert named is not None
    a_draw(session, evaluation)
    record(session, "score.entered", actor=named, evaluation=evaluation, details={"item": "effect", "given": "9"})
    session.commit()
    visitor.sign_in("lead")
    page = visitor.get(f"{S}/audit")
    assert "示例用户" in page.text
    assert "示例0" not in page.text
    assert "1990000" not in page.text
