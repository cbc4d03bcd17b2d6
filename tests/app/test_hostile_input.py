"""No input causes a server error (500): every field of every form, with hostile values."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.desk.commands.appointments import AgreedTime, make_appointment
from app.desk.commands.links import issue_link
from app.draw.commands.ceremonies import Source, announce_plan, close_commitments
from app.models import Case, Role, User
from tests.builders import (
    a_finished_evaluation,
    a_hold,
    a_member,
    a_plan,
    a_public_source,
    a_sealed_frame,
    a_user,
    an_evaluation,
    cases_of,
)
from tests.visitor import Form, Page, Visitor, upload

HOSTILE = (
    "\x00",
    "甲" * 20_000,
    "'; DROP TABLE response; --",
    "<script>alert(1)</script>",
    "${7 * 7} %s %d",
    "𠮷👨‍👩‍👧‍👦\u202e\ufeff\u2028",
    "-1",
    "9" * 40,
    "1e400",
    "NaN",
    "../../etc/passwd",
    "=cmd|'/c calc'!A1",
    "２０２３-１３-４５",
)
S = "/evaluations/sample-2023"
PAGES = {
    "lead": [
        f"{S}/ledgers", f"{S}/frame", f"{S}/draw", f"{S}/ceremony", f"{S}/void", f"{S}/fieldwork",
        f"{S}/score/entry", f"{S}/score/facts", f"{S}/answer-key", f"{S}/quality", f"{S}/desk", f"{S}/desk/settings",
        f"{S}/desk/interviewers", f"{S}/score/scheme", f"{S}/outcomes",
        "/evaluations/other-2023/ledgers", "/evaluations/other-2023/draw", "/evaluations/other-2023/score/facts",
        "/verify", "/change",
    ],
    "interviewer": ["/desk", "/desk/appointments", "/desk/back-checks", "/account/recusals"],
    "boss": ["/admin/users/new", "/admin/documents/new", "/admin/evaluations/new",
             f"/admin{S}/members", f"/admin{S}/recusals"],
    "": ["/login", "/verify"],
}  # fmt: skip


def forms_of(page: Page) -> Iterator[Form]:
    main = next(page.tree.iter("main"), page.tree)
    for element in main.iter("form"):
        yield Form(page, element)


def attack(page: Page) -> None:
    for form in forms_of(page):
        fields = [name for name in form.names() if name != "csrf_token"]
        files = {f.get("name") for f in form.element.iter("input") if f.get("type") == "file"}
        for value in HOSTILE:
            values = {name: upload(value.encode(), f"{value[:50]}.csv") if name in files else value for name in fields}
            answer = form.submit(**values)
            assert answer.status < 500, f"{form.action} with {value[:20]!r}: {answer.status}"
        for name in set(fields) - files:
            answer = form.submit(**{name: None})
            assert answer.status < 500, f"{form.action} without {name}: {answer.status}"


@pytest.mark.parametrize("username", PAGES)
def test_no_form_of_any_page_makes_a_500(session: Session, visitor: Visitor, username: str) -> None:
    evaluation = a_finished_evaluation(session, answered=2)
    a_member(session, an_evaluation(session, "other-2023"), Role.LEAD, "other-lead")
    a_user(session, "boss", administrator=True)
    if username:
        visitor.sign_in(username)
    paths = list(PAGES[username])
    if username == "interviewer":
        from app.shared.queries import live_draw

        draw = live_draw(session, evaluation)
        assert draw is not None
        case = cases_of(session, draw)[-1]
        a_hold(session, case, session.scalars(select(User).where(User.username == "interviewer")).one())
        address = f"/desk/cases/{case.uuid}"
        paths += [address, f"{address}/interview/phone"]
        session.commit()
    for path in paths:
        page = visitor.get(path)
        if page.status == 200:
            attack(page)


@pytest.mark.parametrize("closed", [None, False, True], ids=["sources", "commitments", "values"])
def test_no_form_of_a_ceremony_makes_a_500(session: Session, visitor: Visitor, closed: bool | None) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    a_sealed_frame(session, evaluation)
    if closed is not None:
        announced = now() - timedelta(hours=1)
        party = [Source("评估方", "自定", Role.LEAD), a_public_source(announced, source="当众掷")]
        ceremony = announce_plan(session, evaluation, a_plan(session, evaluation), party, at=announced)
        if closed:
            ceremony.contributions[0].commitment = "0" * 64
            close_commitments(session, ceremony)
    session.commit()
    visitor.sign_in("lead")
    for path in (f"{S}/ceremony/new", f"{S}/ceremony", f"{S}/void"):
        page = visitor.get(path)
        if page.status == 200:
            attack(page)


# What a desk's browser would send, by the end of the route's name; one field at a time is then what nobody should send.
SENT: dict[str, dict[str, object]] = {
    "call": {"place": "0"},
    "note": {"text": "下午再打", "kind": "care"},
    "open_minor": {"why": "other", "more": "补充"},
    "outcome": {
        "attempt_key": "", "outcome": "NC4", "note": "说明", "asked": "1", "needs": "yue", "keep": "1",
        "agreed_when": "other", "agreed_day": "2026-12-01", "agreed_time": "10:30", "same_interviewer": "1",
    },
    "interview": {
        "submission_key": "", "started_at": "2026-11-02T01:00:00+00:00", "position": "A1", "wording": "yue",
        "tick_self": "yes", "witness": "见证人", "kept": "straight", "q_C1": "1", "q_A1": "1", "q_B9": "96",
        "q_B10": "1", "ms_A1": "900", "changes_A1": "2", "go": "save",
    },
    "save_interview": {
        "submission_key": "", "started_at": "2026-11-02T01:00:00+00:00", "position": "A1", "wording": "yue",
        "tick_self": "yes", "witness": "见证人", "kept": "straight", "q_C1": "1", "q_B9": "96", "ms_A1": "900",
        "changes_A1": "2", "saved": "B9",
    },
    "appointment": {
        "agreed_when": "other", "agreed_day": "2026-12-01", "agreed_time": "10:30", "same_interviewer": "1",
    },
}  # fmt: skip
WORST = ("\x00", "𠮷\u202e\ufeff\u2028\ud83d", "9" * 40, "NaN")


@pytest.mark.parametrize("name", SENT)
def test_nothing_sent_to_the_desk_makes_a_500(app: Flask, session: Session, visitor: Visitor, name: str) -> None:
    a_finished_evaluation(session, answered=1)
    case = session.scalars(select(Case).where(Case.outcome.is_(None))).all()[0]
    case_uuid, me = case.uuid, session.scalars(select(User).where(User.username == "interviewer")).one()
    visitor.sign_in("interviewer")
    token = next(form for form in visitor.get("/desk").forms() if "csrf_token" in form.names()).values()["csrf_token"]
    a_hold(session, case, me)
    agreed = (
        make_appointment(session, case, AgreedTime(now() + timedelta(hours=1)), actor=me)
        if name == "appointment"
        else None
    )
    place = {"appointment_uuid": agreed.uuid} if agreed else {"case_uuid": case_uuid}
    session.commit()
    if "interview" in name:
        place["mode"] = "phone"  # type: ignore[assignment]
    with app.test_request_context():
        path = url_for(f"desk.{name}", **place)
    for field in SENT[name]:
        for value in WORST:
            if agreed is None:
                a_hold(session, session.scalars(select(Case).where(Case.uuid == case_uuid)).one(), me)
            keys = {key: str(uuid.uuid4()) for key in SENT[name] if key.endswith("_key")}
            sent = SENT[name] | keys | {"csrf_token": token, field: value.encode("utf-8", "surrogatepass")}
            answer = visitor.post(path, sent)
            assert answer.status < 500, f"{field}={value[:20]!r}: {answer.status}"
            assert answer.status != 429


def test_no_beneficiarys_form_makes_a_500(session: Session, visitor: Visitor) -> None:
    from app.shared.queries import live_draw

    draw = live_draw(session, a_finished_evaluation(session, answered=2))
    assert draw is not None
    token = issue_link(session, cases_of(session, draw)[-1])
    session.commit()
    attack(visitor.get(f"/q/{token}"))


@pytest.mark.parametrize(
    "path",
    [
        "/%00", "/q/%00", "/q/" + "a" * 5000, "/evaluations/%00", f"{S}/ceremony/new?size=abc",
        f"{S}/ceremony/new?size=-1",
        f"{S}/ceremony/new?size={'9' * 30}", f"{S}/ceremony/commit/{'9' * 30}", f"{S}/ceremony/reveal/-1",
        "/certificate/%00", "/certificate/" + "a" * 5000,
        f"{S}/ledgers/nonsense", f"{S}/ledgers/{'0' * 32}", "/desk/cases/x",
        "/desk/cases/00000000-0000-0000-0000-000000000000/interview/fax", "/verify?x=%ff%fe", "/static/../config.py",
        "/desk/appointments?day=%00", "/desk/appointments?day=9999-12-31", "/desk/appointments?day=0001-01-01",
        f"{S}/score/scheme?from=%00-1", f"{S}/score/scheme/%00-1", f"{S}/score/scheme?from=x-{'9' * 5}",
        "/admin/outcomes/%00/edit", f"{S}/desk/notes/x/seen", "/desk/back-checks/x",
        "/language", "/login?next=//evil.example", f"{S}/ledgers?severity=%00",
    ],
)  # fmt: skip
def test_no_address_makes_a_500(session: Session, another_visitor: Callable[[], Visitor], path: str) -> None:
    a_finished_evaluation(session, answered=0)
    visitor = another_visitor()
    visitor.sign_in("lead")
    for method in ("GET", "POST"):
        assert visitor.client.open(path, method=method).status_code < 500
