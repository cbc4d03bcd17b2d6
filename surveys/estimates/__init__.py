"""Design-based estimates from counts and sums per stratum, in closed form."""

from surveys.estimates.design import (
    Estimate,
    EstimateInputError,
    NoFigure,
    StratumCount,
    StratumSums,
)
from surveys.estimates.mean import mean
from surveys.estimates.share import share

__all__ = [
    "Estimate",
    "EstimateInputError",
    "NoFigure",
    "StratumCount",
    "StratumSums",
    "mean",
    "share",
]
