"""The results beyond the summary as JSON: distribution, bounds, comparisons, reliability, alternative weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from app.localisation import to_visitor
from app.models import Evaluation
from app.results.queries.alternative_weights import alternative_weights_of
from app.results.queries.comparisons import comparisons_of, round_comparison_of
from app.results.queries.distribution import distribution_of
from app.results.queries.figures import Figure
from app.results.queries.nonresponse_bounds import flips_below_bands, nonresponse_bounds_of
from app.results.queries.reliability import reliability_of
from app.results.queries.results import Results
from sampling.text import Text


def further_results_json(session: Session, evaluation: Evaluation, results: Results) -> dict[str, Any]:
    """What `flask results --all --json` prints besides the summary; groups with few responses stay hidden."""
    sections = {
        "spread": distribution_of(results),
        "unheard": nonresponse_bounds_of(results),
        "turns": flips_below_bands(results),
        "comparisons": comparisons_of(session, evaluation),
        "rounds": round_comparison_of(session, evaluation),
        "reweighed": alternative_weights_of(session, evaluation),
        "reliability": reliability_of(session, evaluation),
    }
    return {name: to_json(value) for name, value in sections.items()}


def to_json(value: Any) -> Any:
    """A value as JSON: decimals as text, fractions as numbers, texts as `to_visitor`, dataclasses by their fields."""
    if isinstance(value, Figure):
        return value.to_dict()
    if isinstance(value, Text):
        return to_visitor(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): to_json(entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_json(entry) for entry in value]
    if is_dataclass(value):
        hidden = getattr(value, "hidden", False)
        body = {
            f.name: None if hidden and f.name == "valid" else to_json(getattr(value, f.name)) for f in fields(value)
        }
        sentences = getattr(value, "words", None)
        return body | ({"words": to_json(sentences)} if sentences else {})
    return value
