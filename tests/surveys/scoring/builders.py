"""Shibi's sheet as the report prints it, and the evidence of a verified draw."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sampling import certificate
from sampling.certificate import Evidence
from sampling.frame import FramePerson
from sampling.plan import Plan
from sampling.text import Text
from surveys import library
from surveys.scoring import Scheme, ScoreSheet, StationFacts, Statistic, load, parse, score
from tests.sampling.certificates import a_certificate

AREAS = (("area1", "片区一"), ("area2", "片区二"), ("area3", "片区三"))
SHIBI_SCORES: dict[tuple[str, str | None], str] = {
    ("monitoring", None): "8.6",
    ("effect", None): "10.6",
    ("management", None): "9.4",
    ("quality", "area1"): "16.3",
    ("quality", "area2"): "16.8",
    ("quality", "area3"): "17.6",
    ("purchaser_score", None): "19.8",
    ("supervision_score", None): "13",
    ("monitor_score", None): "9.3",
}
DECLARED = ("posts_misused", "rectification", "professional", "financial", "serious_breach")
SHIBI_NUMBERS = {
    "staff_due": "130",
    "staff_present": "134",
    "certified_due": "91",
    "certified_present": "92",
    "staff_cost_share": "85",
}
SATISFACTION = Statistic("satisfaction.mean", Decimal("97.15"), 124, "有效答卷", "分层加权")


def an_evidence(people: int = 40) -> Evidence:
    """Evidence of a full-coverage draw among invented people, by way of verify()."""
    listed = [FramePerson(f"{n:032x}", f"v{n % 4}", f"area{n % 4 % 3}", ("01",)) for n in range(1, people + 1)]
    signed = a_certificate(listed, Plan(min(people, 100)))
    return certificate.verify(signed, listed, certificate.keys_of(signed))


def a_document() -> dict[str, Any]:
    """The delivered scheme as JSON, to be changed at will."""
    document: dict[str, Any] = copy.deepcopy(library.body("schemes", "guangzhou-2023", 1))
    return document


def a_scheme(**changes: Any) -> Scheme:
    """The delivered scheme with some of its fields replaced."""
    return parse(a_document() | changes) if changes else load("guangzhou-2023", 1)


def some_facts(numbers: Mapping[str, str] | None = None, **declared: bool | None) -> StationFacts:
    """Shibi's facts with some replaced; None takes a declaration away, an empty number takes a number away."""
    figures = {**SHIBI_NUMBERS, **(numbers or {})}
    stated: dict[str, bool | None] = {**dict.fromkeys(DECLARED, False), **declared}
    return StationFacts(
        numbers={code: Decimal(text) for code, text in figures.items() if text},
        declared={code: value for code, value in stated.items() if value is not None},
    )


def shibi_scores(**changes: str | None) -> dict[tuple[str, str | None], Decimal]:
    """Shibi's points with some items replaced (one figure for every area), or taken away by None."""
    texts = {key: changes.get(key[0], text) for key, text in SHIBI_SCORES.items()}
    return {key: Decimal(text) for key, text in texts.items() if text is not None}


def a_sheet(
    scores: Mapping[tuple[str, str | None], Decimal] | None = None,
    *,
    facts: StationFacts | None = None,
    stage: str = "midterm",
    scheme: Scheme | None = None,
    statistics: Mapping[str, Statistic | None] | None = None,
    evidence: Evidence | None = None,
) -> ScoreSheet:
    """Shibi's sheet, or one that differs from it in what is given."""
    return score(
        evidence or an_evidence(),
        {"satisfaction.mean": SATISFACTION} if statistics is None else statistics,
        shibi_scores() if scores is None else scores,
        areas=AREAS,
        station_facts=facts or some_facts(),
        stage=stage,
        scheme=scheme or a_scheme(),
    )


def chinese(texts: Iterable[Text]) -> tuple[str, ...]:
    """The Chinese of texts."""
    return tuple(text.zh for text in texts)
