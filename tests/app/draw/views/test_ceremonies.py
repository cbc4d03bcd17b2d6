"""The pages of a ceremony: each state for each role, refusals that keep the input, and voiding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.draw.commands.ceremonies import Source, announce_plan, close_commitments, commit, reveal
from app.draw.commands.draws import draw_sample
from app.draw.queries.draws import live_ceremony
from app.models import Ceremony, Draw, Evaluation, Recipient, Role, User, VoidRequest
from sampling.seed import commitment_of
from tests.builders import a_member, a_plan, a_public_source, a_sealed_frame, an_evaluation, type_twice
from tests.visitor import Page, Visitor

S = "/evaluations/sample-2023"
C = f"{S}/ceremony"
VALUES = {"购买方": "purchaser-0123456789abcdef", "监督方": "monitor-fedcba9876543210", "公开来源": "3 5 2 6"}
PARTIES = (Role.LEAD, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION)
ANNOUNCED = now() - timedelta(hours=1)
STATES = ("none", "waiting", "committed", "closed", "shown", "drawn")
Enter = Callable[[Role], Visitor]


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    evaluation = an_evaluation(session)
    a_sealed_frame(session, evaluation)
    return evaluation


@pytest.fixture
def users(session: Session, evaluation: Evaluation) -> dict[Role, User]:
    return {role: a_member(session, evaluation, role, role.value) for role in (*PARTIES, Role.INTERVIEWER)}


@pytest.fixture
def enter(users: dict[Role, User], another_visitor: Callable[[], Visitor]) -> Enter:
    """A visitor signed in in a role."""

    def make(role: Role) -> Visitor:
        visitor = another_visitor()
        visitor.sign_in(role.value)
        return visitor

    return make


def promise(ceremony: Ceremony, name: str, value: str | None = None) -> str:
    return commitment_of(ceremony.frame.fingerprint or "", ceremony.plan_digest, name, value or VALUES[name])


def bring_to(session: Session, evaluation: Evaluation, users: dict[Role, User], state: str) -> Ceremony | None:
    """A ceremony of two parties and dice, up to this state."""
    reached = STATES.index(state)
    if reached == 0:
        return None
    sources = [
        Source("购买方", "自定", Role.PURCHASER),
        Source("监督方", "自定", Role.MONITOR),
        a_public_source(ANNOUNCED, "公开来源", "当众掷骰"),
    ]
    ceremony = announce_plan(
        session, evaluation, a_plan(session, evaluation), sources, actor=users[Role.LEAD], at=ANNOUNCED
    )
    if reached >= 2:
        for contribution in ceremony.contributions[:2]:
            commit(session, contribution, promise(ceremony, contribution.name), actor=users[Role(contribution.role)])
    if reached >= 3:
        close_commitments(session, ceremony)
    if reached >= 4:
        for contribution in ceremony.contributions[:2]:
            reveal(session, contribution, VALUES[contribution.name])
        type_twice(session, ceremony.contributions[2], VALUES["公开来源"])
    if reached >= 5:
        draw_sample(session, ceremony)
    session.commit()
    return ceremony


def actions(page: Page) -> set[str]:
    """What the visitor can do on the page: the addresses its forms go to, below the evaluation's."""
    main = next(page.tree.iter("main"))
    return {(form.get("action") or "").removeprefix(S) for form in main.iter("form")}


def token(visitor: Visitor) -> str:
    """A CSRF token of this visitor's session."""
    return next(form for form in visitor.get(S).forms()).values()["csrf_token"][0]


