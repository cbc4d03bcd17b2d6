"""Commands that create stations and evaluations, withdraw evaluations, and add or remove members."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import now
from app.database import lock, lock_row, new_uuid
from app.evaluations.queries.opening import (
    StationYear,
    evaluation_to_replace,
    problem_of_slug,
    problem_of_year,
    station_named,
)
from app.models import (
    EVALUATOR_ROLES,
    INTERESTED_ROLES,
    Document,
    Evaluation,
    Membership,
    Role,
    ServiceArea,
    Station,
    User,
    Village,
)
from app.retention.commands import refuse_wrong_day
from app.shared.errors import Refused, refused_when_taken
from app.shared.guards import reason_given, refuse_when_settled
from app.shared.limits import LONGEST_SHORT_REASON
from app.shared.queries import recused_from
from surveys.setup.identity import identity_of


@dataclass(frozen=True)
class AreaPlan:
    """A service area with the names of its villages, in order."""

    name: str
    villages: Sequence[str]


def create_station(
    session: Session,
    *,
    name: str,
    operator: str,
    street: str,
    district: str,
    areas: Sequence[AreaPlan],
    hotline: str | None = None,
    actor: User | None = None,
) -> Station:
    """Enter a station with its areas and villages; codes follow their order (area 1 → "1", village "0101").

    Raises Refused where a station of this name is entered already.
    """
    known = _("社工站「%(name)s」已经登记过，请选用它。", name=name)
    if station_named(session, name) is not None:
        raise Refused(known, "station-known")
    if not areas or not all(area.villages for area in areas):
        raise Refused(_("至少填写一个片区，每个片区至少一个村居。"), "no-areas")
    names = [village.strip() for area in areas for village in area.villages]
    twice = sorted({village for village in names if names.count(village) > 1})
    if twice:
        raise Refused(_("村居「%(village)s」写了两次。", village=twice[0]), "village-twice")
    station = Station(
        name=name, identity=identity_of(name), operator=operator, street=street, district=district, hotline=hotline
    )
    with refused_when_taken(session, known, "station-known"):
        session.add(station)
    for number, plan in enumerate(areas, 1):
        area = ServiceArea(station_id=station.id, code=str(number), name=plan.name.strip())
        session.add(area)
        session.flush()
        for place, village in enumerate(plan.villages, 1):
            session.add(
                Village(
                    station_id=station.id,
                    area_id=area.id,
                    code=f"{number:02d}{place:02d}",
                    name=village.strip(),
                )
            )
    record(session, "station.created", actor=actor, subject=new_uuid(session, station))
    return station


def create_evaluation(
    session: Session,
    *,
    slug: str,
    station: Station,
    stage: str,
    title: str,
    period: tuple[date, date],
    held_on: date,
    evaluator: str,
    commissioner: str,
    purchaser: str,
    questionnaire: Document,
    scheme: Document,
    keep_until: date,
    hotline: str | None = None,
    reading: str = "priority",
    person_key: bytes | None = None,
    actor: User | None = None,
) -> Evaluation:
    """Create the evaluation of a station; `slug` names it in addresses and commands.

    `person_key` (32 bytes) is drawn at random unless given; only the demonstration gives one, to be the same each time.
    """
    if problem := problem_of_slug(session, slug):
        raise Refused(problem, "slug")
    if period[1] <= period[0]:
        raise Refused(_("服务期的结束日期要晚于开始日期。"), "period")
    refuse_wrong_day(keep_until, held_on)
    lock_row(session, Station.id, station.id)  # of two opened at once, the second sees the first
    year = StationYear(station.id, stage, *period)
    if problem := problem_of_year(session, year):
        raise Refused(problem, "year-taken")
    replaced = evaluation_to_replace(session, year)
    evaluation = Evaluation(
        slug=slug,
        station_id=station.id,
        stage=stage,
        title=title,
        period_start=period[0],
        period_end=period[1],
        held_on=held_on,
        evaluator=evaluator,
        commissioner=commissioner,
        purchaser=purchaser,
        hotline=hotline,
        keep_until=keep_until,
        reading=reading,
        questionnaire_id=questionnaire.id,
        scheme_id=scheme.id,
        person_key=person_key or os.urandom(32),
        replaces_id=replaced.id if replaced else None,
    )
    with refused_when_taken(session, _("同时有人建立了同一次评估，或用了同一个简称。"), "year-taken"):
        session.add(evaluation)
    record(
        session,
        "evaluation.created",
        actor=actor,
        evaluation=evaluation,
        subject=evaluation.uuid,
        details={
            "slug": slug,
            "questionnaire": questionnaire.digest,
            "scheme": scheme.digest,
            **({"replaced_evaluation": replaced.slug} if replaced else {}),
        },
    )
    return evaluation


def withdraw_evaluation(
    session: Session, evaluation: Evaluation, *, typed_title: str, reason: str, actor: User | None = None
) -> None:
    """Withdraw an evaluation for good: it is read only, and another may be opened in its place, which names it.

    Refused when it is withdrawn already or its score is settled, and when its title is not typed exactly.
    """
    lock(session, evaluation)
    refuse_when_settled(session, evaluation)
    if typed_title.strip() != evaluation.title.strip():
        raise Refused(_("请照样输入评估名称「%(title)s」。", title=evaluation.title), "typed_title")
    evaluation.withdrawal_reason = reason_given(reason, LONGEST_SHORT_REASON)
    evaluation.withdrawn_at = now()
    evaluation.withdrawn_by_id = actor.id if actor else None
    record(
        session,
        "evaluation.withdrawn",
        actor=actor,
        evaluation=evaluation,
        subject=evaluation.uuid,
        details={"reason": evaluation.withdrawal_reason},
    )


def add_member(
    session: Session, evaluation: Evaluation, user: User, role: Role, *, actor: User | None = None
) -> Membership:
    """Give a person a role at an evaluation; a second time changes nothing.

    Raises Refused where evaluators' and interested parties' roles would meet in one person, or who is recused.
    """
    if role is Role.ADMINISTRATOR:
        raise Refused(_("管理员不是某次评估的角色。"), "not-a-member-role")
    memberships = list(
        session.scalars(
            select(Membership).where(Membership.evaluation_id == evaluation.id, Membership.user_id == user.id)
        )
    )
    for membership in memberships:
        if membership.role == role:
            return membership
    if not user.active:
        raise Refused(_("账号「%(name)s」已停用。", name=user.username), "closed")
    evaluators, interested = set(EVALUATOR_ROLES), set(INTERESTED_ROLES)
    roles = {Role(membership.role) for membership in memberships} | {role}
    if roles & evaluators and roles & interested:
        raise Refused(_("与社工站有利害关系的人要回避，不能同时参与评估。"), "recusal")
    if role in evaluators and recused_from(session, evaluation.station_id, user.id):
        raise Refused(_("这个人已声明与这个社工站有利益关系，要回避。"), "recusal")
    membership = Membership(evaluation_id=evaluation.id, user_id=user.id, role=role.value)
    session.add(membership)
    record(
        session,
        "member.added",
        actor=actor,
        evaluation=evaluation,
        subject=user.uuid,
        details={"role": role.value},
    )
    return membership


def remove_member(session: Session, membership: Membership, *, actor: User) -> None:
    """Take a role away again."""
    details = {"role": membership.role}
    evaluation, user = membership.evaluation, membership.user
    session.delete(membership)
    record(session, "member.removed", actor=actor, evaluation=evaluation, subject=user.uuid, details=details)
