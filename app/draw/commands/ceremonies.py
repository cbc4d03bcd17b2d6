"""The ceremony that makes the seed: announce the plan, collect commitments, then reveal values, in this order.

The server's own value is made and committed when the plan is announced and revealed when commitments close, so the
server alone cannot choose the seed (sampling.seed.is_independent).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import local, now
from app.database import lock
from app.draw.queries.ceremony_next import MAY_CONFIRM, entry_of
from app.draw.queries.draws import live_ceremony
from app.ledger.queries.frames import people_of
from app.localisation import to_visitor
from app.models import MEMBER_ROLES, Ceremony, Evaluation, Frame, Membership, Role, SeedContribution, User
from app.shared.errors import Refused
from app.shared.guards import refuse_after_retention, refuse_when_recused, refuse_when_withdrawn
from sampling.allocation import allocate
from sampling.plan import Plan, PlanRefused, general_allowed
from sampling.rule import Reading, SizeRefused, planned_size, requirement
from sampling.schema import HEX_64
from sampling.seed import MOST_CONTRIBUTIONS, ContributionKind, InvalidSeed, commitment_of, is_independent, plain
from sampling.strata import sizes
from sampling.text import Text

SYSTEM_NAME = "系统"
SYSTEM_SOURCE = "公布方案时由服务器随机产生，当时即承诺"


@dataclass(frozen=True)
class Source:
    """A contribution announced beforehand: its contributor, and how its value is made.

    `expected` is the moment at which the value of a public source comes to be known; parties have none.
    """

    name: str
    source: str
    role: Role | None = None
    expected: datetime | None = None

    @property
    def kind(self) -> ContributionKind:
        """Committed for a party's own value, public for a public source."""
        return ContributionKind.PUBLIC if self.role is None else ContributionKind.COMMITTED

    @property
    def announced(self) -> str:
        """The source as it is announced and stands on the certificate: with the moment, in the time of Guangzhou."""
        source = self.source.strip()
        if self.expected is None or not source:
            return source
        return f"{source}（预计 {local(self.expected):%Y-%m-%d %H:%M} 揭晓）"


def announce_plan(
    session: Session,
    evaluation: Evaluation,
    plan: Plan,
    sources: Sequence[Source],
    *,
    actor: User | None = None,
    own_value: str | None = None,
    at: datetime | None = None,
) -> Ceremony:
    """Announce the plan of a draw and the sources of its seed; both are then fixed.

    The server's own value is random unless `own_value` is given, as the demonstration does to draw the same sample;
    it also gives the moment `at` which it announces, else now.

    Refused without a sealed frame, with another plan in force, when the plan asks for fewer than the rule or cannot be
    carried out, when the server alone would decide the seed, and when a public source does not lie in the future.
    """
    at = at or now()
    refuse_when_recused(session, evaluation, actor)
    refuse_after_retention(evaluation)
    refuse_when_withdrawn(session, evaluation)
    frame, fingerprint = sealed_frame(session, evaluation)
    _refuse_second_plan(session, evaluation)
    _check_plan(session, evaluation, frame, plan)
    _check_sources(sources, at)
    ceremony = _store_ceremony(session, evaluation, frame, plan, actor, at)
    _add_contributions(session, ceremony, sources)
    _add_own_contribution(session, ceremony, fingerprint, len(sources) + 1, own_value or secrets.token_hex(16))
    session.flush()
    details = {"plan": ceremony.plan_digest, "frame": fingerprint, "contributions": len(sources) + 1}
    record(session, "plan.announced", actor=actor, evaluation=evaluation, subject=ceremony.uuid, details=details)
    return ceremony


def _check_moment(source: Source, at: datetime) -> None:
    """Refuse a public source without a moment, or one whose value may be known already."""
    if source.kind is not ContributionKind.PUBLIC:
        return
    if source.expected is None:
        raise Refused(_("写明公开来源什么时候揭晓。"), "expected")
    if source.expected <= at:
        raise Refused(_("公开来源要在以后才揭晓：这个时间已经过了，数值可能有人知道。"), "expected")


