"""Changing what an evaluation was opened with, each setting until the step that fixes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.database import lock
from app.evaluations.labels import CHANGED_SETTING, SETTINGS, SINCE
from app.evaluations.queries.opening import StationYear, problem_of_year
from app.evaluations.queries.settings import Fixing, fixings_of
from app.ledger.commands.assembling import assemble_frame
from app.ledger.queries.frames import frame_of
from app.ledger.reader.errors import Limits
from app.localisation import moment
from app.models import Document, Evaluation, Recipient, ServiceArea, Station, User, Village
from app.shared.errors import Refused
from app.shared.guards import refuse_when_withdrawn

# The settings that `change_settings` takes; areas and villages are changed by `change_villages`.
SINGLE = (
    "title", "stage", "period_start", "period_end", "reading", "held_on", "evaluator", "commissioner", "purchaser",
    "hotline", "questionnaire",
)  # fmt: skip


def change_settings(
    session: Session, evaluation: Evaluation, values: Mapping[str, Any], *, actor: User | None = None
) -> list[str]:
    """Change settings by name; returns the names of those that changed.

    Refused, with nothing changed, where one is fixed already (the sentence says by which step and when), where the
    period does not end after it begins or is evaluated already, and where data would be kept to before the evaluation.
    """
    lock(session, evaluation)
    changed = {name: values[name] for name in SINGLE if name in values and values[name] != getattr(evaluation, name)}
    if not changed:
        return []
    _refuse_fixed(session, evaluation, changed)
    before = {name: _written(getattr(evaluation, name)) for name in changed}
    for name, value in changed.items():
        setattr(evaluation, name, value)
    with session.no_autoflush:
        _refuse_wrong_dates(session, evaluation)
    session.flush()
    details = {f"{CHANGED_SETTING}.{name}": f"{before[name]} → {_written(value)}" for name, value in changed.items()}
    record(session, "evaluation.changed", actor=actor, evaluation=evaluation, subject=evaluation.uuid, details=details)
    return list(changed)


def why_fixed(fixing: Fixing) -> str:
    """Why a setting cannot be changed any more; "" while it can."""
    return "" if fixing.at is None else str(SINCE[fixing.step]) % {"at": moment(fixing.at)}


def _refuse_fixed(session: Session, evaluation: Evaluation, names: Iterable[str]) -> None:
    fixings = fixings_of(session, evaluation)
    fixed = [
        _("%(name)s：%(why)s", name=SETTINGS[n], why=why_fixed(fixings[n])) for n in names if not fixings[n].is_open
    ]
    if fixed:
        raise Refused(" ".join(map(str, fixed)), "fixed")


def _refuse_wrong_dates(session: Session, evaluation: Evaluation) -> None:
    if evaluation.period_end <= evaluation.period_start:
        raise Refused(_("服务期的结束日期要晚于开始日期。"), "period_end")
    if evaluation.keep_until < evaluation.held_on:
        raise Refused(_("评估日期不能晚于资料保存到的日期。"), "held_on")
    lock(session, evaluation.station)
    year = StationYear(evaluation.station_id, evaluation.stage, evaluation.period_start, evaluation.period_end)
    if problem := problem_of_year(session, year, besides=evaluation):
        raise Refused(problem, "stage")


def _written(value: object) -> str:
    if isinstance(value, Document):
        return f"{value.document_id}-{value.version}"
    return value.isoformat() if isinstance(value, date) else str(value or "")


def change_villages(
    session: Session,
    evaluation: Evaluation,
    areas: Mapping[str, Iterable[str]],
    *,
    limits: Limits,
    actor: User | None = None,
) -> bool:
    """Make the station's areas and villages these, by area; villages are known by their names. Whether any changed.

    New ones get the next codes, and the draft frame is made again from its ledgers. Refused once the frame is sealed,
    and where a village that people on any frame live in would go or move to another area.
    """
    lock(session, evaluation.station)
    refuse_when_withdrawn(session, evaluation)
    _refuse_fixed(session, evaluation, ["areas"])
    wanted = {village: area for area, villages in areas.items() for village in villages}
    present = {village.name: village for village in evaluation.station.villages}
    moved = [n for n, village in present.items() if n in wanted and village.area.name != wanted[n]]
    gone, added = [n for n in present if n not in wanted], [n for n in wanted if n not in present]
    if not (moved or gone or added):
        return False
    _refuse_inhabited(session, [present[name] for name in (*moved, *gone)])
    for name in (*moved, *gone):
        session.delete(present[name])
    session.flush()
    session.expire(evaluation.station)
    _add_villages(
        session, evaluation.station, {name: area for name, area in wanted.items() if name in {*moved, *added}}
    )
    _drop_empty_areas(session, evaluation.station)
    if frame_of(session, evaluation) is not None:
        assemble_frame(session, evaluation, limits=limits)
    details = {"added": sorted(added), "removed": sorted(gone), "moved": sorted(moved)}
    record(session, "villages.changed", actor=actor, evaluation=evaluation, subject=evaluation.uuid, details=details)
    return True


def _refuse_inhabited(session: Session, villages: Iterable[Village]) -> None:
    by_id = {village.id: village.name for village in villages}
    counts = session.execute(
        select(Recipient.village_id, func.count())
        .where(Recipient.village_id.in_(by_id))
        .group_by(Recipient.village_id)
        .order_by(Recipient.village_id)
    ).all()
    if counts:
        people = _("、").join(_("「%(name)s」%(n)s 人", name=by_id[village_id], n=n) for village_id, n in counts)
        raise Refused(_("名册里还有人住在这些村居，不能删去或换片区：%(people)s。", people=people), "inhabited")


def _add_villages(session: Session, station: Station, area_of: Mapping[str, str]) -> None:
    """Add villages with the next codes of their areas; an area that is new gets the next number."""
    areas = {area.name: area for area in station.areas}
    codes = {village.code for village in station.villages}
    for name, area_name in area_of.items():
        area = areas.get(area_name) or _add_area(session, station, areas, area_name)
        code = next(c for n in range(1, 10_000) if (c := f"{int(area.code):02d}{n:02d}") not in codes)
        codes.add(code)
        session.add(Village(station_id=station.id, area_id=area.id, code=code, name=name))
    session.flush()
    session.expire(station)


def _add_area(session: Session, station: Station, areas: dict[str, ServiceArea], name: str) -> ServiceArea:
    number = max((int(area.code) for area in areas.values()), default=0) + 1
    area = areas[name] = ServiceArea(station_id=station.id, code=str(number), name=name)
    session.add(area)
    session.flush()
    return area


def _drop_empty_areas(session: Session, station: Station) -> None:
    for area in list(station.areas):
        session.refresh(area)
        if not area.villages:
            session.delete(area)
    session.flush()
    session.expire(station)
