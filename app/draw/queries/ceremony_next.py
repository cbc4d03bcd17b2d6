"""The next actions in a ceremony: what it needs from one of its parties."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Ceremony, Evaluation, Membership, Role, SeedContribution, VoidRequest
from sampling.seed import ContributionKind

# Who may confirm that a plan and its draw are void: those responsible for the evaluation or paying for it, never
# the station or an interviewer.
MAY_CONFIRM = (Role.LEAD, Role.PURCHASER, Role.SUPERVISION, Role.MONITOR)


class CeremonyAction(StrEnum):
    """An action that a ceremony needs from a party."""

    COMMIT = "commit"
    REVEAL = "reveal"
    SECOND = "second"  # type the value of a public source the second time
    CONFIRM = "confirm"


class CeremonyStep(StrEnum):
    """What a ceremony waits for."""

    COMMITMENTS = "commitments"
    CLOSING = "closing"
    VALUES = "values"
    DRAW = "draw"


def roles_represented(session: Session, evaluation: Evaluation) -> set[Role]:
    """The roles at an evaluation that somebody has."""
    query = select(Membership.role).where(Membership.evaluation_id == evaluation.id).distinct()
    return {Role(role) for role in session.scalars(query)}


@dataclass(frozen=True)
class Waiting:
    """What a ceremony waits for; `names` are the contributors who have not done it."""

    step: CeremonyStep
    names: tuple[str, ...] = ()


def waited_for(ceremony: Ceremony) -> Waiting:
    """What the ceremony in force waits for, before its draw."""
    parts = ceremony.contributions
    if ceremony.closed_at is None:
        missing = [one.name for one in parts if one.kind == ContributionKind.COMMITTED and one.commitment is None]
        return Waiting(CeremonyStep.COMMITMENTS, tuple(missing)) if missing else Waiting(CeremonyStep.CLOSING)
    missing = [one.name for one in parts if one.value is None]
    return Waiting(CeremonyStep.VALUES, tuple(missing)) if missing else Waiting(CeremonyStep.DRAW)


def entry_of(contribution: SeedContribution) -> str:
    """What names the first entry of a public value: a later page sends it back. Empty before there is one."""
    moment = contribution.entered_at
    return "" if moment is None else f"{moment.timestamp():.6f}"


def next_actions_of(
    session: Session, ceremony: Ceremony | None, roles: Collection[Role], user_id: int
) -> list[CeremonyAction]:
    """The actions that the ceremony in force needs from this user; empty when it needs none."""
    if ceremony is None:
        return []
    own_contributions = [
        contribution
        for contribution in ceremony.contributions
        if contribution.kind == ContributionKind.COMMITTED and contribution.role in roles
    ]
    actions = []
    if ceremony.closed_at is None and any(contribution.commitment is None for contribution in own_contributions):
        actions.append(CeremonyAction.COMMIT)
    if ceremony.closed_at is not None and any(contribution.value is None for contribution in own_contributions):
        actions.append(CeremonyAction.REVEAL)
    if set(roles) & set(MAY_CONFIRM) and _entered_by_another(ceremony, user_id):
        actions.append(CeremonyAction.SECOND)
    if set(roles) & set(MAY_CONFIRM) and _asked_by_another(session, ceremony, user_id):
        actions.append(CeremonyAction.CONFIRM)
    return actions


def _entered_by_another(ceremony: Ceremony, user_id: int) -> bool:
    return any(
        one.entered is not None and one.value is None and one.entered_by_id != user_id for one in ceremony.contributions
    )


def _asked_by_another(session: Session, ceremony: Ceremony, user_id: int) -> bool:
    open_request = select(VoidRequest.id).where(
        VoidRequest.ceremony_id == ceremony.id,
        VoidRequest.withdrawn_at.is_(None),
        VoidRequest.confirmed_at.is_(None),
        VoidRequest.asked_by_id != user_id,
    )
    return session.scalar(open_request) is not None
