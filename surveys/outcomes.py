"""Outcome codes of a case, and the rates computed from them.

Codes: our list for a named list of people (domain research, 5.2), mapped onto the classes of the AAPOR Standard
Definitions. On a list of named people a dead number is not "ineligible": the person exists and was not reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Outcome:
    """One outcome: its AAPOR class (I P R NC O UO NE X), whether it closes the case, and what happens next.

    X is a class of our own: an interview of somebody who says they were never served. `ledger_fault` marks what is
    also a finding about the quality of the list.
    """

    code: str
    zh: str
    en: str
    group: str
    aapor: str
    final: bool
    next_zh: str
    next_en: str
    ledger_fault: bool = False

    @property
    def eligible(self) -> bool | None:
        """Whether the person belongs to the base; None while nobody could be verified behind a bad number."""
        return None if self.aapor == "UO" else self.aapor != "NE"


def _listed(*outcomes: Outcome) -> dict[str, Outcome]:
    return {outcome.code: outcome for outcome in outcomes}


OUTCOMES = _listed(
    Outcome("I1", "本人完成", "Completed by the person", "reached", "I", True, "结束", "Closed"),
    Outcome("I2", "代答完成", "Completed by a proxy", "reached", "I", True, "结束", "Closed"),
    Outcome("X1", "表示没有接受过服务", "Says never served", "reached", "X", True, "结束，并提醒评估方", "Closed; the evaluator is alerted"),
    Outcome("P1", "部分完成", "Partly completed", "reached", "P", False, "可以再联系补完", "May be completed later"),
    Outcome("NC4", "约了时间", "Appointment", "reached", "NC", False, "按约定时间再联系", "Try again as agreed"),
    Outcome("NC1", "无人接听", "No answer", "not_reached", "NC", False, "换一天、换一个时段再试", "Try on another day, at another time"),
    Outcome("NC2", "忙线", "Busy", "not_reached", "NC", False, "十分钟后再试", "Try again in ten minutes"),
    Outcome("NC3", "关机", "Switched off", "not_reached", "NC", False, "换一个时段再试", "Try at another time"),
    Outcome("NC5", "入户无人", "Nobody at home", "not_reached", "NC", False, "换一天再去", "Visit on another day"),
    Outcome("U1", "空号或停机", "Number out of service", "not_reached", "UO", False, "试其他号码，或改走访", "Try another number, or visit", True),
    Outcome("U2", "号码不是本人的", "Wrong number", "not_reached", "UO", False, "试其他号码，或改走访", "Try another number, or visit", True),
    Outcome("U3", "没有联系电话", "No number on the list", "not_reached", "UO", False, "改走访", "Visit", True),
    Outcome("U4", "来电被拦截", "Call blocked", "not_reached", "UO", False, "换号码再试，或改走访", "Try from another number, or visit"),
    Outcome("O1", "身体或认知原因不能受访，又无人可代答", "Unable, and no proxy", "cannot", "O", True, "结束", "Closed"),
    Outcome("O2", "语言或听力不通", "Language or hearing barrier", "cannot", "O", False, "请会说的访问员再试", "Try with another interviewer"),
    Outcome("O3", "住院或外出，调查期内不在", "Away for the whole period", "cannot", "O", True, "结束", "Closed"),
    Outcome("NE1", "已去世", "Deceased", "cannot", "NE", True, "结束，不计入应答基数", "Closed; out of the base"),
    Outcome("NE2", "已迁出，不在辖区", "Moved away", "cannot", "NE", True, "结束，不计入应答基数", "Closed; out of the base"),
    Outcome("NE3", "已退出类别", "No longer in a category", "cannot", "NE", True, "结束，不计入应答基数", "Closed; out of the base"),
    Outcome("NE4", "重复记录", "Recorded twice", "cannot", "NE", True, "结束，不计入应答基数", "Closed; out of the base"),
    Outcome("R1", "本人拒访", "Refused by the person", "refused", "R", True, "结束，不再联系（法律不许反复询问）", "Closed; the law forbids asking again"),
    Outcome("R2", "家人或照顾者代为拒绝", "Refused by a relative or carer", "refused", "R", False, "可由另一位访问员再试一次", "One more try by another interviewer"),
    Outcome("R3", "中途拒绝或挂断", "Broke off", "refused", "R", False, "可由另一位访问员再试一次", "One more try by another interviewer"),
)  # fmt: skip

# Closed by an interview with the person or for them; every other final outcome is a loss to the sample.
INTERVIEWED = ("I1", "I2")


def is_lost(code: str | None, final: bool) -> bool:
    """Whether a case ended without an interview that can count, so that the reserve may replace it.

    Also people who were never served (X1) or are not eligible (NE): they leave the base.
    """
    return final and code is not None and code not in INTERVIEWED


GROUPS = ("reached", "not_reached", "cannot", "refused")
# Completed interviews come from a response, never from a button.
BY_HAND = tuple(code for code in OUTCOMES if code not in ("I1", "I2", "X1", "P1"))


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
    def of(cls, counts: Mapping[str | None, int]) -> Tally:
        """From counts by outcome code; a case not yet tried (None) is of unknown eligibility.

        People who say they were never served (X1) were interviewed: they count as interviews in the rates.
        """
        classes: dict[str, int] = {}
        for code, number in counts.items():
            letter = "UO" if code is None else OUTCOMES[code].aapor
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
