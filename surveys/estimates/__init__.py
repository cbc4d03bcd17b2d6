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
    StratumOverlap,
    StratumPairs,
    StratumSums,
    StratumValues,
)
from surveys.estimates.mean import mean
from surveys.estimates.overlap import mean_change, share_change
from surveys.estimates.quantile import quantile
from surveys.estimates.ratio import ratio
from surveys.estimates.share import share
from surveys.estimates.total import total

__all__ = [
    "INDEX_SCALE",
    "Difference",
    "Estimate",
    "EstimateInputError",
    "NoFigure",
    "StratumCount",
    "StratumOverlap",
    "StratumPairs",
    "StratumSums",
    "StratumValues",
    "TableTest",
    "between_rounds",
    "holm",
    "mean",
    "mean_change",
    "mean_difference",
    "quantile",
    "rao_scott",
    "ratio",
    "share",
    "share_change",
    "share_difference",
    "total",
]
