"""Outcome codes, and the rates of the AAPOR Standard Definitions computed from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.outcomes import DEFAULT, FORMULAS, GROUPS, OUTCOMES, Tally, rates
from surveys.rounding import half_up

# docs/domain.md, section 4.3, first vector: exact fractions at e = 1/2.
UNIT = Tally(I=5, P=3, R=2, NC=1, O=2, UH=1, UO=1, NE=1)
UNIT_RATES = {
    "RR1": "1/3", "RR2": "8/15", "RR3": "5/14", "RR4": "4/7", "RR5": "5/13", "RR6": "8/13",
    "COOP1": "5/12", "COOP2": "2/3", "COOP3": "1/2", "COOP4": "4/5",
    "REF1": "2/15", "REF2": "1/7", "REF3": "2/13",
    "CON1": "4/5", "CON2": "6/7", "CON3": "12/13",
}  # fmt: skip
# Second vector, at e = 9/10, three decimals.
SECOND = Tally(I=4, P=2, R=1, NC=1, O=1, UH=1, UO=1, NE=1)
SECOND_RATES = {
    "RR1": ".364", "RR2": ".545", "RR3": ".370", "RR4": ".556", "RR5": ".444", "RR6": ".667",
    "COOP1": ".500", "COOP2": ".750", "COOP3": ".571", "COOP4": ".857",
    "REF1": ".091", "REF2": ".093", "REF3": ".111",
    "CON1": ".727", "CON2": ".741", "CON3": ".889",
}  # fmt: skip
# docs/domain.md, section 4.4: HKU POP 2018, a real disposition table, four decimals.
HKU = Tally(I=1000, P=75, R=3, NC=402, O=13, UO=17_911, NE=932)
HKU_RATES = {
    "RR1": ".0515", "RR3": ".0799", "RR5": ".6698", "COOP1": ".9166", "COOP3": ".9276",
    "CON1": ".0562", "REF3": ".0020",
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), list(UNIT_RATES.items()))
def test_the_unit_vector_gives_the_exact_rates(name: str, value: str) -> None:
    assert rates(UNIT, Fraction(1, 2))[name] == Fraction(value)


@pytest.mark.parametrize(("name", "value"), list(SECOND_RATES.items()))
def test_the_second_vector_gives_its_rates(name: str, value: str) -> None:
    rate = rates(SECOND, Fraction(9, 10))[name]
    assert rate is not None
    assert half_up(rate, 3) == Decimal(value)


@pytest.mark.parametrize(("name", "value"), list(HKU_RATES.items()))
def test_a_real_table_gives_its_rates(name: str, value: str) -> None:
    rate = rates(HKU)[name]
    assert rate is not None
    assert half_up(rate, 4) == Decimal(value)


def test_the_eligible_share_is_taken_from_the_cases_of_known_status() -> None:
    assert HKU.eligibility == Fraction(1493, 2425)
    assert half_up(Fraction(1493, 2425), 4) == Decimal("0.6157")


def test_with_nothing_but_unknown_cases_a_rate_is_zero_or_there_is_none() -> None:
    rate = rates(Tally(UO=10))
    assert {rate[name] for name in ("RR1", "REF1", "CON1")} == {Fraction(0)}
    assert {rate[name] for name in ("RR3", "RR5", "COOP1", "REF3", "CON3")} == {None}


def test_of_no_cases_there_are_no_rates() -> None:
    assert set(rates(Tally()).values()) == {None}
    assert Tally().eligibility is None


COUNTS = st.integers(0, 50)


@settings(max_examples=100)
@given(st.builds(Tally, **{field.name: COUNTS for field in fields(Tally)}), st.fractions(0, 1))
def test_every_rate_follows_its_printed_formula_and_lies_between_0_and_1(t: Tally, e: Fraction) -> None:
    names = {field.name: getattr(t, field.name) for field in fields(t)}
    for name, value in rates(t, e).items():
        above, _, below = FORMULAS[name].partition("/")
        # The formula as printed beside the figure, read as arithmetic.
        above_value, below_value = (
            eval(part.replace("e(", "e*("), {"__builtins__": {}}, {**names, "e": e})  # noqa: S307 - our own constants
            for part in (above, below)
        )
        assert value == (None if below_value == 0 else Fraction(above_value) / Fraction(below_value))
        assert value is None or 0 <= value <= 1


# The list


def test_the_list_has_every_outcome_of_the_domain_research() -> None:
    assert set(OUTCOMES) == {
        "I1", "I2", "P1", "X1", "R1", "R2", "R3", "NC1", "NC2", "NC3", "NC4", "NC5",
        "O1", "O2", "O3", "U1", "U2", "U3", "U4", "NE1", "NE2", "NE3", "NE4",
    }  # fmt: skip
    assert all(code == outcome.code for code, outcome in OUTCOMES.items())
    assert {outcome.group for outcome in OUTCOMES.values()} == set(GROUPS)


@pytest.mark.parametrize("code", list(OUTCOMES))
def test_the_code_says_its_class(code: str) -> None:
    letters = code.rstrip("12345")
    assert OUTCOMES[code].aapor == {"U": "UO"}.get(letters, letters)


def test_a_wrong_number_on_a_list_of_named_people_is_unknown_and_not_ineligible() -> None:
    assert {code for code, o in OUTCOMES.items() if o.eligible is None} == {"U1", "U2", "U3", "U4"}
    assert {code for code, o in OUTCOMES.items() if o.eligible is False} == {"NE1", "NE2", "NE3", "NE4"}
    assert {code for code, o in OUTCOMES.items() if o.ledger_fault} == {"U1", "U2", "U3"}
    assert not any(OUTCOMES[code].final for code in ("U1", "U2", "U3", "U4"))


def test_a_hard_refusal_closes_a_case_and_a_soft_one_does_not() -> None:
    assert [OUTCOMES[code].final for code in ("R1", "R2", "R3")] == [True, False, False]


def test_a_completed_interview_is_never_written_by_hand() -> None:
    # Nor is a partial one, unless an interview is under way.
    assert set(OUTCOMES) - {outcome.code for outcome in DEFAULT.by_hand()} == {"I1", "I2", "X1", "P1"}


def test_a_tally_counts_codes_by_class_and_untried_cases_as_unknown() -> None:
    counts = Counter({"I1": 3, "I2": 1, "X1": 2, "P1": 1, "R2": 1, "NC5": 2, "O2": 1, "U3": 1, "NE1": 4, None: 5})
    assert Tally.of(counts) == Tally(I=6, P=1, R=1, NC=2, O=1, UO=6, NE=4)


def test_an_outcome_no_list_knows_is_counted_as_of_unknown_eligibility() -> None:
    assert Tally.of({"Z9": 2, "I1": 1}) == Tally(I=1, UO=2)
