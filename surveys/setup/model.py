"""The description of an evaluation that is to be opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

FORMAT = "evaluation/1"
# Stands for a day that was left out or cannot be read; its problem is reported where it is read.
NO_DAY = date.min
STAGES = ("midterm", "final")
READINGS = ("priority", "everyone")
MEMBER_ROLES = ("lead", "interviewer", "expert", "purchaser", "supervision", "monitor", "station")


@dataclass(frozen=True)
class AreaSetup:
    """A service area with the names of its villages, in order."""

    name: str
    villages: tuple[str, ...]


@dataclass(frozen=True)
class StationSetup:
    """A station. One that is known already is named only: the rest is then empty, or says the same once more."""

    name: str
    operator: str = ""
    street: str = ""
    district: str = ""
    hotline: str = ""
    areas: tuple[AreaSetup, ...] = ()


@dataclass(frozen=True)
class DocumentChoice:
    """A published document by its id; the newest version where none is given."""

    id: str
    version: int | None = None


@dataclass(frozen=True)
class MemberSetup:
    """An account, by its name, in a role at the evaluation."""

    username: str
    role: str


@dataclass(frozen=True)
class EvaluationSetup:
    """Everything an evaluation is opened with except the short name by which commands call it."""

    title: str
    stage: str
    reading: str
    period_start: date
    period_end: date
    held_on: date
    keep_until: date
    evaluator: str
    commissioner: str
    purchaser: str
    hotline: str
    station: StationSetup
    questionnaire: DocumentChoice
    scheme: DocumentChoice
    outcomes: DocumentChoice | None = None
    members: tuple[MemberSetup, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The body that `read_setup` reads back to an equal description."""
        return {
            "format": FORMAT,
            "title": self.title,
            "stage": self.stage,
            "reading": self.reading,
            "period": {"start": self.period_start.isoformat(), "end": self.period_end.isoformat()},
            "held_on": self.held_on.isoformat(),
            "keep_until": self.keep_until.isoformat(),
            "evaluator": self.evaluator,
            "commissioner": self.commissioner,
            "purchaser": self.purchaser,
            "hotline": self.hotline or None,
            "station": _station(self.station),
            "questionnaire": _document(self.questionnaire),
            "scheme": _document(self.scheme),
            "outcomes": _document(self.outcomes) if self.outcomes else None,
            "members": [{"username": member.username, "role": member.role} for member in self.members],
        }


def _station(station: StationSetup) -> dict[str, Any]:
    return {
        "name": station.name,
        "operator": station.operator or None,
        "street": station.street or None,
        "district": station.district or None,
        "hotline": station.hotline or None,
        "areas": [{"name": area.name, "villages": list(area.villages)} for area in station.areas],
    }


def _document(choice: DocumentChoice) -> dict[str, Any]:
    return {"id": choice.id} if choice.version is None else {"id": choice.id, "version": choice.version}
