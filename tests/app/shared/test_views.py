"""How views run commands: committed once, or rolled back with the reason shown."""

from __future__ import annotations

import pytest
from flask import Flask, get_flashed_messages
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest
from wtforms import Form, StringField

from app.models import Evaluation
from app.shared.errors import Refused
from app.shared.views import committing, flash_result, require_token
from tests.builders import an_evaluation


class ReasonForm(Form):
    reason = StringField()


def _written(session: Session, evaluation: Evaluation) -> str:
    session.rollback()
    return evaluation.title


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    made = an_evaluation(session)
    made.title = "原题"
    session.commit()
    return made


def test_what_commands_wrote_is_committed(session: Session, evaluation: Evaluation) -> None:
    with committing() as refused:
        evaluation.title = "新题"
    assert not refused
    assert (refused.message, refused.code) == ("", "")
    assert _written(session, evaluation) == "新题"


def test_a_refusal_rolls_back_and_gives_the_reason(session: Session, evaluation: Evaluation) -> None:
    with committing() as refused:
        evaluation.title = "新题"
        session.flush()
        raise Refused("不行。", "reason")
    assert refused
    assert (refused.message, refused.code) == ("不行。", "reason")
    assert evaluation.title == "原题"


def test_any_other_exception_rolls_back_and_is_raised_again(session: Session, evaluation: Evaluation) -> None:
    def fail() -> None:
        with committing():
            evaluation.title = "新题"
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert evaluation.title == "原题"


def test_a_refusal_is_shown_at_the_field_its_code_names_else_on_the_page(session: Session) -> None:
    form = ReasonForm()
    with committing() as refused:
        raise Refused("请写理由。", "reason")
    assert refused.put_at(reason=form.reason) == ""
    assert form.reason.errors == ["请写理由。"]
    assert refused.put_at(note=form.reason) == "请写理由。"


def test_the_next_page_shows_the_result_or_the_refusal(app: Flask) -> None:
    with app.test_request_context():
        with committing() as refused:
            pass
        flash_result(refused, "已保存。")
        with committing() as refused:
            raise Refused("不行。")
        flash_result(refused, "已保存。")
        assert get_flashed_messages(with_categories=True) == [("success", "已保存。"), ("error", "不行。")]


def test_a_button_without_its_token_ends_the_request(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"], before = True, app.config.get("WTF_CSRF_ENABLED", True)
    try:
        with app.test_request_context(method="POST"), pytest.raises(BadRequest):
            require_token()
    finally:
        app.config["WTF_CSRF_ENABLED"] = before
