"""The cache of limited size: a value is made once, the least recently used one is dropped."""

from __future__ import annotations

import pytest

from app.shared.cache import BoundedCache


def test_a_value_is_made_once() -> None:
    cache, made = BoundedCache[str, int](most=2), list[str]()

    def value_of(key: str) -> int:
        return cache.get(key, lambda: made.append(key) or len(made))  # type: ignore[func-returns-value]

    assert [value_of(key) for key in "aabba"] == [1, 1, 2, 2, 1]
    assert made == ["a", "b"]


def test_the_least_recently_used_value_is_dropped() -> None:
    cache = BoundedCache[str, str](most=2)
    for key in "abac":
        cache.get(key, lambda key=key: key)  # type: ignore[misc]
    assert cache.get("a", lambda: "anew") == "a"
    assert cache.get("b", lambda: "anew") == "anew"


def test_an_exception_is_passed_on_and_nothing_is_stored() -> None:
    cache = BoundedCache[str, int](most=2)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 // 0)
    assert cache.get("a", lambda: 1) == 1
