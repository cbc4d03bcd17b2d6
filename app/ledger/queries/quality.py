"""The quality of the ledgers in counts: people without telephone, shared telephones, possible duplicates.

Only keyed fingerprints are compared; nothing is decrypted. Telephones are the person's own and the guardian's together,
for the fingerprints do not tell them apart. Cost: one pass over the frame in the database, sorts of its fingerprints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from sqlalchemy import CTE, ColumnElement, Select, func, or_, select, union
from sqlalchemy.orm import Session

from app.models import (
    Attempt,
    Case,
    Contact,
    ContactIndex,
    Draw,
    Evaluation,
    Frame,
    LedgerFinding,
    LedgerUpload,
    Recipient,
    ServiceArea,
    Village,
)
from sampling.categories import CATEGORIES
from sampling.text import Text

# Ledger errors that only fieldwork reveals: column → outcome codes (surveys.outcomes).
FAULTS: Mapping[str, tuple[str, ...]] = {
    "bad_number": ("U1", "U2"),
    "moved": ("NE2",),
    "died": ("NE1",),
    "left": ("NE3",),
    "twice": ("NE4",),
    "never_served": ("X1",),
}
# Namesakes whose years of birth differ by more are two people, as in app.ledger.reader.merging.
SLIP_YEARS = 1

GENERAL = Text("普通服务对象", "General recipients")


@dataclass(frozen=True)
class Counts:
    """People of a group: without telephone, without telephone and address, sharing a telephone, possible duplicates."""

    people: int = 0
    no_phone: int = 0
    no_contact: int = 0
    shared_phone: int = 0
    look_alike: int = 0

    def __add__(self, other: Counts) -> Counts:
        """The counts of both groups added up."""
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))


@dataclass(frozen=True)
class VillageQuality:
    """One village of the station."""

    area: str
    name: str
    counts: Counts


@dataclass(frozen=True)
class CategoryQuality:
    """One category; the code is empty for general recipients, who belong to none of the 17."""

    code: str
    zh: str
    en: str
    counts: Counts


@dataclass(frozen=True)
class FrameQuality:
    """The counts of a frame by village, with empty ones, and by category; a person of several counts in each."""

    villages: tuple[VillageQuality, ...]
    categories: tuple[CategoryQuality, ...]
    total: Counts


@dataclass(frozen=True)
class VillageFaults:
    """The ledger errors that fieldwork found in one village: number of cases, and of cases with each fault."""

    area: str
    village: str
    cases: int
    bad_number: int
    moved: int
    died: int
    left: int
    twice: int
    never_served: int


@dataclass(frozen=True)
class RowFinding:
    """A correction needed in one row of a ledger: where and why, without personal data."""

    label: str
    sheet: str
    row: int
    field: str
    code: str
    severity: str
    message: str


def frame_quality(session: Session, evaluation: Evaluation, frame: Frame) -> FrameQuality:
    """The quality counts of a frame, draft or sealed."""
    by_village: dict[int, Counts] = {}
    by_category = dict.fromkeys([*CATEGORIES, ""], Counts())
    for village_id, codes, people, no_phone, no_contact, shared_phone, look_alike in session.execute(_counted(frame)):
        counts = Counts(people, no_phone, no_contact, shared_phone, look_alike)
        by_village[village_id] = by_village.get(village_id, Counts()) + counts
        for code in codes.split(","):
            by_category[code] += counts
    villages = session.execute(
        select(Village.id, ServiceArea.name, Village.name)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(Village.station_id == evaluation.station_id)
        .order_by(Village.code)
    )
    return FrameQuality(
        villages=tuple(VillageQuality(area, name, by_village.get(key, Counts())) for key, area, name in villages),
        categories=tuple(_category(code, counts) for code, counts in by_category.items() if counts.people),
        total=sum(by_village.values(), Counts()),
    )


def _category(code: str, counts: Counts) -> CategoryQuality:
    if not code:
        return CategoryQuality("", GENERAL.zh, GENERAL.en, counts)
    return CategoryQuality(code, CATEGORIES[code].zh, CATEGORIES[code].en, counts)


def _counted(frame: Frame) -> Select[int, str, int, int, int, int, int]:
    """Select village, categories, and the numbers of Counts in their order."""
    people = (
        select(Recipient.id, Recipient.village_id, Recipient.categories, Recipient.birth_year)
        .where(Recipient.frame_id == frame.id)
        .cte("people")
    )
    phones = _indexes(people, "phone")
    reachable = select(phones.c.recipient_id).distinct().cte("reachable")
    sharing = _sharing(phones)
    look_alikes = _look_alikes(people, phones)
    no_phone = reachable.c.recipient_id.is_(None)
    return (
        select(
            people.c.village_id,
            people.c.categories,
            func.count(),
            func.count().filter(no_phone),
            func.count().filter(no_phone, Contact.address.is_(None)),
            func.count(sharing.c.recipient_id),
            func.count(look_alikes.c.recipient_id),
        )
        .select_from(people)
        .outerjoin(Contact, Contact.recipient_id == people.c.id)
        .outerjoin(reachable, reachable.c.recipient_id == people.c.id)
        .outerjoin(sharing, sharing.c.recipient_id == people.c.id)
        .outerjoin(look_alikes, look_alikes.c.recipient_id == people.c.id)
        .group_by(people.c.village_id, people.c.categories)
    )


def _indexes(people: CTE, kind: str) -> CTE:
    return (
        select(ContactIndex.recipient_id, ContactIndex.value)
        .join(people, people.c.id == ContactIndex.recipient_id)
        .where(ContactIndex.kind == kind)
        .cte(f"{kind}s")
    )


def _sharing(phones: CTE) -> CTE:
    """People with a telephone that another person also has."""
    shared = select(phones.c.value).group_by(phones.c.value).having(func.count() > 1).cte("shared")
    return select(phones.c.recipient_id).join(shared, shared.c.value == phones.c.value).distinct().cte("sharing")


def _look_alikes(people: CTE, phones: CTE) -> CTE:
    """People with a namesake who shares a telephone, or shares the village with no clearly different year of birth.

    Found by window functions over groups, never by pairs, so that a thousand people called 「无名氏」 cost no more.
    """
    names = _indexes(people, "name")
    same = [names.c.value, people.c.village_id]
    year = people.c.birth_year
    before = func.lag(year).over(partition_by=same, order_by=year)
    after = func.lead(year).over(partition_by=same, order_by=year)
    neighbours = (
        select(
            people.c.id.label("recipient_id"),
            func.count().over(partition_by=same).label("namesakes"),
            func.count(year).over(partition_by=same).label("dated"),
            (year - before).label("since"),
            (after - year).label("until"),
        )
        .select_from(people)
        .join(names, names.c.recipient_id == people.c.id)
        .cte("neighbours")
    )
    close: ColumnElement[bool] = or_(
        neighbours.c.dated < neighbours.c.namesakes,
        neighbours.c.since <= SLIP_YEARS,
        neighbours.c.until <= SLIP_YEARS,
    )
    of_a_village = select(neighbours.c.recipient_id).where(neighbours.c.namesakes > 1, close)
    named = (
        select(phones.c.recipient_id, names.c.value.label("name"), phones.c.value.label("phone"))
        .join(names, names.c.recipient_id == phones.c.recipient_id)
        .cte("named")
    )
    twice = select(named.c.name, named.c.phone).group_by(named.c.name, named.c.phone).having(func.count() > 1).cte()
    of_a_phone = select(named.c.recipient_id).join(
        twice, (twice.c.name == named.c.name) & (twice.c.phone == named.c.phone)
    )
    return union(of_a_village, of_a_phone).cte("look_alikes")


def faults_of(session: Session, draw: Draw) -> list[VillageFaults]:
    """The faults found in fieldwork by village; a bad number counts even if a visit then succeeded.

    For the lead alone, because it is about the people drawn.
    """
    bad_number_tried = (
        select(Attempt.id).where(Attempt.case_id == Case.id, Attempt.outcome.in_(FAULTS["bad_number"])).exists()
    )
    rows = session.execute(
        select(
            ServiceArea.name.label("area"),
            Village.name.label("village"),
            func.count(Case.id).label("cases"),
            *(
                func.count(Case.id)
                .filter(bad_number_tried if name == "bad_number" else Case.outcome.in_(codes))
                .label(name)
                for name, codes in FAULTS.items()
            ),
        )
        .select_from(Case)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(Case.draw_id == draw.id)
        .group_by(ServiceArea.name, Village.code, Village.name)
        .order_by(Village.code)
    )
    return [VillageFaults(**row._mapping) for row in rows]


def row_findings(session: Session, evaluation: Evaluation) -> list[RowFinding]:
    """The findings of the ledgers in use that nobody decided, by ledger, sheet and row."""
    rows = session.execute(
        select(
            LedgerUpload.label,
            LedgerFinding.sheet,
            LedgerFinding.row_number,
            LedgerFinding.field,
            LedgerFinding.code,
            LedgerFinding.severity,
            LedgerFinding.message,
        )
        .join(LedgerUpload, LedgerFinding.upload_id == LedgerUpload.id)
        .where(LedgerUpload.evaluation_id == evaluation.id, LedgerUpload.state == "imported")
        .where(LedgerFinding.decision.is_(None))
        .order_by(LedgerUpload.label, LedgerFinding.sheet, LedgerFinding.row_number, LedgerFinding.id)
    )
    return [RowFinding(*row) for row in rows]