def announce_everyone(
    session: Session, evaluation: Evaluation, frame: Frame, plan: Plan, actor: User | None
) -> Ceremony:
    """Record, for confirm_everyone, that everyone is asked: a plan without contributions to a seed, closed at once.

    `frame` is locked by sealed_frame(). Refused with another plan in force.
    """
    _refuse_second_plan(session, evaluation)
    ceremony = _store_ceremony(session, evaluation, frame, plan, actor, now())
    ceremony.closed_at = ceremony.announced_at
    session.flush()
    return ceremony


def _refuse_second_plan(session: Session, evaluation: Evaluation) -> None:
    if live_ceremony(session, evaluation) is not None:
        raise Refused(_("已经公布过抽样方案。一个抽样框同时只有一个有效方案。"), "announced")


def _store_ceremony(
    session: Session, evaluation: Evaluation, frame: Frame, plan: Plan, actor: User | None, at: datetime
) -> Ceremony:
    ceremony = Ceremony(
        evaluation_id=evaluation.id,
        frame_id=frame.id,
        plan=plan.as_json(),
        plan_digest=plan.digest(),
        announced_at=at,
        announced_by_id=actor.id if actor else None,
    )
    session.add(ceremony)
    session.flush()
    return ceremony


def sealed_frame(session: Session, evaluation: Evaluation) -> tuple[Frame, str]:
    """The frame and its fingerprint; locked, so that of two simultaneous announcements the second is refused."""
    frame = session.scalar(select(Frame).where(Frame.evaluation_id == evaluation.id).with_for_update())
    if frame is None or frame.sealed_at is None or frame.fingerprint is None:
        raise Refused(_("先封存抽样框，再公布抽样方案。"), "not-sealed")
    return frame, frame.fingerprint


def _add_contributions(session: Session, ceremony: Ceremony, sources: Sequence[Source]) -> None:
    """Add a contribution without value for every source."""
    for place, source in enumerate(sources, 1):
        session.add(
            SeedContribution(
                ceremony_id=ceremony.id,
                place=place,
                name=source.name.strip(),
                kind=source.kind.value,
                source=source.announced,
                expected_at=source.expected,
                role=source.role.value if source.role else None,
            )
        )


def _add_own_contribution(session: Session, ceremony: Ceremony, fingerprint: str, place: int, value: str) -> None:
    """Add the server's own value, committed at once and secret until commitments close."""
    session.add(
        SeedContribution(
            ceremony_id=ceremony.id,
            place=place,
            name=SYSTEM_NAME,
            kind=ContributionKind.SYSTEM.value,
            source=SYSTEM_SOURCE,
            secret=value,
            commitment=commitment_of(fingerprint, ceremony.plan_digest, SYSTEM_NAME, value),
            committed_at=now(),
        )
    )


def _check_plan(session: Session, evaluation: Evaluation, frame: Frame, plan: Plan) -> None:
    reading = Reading(evaluation.reading)
    try:
        planned_size(requirement(frame.priority_count, frame.people_count, reading), plan.size)
    except SizeRefused as refusal:
        raise Refused(to_visitor(refusal.message), "size") from refusal
    if not general_allowed(plan, reading):
        raise Refused(_("按所有服务对象抽样时，普通服务对象已经在内，不另抽。"), "general")
    try:
        allocate(plan, sizes(people_of(session, frame), plan, reading))
    except PlanRefused as refused:
        raise Refused(to_visitor(refused.message), refused.field) from refused


def _check_sources(sources: Sequence[Source], at: datetime) -> None:
    names = [source.name.strip() for source in sources]
    if len(sources) >= MOST_CONTRIBUTIONS:
        raise Refused(_("种子的贡献方太多。"), "sources")
    if len({*names, SYSTEM_NAME}) != len(names) + 1:
        raise Refused(_("种子的贡献方名称不能重复，也不能叫「%(name)s」。", name=SYSTEM_NAME), "sources")
    for source in sources:
        try:
            plain(source.name.strip(), Text("贡献方名称", "The name of the contributor"))
            plain(source.announced, Text(f"「{source.name}」的来源", f"The source of “{source.name}”"))
        except InvalidSeed as invalid:
            raise Refused(to_visitor(invalid.message), "sources") from invalid
        if source.role is not None and source.role not in MEMBER_ROLES:
            raise Refused(_("没有这样的角色。"), "sources")
        _check_moment(source, at)
    if not is_independent([source.kind for source in sources]):
        raise Refused(_("种子不能由系统或一方单独决定：至少两方各自承诺，或事先指明一个公开来源。"), "sources")