OFFERED: dict[str, dict[Role, set[str]]] = {
    "none": {},
    "waiting": {Role.PURCHASER: {"/ceremony/commit/1"}, Role.MONITOR: {"/ceremony/commit/2"}},
    "committed": {
        Role.PURCHASER: {"/ceremony/commit/1"},
        Role.MONITOR: {"/ceremony/commit/2"},
        Role.LEAD: {"/ceremony/close"},
    },
    "closed": {
        Role.PURCHASER: {"/ceremony/reveal/1"},
        Role.MONITOR: {"/ceremony/reveal/2"},
        Role.LEAD: {"/ceremony/reveal/1", "/ceremony/reveal/2", "/ceremony/reveal/3"},
    },
    "shown": {Role.LEAD: {"/ceremony/draw"}},
    "drawn": {},
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_offers_each_role_its_own_actions_without_personal_data(
    session: Session, evaluation: Evaluation, users: dict[Role, User], enter: Enter, state: str
) -> None:
    bring_to(session, evaluation, users, state)
    keys = session.scalars(select(Recipient.key)).all()
    for role in PARTIES:
        page = enter(role).get(C)
        assert page.status == 200
        assert actions(page) == OFFERED[state].get(role, set()), role
        assert (f"{S}/void" in page.main_links()) == (role is Role.LEAD and state != "none"), role
        assert not any(word in page.html for word in ("示例0", "1990000", *keys)), role
        for name in ("购买方", "监督方"):
            assert (VALUES[name] in page.text) == (state in ("shown", "drawn")), role
    assert enter(Role.INTERVIEWER).get(C).status == 403


def test_a_visitor_without_a_role_cannot_see_a_ceremony(
    session: Session, evaluation: Evaluation, users: dict[Role, User], visitor: Visitor
) -> None:
    bring_to(session, evaluation, users, "committed")
    a_member(session, an_evaluation(session, "other-2023"), Role.LEAD, "outsider")
    visitor.sign_in("outsider")
    csrf = visitor.get("/evaluations/other-2023/ceremony").forms()[0].values()["csrf_token"][0]
    for path in (C, f"{C}/new", f"{S}/void"):
        assert visitor.get(path).status == 404, path
    for path in ("commit/1", "reveal/1", "close", "draw"):
        assert visitor.post(f"{C}/{path}", {"csrf_token": csrf}).status == 404, path
    for path in ("", "/confirm", "/withdraw"):
        assert visitor.post(f"{S}/void{path}", {"csrf_token": csrf}).status == 404, path


@pytest.mark.parametrize("role", [role for role in (*PARTIES, Role.INTERVIEWER) if role is not Role.LEAD])
def test_the_leads_actions_are_forbidden_to_other_roles(
    session: Session, evaluation: Evaluation, users: dict[Role, User], enter: Enter, role: Role
) -> None:
    bring_to(session, evaluation, users, "shown")
    visitor = enter(role)
    assert visitor.get(f"{C}/new").status == 403
    csrf = visitor.get("/change").forms()[0].values()["csrf_token"][0]
    for path in (f"{C}/new", f"{C}/close", f"{C}/draw", f"{S}/void", f"{S}/void/withdraw"):
        assert visitor.post(path, {"csrf_token": csrf, "reason": "x"}).status == 403, path
    assert session.scalar(select(Draw.id)) is None
    assert session.scalar(select(VoidRequest.id)) is None


@pytest.mark.parametrize("place", [0, 5, 9**20])
def test_an_unknown_contribution_is_not_found(
    session: Session, evaluation: Evaluation, users: dict[Role, User], enter: Enter, place: int
) -> None:
    bring_to(session, evaluation, users, "closed")
    lead = enter(Role.LEAD)
    for step, field in (("commit", "commitment"), ("reveal", "value")):
        page = lead.post(f"{C}/{step}/{place}", {"csrf_token": token(lead), field: "0" * 64})
        assert page.status == 404


@pytest.mark.parametrize(
    ("state", "role", "path", "field", "sentence"),
    [
        ("waiting", Role.LEAD, "close", {}, "还没有承诺：购买方、监督方"),
        ("waiting", Role.LEAD, "draw", {}, "种子还不齐，缺：购买方、监督方、公开来源、系统"),
        ("waiting", Role.PURCHASER, "reveal/1", {"value": "x"}, "先截止承诺，再公布数值"),
        ("waiting", Role.LEAD, "reveal/3", {"value": "3 5"}, "先截止承诺，再公布数值"),
        ("waiting", Role.STATION, "commit/1", {"commitment": "0" * 64, "saved": "y"}, "只有这一方的人可以填写"),
        ("waiting", Role.LEAD, "commit/3", {"commitment": "0" * 64, "saved": "y"}, "这一份不需要承诺"),
        ("committed", Role.LEAD, "draw", {}, "种子还不齐"),
        ("closed", Role.LEAD, "close", {}, "承诺已经截止"),
        ("closed", Role.PURCHASER, "commit/1", {"commitment": "0" * 64, "saved": "y"}, "承诺已经截止"),
        ("closed", Role.STATION, "reveal/3", {"value": "6"}, "只有这一方的人可以填写"),
        ("closed", Role.LEAD, "draw", {}, "种子还不齐，缺：购买方、监督方、公开来源"),
        ("shown", Role.LEAD, "reveal/3", {"value": "6 6 6"}, "这一份已经公布，不能再改"),
        ("drawn", Role.LEAD, "draw", {}, "已经抽过样"),
        ("drawn", Role.LEAD, "close", {}, "承诺已经截止"),
    ],
)
def test_an_action_in_the_wrong_state_is_refused_with_a_message(
    session: Session,
    evaluation: Evaluation,
    users: dict[Role, User],
    enter: Enter,
    state: str,
    role: Role,
    path: str,
    field: dict[str, str],
    sentence: str,
) -> None:
    ceremony = bring_to(session, evaluation, users, state)
    assert ceremony is not None
    before = (
        [(contribution.commitment, contribution.value) for contribution in ceremony.contributions],
        ceremony.closed_at,
    )
    visitor = enter(role)
    page = visitor.post(f"{C}/{path}", {"csrf_token": token(visitor), **field})
    assert page.status == 422
    assert sentence in page.text
    assert (
        [(contribution.commitment, contribution.value) for contribution in ceremony.contributions],
        ceremony.closed_at,
    ) == before


def test_a_refused_form_keeps_its_input(
    session: Session, evaluation: Evaluation, users: dict[Role, User], enter: Enter
) -> None:
    lead = enter(Role.LEAD)
    page = lead.get(f"{C}/new?size=120").form(containing="public").submit(parties=["purchaser"])
    assert page.status == 422
    assert "种子不能由系统或一方单独决定" in page.text
    assert page.form(containing="public").values()["parties"] == ["purchaser"]
    assert page.form(containing="public").action.endswith("?size=120")
    ceremony = bring_to(session, evaluation, users, "waiting")
    assert ceremony is not None
    purchaser = enter(Role.PURCHASER)
    page = purchaser.get(C).form(action="commit/1").submit(commitment="not a hash", saved="y")
    assert page.status == 422
    assert "64 位十六进制数" in page.text
    assert page.form(action="commit/1").values()["commitment"] == ["not a hash"]
    unsaved = purchaser.get(C).form(action="commit/1").submit(commitment=promise(ceremony, "购买方"))
    assert (unsaved.status, "先抄下或保存好您的数值" in unsaved.text) == (422, True)
    page = page.form(action="commit/1").submit(commitment=f" {promise(ceremony, '购买方').upper()} ")
    assert "已承诺" in page.text
    commit(session, ceremony.contributions[1], promise(ceremony, "监督方"), actor=users[Role.MONITOR])
    session.commit()
    lead.get(C).form(action="close").submit()
    page = purchaser.get(C).form(action="reveal/1").submit(value="purchaser-0123456789abcdeF")
    assert page.status == 422
    assert "这个数值与承诺不符" in page.text
    assert page.form(action="reveal/1").values()["value"] == ["purchaser-0123456789abcdeF"]
    assert "已公布。" in page.form(action="reveal/1").submit(value=VALUES["购买方"]).text


def test_the_server_reveals_its_value_only_after_commitments_close(
    session: Session, evaluation: Evaluation, users: dict[Role, User], enter: Enter
) -> None:
    ceremony = bring_to(session, evaluation, users, "committed")
    assert ceremony is not None
    own = ceremony.contributions[-1]
    secret = own.secret or ""
    lead = enter(Role.LEAD)
    assert secret not in lead.get(C).html
    lead.get(C).form(action="close").submit()
    assert secret in lead.get(C).html
    assert promise(ceremony, own.name, secret) == own.commitment


def test_voiding_a_draw_needs_a_request_and_another_persons_confirmation(
    session: Session, evaluation: Evaluation, users: dict[Role, User], enter: Enter
) -> None:
    bring_to(session, evaluation, users, "drawn")
    lead, monitor = enter(Role.LEAD), enter(Role.MONITOR)
    assert "现在没有作废申请" in monitor.get(f"{S}/void").text
    page = lead.get(f"{S}/void").form(containing="reason").submit(reason=" ")
    assert page.status == 422
    assert "写明作废的原因" in page.text
    page = page.form(containing="reason").submit(reason="甲" * 401)
    assert page.status == 422
    assert page.form(containing="reason").values()["reason"][0].strip() == "甲" * 401
    page = page.form(containing="reason").submit(reason="号码抄错")
    assert "已申请作废，等第二个人确认" in page.text
    assert actions(page) == {"/void/withdraw"}
    page = lead.post(f"{S}/void/confirm", {"csrf_token": token(lead)})
    assert page.status == 422
    assert "要由另一个人确认" in page.text
    assert lead.post(f"{S}/void", {"csrf_token": token(lead), "reason": "再来"}).status == 422
    for role in (Role.PURCHASER, Role.SUPERVISION, Role.MONITOR):
        page = enter(role).get(f"{S}/void")
        assert actions(page) == {"/void/confirm"}, role
        assert "示例0" not in page.text
    assert enter(Role.STATION).get(f"{S}/void").status == 403
    page = monitor.get(f"{S}/void").form(action="confirm").submit()
    assert "已作废" in page.text
    assert live_ceremony(session, evaluation) is None
    assert session.scalars(select(Draw.void_reason)).one() == "号码抄错"
    assert "还没有公布抽样方案" in lead.get(C).text
    assert lead.get(f"{S}/void").status == 404
    bring_to(session, evaluation, users, "waiting")
    page = lead.get(f"{S}/void")
    assert "号码抄错" in page.text


def test_a_withdrawn_void_request_cannot_be_confirmed(
    session: Session, evaluation: Evaluation, users: dict[Role, User], enter: Enter
) -> None:
    bring_to(session, evaluation, users, "closed")
    lead, monitor = enter(Role.LEAD), enter(Role.MONITOR)
    lead.get(f"{S}/void").submit(reason="号码抄错")
    assert "有人申请作废：号码抄错" in monitor.get(C).text
    late = monitor.get(f"{S}/void").form(action="confirm")
    assert "已撤回作废申请" in lead.get(f"{S}/void").form(action="withdraw").submit().text
    page = late.submit()
    assert "没有等待确认的作废申请" in page.text
    assert live_ceremony(session, evaluation) is not None
    assert "号码抄错" not in monitor.get(C).text


def test_a_public_value_is_typed_on_two_pages_and_a_difference_is_shown(
    session: Session, evaluation: Evaluation, users: dict[Role, User], enter: Enter
) -> None:
    ceremony = bring_to(session, evaluation, users, "closed")
    assert ceremony is not None
    lead, monitor = enter(Role.LEAD), enter(Role.MONITOR)
    stale = lead.get(C).form(action="reveal/3")
    page = stale.submit(value="3 5 2 6")
    assert "还没有定" in page.text
    assert "填过一次，等第二次" in page.text
    assert "3 5 2 6" not in page.html
    again = stale.submit(value="3 5 2 6")  # the same page once more is no second look
    assert (again.status, "您已经填过一次" in again.text) == (422, True)
    other = monitor.get(C).form(action="reveal/3").submit(value="3 5 2 7")
    assert (other.status, "第一次是「3 5 2 6」，这次是「3 5 2 7」" in other.text) == (422, True)
    assert "请第二次填写" in monitor.get(S).text
    page = page.form(action="discard/3").submit()
    assert "第一次填写已撤回" in page.text
    page = page.form(action="reveal/3").submit(value="3 5 2 7")
    assert "已公布。" in page.form(action="reveal/3").submit(value="3 5 2 7").text


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("waiting", "正在等 购买方、监督方 承诺。"),
        ("committed", "承诺已经齐了，正在等评估负责人截止。"),
        ("closed", "承诺已截止，正在等 购买方、监督方、公开来源 的数值。"),
        ("shown", "种子已经齐了，正在等评估负责人抽样。"),
    ],
)
def test_everyone_is_told_who_is_waited_for(
    session: Session, evaluation: Evaluation, users: dict[Role, User], enter: Enter, state: str, sentence: str
) -> None:
    bring_to(session, evaluation, users, state)
    for role in PARTIES:
        visitor = enter(role)
        assert sentence in visitor.get(C).text, role
        assert sentence in visitor.get(S).text, role


