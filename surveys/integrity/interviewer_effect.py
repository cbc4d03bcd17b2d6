"""The interviewer effect on satisfaction: an exact test of each interviewer against the others, and its power.

Within a stratum, given how many interviews each side has and how many of all are satisfied, the interviewer's satisfied
ones are hypergeometric when it makes no difference who asks; over strata their sum is the convolution (the exact test
of a common odds ratio: Birch 1964; Gart 1970; Mehta, Patel and Gray 1985). So an interviewer in satisfied villages is
not flagged for that. Under an odds ratio ψ the same sum has weights P₀(t)·ψᵗ, which gives the power exactly. The
p-values of all interviewers are adjusted by Holm (1979), because many are tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveys.integrity.interview import Interview

# The highest share of satisfied people that is assumed in the power computation.
HIGHEST_SHARE = 0.99


@dataclass(frozen=True)
class InterviewerEffect:
    """One interviewer against all others: satisfied ones of how many, p-values, and the power of the comparison.

    `power` is the probability that a real difference of `points` percentage points would have been found. `verdict` is
    "more", "not-more", or "too-few" where nothing can be said.
    """

    interviewer: str
    interviews: int
    satisfied: int
    others: int
    others_satisfied: int
    p: float
    adjusted: float
    points: float
    power: float
    verdict: str


def interviewer_effects(
    interviews: Sequence[Interview], *, alpha: float = 0.05, difference: float = 0.10, least_power: float = 0.5
) -> tuple[InterviewerEffect, ...]:
    """Every interviewer against all others, by name; none where only one asked."""
    answered = [interview for interview in interviews if interview.interviewer and interview.satisfied is not None]
    names = sorted({interview.interviewer for interview in answered})
    if len(names) < 2:
        return ()
    compared = [_compared(answered, name, alpha / len(names), difference) for name in names]
    adjusted = _holm([comparison.p for comparison in compared])
    return tuple(
        replace(comparison, adjusted=p, verdict=_verdict(p, comparison.power, alpha, least_power))
        for comparison, p in zip(compared, adjusted, strict=True)
    )


def _verdict(adjusted: float, power: float, alpha: float, least_power: float) -> str:
    if adjusted <= alpha:
        return "more"
    return "too-few" if power < least_power else "not-more"


def _compared(interviews: Sequence[Interview], name: str, level: float, difference: float) -> InterviewerEffect:
    own = [interview for interview in interviews if interview.interviewer == name]
    others = [interview for interview in interviews if interview.interviewer != name]
    satisfied, elsewhere = (
        sum(bool(interview.satisfied) for interview in own),
        sum(bool(interview.satisfied) for interview in others),
    )
    chances = _chances(interviews, name)
    base = elsewhere / len(others)
    raised = max(min(base + difference, HIGHEST_SHARE), base)
    return InterviewerEffect(
        interviewer=name,
        interviews=len(own),
        satisfied=satisfied,
        others=len(others),
        others_satisfied=elsewhere,
        p=min(float(chances[satisfied:].sum()), 1.0),
        adjusted=1.0,
        points=100 * (raised - base),
        power=_power(chances, base, raised, level),
        verdict="",
    )


def _chances(interviews: Sequence[Interview], name: str):  # type: ignore[no-untyped-def]
    """The probability of 0, 1 … satisfied interviews of this interviewer, when it makes no difference who asks."""
    import numpy as np
    from scipy.stats import hypergeom

    distribution = np.array([1.0])
    for stratum in sorted({interview.stratum for interview in interviews if interview.interviewer == name}):
        in_stratum = [interview for interview in interviews if interview.stratum == stratum]
        own = sum(interview.interviewer == name for interview in in_stratum)
        satisfied = sum(bool(interview.satisfied) for interview in in_stratum)
        distribution = np.convolve(distribution, hypergeom.pmf(np.arange(own + 1), len(in_stratum), satisfied, own))
    return distribution


def _power(chances, base: float, raised: float, level: float) -> float:  # type: ignore[no-untyped-def]
    """The probability of a count that the test rejects, when the interviewer's share is `raised` from `base`."""
    import numpy as np

    tails = chances[::-1].cumsum()[::-1]
    critical = np.flatnonzero(tails <= level)
    # A critical value above the highest possible count is never reached.
    possible = np.flatnonzero(chances > 0)
    if raised <= base or not len(critical) or critical[0] > possible[-1]:
        return 0.0
    base = max(base, 1 - HIGHEST_SHARE)
    psi = raised * (1 - base) / (base * (1 - raised))
    with np.errstate(divide="ignore"):
        logs = np.log(chances) + np.arange(len(chances)) * np.log(psi)
    weights = np.exp(logs - logs.max())
    return float(weights[critical[0] :].sum() / weights.sum())


def _holm(values: Sequence[float]) -> list[float]:
    """Step-down adjusted p-values, in the order given.

    >>> [round(p, 3) for p in _holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    adjusted, highest = [1.0] * len(values), 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min((len(values) - rank) * values[place], 1.0))
        adjusted[place] = highest
    return adjusted