def commit(session: Session, contribution: SeedContribution, commitment: str, *, actor: User) -> None:
    """Record a party's commitment, from one of its members; it may be replaced until commitments close."""
    ceremony = _open(session, contribution)
    if ceremony.closed_at is not None:
        raise Refused(_("承诺已经截止。"), "closed")
    if contribution.kind != ContributionKind.COMMITTED:
        raise Refused(_("这一份不需要承诺。"), "kind")
    _member(session, ceremony, actor, contribution.role)
    commitment = commitment.strip().lower()
    if not HEX_64.fullmatch(commitment):
        raise Refused(_("承诺应为 64 位十六进制数，由页面按您的数值算出。"), "commitment")
    others = (other for other in ceremony.contributions if other.id != contribution.id)
    if any(other.committed_by_id == actor.id for other in others):
        raise Refused(_("您已经替另一方承诺过。每一方要由不同的人承诺，否则一个人就知道各方的数值。"), "same-person")
    contribution.commitment, contribution.committed_at, contribution.committed_by_id = commitment, now(), actor.id
    _record(session, "seed.committed", contribution, actor, {"commitment": commitment})


def close_commitments(session: Session, ceremony: Ceremony, *, actor: User | None = None) -> None:
    """Close the commitments; the server reveals its value, and parties may then reveal theirs."""
    lock(session, ceremony)
    _in_force(ceremony)
    refuse_when_recused(session, ceremony.evaluation, actor)
    if ceremony.closed_at is not None:
        raise Refused(_("承诺已经截止。"), "closed")
    missing = [
        contribution.name
        for contribution in ceremony.contributions
        if contribution.kind == ContributionKind.COMMITTED and contribution.commitment is None
    ]
    if missing:
        raise Refused(_("还没有承诺：%(names)s。", names="、".join(missing)), "missing")
    ceremony.closed_at = now()
    session.flush()
    for contribution in ceremony.contributions:
        if contribution.kind == ContributionKind.SYSTEM:
            contribution.value, contribution.shown_at = contribution.secret, now()
    record(
        session,
        "seed.closed",
        actor=actor,
        evaluation=ceremony.evaluation,
        subject=ceremony.uuid,
        details={"commitments": sum(contribution.commitment is not None for contribution in ceremony.contributions)},
    )


def reveal(
    session: Session,
    contribution: SeedContribution,
    value: str,
    *,
    actor: User | None = None,
    entry: str = "",
    at: datetime | None = None,
) -> bool:
    """Reveal a party's value, which must match its commitment, or type that of a public source; whether it binds.

    A party's value may be typed in by its members and by the lead: the commitment proves it either way. Nothing proves
    a public one, so it binds when it was typed the same twice: by two people, or by one who names with `entry`
    (queries.ceremony_next.entry_of) the first, which only a page opened after it holds. `at` is for the demonstration.
    """
    ceremony = _open(session, contribution)
    if ceremony.closed_at is None:
        raise Refused(_("先截止承诺，再公布数值。"), "not-closed")
    if contribution.value is not None:
        raise Refused(_("这一份已经公布，不能再改。"), "shown")
    if contribution.kind == ContributionKind.PUBLIC:
        return _type_public_value(session, contribution, value, actor, entry, at or now())
    _member(session, ceremony, actor, contribution.role, Role.LEAD.value)
    value = _fit(value)
    fingerprint = ceremony.frame.fingerprint or ""
    if contribution.commitment != commitment_of(fingerprint, ceremony.plan_digest, contribution.name, value):
        raise Refused(_("这个数值与承诺不符。请核对每个字符，包括空格。"), "value")
    _bind(session, contribution, value, actor)
    return True