def test_only_parties_whom_somebody_represents_can_be_chosen(
    session: Session, evaluation: Evaluation, visitor: Visitor
) -> None:
    a_member(session, evaluation, Role.LEAD, "lead")
    a_member(session, evaluation, Role.MONITOR, "monitor")
    visitor.sign_in("lead")
    form = visitor.get(f"{C}/new").form(containing="public")
    offered = {e.get("value") for e in form.element.iter("input") if e.get("name") == "parties"}
    assert offered == {"lead", "monitor"}
    answer = form.submit(parties=["lead", "purchaser"])
    assert answer.status == 422
    assert live_ceremony(session, evaluation) is None


@pytest.mark.parametrize(
    ("source", "moment", "sentence"),
    [
        ("排列五", "", "写明公开来源什么时候揭晓"),
        ("排列五", "2023-11-01T20:30", "公开来源要在以后才揭晓"),
        ("排列五", "明天", "不是有效的日期与时间值"),
    ],
)
def test_a_source_of_the_past_is_refused_at_its_field(
    evaluation: Evaluation, users: dict[Role, User], enter: Enter, source: str, moment: str, sentence: str
) -> None:
    form = enter(Role.LEAD).get(f"{C}/new").form(containing="public")
    page = form.submit(public=source, expected=moment)
    assert page.status == 422
    assert sentence in page.text
    assert page.form(containing="public").values()["public"] == [source]
