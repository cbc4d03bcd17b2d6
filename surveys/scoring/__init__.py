"""From statistics and the parties' points to a total, a grade, and the reason for every point."""

from surveys.scoring.facts import StationFacts
from surveys.scoring.scheme import InvalidScheme, Scheme, parse
from surveys.scoring.sheet import Condition, Line, ScoreInputError, ScoreSheet, Statistic, score

__all__ = [
    "Condition",
    "InvalidScheme",
    "Line",
    "Scheme",
    "ScoreInputError",
    "ScoreSheet",
    "StationFacts",
    "Statistic",
    "parse",
    "score",
]
