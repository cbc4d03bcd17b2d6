"""Who may answer where the person may be a minor."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calling.minors import Protection, protection, respondent_problem

births = st.dates(min_value=date(1930, 1, 1), max_value=date(2026, 11, 1))
days = st.dates(min_value=date(2026, 11, 2), max_value=date(2030, 12, 31))


@given(births, days)
def test_nobody_who_is_under_age_is_taken_for_older(birth: date, day: date) -> None:
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    protected = protection(birth.year, day)
    assert protected is Protection.CHILD or age >= 14
    assert protected is not Protection.ADULT or age >= 18
    assert protected.minor or protected is Protection.ADULT


@pytest.mark.parametrize("proxy", [True, False])
@pytest.mark.parametrize("guardian", [True, False])
@pytest.mark.parametrize("protected", Protection)
def test_only_the_guardian_answers_for_a_child(protected: Protection, guardian: bool, proxy: bool) -> None:
    problem = respondent_problem(protected, proxy, guardian)
    assert (problem is None) == (protected is not Protection.CHILD or (proxy and guardian))
