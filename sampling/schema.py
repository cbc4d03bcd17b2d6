"""The shape of a certificate: which fields it has and what kind of value each holds (docs/certificate.md, 6).

Every other check relies on this one. Any JSON value is accepted as input: it gives differences, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sampling.canonical import CONTROL
from sampling.differences import CertificateCheck, CertificateDifference
from sampling.frame import CANONICAL_FORM
from sampling.plan import LARGEST, Plan, PlanRefused
from sampling.seed import JOIN, ContributionKind
from sampling.strata import GENERAL, MAIN
from sampling.tickets import ALGORITHM

FORMAT = "draw-certificate-2"
LONGEST = 400
HEX_32 = re.compile(r"[0-9a-f]{32}")
HEX_64 = re.compile(r"[0-9a-f]{64}")

# A field's kind: text, count, flag, 32 or 64 hexadecimal digits, one of a tuple of words, an object, [kind] for a list.
PERSON = {"key": "hex32", "ticket": "hex64"}
QUEUE = {"queue": "text", "population": "count", "allocated": "count", "drawn": [PERSON]}
STRATUM = {
    "stratum": "text",
    "area": "text",
    "part": (MAIN, GENERAL),
    "population": "count",
    "allocated": "count",
    "queues": [QUEUE],
}
CONTRIBUTION = {
    "name": "text",
    "kind": tuple(ContributionKind),
    "source": "text",
    "commitment": "text",
    "value": "text",
}
REPLACEMENT = {
    "at": "text",
    "key": "hex32",
    "outcome": "text",
    "queue": "text",
    "replaces": "hex32",
    "stratum": "text",
    "ticket": "hex64",
}
CERTIFICATE: dict[str, Any] = {
    "format": (FORMAT,),
    "algorithm": (ALGORITHM,),
    "evaluation": "text",
    "drawn_at": "text",
    "rule": {
        "reading": ("priority", "everyone"),
        "population": "count",
        "required": "count",
        "full_coverage": "flag",
    },
    "frame": {"form": (CANONICAL_FORM,), "fingerprint": "hex64", "people": "count", "priority": "count"},
    "plan": "plan",
    "strata": [STRATUM],
    "seed": {"join": (JOIN,), "contributions": [CONTRIBUTION], "value": "hex64"},
    "voided": [{"at": "text", "digest": "text", "reason": "text"}],
    "digest": "hex64",
    "replacements": [REPLACEMENT],
    "register": "hex64",
}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and not CONTROL.search(value)


TESTS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (_is_text, f"一段文字，不超过 {LONGEST} 字"),
    "count": (lambda v: type(v) is int and 0 <= v <= LARGEST, "一个非负整数"),
    "flag": (lambda v: isinstance(v, bool), "true 或 false"),
    "hex32": (lambda v: isinstance(v, str) and bool(HEX_32.fullmatch(v)), "32 位十六进制数"),
    "hex64": (lambda v: isinstance(v, str) and bool(HEX_64.fullmatch(v)), "64 位十六进制数"),
}


def schema_differences(certificate: object) -> list[CertificateDifference]:
    """Every place where a value is missing, superfluous or of the wrong kind."""
    return [
        CertificateDifference(CertificateCheck.SHAPE, place, reason)
        for place, reason in _compare(certificate, CERTIFICATE, "")
    ]


def _compare(value: object, kind: Any, place: str) -> list[tuple[str, str]]:
    if isinstance(kind, dict):
        return _object(value, kind, place)
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [(place, "应为一个列表。")]
        return [d for i, item in enumerate(value) for d in _compare(item, kind[0], f"{place}[{i}]")]
    if isinstance(kind, tuple):
        return [] if isinstance(value, str) and value in kind else [(place, f"应为 {'、'.join(kind)}。")]
    if kind == "plan":
        return _plan(value, place)
    fits, meaning = TESTS[kind]
    return [] if fits(value) else [(place, f"应为{meaning}。")]


def _plan(value: object, place: str) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping):
        return [(place, "应为一个对象。")]
    try:
        Plan.from_json(value)
    except PlanRefused as refused:
        return [(f"{place}.{refused.field}" if refused.field else place, str(refused))]
    return []


def _object(value: object, kind: dict[str, Any], place: str) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping):
        return [(place or "（全文）", "应为一个对象。")]
    dot = f"{place}." if place else ""
    found = [(f"{dot}{name}", "缺少这一项。") for name in kind if name not in value]
    found += [(f"{dot}{_printable(name)}", "多出这一项。") for name in value if name not in kind]
    for name, inner in kind.items():
        if name in value:
            found += _compare(value[name], inner, f"{dot}{name}")
    return found


def _printable(name: object) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in str(name)[:40])
