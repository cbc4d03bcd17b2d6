"""The current score sheet: evidence, statistics, newest entries and station facts, scored by the scheme."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.documents.queries import scheme_of
from app.draw.queries.draws import verify_draw
from app.models import ContractIndicator, Evaluation, PartyScore, Role, ScoreOverride, StationFact
from app.results.queries.results import Results, results_of
from sampling.certificate import Evidence
from sampling.text import Text
from surveys.scoring import Override, Scheme, ScoreSheet, StationFacts, Statistic, score
from surveys.scoring.facts import BASES
from surveys.scoring.lines import STORED_LANGUAGE

# The party of the scheme for which a role gives points.
PARTY_OF_ROLE = {
    Role.LEAD: "third_party",
    Role.PURCHASER: "purchaser",
    Role.SUPERVISION: "supervision",
    Role.MONITOR: "monitor",
}


@dataclass(frozen=True)
class ScoreOutcome:
    """A score sheet with the evidence of the draw and the results it is computed from."""

    sheet: ScoreSheet
    evidence: Evidence
    results: Results

    @property
    def missing(self) -> tuple[Text, ...]:
        """What is still to be entered, in words."""
        return self.sheet.missing

    @property
    def shortfall(self) -> int:
        """How many valid responses are missing to the number the rule requires."""
        return self.results.shortfall

    def to_dict(self, language: str = STORED_LANGUAGE) -> dict[str, Any]:
        """What `flask score --json` prints."""
        return self.sheet.to_dict(language) | {
            "required": self.results.required,
            "valid": self.results.valid,
            "shortfall": self.shortfall,
            "certificate": self.evidence.digest,
        }


def score_of(session: Session, evaluation: Evaluation, scheme: Scheme | None = None) -> ScoreOutcome:
    """Compute the sheet; raises sampling.certificate.Mismatch when draw, certificate and cases do not agree.

    `scheme`, if given, is used instead of the evaluation's own. Points entered for items a scheme does not have are
    ignored (entries_of()).
    """
    scheme = scheme_of(evaluation) if scheme is None else scheme
    evidence = verify_draw(session, evaluation)
    results = results_of(session, evaluation)
    entries = entries_of(session, evaluation, scheme)
    sheet = score(
        evidence,
        statistics_of(results),
        entries.given,
        areas=[(area.code, area.name) for area in evaluation.station.areas],
        station_facts=station_facts(session, evaluation),
        stage=evaluation.stage,
        scheme=scheme,
        overrides=entries.overrides,
    )
    return ScoreOutcome(sheet, evidence, results)


@dataclass(frozen=True)
class Entries:
    """The points of parties and experts that a scheme can use, and (item, area) of those it cannot."""

    given: dict[tuple[str, str | None], Decimal]
    overrides: dict[str, Override]
    set_aside: tuple[tuple[str, str], ...]


def entries_of(session: Session, evaluation: Evaluation, scheme: Scheme) -> Entries:
    """The entries that fit a scheme: the item exists, is of the right kind, and the points are within its range.

    Entries are never removed; after another scheme was adopted some may not fit it.
    """
    items = {item.code: item for party in scheme.parties for item in party.items}
    parties = {item.code: party.code for party in scheme.parties for item in party.items}
    given: dict[tuple[str, str | None], Decimal] = {}
    overrides: dict[str, Override] = {}
    set_aside = []
    for row in newest_score_rows(session, evaluation):
        item = items.get(row.item)
        fits = item is not None and item.kind == "given" and item.per_area == bool(row.area)
        if fits and item is not None and row.given <= item.maximum and parties[row.item] == row.party:
            given[row.item, row.area or None] = row.given
        else:
            set_aside.append((row.item, row.area))
    for code, override in newest_overrides(session, evaluation).items():
        item = items.get(code)
        if override.points is None:
            continue
        if item is not None and item.kind == "computed" and override.points <= item.maximum:
            overrides[code] = Override(override.points, override.reason)
        else:
            set_aside.append((code, ""))
    return Entries(given, overrides, tuple(set_aside))


def statistics_of(results: Results) -> dict[str, Statistic | None]:
    """The figures a computed item may use, under their registered names; None where there is none yet."""
    return {
        name: None
        if figure.estimate is None or figure.value is None
        else Statistic(
            name=name, value=figure.value, n=figure.estimate.n, base=BASES[name].zh, how=figure.estimate.how.zh
        )
        for name, figure in results.figures.items()
    }


def newest_score_rows(session: Session, evaluation: Evaluation) -> list[PartyScore]:
    """The entries in force, with comment, time and who entered them."""
    newest = (
        select(func.max(PartyScore.id))
        .where(PartyScore.evaluation_id == evaluation.id)
        .group_by(PartyScore.item, PartyScore.area)
    )
    return list(
        session.scalars(select(PartyScore).where(PartyScore.id.in_(newest)).order_by(PartyScore.item, PartyScore.area))
    )


def entries_for(session: Session, evaluation: Evaluation, item: str) -> list[PartyScore | ScoreOverride]:
    """Every entry ever made for an item, by parties and experts, newest first."""
    rows: list[PartyScore | ScoreOverride] = []
    for table in (PartyScore, ScoreOverride):
        rows += session.scalars(
            select(table)
            .where(table.evaluation_id == evaluation.id, table.item == item)
            .options(joinedload(table.entered_by))
        )
    return sorted(rows, key=lambda row: (row.entered_at, row.id), reverse=True)


def newest_overrides(session: Session, evaluation: Evaluation) -> dict[str, ScoreOverride]:
    """The override in force of each computed item; those taken back are left out."""
    newest = (
        select(func.max(ScoreOverride.id))
        .where(ScoreOverride.evaluation_id == evaluation.id)
        .group_by(ScoreOverride.item)
    )
    rows = session.scalars(select(ScoreOverride).where(ScoreOverride.id.in_(newest)).order_by(ScoreOverride.item))
    return {row.item: row for row in rows if row.points is not None}


def stated_facts(session: Session, evaluation: Evaluation) -> dict[str, str]:
    """The newest statement of each fact, as text."""
    newest = (
        select(func.max(StationFact.id)).where(StationFact.evaluation_id == evaluation.id).group_by(StationFact.code)
    )
    rows = session.execute(select(StationFact.code, StationFact.value).where(StationFact.id.in_(newest)))
    return {code: value for code, value in rows}


def station_facts(session: Session, evaluation: Evaluation) -> StationFacts:
    """The stated facts as the scoring functions take them; what was not stated is None."""
    return StationFacts.from_statements(stated_facts(session, evaluation))


def indicators_of(session: Session, evaluation: Evaluation) -> list[ContractIndicator]:
    """The contract indicators, in the order they were entered."""
    return list(
        session.scalars(
            select(ContractIndicator)
            .where(ContractIndicator.evaluation_id == evaluation.id)
            .order_by(ContractIndicator.id)
        )
    )
