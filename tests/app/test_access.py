"""Access: every route declares a rule, and every role opens its own pages only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Blueprint, Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import access
from app.clock import now
from app.desk.commands.appointments import AgreedTime, make_appointment
from app.models import BackCheck, Case, DeskNote, Response, Role, User
from tests.builders import a_finished_evaluation, a_hold, a_member, a_user, an_evaluation
from tests.conftest import SECRETS
from tests.visitor import Visitor

S = "/evaluations/sample-2023"
# path → roles that may open it; everyone else is turned away.
PAGES: dict[str, set[Role]] = {
    "/evaluations": {Role.LEAD, Role.EXPERT, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION},
    S: {Role.LEAD, Role.EXPERT, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION},
    f"{S}/audit": {Role.LEAD},
    f"{S}/answer-key": {Role.LEAD, Role.STATION},
    f"{S}/ledgers": {Role.LEAD, Role.STATION},
    f"{S}/ledgers/quality": {Role.LEAD},
    f"{S}/ledgers/quality.xlsx": {Role.LEAD, Role.STATION},
    f"{S}/frame": {Role.LEAD},
    f"{S}/ceremony": {Role.LEAD, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION},
    f"{S}/ceremony/new": {Role.LEAD},
    f"{S}/void": {Role.LEAD, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR},
    f"{S}/draw": {Role.LEAD},
    f"{S}/draw/certificate.json": {Role.LEAD},
    f"{S}/fieldwork": {Role.LEAD},
    f"{S}/quality": {Role.LEAD},
    f"{S}/quality/rules": {Role.LEAD},
    f"{S}/desk": {Role.LEAD},
    f"{S}/desk/closed": {Role.LEAD},
    f"{S}/desk/interviewers": {Role.LEAD},
    f"{S}/desk/settings": {Role.LEAD},
    f"{S}/desk/visits": {Role.LEAD},
    f"{S}/results": {Role.LEAD},
    f"{S}/score": {Role.LEAD},
    f"{S}/score/entry": {Role.LEAD, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR},
    f"{S}/score/facts": {Role.LEAD},
    f"{S}/score/settle": {Role.LEAD},
    f"{S}/retention": {Role.LEAD},
    "/desk": {Role.INTERVIEWER},
    "/desk/appointments": {Role.INTERVIEWER},
    "/desk/due": {Role.INTERVIEWER},
    "/desk/link": {Role.INTERVIEWER},
    "/desk/visits": {Role.INTERVIEWER},
    "/desk/back-checks": {Role.INTERVIEWER},
    "/admin": {Role.ADMINISTRATOR},
    "/admin/users/new": {Role.ADMINISTRATOR},
    "/admin/users": {Role.ADMINISTRATOR},
    "/admin/documents": {Role.ADMINISTRATOR},
    "/admin/documents/new": {Role.ADMINISTRATOR},
    "/admin/documents/scheme/guangzhou-2023/1": {Role.ADMINISTRATOR, Role.LEAD},
    "/admin/documents/scheme/guangzhou-2023/1.json": {Role.ADMINISTRATOR, Role.LEAD},
    "/admin/documents/questionnaire/recipient/1/interviewer": {Role.ADMINISTRATOR, Role.LEAD},
    "/admin/documents/questionnaire/recipient/1/beneficiary": {Role.ADMINISTRATOR, Role.LEAD},
    "/admin/evaluations/new": {Role.ADMINISTRATOR},
    f"/admin{S}/members": {Role.ADMINISTRATOR},
    f"/admin{S}/keep-until": {Role.ADMINISTRATOR},
    f"/admin{S}/recusals": {Role.ADMINISTRATOR},
    "/account/recusals": set(Role),
}


def test_every_route_declares_its_rule_and_the_application_does_not_start_without_one(app: Flask) -> None:
    access.refuse_undeclared(app)
    bare = Flask("bare")
    blueprint = Blueprint("room", __name__)
    blueprint.add_url_rule("/open", "open", lambda: "")
    bare.register_blueprint(blueprint)
    with pytest.raises(access.UndeclaredAccess, match=r"room\.open"):
        access.refuse_undeclared(bare)


def test_every_role_opens_its_own_pages_and_no_others(session: Session, another_visitor: Callable[[], Visitor]) -> None:
    evaluation = a_finished_evaluation(session)
    names = {Role.LEAD: "lead", Role.INTERVIEWER: "interviewer", Role.ADMINISTRATOR: "boss"}
    a_user(session, "boss", administrator=True)
    for role in (Role.EXPERT, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION):
        names[role] = role.value
        a_member(session, evaluation, role, role.value)
    for role, username in names.items():
        visitor = another_visitor()
        visitor.sign_in(username)
        for path, allowed in PAGES.items():
            status = visitor.get(path).status
            assert (status == 200) == (role in allowed), f"{role} at {path}: {status}"
            assert status in (200, 403, 404)


def test_an_anonymous_visitor_is_redirected_to_the_sign_in_from_every_page(session: Session, visitor: Visitor) -> None:
    a_finished_evaluation(session)
    for path in PAGES:
        page = visitor.get(path)
        assert page.path.startswith("/login"), path


def test_a_member_of_another_evaluation_gets_not_found(session: Session, visitor: Visitor) -> None:
    a_finished_evaluation(session)
    a_member(session, an_evaluation(session, "other-2023"), Role.LEAD, "outsider")
    visitor.sign_in("outsider")
    for path in PAGES:
        if path.startswith(S):
            assert visitor.get(path).status == 404, path


def test_what_another_interviewer_has_in_hand_is_not_found(
    session: Session, app: Flask, another_visitor: Callable[[], Visitor]
) -> None:
    """Every route of the desk with the address of somebody else's case, appointment, try or back-check."""
    evaluation = a_finished_evaluation(session, answered=1)
    a_member(session, evaluation, Role.INTERVIEWER, "curious")
    other = an_evaluation(session, "other-2023")
    a_member(session, other, Role.LEAD, "outsider")
    holder = session.scalars(select(User).where(User.username == "interviewer")).one()
    case = session.scalars(select(Case).where(Case.outcome.is_(None))).all()[0]
    a_hold(session, case, holder)
    agreed = make_appointment(session, case, AgreedTime(now() + timedelta(hours=1), True), actor=holder)
    response = session.scalars(select(Response)).one()
    check = BackCheck(response_id=response.id, why="random", checker_id=holder.id)
    note = DeskNote(case_id=case.id, kind="care", text="需要关怀")
    session.add_all([check, note])
    session.commit()
    ids = {"case_uuid": case.uuid, "appointment_uuid": agreed.uuid, "check_uuid": check.uuid, "note_uuid": note.uuid}
    ids |= {"attempt_key": response.submission_key}
    session.rollback()  # on SQLite whoever has read last holds up whoever writes
    curious, outsider = another_visitor(), another_visitor()
    curious.sign_in("curious")
    outsider.sign_in("outsider")
    token = next(f for f in curious.get("/desk").forms() if "csrf_token" in f.names()).values()["csrf_token"]
    tokens = {curious: token, outsider: outsider.get("/verify").forms()[0].values().get("csrf_token", token)}
    tried = 0
    for rule in app.url_map.iter_rules():
        blueprint, names = rule.endpoint.split(".")[0], rule.arguments & ids.keys()
        if not names or blueprint not in ("desk", "supervision", "quality_control"):
            continue
        visitor = curious if blueprint == "desk" else outsider
        more = {"mode": "phone", "way": "visit", "slug": "other-2023"}
        values = {name: str(ids[name]) if name in ids else more[name] for name in rule.arguments}
        with app.test_request_context():
            path = url_for(rule.endpoint, **values)
        for method in ("GET", "POST"):
            if method not in (rule.methods or ()):
                continue
            tried += 1
            page = visitor.get(path) if method == "GET" else visitor.post(path, {"csrf_token": tokens[visitor]})
            # An appointment's page names nobody; what may be done with it the commands refuse.
            allowed = (303, 200, 404, 422) if "appointment_uuid" in names and method == "POST" else (404,)
            assert page.status in allowed, f"{rule.endpoint} {method}: {page.status}"
    assert tried > 20
    session.refresh(agreed)
    assert agreed.ended_at is None


