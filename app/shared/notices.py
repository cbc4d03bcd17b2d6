"""What an evaluation has for a member: what waits for them, what they have given, what is still to come.

A subject contributes by a tuple `NOTICES` of `NoticeKind` in its module `notices`, listed in `app/notices.py`. Each
kind counts something in SQL, correlated to the Evaluation of the outer query, so that all of them are read in one
statement for one evaluation (the side list of its pages) and for all of a member's evaluations (their home page).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from app.models import Evaluation, Membership, Role, User


class NoticeState(StrEnum):
    """Whether something waits for the member, was given by them, or will come later."""

    WAITING = "waiting"
    GIVEN = "given"
    COMING = "coming"


def held_on(evaluation: Evaluation) -> date:
    """The day of the evaluation, by which everything asked of its members is needed."""
    return evaluation.held_on


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice: for whom, where it is dealt with, its number in SQL (0: none), its sentence, its deadline."""

    roles: tuple[Role, ...]
    endpoint: str
    number: Callable[[User], ColumnElement[int]]
    sentence: Callable[[int], str]
    state: NoticeState = NoticeState.WAITING
    due: Callable[[Evaluation], date] = held_on


@dataclass(frozen=True)
class Notice:
    """A notice to a member about an evaluation; `number` of things, which the sentence names."""

    evaluation: Evaluation
    state: NoticeState
    endpoint: str
    number: int
    sentence: str
    due: date


def one_if(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """SQL: 1 where all conditions hold, else 0."""
    return case((and_(*conditions), 1), else_=0)


def number_of(
    column: InstrumentedAttribute[Any], *conditions: ColumnElement[bool], distinct: bool = False
) -> ColumnElement[int]:
    """SQL: the number of rows (of different values, if `distinct`) that meet conditions which name Evaluation."""
    counted = func.count(column.distinct() if distinct else column)
    return select(counted).where(*conditions).correlate(Evaluation).scalar_subquery()


def exists_where(column: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL: whether a row meets conditions which name Evaluation."""
    return select(column).where(*conditions).correlate(Evaluation).exists()


def holds_role(role: ColumnElement[Any] | InstrumentedAttribute[Any], user: User) -> ColumnElement[bool]:
    """SQL: whether the user has this role at the Evaluation of the outer query."""
    own = select(Membership.role).where(Membership.evaluation_id == Evaluation.id, Membership.user_id == user.id)
    return role.in_(own.correlate(Evaluation))


def roles_by_evaluation(user: User) -> dict[int, set[Role]]:
    """The roles of a user by the id of the evaluation."""
    roles: dict[int, set[Role]] = {}
    for membership in user.memberships:
        roles.setdefault(membership.evaluation_id, set()).add(Role(membership.role))
    return roles


def notices_of(
    session: Session, user: User, evaluation_ids: Collection[int], states: Collection[NoticeState] = tuple(NoticeState)
) -> list[Notice]:
    """The notices to a member about these evaluations, the oldest deadline first; one statement."""
    roles = {key: held for key, held in roles_by_evaluation(user).items() if key in evaluation_ids}
    everywhere = set[Role]().union(*roles.values())
    registered: Sequence[NoticeKind] = current_app.extensions["notices"]
    kinds = [kind for kind in registered if kind.state in states and everywhere & set(kind.roles)]
    if not kinds:
        return []
    rows = session.execute(
        select(Evaluation, *(kind.number(user).label(f"n{place}") for place, kind in enumerate(kinds)))
        .where(Evaluation.id.in_(roles))
        .options(joinedload(Evaluation.station))
        .order_by(Evaluation.id)
    )
    notices = [
        Notice(evaluation, kind.state, kind.endpoint, number, kind.sentence(number), kind.due(evaluation))
        for evaluation, *numbers in rows
        for kind, number in zip(kinds, numbers, strict=True)
        if number and roles[evaluation.id] & set(kind.roles)
    ]
    return sorted(notices, key=lambda notice: notice.due)
