"""AAPOR rates from counts of outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from surveys.outcomes.library import DEFAULT, letter_of
from surveys.outcomes.model import OutcomeList


@dataclass(frozen=True)
class Tally:
    """Counts of cases by AAPOR class: interviews I, partials P, refusals R, non-contacts NC, others O, unknown
    household UH, unknown other UO, not eligible NE."""

    I: int = 0  # noqa: E741 - the letters are AAPOR's
    P: int = 0
    R: int = 0
    NC: int = 0
    O: int = 0  # noqa: E741
    UH: int = 0
    UO: int = 0
    NE: int = 0

    @classmethod
    def of(cls, counts: Mapping[str | None, int], outcomes: OutcomeList = DEFAULT) -> Tally:
        """From counts by outcome code; a case not yet tried (None) is of unknown eligibility.

        People who say they were never served (X) were interviewed: they count as interviews in the rates.
        """
        classes: dict[str, int] = {}
        for code, number in counts.items():
            letter = letter_of(code, outcomes)
            letter = "I" if letter == "X" else letter
            classes[letter] = classes.get(letter, 0) + number
        return cls(**classes)

    @property
    def eligibility(self) -> Fraction | None:
        """e: the share of cases of known status that are eligible; None when none is known."""
        known = self.I + self.P + self.R + self.NC + self.O
        return None if known + self.NE == 0 else Fraction(known, known + self.NE)


def _ratio(above: int | Fraction, below: int | Fraction) -> Fraction | None:
    return None if below == 0 else Fraction(above) / Fraction(below)


def rates(t: Tally, e: Fraction | None = None) -> dict[str, Fraction | None]:
    """AAPOR response, cooperation, refusal and contact rates; None where the denominator is zero.

    Source: AAPOR Standard Definitions; `e` defaults to the eligible share among cases of known status.
    """
    e = t.eligibility if e is None else e
    e = Fraction(0) if e is None else e
    interviews, eligible = t.I + t.P, t.I + t.P + t.R + t.NC + t.O
    unknown = t.UH + t.UO
    everyone, estimated = eligible + unknown, eligible + e * unknown
    contacted = t.I + t.P + t.R + t.O
    return {
        "RR1": _ratio(t.I, everyone),
        "RR2": _ratio(interviews, everyone),
        "RR3": _ratio(t.I, estimated),
        "RR4": _ratio(interviews, estimated),
        "RR5": _ratio(t.I, eligible),
        "RR6": _ratio(interviews, eligible),
        "COOP1": _ratio(t.I, interviews + t.R + t.O),
        "COOP2": _ratio(interviews, interviews + t.R + t.O),
        "COOP3": _ratio(t.I, interviews + t.R),
        "COOP4": _ratio(interviews, interviews + t.R),
        "REF1": _ratio(t.R, everyone),
        "REF2": _ratio(t.R, estimated),
        "REF3": _ratio(t.R, eligible),
        "CON1": _ratio(contacted, everyone),
        "CON2": _ratio(contacted, estimated),
        "CON3": _ratio(contacted, eligible),
    }


FORMULAS = {
    "RR1": "I/((I+P)+(R+NC+O)+(UH+UO))",
    "RR2": "(I+P)/((I+P)+(R+NC+O)+(UH+UO))",
    "RR3": "I/((I+P)+(R+NC+O)+e(UH+UO))",
    "RR4": "(I+P)/((I+P)+(R+NC+O)+e(UH+UO))",
    "RR5": "I/((I+P)+(R+NC+O))",
    "RR6": "(I+P)/((I+P)+(R+NC+O))",
    "COOP1": "I/((I+P)+R+O)",
    "COOP2": "(I+P)/((I+P)+R+O)",
    "COOP3": "I/((I+P)+R)",
    "COOP4": "(I+P)/((I+P)+R)",
    "REF1": "R/((I+P)+(R+NC+O)+(UH+UO))",
    "REF2": "R/((I+P)+(R+NC+O)+e(UH+UO))",
    "REF3": "R/((I+P)+(R+NC+O))",
    "CON1": "((I+P)+R+O)/((I+P)+(R+NC+O)+(UH+UO))",
    "CON2": "((I+P)+R+O)/((I+P)+(R+NC+O)+e(UH+UO))",
    "CON3": "((I+P)+R+O)/((I+P)+(R+NC+O))",
}
