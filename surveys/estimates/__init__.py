"""Design-based estimates from counts and sums per stratum, in closed form."""

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
    "Estimate",
    "EstimateInputError",
    "NoFigure",
    "StratumCount",
    "StratumSums",
    "mean",
    "share",
]
