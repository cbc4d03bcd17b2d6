"""What is proposed for a new evaluation, from the station, its last evaluation and the present day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

STAGE_NAMES = {"midterm": "中期", "final": "末期"}
END_OF_SLUG = re.compile(r"-[0-9]{4}(-(midterm|final))?(-[0-9]+)?$")
# How long after the evaluation people's data are kept unless another day is chosen.
YEARS_KEPT = 3


@dataclass(frozen=True)
class Round:
    """The stage and the service period (first and last day) of an evaluation."""

    stage: str
    start: date
    end: date


def next_round(last: Round | None, day: date) -> Round:
    """After a midterm its final, after a final the midterm of the year that follows; else the present year's midterm.

    >>> next_round(Round("final", date(2023, 4, 16), date(2024, 4, 15)), date(2024, 5, 1))
    Round(stage='midterm', start=datetime.date(2024, 4, 16), end=datetime.date(2025, 4, 15))
    """
    if last is None:
        return Round("midterm", date(day.year, 1, 1), date(day.year, 12, 31))
    if last.stage == "midterm":
        return Round("final", last.start, last.end)
    start = last.end + timedelta(days=1)
    return Round("midterm", start, years_after(start, 1) - timedelta(days=1))


def title_of(station: str, round_: Round) -> str:
    """The usual title.

    >>> title_of("石壁街社工服务站", Round("midterm", date(2023, 4, 16), date(2024, 4, 15)))
    '石壁街社工服务站 2023 年中期评估'
    """
    return f"{station} {round_.start.year} 年{STAGE_NAMES[round_.stage]}评估"


def slug_of(last_slug: str, round_: Round) -> str:
    """The short name: as that of the station's last evaluation, with the new year and stage.

    >>> slug_of("shibi-2023-midterm", Round("final", date(2023, 4, 16), date(2024, 4, 15)))
    'shibi-2023-final'
    """
    beginning = END_OF_SLUG.sub("", last_slug) or "station"
    return f"{beginning}-{round_.start.year}-{round_.stage}"


def held_on(round_: Round) -> date:
    """A midterm is held in the middle of the period, a final on its last day."""
    return round_.end if round_.stage == "final" else round_.start + (round_.end - round_.start) / 2


def keep_until(held: date, day: date) -> date:
    """YEARS_KEPT years after the evaluation, or after the present day where it was longer ago."""
    return years_after(max(held, day), YEARS_KEPT)


def years_after(day: date, years: int) -> date:
    """The same day of a later year, 28 February for a 29th that it lacks."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