def _fit(value: str) -> str:
    """The value without outer space; refused when no certificate could hold it."""
    value = value.strip()
    try:
        return plain(value, Text("数值", "The value"))
    except InvalidSeed as invalid:
        raise Refused(to_visitor(invalid.message), "value") from invalid


def _bind(session: Session, contribution: SeedContribution, value: str, actor: User | None) -> None:
    contribution.value, contribution.shown_at = value, now()
    contribution.shown_by_id = actor.id if actor else None
    _record(session, "seed.shown", contribution, actor, {"value": value})


def _type_public_value(
    session: Session, contribution: SeedContribution, value: str, actor: User | None, entry: str, at: datetime
) -> bool:
    """The first time, keep what was typed; the second time, bind it when it is the same."""
    second = contribution.entered is not None
    allowed = MAY_CONFIRM if second else (Role.LEAD,)
    _member(session, contribution.ceremony, actor, *(role.value for role in allowed))
    if contribution.expected_at is not None and at < contribution.expected_at:
        moment = f"{local(contribution.expected_at):%Y-%m-%d %H:%M}"
        raise Refused(_("公布的揭晓时间是 %(moment)s，还没有到，不能填写数值。", moment=moment), "early")
    value, person = _fit(value), actor.id if actor else None
    if not second:
        contribution.entered, contribution.entered_at, contribution.entered_by_id = value, now(), person
        _record(session, "seed.entered", contribution, actor, {"value": value})
        return False
    if contribution.entered_by_id == person and entry != entry_of(contribution):
        raise Refused(_("您已经填过一次。请看一遍公布的结果，再在下一页重新填写。"), "look")
    if contribution.entered != value:
        raise Refused(_difference(contribution.entered or "", value), "value")
    session.flush()
    _bind(session, contribution, value, actor)
    return True


def _difference(first: str, second: str) -> str:
    return str(
        _(
            "两次填的不一样：第一次是「%(first)s」，这次是「%(second)s」。还没有定下来，请对照公布的结果。",
            first=first,
            second=second,
        )
    )


def discard_entry(session: Session, contribution: SeedContribution, *, actor: User | None = None) -> None:
    """Forget what was first typed for a public source, as long as it does not bind; it stays in the audit log."""
    ceremony = _open(session, contribution)
    _member(session, ceremony, actor, Role.LEAD.value)
    if contribution.value is not None or contribution.entered is None:
        raise Refused(_("没有等待核对的数值。"), "nothing")
    _record(session, "seed.discarded", contribution, actor, {"value": contribution.entered})
    contribution.entered = contribution.entered_at = contribution.entered_by_id = None


def _open(session: Session, contribution: SeedContribution) -> Ceremony:
    """Lock and refresh a contribution and its ceremony; refused when the ceremony is void."""
    ceremony = contribution.ceremony
    lock(session, ceremony)
    session.refresh(contribution)
    _in_force(ceremony)
    return ceremony


def _in_force(ceremony: Ceremony) -> None:
    if ceremony.voided_at is not None:
        raise Refused(_("这个抽样方案已经作废。"), "void")


def _member(session: Session, ceremony: Ceremony, actor: User | None, *roles: str | None) -> None:
    """Refuse an actor who holds none of these roles; the command line, which has no actor, is always allowed."""
    if actor is None:
        return
    refuse_when_recused(session, ceremony.evaluation, actor)
    held = session.scalars(
        select(Membership.role).where(
            Membership.evaluation_id == ceremony.evaluation_id, Membership.user_id == actor.id
        )
    )
    if not set(held) & set(roles):
        raise Refused(_("只有这一方的人可以填写。"), "not-yours")


def _record(
    session: Session, event: str, contribution: SeedContribution, actor: User | None, details: dict[str, str]
) -> None:
    record(
        session,
        event,
        actor=actor,
        evaluation=contribution.ceremony.evaluation,
        subject=contribution.ceremony.uuid,
        details={"name": contribution.name, **details},
    )
