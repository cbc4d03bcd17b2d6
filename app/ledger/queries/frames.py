"""Counts of a frame and its ledgers, and the people of a frame without personal data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from app.models import (
    Evaluation,
    Frame,
    LedgerFinding,
    LedgerUpload,
    Recipient,
    ServiceArea,
    Village,
)
from sampling.categories import CATEGORIES
from sampling.frame import FramePerson, Last

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class VillageCount:
    """People of one village on the frame."""

    area: str
    code: str
    name: str
    people: int
    priority: int


def villages_of(session: Session, evaluation: Evaluation, frame: Frame) -> list[VillageCount]:
    """Every village of the station with its number of people, also those without people."""
    rows = session.execute(
        select(
            ServiceArea.name,
            Village.code,
            Village.name,
            func.count(Recipient.id),
            func.count(Recipient.id).filter(Recipient.priority),
        )
        .select_from(Village)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .outerjoin(Recipient, (Recipient.village_id == Village.id) & (Recipient.frame_id == frame.id))
        .where(Village.station_id == evaluation.station_id)
        .group_by(ServiceArea.name, Village.code, Village.name)
        .order_by(Village.code)
    )
    return [VillageCount(*row) for row in rows]


@dataclass(frozen=True)
class CategoryCount:
    """People of one category on the frame."""

    code: str
    zh: str
    en: str
    people: int


def categories_of(session: Session, frame: Frame) -> list[CategoryCount]:
    """People of each category; a person in several counts in each."""
    combinations = session.execute(
        select(Recipient.categories, func.count()).where(Recipient.frame_id == frame.id).group_by(Recipient.categories)
    ).all()
    counts = dict.fromkeys(CATEGORIES, 0)
    for codes, people in combinations:
        for code in filter(None, codes.split(",")):
            counts[code] += people
    return [
        CategoryCount(code, CATEGORIES[code].zh, CATEGORIES[code].en, people)
        for code, people in counts.items()
        if people
    ]


def uploads_of(session: Session, evaluation: Evaluation) -> list[LedgerUpload]:
    """Every uploaded ledger, newest first."""
    return list(
        session.scalars(
            select(LedgerUpload)
            .where(LedgerUpload.evaluation_id == evaluation.id)
            .options(defer(LedgerUpload.content))  # decrypting every file to list its name is unnecessary
            .order_by(LedgerUpload.id.desc())
        )
    )


def finding_counts(session: Session, upload: LedgerUpload) -> dict[str, int]:
    """How many findings of each severity."""
    rows = session.execute(
        select(LedgerFinding.severity, func.count())
        .where(LedgerFinding.upload_id == upload.id)
        .group_by(LedgerFinding.severity)
    )
    return dict.fromkeys(SEVERITIES, 0) | {severity: count for severity, count in rows}


def findings_of(session: Session, upload: LedgerUpload) -> list[LedgerFinding]:
    """Every finding of a ledger in the order of its sheets and rows."""
    query = select(LedgerFinding).where(LedgerFinding.upload_id == upload.id)
    return list(session.scalars(query.order_by(LedgerFinding.sheet, LedgerFinding.row_number, LedgerFinding.id)))


def frame_of(session: Session, evaluation: Evaluation) -> Frame | None:
    """The frame of an evaluation, draft or sealed."""
    return session.scalar(select(Frame).where(Frame.evaluation_id == evaluation.id))


def people_of(session: Session, frame: Frame) -> Iterator[FramePerson]:
    """Everyone on a frame in key order, streamed, without anything that identifies a person."""
    rows = session.execute(
        select(Recipient.key, Village.code, ServiceArea.code, Recipient.categories, Recipient.last)
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(Recipient.frame_id == frame.id)
        .order_by(Recipient.key)
        .execution_options(yield_per=5_000)
    )
    for key, village, area, categories, last in rows:
        yield FramePerson(
            key=key,
            village=village,
            area=area,
            categories=tuple(categories.split(",")) if categories else (),
            last=Last(last),
        )
