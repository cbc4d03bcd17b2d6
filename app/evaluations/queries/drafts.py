"""Drafts of evaluations being opened, and what is proposed for the fields of each step."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.clock import local, now
from app.evaluations.queries.opening import DELIVERED, StationYear, evaluation_to_replace
from app.models import Document, Evaluation, Membership, OpeningDraft, ServiceArea, Station, User
from surveys.setup import defaults
from surveys.setup.areas import as_lines
from surveys.setup.defaults import Round
from surveys.setup.model import NO_DAY

STEPS = ("station", "period", "names", "areas", "documents", "people")
NEW_STATION = "new"
# The delivered list of outcome codes, in use where none is chosen.
DELIVERED_OUTCOMES = "delivered"
# The choice of an account that does not take part.
NO_ROLE = "none"
# What the delivered documents are called; proposed before others that were published.
USUAL = {"questionnaire": "recipient", "scheme": "guangzhou-2023"}


def drafts_of(session: Session, user: User) -> Sequence[OpeningDraft]:
    """What this person has begun and not finished, the latest first."""
    query = select(OpeningDraft).where(OpeningDraft.user_id == user.id, OpeningDraft.evaluation_id.is_(None))
    return session.scalars(query.order_by(OpeningDraft.changed_at.desc(), OpeningDraft.id.desc())).all()


def draft_of(session: Session, user: User, draft_uuid: uuid.UUID) -> OpeningDraft | None:
    """A draft of this person."""
    query = select(OpeningDraft).where(OpeningDraft.uuid == draft_uuid, OpeningDraft.user_id == user.id)
    return session.scalar(query)


def station_by_uuid(session: Session, text: str) -> Station | None:
    """The station that was chosen in the first step; None for a new one."""
    try:
        return session.scalar(select(Station).where(Station.uuid == uuid.UUID(text)))
    except ValueError:
        return None


def last_evaluation(session: Session, station: Station | None) -> Evaluation | None:
    """The station's latest evaluation that is in force; of a new station the latest of any, for its evaluator only."""
    if station is None:
        return None
    query = select(Evaluation).where(Evaluation.station_id == station.id, Evaluation.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Evaluation.held_on.desc(), Evaluation.id.desc()).limit(1)).first()


@dataclass(frozen=True)
class Proposal:
    """What a draft starts from: its station, if that is known, that one's last evaluation, and the day."""

    station: Station | None
    last: Evaluation | None
    today: date


def proposal_for(session: Session, answers: Mapping[str, Mapping[str, str]]) -> Proposal:
    """What is known so far."""
    station = station_by_uuid(session, answers.get("station", {}).get("station", ""))
    return Proposal(station, last_evaluation(session, station), local(now()).date())


def defaults_of(session: Session, answers: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """What is proposed for the fields of every step but the first, from what was filled in before it."""
    proposal = proposal_for(session, answers)
    period = _period(proposal)
    return {
        "period": period,
        "names": _names(session, proposal, answers, {**period, **answers.get("period", {})}),
        "areas": {"areas": as_lines(areas_of(session, proposal.station)) if proposal.station else ""},
        "documents": _documents(session, proposal.last),
        "people": _people(session, proposal.last),
    }


def refreshed(
    session: Session, before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]], step: str
) -> dict[str, dict[str, str]]:
    """The answers after a step was changed: what was left as proposed in other steps follows the new proposal."""
    old, new = defaults_of(session, before), defaults_of(session, after)
    return {
        other: dict(fields) if other == step else _follow(fields, old.get(other, {}), new.get(other, {}))
        for other, fields in after.items()
    }


