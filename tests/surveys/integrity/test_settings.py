"""Settings of the rules: read back as written, all problems reported at once, and what a rule flags with them."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.integrity import STANDARD_SETTINGS, flags, standard
from surveys.integrity.settings import read_integrity_settings
from surveys.problems import InvalidDocument
from tests.surveys.integrity.interviews import an_interview, several


def problems(body: object) -> dict[str, str]:
    with pytest.raises(InvalidDocument) as caught:
        read_integrity_settings(body)
    return {problem.where.zh: problem.message.zh for problem in caught.value.problems}


def test_nothing_set_is_as_delivered() -> None:
    assert STANDARD_SETTINGS.in_force == standard()
    assert read_integrity_settings({}) == read_integrity_settings(STANDARD_SETTINGS.to_json()) == STANDARD_SETTINGS


def test_what_is_set_is_read_back_and_says_what_changed() -> None:
    body = {
        "rules": {
            "fast": {"severity": "look", "thresholds": {"share_of_median": "0.50", "floor_seconds": 90}},
            "no-call": {"on": False},
        }
    }
    settings = read_integrity_settings(body)
    assert read_integrity_settings(settings.to_json()) == settings
    assert settings.rules[0].rule.thresholds == {
        "share_of_median": Decimal("0.50"), "floor_seconds": 90, "least_others": 5,
    }  # fmt: skip
    assert STANDARD_SETTINGS.differences(settings) == {
        "fast.severity": "back_check → look",
        "fast.share_of_median": "0.4 → 0.5",
        "fast.floor_seconds": "150 → 90",
        "no-call.on": "true → false",
    }
    assert settings.differences(settings) == {}
    assert {rule.code for rule in standard()} - {rule.code for rule in settings.in_force} == {"no-call"}


def test_a_rule_that_is_off_flags_nothing_and_a_looser_one_flags_more() -> None:
    hasty = [*several(6, "lin"), an_interview(total_seconds=100, had_call=False)]
    assert {flag.code for flag in flags(hasty, rules=STANDARD_SETTINGS.in_force)} == {"no-call"}
    loose = read_integrity_settings(
        {"rules": {"fast": {"thresholds": {"share_of_median": "0.6"}}, "no-call": {"on": False}}}
    )
    assert {flag.code for flag in flags(hasty, rules=loose.in_force)} == {"fast"}


def test_all_problems_are_reported_at_once_each_at_its_place() -> None:
    wrong: dict[str, Any] = {
        "fast": {"thresholds": {"share_of_median": "0", "floor_seconds": 150.0, "least_others": 0}},
        "skimmed": {"thresholds": {"share_of_questions": "１", "milliseconds": "1500"}},
        "line": {"on": "yes", "severity": "punish", "colour": "red"},
        "words": [],
        "number": {"thresholds": {"least": 1}},
        "unheard": {},
    }
    assert set(problems({"rules": wrong, "mood": "good"})) == {
        "fast.share_of_median", "fast.floor_seconds", "fast.least_others", "skimmed.share_of_questions",
        "skimmed.milliseconds", "line.on", "line.severity", "line.colour", "words", "number.least", "unheard", "mood",
    }  # fmt: skip


@pytest.mark.parametrize("document", [{"document": "elsewhere"}, {"version": 99}, {"document": []}, {"version": None}])
def test_a_document_that_was_never_delivered_is_refused(document: dict[str, Any]) -> None:
    assert "document" in problems(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["rules", "document", "version"]),
        JSON
        | st.dictionaries(
            st.sampled_from([rule.code for rule in standard()]),
            JSON | st.fixed_dictionaries({"on": JSON, "severity": JSON, "thresholds": JSON}),
        ),
    )
)
def test_any_value_is_read_or_refused_and_nothing_else(body: dict[str, Any]) -> None:
    with suppress(InvalidDocument):
        read_integrity_settings(body)


@pytest.mark.parametrize("place", ["fast.share_of_median", "favourable.alpha", "short-call.share_of_interview"])
def test_a_share_of_zero_is_refused_because_the_rule_could_never_match(place: str) -> None:
    code, name = place.split(".")
    assert place in problems({"rules": {code: {"thresholds": {name: "0.0"}}}})
