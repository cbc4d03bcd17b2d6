"""Half-up, once, from the exact value; and numbers written as a report writes them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.rounding import half_up, plain


def test_918_of_960_is_95_63_as_the_report_prints_it() -> None:
    assert half_up(Fraction(918, 960) * 100, 2) == Decimal("95.63")
    assert half_up(Decimal("95.625"), 2) == Decimal("95.63")


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Decimal("0.5"), 0, "1"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("-2.5"), 0, "-3"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(1, 3), 6, "0.333333"),
        (Decimal("-0.004"), 2, "0.00"),
        (Fraction(-1, 250), 2, "0.00"),
        (7, 1, "7.0"),
        (Decimal("89.9499999999999999999999999999999999999999"), 1, "89.9"),
        (Fraction(10**40 + 1, 10**41), 1, "0.1"),
        (Fraction(123456789012345678901234567890123, 10), 0, "12345678901234567890123456789012"),
    ],
)
def test_halves_go_away_from_zero(value: Decimal | Fraction | int, places: int, shown: str) -> None:
    assert str(half_up(value, places)) == shown


def test_a_fraction_is_not_rounded_twice() -> None:
    just_below = Fraction(1, 2) - Fraction(1, 10**70)
    assert half_up(just_below, 0) == 0


@settings(max_examples=100)
@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6), st.integers(0, 6))
def test_the_rounded_value_is_within_half_a_unit_and_ties_go_outwards(top: int, bottom: int, places: int) -> None:
    value = Fraction(top, bottom)
    rounded = Fraction(half_up(value, places))
    half = Fraction(1, 2 * 10**places)
    assert abs(rounded - value) <= half
    if abs(rounded - value) == half:
        assert abs(rounded) > abs(value)


@settings(max_examples=100)
@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_a_decimal_and_the_equal_fraction_round_alike(number: int, places: int) -> None:
    value = Decimal(number).scaleb(-4)
    assert half_up(value, places) == half_up(Fraction(value), places)


@pytest.mark.parametrize(
    ("value", "written"),
    [("13.0", "13"), ("10", "10"), ("1E+2", "100"), ("8.60", "8.6"), ("0.00", "0"), ("-0", "0"), ("89.99", "89.99")],
)
def test_points_are_written_without_trailing_zeros_or_exponents(value: str, written: str) -> None:
    assert str(plain(Decimal(value))) == written
