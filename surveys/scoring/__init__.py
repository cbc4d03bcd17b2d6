"""From statistics and the parties' points to a total, a grade, and the reason for every point."""

from surveys.scoring.conditions import Condition
from surveys.scoring.facts import NUMBERS, ScoreInputError, StationFacts, Statistic
from surveys.scoring.lines import Line
from surveys.scoring.rules import STATISTICS
from surveys.scoring.scheme import InvalidScheme, Scheme, available, load, parse
from surveys.scoring.sheet import ScoreSheet, Subtotal, score

__all__ = [
    "NUMBERS",
    "STATISTICS",
    "Condition",
    "InvalidScheme",
    "Line",
    "Scheme",
    "ScoreInputError",
    "ScoreSheet",
    "StationFacts",
    "Statistic",
    "Subtotal",
    "available",
    "load",
    "parse",
    "score",
]
