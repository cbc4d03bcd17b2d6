"""What an interval is made from: an estimator of a mean with its variance; and Student's interval.

Source of the interval: W. G. Cochran, Sampling Techniques, 3rd ed. 1977, 2.13.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Protocol

from sampling.text import Text

Limits = tuple[float | None, float | None]
"""The ends of an interval; None where there is none."""


class MeanEstimator(Protocol):
    """An estimator of a mean: a Design, or answers weighted to known numbers (surveys.estimates.weighting).

    "Scaled" is in the unit of the sums that went in: INDEX_SCALE for each point, or 1 for yes and 0 for no.
    """

    @property
    def population(self) -> int:
        """The number of people the figure is about."""

    @property
    def n(self) -> int:
        """The number of answers."""

    @property
    def total(self) -> int:
        """The unweighted sum of these answers, scaled."""

    @property
    def complete(self) -> bool:
        """Whether everyone answered, so that nothing is estimated."""

    @property
    def degrees_of_freedom(self) -> int:
        """The degrees of freedom of the variance."""

    @property
    def notes(self) -> tuple[Text, ...]:
        """Sentences to print beside the figure."""

    @property
    def weighting(self) -> Text:
        """The sentence that says how the value was weighted."""

    def value(self) -> Fraction:
        """The estimate of the mean, scaled."""

    def variance(self, value: Fraction) -> Fraction | None:
        """The variance of the estimate, in squared scaled units; None when it cannot be estimated."""

    def equal_variance_size(self) -> Fraction:
        """n0: the size of the sample with replacement that has the same variance if all strata have the same."""


def student_interval(estimator: MeanEstimator, value: float, standard_error: float | None, confidence: float) -> Limits:
    """Student's interval around a value, in the unit of the value; the value itself twice where everyone answered.

    (None, None) without a standard error or degrees of freedom.
    """
    if estimator.complete:
        return value, value
    if standard_error is None or estimator.degrees_of_freedom < 1:
        return None, None
    from scipy.special import stdtrit

    reach = float(stdtrit(estimator.degrees_of_freedom, (1 + confidence) / 2)) * standard_error
    return value - reach, value + reach


def square_root(variance: Fraction | None) -> float | None:
    """The standard error of a variance, in the root of its unit; None of None."""
    return None if variance is None else math.sqrt(variance)
