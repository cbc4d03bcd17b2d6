"""Which interviews are back-checked: by chance and at least one of each interviewer, and everything flagged."""

from __future__ import annotations

import random
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from surveys.integrity import BackCheckCandidate, SelectedResponse, select_back_checks

SEED = "fc225b64a52666cd"
NAMES = st.sampled_from(["chen", "lin", "ma", ""])
CANDIDATES = st.lists(
    st.builds(BackCheckCandidate, st.uuids().map(str), NAMES, st.booleans(), st.booleans()),
    max_size=40,
    unique_by=lambda c: c.response,
)


def interviews(count: int, interviewer: str = "chen", seed: int = 1) -> list[BackCheckCandidate]:
    chance = random.Random(seed)
    return [
        BackCheckCandidate(str(uuid.UUID(int=chance.getrandbits(128), version=4)), interviewer) for _ in range(count)
    ]


@pytest.mark.parametrize("percent", [5, 10, 25])
def test_the_share_selected_is_near_the_percent_set(percent: int) -> None:
    """Exact binomial bounds; the seed is fixed, so the test fails always or never."""
    drawn = len(select_back_checks(interviews(4000), SEED, percent))
    low, high = binom.interval(0.999, 4000, percent / 100)
    assert low <= drawn <= high


def test_over_many_seeds_every_response_has_the_same_chance() -> None:
    responses = interviews(40)
    counts = dict.fromkeys((response.response for response in responses), 0)
    for seed in range(1500):
        for chosen in select_back_checks(responses, str(seed), 10):
            counts[chosen.response] += 1
    # 0.1, and where nobody is below it (0.9 to the 40th) the smallest ticket of 40.
    chance = 0.1 + 0.9**40 / 40
    low, high = binom.interval(1 - 0.001 / 40, 1500, chance)
    assert all(low <= count <= high for count in counts.values())


@settings(max_examples=150)
@given(CANDIDATES, st.integers(0, 100), st.randoms(use_true_random=False))
def test_everyone_has_at_least_one_and_all_flagged_are_in_whatever_the_order(
    candidates: list[BackCheckCandidate], percent: int, chance: random.Random
) -> None:
    selected = select_back_checks(candidates, SEED, percent)
    names = {candidate.response for candidate in selected}
    for interviewer in {candidate.interviewer for candidate in candidates if candidate.interviewer}:
        assert names & {candidate.response for candidate in candidates if candidate.interviewer == interviewer}
    assert {candidate.response for candidate in candidates if candidate.flagged or candidate.never_served} <= names
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    assert select_back_checks(shuffled, SEED, percent) == selected


@settings(max_examples=150)
@given(CANDIDATES, st.data())
def test_a_response_once_selected_stays_selected_when_more_arrive(
    candidates: list[BackCheckCandidate], data: st.DataObject
) -> None:
    before: dict[str, str] = {}
    part = 0
    while part < len(candidates):
        part = data.draw(st.integers(part + 1, len(candidates)))
        selected = {row.response: row.why for row in select_back_checks(candidates[:part], SEED, 10, before)}
        assert before.items() <= selected.items()
        before = selected
    assert {
        row.response: row.why for row in select_back_checks(candidates, SEED, 10, before)
    } == before  # drawing again changes nothing


def test_an_interviewer_with_one_drawn_before_needs_no_other() -> None:
    first, *more = interviews(3)
    assert select_back_checks([first], SEED, 0) == (SelectedResponse(first.response, "random"),)
    assert select_back_checks([first, *more], SEED, 0, {first.response: "random"}) == (
        SelectedResponse(first.response, "random"),
    )


def test_nobody_is_drawn_by_chance_on_the_web_but_those_never_served_are_asked() -> None:
    web = [
        BackCheckCandidate("a", ""),
        BackCheckCandidate("b", "", never_served=True),
        BackCheckCandidate("c", "", flagged=True),
    ]
    assert select_back_checks(web, SEED, 100) == (SelectedResponse("b", "never_served"), SelectedResponse("c", "flag"))


def test_another_seed_draws_others() -> None:
    responses = interviews(200)
    assert select_back_checks(responses, SEED, 10) != select_back_checks(responses, SEED + "0", 10)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_that_is_none_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="percent"):
        select_back_checks([], SEED, percent)
