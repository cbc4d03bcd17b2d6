"""How far two answers to one question agree: the share, and Gwet's AC1, which stays meaningful near the ceiling.

Where nearly everybody is satisfied, Cohen's kappa falls to zero or below although nearly all answers are the same
(Feinstein & Cicchetti 1990). AC1 takes chance agreement from the distribution of the answers: K. L. Gwet, Computing
inter-rater reliability and its variance in the presence of high agreement, BJMSP 61 (2008) 29-48.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Agreement:
    """Pairs of answers: how many, the share that are the same, and AC1 (None for a question with a single answer)."""

    n: int
    same: int
    ac1: Fraction | None

    @property
    def share(self) -> Fraction:
        """The share of pairs that are the same."""
        return Fraction(self.same, self.n)


def agreement(pairs: Sequence[tuple[str, str]], categories: int) -> Agreement | None:
    """The agreement of answers in the interview and in the back-check, `categories` of them possible; None without any.

    Raises ValueError where more different answers were given than are possible.

    >>> result = agreement([("5", "5")] * 9 + [("5", "4")], categories=5)
    >>> result.share, round(float(result.ac1), 3)
    (Fraction(9, 10), 0.898)
    """
    answers = [answer for pair in pairs for answer in pair]
    if len(set(answers)) > categories:
        raise ValueError(f"{len(set(answers))} different answers of {categories} possible")
    if not pairs:
        return None
    same = sum(first == second for first, second in pairs)
    return Agreement(len(pairs), same, _ac1(Fraction(same, len(pairs)), answers, categories))


def _ac1(observed: Fraction, answers: Sequence[str], categories: int) -> Fraction | None:
    if categories < 2:
        return None
    shares = [Fraction(answers.count(answer), len(answers)) for answer in set(answers)]
    by_chance = sum((share * (1 - share) for share in shares), Fraction(0)) / (categories - 1)
    return (observed - by_chance) / (1 - by_chance)