def _follow(fields: Mapping[str, str], old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {
        name: new.get(name, "") if name in {*old, *new} and value == old.get(name, "") else value
        for name, value in fields.items()
    }


def replaced_by(session: Session, answers: Mapping[str, Mapping[str, str]]) -> Evaluation | None:
    """The withdrawn evaluation in whose place the one of these answers would stand."""
    station, round_ = proposal_for(session, answers).station, _round(answers.get("period", {}))
    if station is None or round_ is None:
        return None
    return evaluation_to_replace(session, StationYear(station.id, round_.stage, round_.start, round_.end))


def _period(proposal: Proposal) -> dict[str, str]:
    last = proposal.last
    round_ = defaults.next_round(
        Round(last.stage, last.period_start, last.period_end) if last else None, proposal.today
    )
    reading = last.reading if last else "priority"
    return {
        "stage": round_.stage,
        "period_start": round_.start.isoformat(),
        "period_end": round_.end.isoformat(),
        "reading": reading,
    }


def _names(
    session: Session, proposal: Proposal, answers: Mapping[str, Mapping[str, str]], period: Mapping[str, str]
) -> dict[str, str]:
    last = proposal.last
    typed = answers.get("station", {})
    usual = last or _latest(session)
    street = proposal.station.street if proposal.station else typed.get("street", "")
    names = {
        "evaluator": usual.evaluator if usual else "",
        "commissioner": usual.commissioner if usual else "",
        "purchaser": last.purchaser if last else street,
        "hotline": (last.hotline or "") if last else "",
    }
    round_ = _round(period)
    if round_ is None:
        return names
    held = defaults.held_on(round_)
    station_name = proposal.station.name if proposal.station else typed.get("station_name", "").strip()
    return names | {
        "title": defaults.title_of(station_name, round_) if station_name else "",
        "slug": _free(session, defaults.slug_of(last.slug if last else "", round_)),
        "held_on": held.isoformat(),
        "keep_until": defaults.keep_until(held, proposal.today).isoformat(),
    }


def _latest(session: Session) -> Evaluation | None:
    return session.scalars(select(Evaluation).order_by(Evaluation.id.desc()).limit(1)).first()


def _round(period: Mapping[str, str]) -> Round | None:
    """The stage and period as typed; None while they cannot be read."""
    try:
        start, end = date.fromisoformat(period["period_start"]), date.fromisoformat(period["period_end"])
    except (KeyError, ValueError):
        return None
    known = period.get("stage") in defaults.STAGE_NAMES and NO_DAY < start < end and start.year >= 2000
    return Round(period["stage"], start, end) if known and end.year < 9000 else None


def _free(session: Session, slug: str) -> str:
    """The short name, with a number behind it where it is taken."""
    taken = set(session.scalars(select(Evaluation.slug).where(Evaluation.slug.startswith(slug))))
    return next(name for name in (slug if n == 1 else f"{slug}-{n}" for n in count(1)) if name not in taken)


def areas_of(session: Session, station: Station) -> list[tuple[str, list[str]]]:
    """The areas of a station with the names of their villages, in the order of their codes."""
    query = select(ServiceArea).where(ServiceArea.station_id == station.id).order_by(ServiceArea.id)
    return [(area.name, [village.name for village in area.villages]) for area in session.scalars(query)]


def _documents(session: Session, last: Evaluation | None) -> dict[str, str]:
    """The documents of the last evaluation in their newest versions, else the delivered ones."""
    documents = {kind: _newest(session, kind, last) for kind in ("questionnaire", "scheme")}
    outcomes = last.outcomes if last else None
    return {
        **{kind: key_of(document) if document else "" for kind, document in documents.items()},
        "outcomes": key_of(outcomes) if outcomes else DELIVERED_OUTCOMES,
    }


def _newest(session: Session, kind: str, last: Evaluation | None) -> Document | None:
    usual = USUAL[kind] if last is None else getattr(last, kind).document_id
    query = select(Document).where(Document.kind == kind).order_by(Document.version.desc())
    named = session.scalars(query.where(Document.document_id == usual).limit(1)).first()
    return named or session.scalars(query.limit(1)).first()


def key_of(document: Document) -> str:
    """The id and version of a document as one word, the value of a choice."""
    return f"{document.document_id}-{document.version}"


def lacking_kinds(session: Session) -> list[str]:
    """The kinds of documents an evaluation needs and of which none is published."""
    kinds = set(session.scalars(select(Document.kind).distinct()))
    return [kind for kind in DELIVERED if kind != "outcomes" and kind not in kinds]


def accounts(session: Session) -> Sequence[User]:
    """The accounts that can take part, by name."""
    return session.scalars(select(User).where(User.active).order_by(User.username)).all()


def _people(session: Session, last: Evaluation | None) -> dict[str, str]:
    if last is None:
        return {}
    query = (
        select(Membership)
        .join(User, Membership.user_id == User.id)
        .where(Membership.evaluation_id == last.id, User.active)
        .options(joinedload(Membership.user))
        .order_by(Membership.id)
    )
    roles: dict[str, str] = {}
    for membership in session.scalars(query):
        roles.setdefault(field_of(membership.user), membership.role)
    return roles


def field_of(user: User) -> str:
    """The name of the field in which the role of an account is chosen."""
    return f"role-{user.uuid}"
