"""The score: from statistics and the parties' points to a total, a grade, and the reason for every item."""

from surveys.scoring.compare import Comparison, LineChange, compare
from surveys.scoring.conditions import ConditionResult
from surveys.scoring.facts import NUMBERS, Override, ScoreInputError, StationFacts, Statistic
from surveys.scoring.inputs import Inputs
from surveys.scoring.lines import Line
from surveys.scoring.parsing import available, load, parse
from surveys.scoring.rules import STATISTICS
from surveys.scoring.scheme import InvalidScheme, Scheme
from surveys.scoring.score_sheet import ScoreSheet, Subtotal, score, sheet_of

__all__ = [
    "NUMBERS",
    "STATISTICS",
    "Comparison",
    "ConditionResult",
    "Inputs",
    "InvalidScheme",
    "Line",
    "LineChange",
    "Override",
    "Scheme",
    "ScoreInputError",
    "ScoreSheet",
    "StationFacts",
    "Statistic",
    "Subtotal",
    "available",
    "compare",
    "load",
    "parse",
    "score",
    "sheet_of",
]
