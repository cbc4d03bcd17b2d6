"""No log, page title, address or redirect contains personal data of a sampled person."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import BackCheck, Contact, DeskNote, PhoneCall
from tests.app.survey_builders import Survey, a_survey
from tests.builders import SATISFIED, a_response
from tests.clock import Clock
from tests.visitor import Page, Visitor, text_of

SPOKEN = {
    "C1": "1", "C2": "1", "S1": "1", "S3": "1", "S5": "2", "S6": "2",
    **{f"A{n}": "1" for n in range(1, 6)}, **{f"B{n}": "5" for n in range(1, 9)},
    "B9": "95", "B10": "1", "D3": "2",
}  # fmt: skip


class Watched(Visitor):
    """A visitor who looks at the titles, addresses and redirects of every page they open."""

    def __init__(self, app: Flask, secrets: set[str]) -> None:
        super().__init__(app)
        self.secrets = secrets
        self.shown: set[str] = set()

    def _page(self, method: str, path: str, **arguments: object) -> Page:
        page = super()._page(method, path, **arguments)
        places = [page.response.request.url]
        for response in (*page.response.history, page.response):
            places += [response.request.url, *(value for name, value in response.headers if name != "Set-Cookie")]
        if page.response.mimetype == "text/html":
            places += [text_of(title) for title in page.tree.iter("title")]
            for element in page.tree.iter():
                # The link that dials is the one place where the number called is an address.
                places += [
                    value
                    for name in ("href", "action", "src", "formaction")
                    if (value := element.get(name)) and not value.startswith("tel:")
                ]
            self.shown |= {secret for secret in self.secrets if secret in page.html}
        leaked = {secret for secret in self.secrets for place in places if secret in place}
        assert not leaked, f"{method} {path} tells {leaked}"
        return page


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session, people=4)


@pytest.fixture
def secrets(session: Session, survey: Survey) -> set[str]:
    """Names, addresses and numbers of everybody who was drawn, as they could be written."""
    written: set[str] = set()
    for contact in session.scalars(select(Contact)):
        contact.guardian, contact.guardian_phones = "欧阳建国", ["19900005555"]
        written |= {contact.name, contact.address or "", contact.guardian, *contact.phones, *contact.guardian_phones}
    session.commit()
    return written


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All log records of the application, down to DEBUG."""
    own = [name for name in logging.root.manager.loggerDict if name == "app" or name.startswith("app.")]
    for name in ("app", *own):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def watch(app: Flask, secrets: set[str], name: str) -> Watched:
    visitor = Watched(app, secrets)
    visitor.sign_in(name)
    return visitor


def dial(page: Page) -> Page:
    """Call the first number."""
    return next(form for form in page.forms() if form.action.endswith("/call")).submit()


def ask(page: Page) -> Page:
    """The interview from its first page to its end, with what is missing asked for once."""
    form = page.follow("开始访问").form(containing="submission_key")
    answers = {f"q_{name}": answer for name, answer in SPOKEN.items()}
    page = form.submit(button=("go", "check"), **answers)
    assert page.status == 422  # the four ticks are missing
    ticks = {f"tick_{name}": "no" for name in ("family", "staff", "prompted")}
    return page.form(containing="submission_key").submit(button=("go", "check"), tick_self="yes", **ticks)


def test_no_title_address_redirect_or_log_names_a_person(
    app: Flask, session: Session, survey: Survey, secrets: set[str], records: pytest.LogCaptureFixture, clock: Clock
) -> None:
    logging.getLogger("app").debug("listening")
    lan = watch(app, secrets, "lan")
    lan.get("/desk")
    page = lan.get("/desk").form(action="/desk/next").submit()
    assert page.path.startswith("/desk/cases/")
    page = dial(page)
    assert lan.shown  # the number and the name were open, so there was something to tell
    page = page.form(action="/note").submit(text="家里有人午睡", button=("kind", "care"))
    page = page.form(action="/hang-up").submit()
    page.form(containing="attempt_key").submit(button=("outcome", "NC1"))
    page = lan.get("/desk").form(action="/desk/next").submit()
    page = dial(page)
    assert "答卷已保存" in ask(page).text
    for path in ("/desk", "/desk/appointments", "/desk/visits", "/desk/back-checks", "/desk/cases/not-a-case"):
        lan.get(path)

    case = survey.cases[0]
    base = "/evaluations/shibi-test"
    zhou = watch(app, secrets, "zhou")
    for path in ("/desk", f"/desk/cases/{case.uuid}", "/desk/closed", "/desk/visits", "/desk/settings", "/quality",
                 "/quality/rules", "/fieldwork", "/audit"):  # fmt: skip
        assert zhou.get(f"{base}{path}").status == 200, path
    zhou.get(f"{base}/desk").form(action="/seen").submit()
    assert zhou.shown == set()  # to whom nobody is ever shown

    assert any(record.getMessage() == "listening" for record in records.records)
    own = [record for record in records.records if record.name.split(".")[0] in ("app", "werkzeug", "flask")]
    leaked = [
        (record.name, secret)
        for record in own
        for secret in secrets
        if secret in record.getMessage() or secret in str(record.args) or secret in str(record.exc_text or "")
    ]
    assert leaked == []
    assert session.scalars(select(DeskNote)).all()
    assert session.scalars(select(PhoneCall)).all()


def test_no_title_address_redirect_or_log_of_a_back_check_names_a_person(
    app: Flask, session: Session, survey: Survey, secrets: set[str], clock: Clock
) -> None:
    for case in survey.cases:
        a_response(session, case, SATISFIED, interviewer=survey.interviewer)
    zhou, mei = watch(app, secrets, "zhou"), watch(app, secrets, "mei")
    zhou.get("/evaluations/shibi-test/quality").form(action="/draw").submit()
    page = mei.get("/desk/back-checks").form(action="/desk/back-checks/next").submit()
    page = dial(page)
    assert mei.shown
    page.form(containing="heard").submit(heard="yes")
    zhou.get("/evaluations/shibi-test/quality")
    assert zhou.shown == set()
    assert session.scalars(select(BackCheck.result)).all().count("confirmed") == 1