def test_no_form_is_accepted_without_its_csrf_token(session: Session, app: Flask, visitor: Visitor) -> None:
    a_finished_evaluation(session)
    a_user(session, "boss", administrator=True)
    visitor.sign_in("lead")
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint.startswith("security."):
            continue
        values = {name: "00000000-0000-4000-8000-000000000000" for name in rule.arguments}
        values |= {
            name: v
            for name, v in (
                ("slug", "sample-2023"),
                ("token", "0" * 16),
                ("mode", "phone"),
                ("place", "1"),
                ("way", "web"),
                ("row", "2"),
            )
            if name in values
        }
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)
        page = visitor.post(path)
        assert page.status in (400, 403, 404), f"{rule.endpoint}: {page.status}"


def test_a_wrong_password_and_an_unknown_account_get_the_same_message(session: Session, visitor: Visitor) -> None:
    a_user(session, "someone")
    wrong = visitor.sign_in("someone", "wrong-password")
    unknown = visitor.sign_in("nobody", "wrong-password")
    assert wrong.path.startswith("/login")
    assert wrong.text.replace("someone", "") == unknown.text.replace("nobody", "")


def test_a_closed_account_is_signed_out_everywhere(session: Session, another_visitor: Callable[[], Visitor]) -> None:
    boss, worker = another_visitor(), another_visitor()
    a_user(session, "boss", administrator=True)
    a_member(session, an_evaluation(session), Role.LEAD, "worker")
    boss.sign_in("boss")
    worker.sign_in("worker")
    assert worker.get("/evaluations").status == 200
    account = session.scalars(select(User).where(User.username == "worker")).one()
    user = boss.get(f"/admin/users/{account.uuid}").form(action="/active")
    user.submit()
    assert worker.get("/evaluations").path.startswith("/login")
    assert worker.sign_in("worker").path.startswith("/login")


def test_without_its_secrets_the_application_does_not_start() -> None:
    for name in SECRETS:
        with pytest.raises(config.MissingSetting, match=name):
            config.from_environment({k: v for k, v in SECRETS.items() if k != name})
    with pytest.raises(config.MissingSetting, match="APP_ENV"):
        config.from_environment(SECRETS | {"APP_ENV": "nonsense"})
