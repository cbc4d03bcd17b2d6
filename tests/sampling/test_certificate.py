"""A certificate re-checks, and one changed character anywhere is found and its place named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.certificate import Evidence, Mismatch, check, digest_of, verify
from sampling.rule import Reading
from sampling.tickets import ticket
from tests.sampling.certificates import SEED, a_certificate
from tests.sampling.people import people

GOLDEN = Path(__file__).parent / "golden" / "certificate.json"
FRAME = people(300)
CERTIFICATE = a_certificate(FRAME)
KEYS = [p["key"] for s in CERTIFICATE["strata"] for p in s["drawn"]]


def places(mismatch: pytest.ExceptionInfo[Mismatch]) -> list[str]:
    return [difference.place for difference in mismatch.value.differences]


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def test_a_true_certificate_gives_evidence() -> None:
    evidence = verify(CERTIFICATE, reversed(FRAME), KEYS)
    assert (evidence.size, evidence.cases, evidence.required) == (100, 100, 100)
    assert evidence.digest == CERTIFICATE["digest"]


def test_the_golden_certificate_still_re_checks() -> None:
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert golden == CERTIFICATE
    verify(golden, FRAME, KEYS)


def test_evidence_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError):
        Evidence("d", "f", Reading.PRIORITY, 100, 100, 100, {})


def scalars(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [p for name, inner in value.items() for p in scalars(inner, (*path, name))]
    if isinstance(value, list):
        return [p for i, inner in enumerate(value) for p in scalars(inner, (*path, i))]
    return [path]


# Every field, of the first two people of each stratum.
PATHS = [p for p in scalars(CERTIFICATE) if len(p) < 4 or p[3] < 2]


@pytest.mark.parametrize("path", PATHS, ids=lambda p: ".".join(map(str, p)))
def test_one_changed_character_is_found_and_its_place_named(path: tuple[Any, ...]) -> None:
    altered = copy.deepcopy(CERTIFICATE)
    value = at(altered, path)
    if isinstance(value, bool):
        changed: Any = not value
    elif isinstance(value, int):
        changed = value + 1
    else:
        changed = ("1" if value[0] == "0" else "0") + value[1:]
    at(altered, path[:-1])[path[-1]] = changed
    with pytest.raises(Mismatch) as mismatch:
        check(altered)
    found = places(mismatch)
    assert any(place.startswith(str(path[0])) for place in found) or found == ["digest"]


def test_an_altered_ticket_is_named_to_the_person() -> None:
    altered = copy.deepcopy(CERTIFICATE)
    altered["strata"][2]["drawn"][3]["ticket"] = "0" * 64
    with pytest.raises(Mismatch) as mismatch:
        check(altered)
    assert "strata[2].drawn[3].ticket" in places(mismatch)


def test_an_altered_seed_is_said_once_and_not_a_hundred_times() -> None:
    altered = copy.deepcopy(CERTIFICATE)
    altered["seed"]["value"] = "dice 3 5 2 6 2"
    with pytest.raises(Mismatch) as mismatch:
        check(altered)
    assert places(mismatch) == ["seed.value", "digest"]


def test_a_forger_who_renews_the_digest_is_found_by_the_frame() -> None:
    altered = copy.deepcopy(CERTIFICATE)
    stratum = altered["strata"][0]
    outsiders = (p for p in FRAME if p.key not in KEYS and p.village == stratum["stratum"])
    friend = max(outsiders, key=lambda p: ticket(SEED, p.key))
    stratum["drawn"][-1] |= {"key": friend.key, "ticket": ticket(SEED, friend.key)}
    altered["digest"] = digest_of(altered)
    check(altered)  # by itself it looks true
    with pytest.raises(Mismatch) as mismatch:
        verify(altered, FRAME, [p["key"] for s in altered["strata"] for p in s["drawn"]])
    assert places(mismatch) == ["strata[0].drawn"]


@pytest.mark.parametrize(
    ("cases", "word"),
    [(KEYS[1:], "没有个案"), ([*KEYS, "0" * 32], "没有抽中"), ([*KEYS, KEYS[0]], "两个个案")],
)
def test_a_case_too_many_or_too_few_is_named(cases: list[str], word: str) -> None:
    with pytest.raises(Mismatch) as mismatch:
        verify(CERTIFICATE, FRAME, cases)
    assert places(mismatch) == ["cases"]
    assert word in mismatch.value.differences[0].reason


def test_a_changed_frame_is_found() -> None:
    with pytest.raises(Mismatch) as mismatch:
        verify(CERTIFICATE, FRAME[1:], KEYS)
    assert {"frame.people", "frame.fingerprint"} <= set(places(mismatch))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150)
@given(JSON)
def test_any_json_at_all_is_answered_with_a_mismatch(value: object) -> None:
    with pytest.raises(Mismatch):
        check(value)


@settings(max_examples=150)
@given(st.sampled_from(PATHS), JSON)
def test_any_json_in_any_place_is_answered_with_a_mismatch(path: tuple[Any, ...], value: object) -> None:
    altered = copy.deepcopy(CERTIFICATE)
    before = at(altered, path)
    if before == value and type(before) is type(value):
        return
    at(altered, path[:-1])[path[-1]] = value
    with pytest.raises(Mismatch):
        check(altered)
