"""Design-based estimates from counts and sums per stratum, in closed form."""

from surveys.estimates.comparison import (
    Difference,
    TableTest,
    between_rounds,
    holm,
    mean_difference,
    rao_scott,
    share_difference,
)
from surveys.estimates.figures import (
    INDEX_SCALE,
    Estimate,
    EstimateInputError,
    NoFigure,
    StratumCount,
    StratumSums,
)
from surveys.estimates.mean import mean
from surveys.estimates.share import share

__all__ = [
    "INDEX_SCALE",
    "Difference",
    "Estimate",
    "EstimateInputError",
    "NoFigure",
    "StratumCount",
    "StratumSums",
    "TableTest",
    "between_rounds",
    "holm",
    "mean",
    "mean_difference",
    "rao_scott",
    "share",
    "share_difference",
]
