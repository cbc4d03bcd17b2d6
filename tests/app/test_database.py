"""How transactions begin: readers never wait for a writer, and a writer waits instead of failing."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Role
from tests.builders import a_ceremony, a_member, a_sealed_frame, an_evaluation
from tests.visitor import Visitor

S = "/evaluations/sample-2023"


def test_a_post_begins_as_a_writer_also_after_a_get_of_the_same_thread(session: Session, visitor: Visitor) -> None:
    engine = session.get_bind()
    own = engine.dialect.name == "sqlite"  # PostgreSQL's transactions all begin alike, in its driver
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    a_sealed_frame(session, evaluation)
    a_ceremony(session, evaluation)
    visitor.sign_in("lead")
    begun: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    form = visitor.get(f"{S}/ceremony").form(action="close")
    session.close()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.get(f"{S}/ceremony")
        assert set(begun) == ({"BEGIN"} if own else set())
        begun.clear()
        assert visitor.client.post(f"{S}/ceremony/close", data=form.values()).status_code == 303
        assert set(begun) == ({"BEGIN IMMEDIATE"} if own else set())
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
