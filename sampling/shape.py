"""The shape of a certificate: which fields it has and what kind of value each holds.

Every other check may then rely on it; any JSON value at all is answered with differences, never with a crash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sampling.verdict import Difference

LARGEST = 10**9
HEX_32 = re.compile(r"[0-9a-f]{32}")
HEX_64 = re.compile(r"[0-9a-f]{64}")

# A field's kind: text, count, flag, 32 or 64 hexadecimal digits, a nested object, or [kind] for a list.
PERSON = {"position": "count", "key": "hex32", "ticket": "hex64"}
STRATUM = {"stratum": "text", "population": "count", "allocated": "count", "drawn": [PERSON]}
CERTIFICATE: dict[str, Any] = {
    "format": "text",
    "algorithm": "text",
    "evaluation": "text",
    "drawn_at": "text",
    "rule": {"reading": "text", "population": "count", "required": "count", "full_coverage": "flag"},
    "size": "count",
    "frame": {"canonical_form": "text", "fingerprint": "hex64", "people": "count", "priority": "count"},
    "allocation": {"method": "text", "minimum": "count"},
    "seed": {"value": "text", "source": "text"},
    "strata": [STRATUM],
    "voided": ["any"],
    "digest": "hex64",
}

TESTS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda v: isinstance(v, str) and v.isprintable(), "一段文字"),
    "count": (lambda v: type(v) is int and 0 <= v <= LARGEST, "一个非负整数"),
    "flag": (lambda v: isinstance(v, bool), "true 或 false"),
    "hex32": (lambda v: isinstance(v, str) and bool(HEX_32.fullmatch(v)), "32 位十六进制数"),
    "hex64": (lambda v: isinstance(v, str) and bool(HEX_64.fullmatch(v)), "64 位十六进制数"),
    "any": (lambda _v: True, "任意内容"),
}


def shape_differences(certificate: object) -> list[Difference]:
    """Every place where a value is missing, superfluous or of the wrong kind."""
    return _compare(certificate, CERTIFICATE, "")


def _compare(value: object, kind: Any, place: str) -> list[Difference]:
    if isinstance(kind, dict):
        return _object(value, kind, place)
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [Difference(place, "应为一个列表。")]
        return [d for i, item in enumerate(value) for d in _compare(item, kind[0], f"{place}[{i}]")]
    fits, meaning = TESTS[kind]
    return [] if fits(value) else [Difference(place, f"应为{meaning}。")]


def _object(value: object, kind: dict[str, Any], place: str) -> list[Difference]:
    if not isinstance(value, Mapping):
        return [Difference(place or "（全文）", "应为一个对象。")]
    dot = f"{place}." if place else ""
    found = [Difference(f"{dot}{name}", "缺少这一项。") for name in kind if name not in value]
    found += [Difference(f"{dot}{str(name)[:40]}", "多出这一项。") for name in value if name not in kind]
    for name, inner in kind.items():
        if name in value:
            found += _compare(value[name], inner, f"{dot}{name}")
    return found
