"""Design-based estimates from counts and sums per stratum, in closed form."""

from surveys.estimates.cells import StratumCell
from surveys.estimates.comparison import (
    Difference,
    between_rounds,
    holm,
    mean_difference,
    share_difference,
)
from surveys.estimates.contingency_tables import TableTest, rao_scott
from surveys.estimates.design import StratumWeight
from surveys.estimates.design_building import stratum_weights
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
    WeightsImpossible,
)
from surveys.estimates.mean import mean
from surveys.estimates.nonresponse_bounds import Bounds, Flips, after_flips, flips_below, mean_bounds, share_bounds
from surveys.estimates.overlap import mean_change, share_change
from surveys.estimates.quantile import quantile
from surveys.estimates.ratio import ratio
from surveys.estimates.response_classes import class_weighted
from surveys.estimates.share import share
from surveys.estimates.tables import HomogeneityTest, holm_tables, homogeneity_test
from surveys.estimates.total import total
from surveys.estimates.weighting import (
    Weighted,
    post_stratified,
    raked,
    weighted_mean,
    weighted_share,
)

__all__ = [
    "INDEX_SCALE",
    "Bounds",
    "Difference",
    "Estimate",
    "EstimateInputError",
    "Flips",
    "HomogeneityTest",
    "NoFigure",
    "StratumCell",
    "StratumCount",
    "StratumOverlap",
    "StratumPairs",
    "StratumSums",
    "StratumValues",
    "StratumWeight",
    "TableTest",
    "Weighted",
    "WeightsImpossible",
    "after_flips",
    "between_rounds",
    "class_weighted",
    "flips_below",
    "holm",
    "holm_tables",
    "homogeneity_test",
    "mean",
    "mean_bounds",
    "mean_change",
    "mean_difference",
    "post_stratified",
    "quantile",
    "raked",
    "rao_scott",
    "ratio",
    "share",
    "share_bounds",
    "share_change",
    "share_difference",
    "stratum_weights",
    "total",
    "weighted_mean",
    "weighted_share",
]
