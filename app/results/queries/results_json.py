"""What the pages of results say beyond the summary, as JSON: spread, bounds, comparisons, scale, weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from app.localisation import to_visitor
from app.models import Evaluation
from app.results.queries.alternative_weights import reweighed_of
from app.results.queries.comparisons import comparisons_of, rounds_of
from app.results.queries.distribution import spread_of
from app.results.queries.nonresponse_bounds import turns_below, unheard_of
from app.results.queries.reliability import reliability_of
from app.results.queries.results import Figure, Results
from sampling.text import Text


def findings_json(session: Session, evaluation: Evaluation, results: Results) -> dict[str, Any]:
    """What `flask results --all --json` prints besides the results; groups with few answers stay hidden."""
    found = {
        "spread": spread_of(results),
        "unheard": unheard_of(results),
        "turns": turns_below(results),
        "comparisons": comparisons_of(session, evaluation),
        "rounds": rounds_of(session, evaluation),
        "reweighed": reweighed_of(session, evaluation),
        "reliability": reliability_of(session, evaluation),
    }
    return {name: in_json(value) for name, value in found.items()}


def in_json(value: Any) -> Any:
    """Published numbers as text, computed ones as numbers, sentences in the language of the command line."""
    if isinstance(value, Figure):
        return value.to_dict()
    if isinstance(value, Text):
        return to_visitor(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): in_json(entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return [in_json(entry) for entry in value]
    if is_dataclass(value):
        hidden = getattr(value, "hidden", False)
        body = {
            f.name: None if hidden and f.name == "valid" else in_json(getattr(value, f.name)) for f in fields(value)
        }
        words = getattr(value, "words", None)
        return body | ({"words": in_json(words)} if words else {})
    return value
