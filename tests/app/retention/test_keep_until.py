"""Changing the last day of retention."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local, now
from app.desk.commands.links import issue_link
from app.models import (
    AuditEvent,
)
from app.retention.commands import set_keep_until
from app.shared.errors import Refused
from tests.app.data_of_every_kind import (
    LONG_AGO,
)
from tests.app.retention.test_database_rules import refused_by
from tests.builders import (
    a_draw,
    an_evaluation,
    cases_of,
)


def test_the_day_is_moved_earlier_with_a_reason_and_later_only_while_nobody_was_contacted(session: Session) -> None:
    evaluation = an_evaluation(session)
    today = local(now()).date()
    set_keep_until(session, evaluation, today + timedelta(days=900), reason="委托书写明", actor=None)
    set_keep_until(session, evaluation, today + timedelta(days=901), reason=" 又改\n了 ", actor=None)
    session.commit()
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert event.details == {
        "before": (today + timedelta(days=900)).isoformat(),
        "day": (today + timedelta(days=901)).isoformat(),
        "reason": "又改 了",
    }
    draw = a_draw(session, evaluation)
    set_keep_until(session, evaluation, today + timedelta(days=902), reason="还没有问过人")
    issue_link(session, cases_of(session, draw)[0])
    session.commit()
    for days, reason, code in (
        (903, "想推后", "longer"),
        (902, "没有改", "same"),
        (-1, "昨天", "past"),
        (30, "  ", "reason"),
        (30, "长" * 201, "reason"),
    ):
        with pytest.raises(Refused) as refused:
            set_keep_until(session, evaluation, today + timedelta(days=days), reason=reason)
        assert refused.value.code == code
        session.rollback()
    set_keep_until(session, evaluation, today, reason="委托方要求提前")
    session.commit()
    refused_by(session, "UPDATE evaluation SET keep_until = '2998-01-01'", "evaluation_kept_no_longer")
    evaluation.keep_until = LONG_AGO
    session.commit()
    with pytest.raises(Refused) as refused:
        set_keep_until(session, evaluation, today, reason="过了再改")
    assert refused.value.code == "over"


@pytest.mark.parametrize(
    ("keep_until", "code"), [(date(2025, 1, 1), "past"), (date(2999, 1, 1), "before-the-evaluation")]
)
def test_a_new_evaluation_needs_a_valid_last_day_of_retention(session: Session, keep_until: date, code: str) -> None:
    held_on = date(2999, 6, 30) if code == "before-the-evaluation" else date(2023, 11, 17)
    with pytest.raises(Refused) as refused:
        an_evaluation(session, keep_until=keep_until, held_on=held_on)
    assert refused.value.code == code
