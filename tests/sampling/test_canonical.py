"""Canonical JSON gives equal bytes for equal values, and plain texts can be joined unambiguously."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.canonical import CONTROL, canonical_json, is_plain, sha256

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_canonical_json_is_read_back_and_written_the_same_again(value: object) -> None:
    written = canonical_json(value)
    again = json.loads(written.decode("utf-8", "surrogatepass"))
    assert again == value
    assert canonical_json(again) == written


def test_the_bytes_are_these() -> None:
    value = {"村": "甲/é\u2028", "a": [1, True, None], "Z": '"\\\n\x7f', "𠮷": {}, "ｚ": ""}
    assert (
        canonical_json(value) == '{"Z":"\\"\\\\\\n\x7f","a":[1,true,null],"村":"甲/é\u2028","ｚ":"","𠮷":{}}'.encode()
    )


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_json_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"n": number})


def test_a_digest_is_that_of_other_programs() -> None:
    # printf '%s' 村居 | sha256sum
    assert sha256("村居") == sha256("村居".encode())
    assert sha256("村居") == "bf453b9e8a58ee2dfea84942ced144962c62522bea44e17417b9d27cc386769b"


OUTER = [" ", "\u00a0", "\u3000"]
INNER = ["\n", "\r", "\t", "\x00", "\x1f", "\x7f", "\x85", "\x9f", "\u2028", "\u2029", "\ud800", "\udfff", "|"]


@pytest.mark.parametrize(
    "text", ["", "x" * 201, *(f"a{c}b" for c in INNER), *(f"{c}3" for c in OUTER), *(f"3{c}" for c in OUTER)]
)
def test_a_text_that_could_be_read_in_two_ways_is_not_plain(text: str) -> None:
    assert not is_plain(text)


@pytest.mark.parametrize("text", ["3", "x" * 200, "骰子 3\u30005", "e\u0301", "é", "３", "𠮷", "a\u200bb", "-"])
def test_any_other_text_is_plain(text: str) -> None:
    assert is_plain(text)


@given(st.text(st.characters(exclude_categories=()), max_size=8))
def test_a_plain_text_has_no_control_character_and_can_be_encoded(text: str) -> None:
    if is_plain(text):
        assert not CONTROL.search(text)
        assert text.encode().decode() == text
