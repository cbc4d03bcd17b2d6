"""The shape of a certificate: which fields it has and what kind of value each holds (docs/certificate.md, 6).

Every other check relies on this one. Any JSON value is accepted as input: it gives differences, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sampling.canonical import CONTROL
from sampling.differences import CertificateCheck, CertificateDifference
from sampling.frame import CANONICAL_FORM
from sampling.plan import LARGEST, Plan, PlanRefused
from sampling.seed import JOIN, ContributionKind
from sampling.strata import GENERAL, MAIN
from sampling.text import Text, joined
from sampling.tickets import ALGORITHM

FORMAT = "draw-certificate-2"
COVERAGE = "coverage-certificate-1"
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
RULE = {
    "reading": ("priority", "everyone"),
    "population": "count",
    "required": "count",
    "full_coverage": "flag",
}
FRAME = {"form": (CANONICAL_FORM,), "fingerprint": "hex64", "people": "count", "priority": "count"}
VOIDED = {"at": "text", "digest": "text", "reason": "text"}
CERTIFICATE: dict[str, Any] = {
    "format": (FORMAT,),
    "algorithm": (ALGORITHM,),
    "evaluation": "text",
    "drawn_at": "text",
    "rule": RULE,
    "frame": FRAME,
    "plan": "plan",
    "strata": [STRATUM],
    "seed": {"join": (JOIN,), "contributions": [CONTRIBUTION], "value": "hex64"},
    "voided": [VOIDED],
    "digest": "hex64",
    "replacements": [REPLACEMENT],
    "register": "hex64",
}
# Everyone is asked: nobody was drawn, so there is neither plan nor seed.
COVERAGE_CERTIFICATE: dict[str, Any] = {
    "format": (COVERAGE,),
    "evaluation": "text",
    "confirmed_at": "text",
    "rule": RULE,
    "frame": FRAME,
    "people": ["hex32"],
    "voided": [VOIDED],
    "digest": "hex64",
}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and not CONTROL.search(value)


TESTS: dict[str, tuple[Callable[[Any], bool], Text]] = {
    "text": (_is_text, Text(f"一段文字，不超过 {LONGEST} 字", f"a text of at most {LONGEST} characters")),
    "count": (lambda v: type(v) is int and 0 <= v <= LARGEST, Text("一个非负整数", "a whole number, 0 or more")),
    "flag": (lambda v: isinstance(v, bool), Text("true 或 false", "true or false")),
    "hex32": (
        lambda v: isinstance(v, str) and bool(HEX_32.fullmatch(v)),
        Text("32 位十六进制数", "32 hexadecimal digits"),
    ),
    "hex64": (
        lambda v: isinstance(v, str) and bool(HEX_64.fullmatch(v)),
        Text("64 位十六进制数", "64 hexadecimal digits"),
    ),
}


NO_OBJECT = Text("应为一个对象。", "Should be an object.")


def schema_differences(certificate: object) -> list[CertificateDifference]:
    """Every place where a value is missing, superfluous or of the wrong kind; `format` says which form is meant."""
    shape = COVERAGE_CERTIFICATE if is_coverage(certificate) else CERTIFICATE
    return [
        CertificateDifference(CertificateCheck.SHAPE, place, reason)
        for place, reason in _compare(certificate, shape, "")
    ]


def is_coverage(certificate: object) -> bool:
    """Whether this states, by its `format`, that everyone is asked and nobody was drawn."""
    return isinstance(certificate, Mapping) and certificate.get("format") == COVERAGE


def _compare(value: object, kind: Any, place: str) -> list[tuple[str, Text]]:
    if isinstance(kind, dict):
        return _object(value, kind, place)
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [(place, Text("应为一个列表。", "Should be a list."))]
        return [d for i, item in enumerate(value) for d in _compare(item, kind[0], f"{place}[{i}]")]
    if isinstance(kind, tuple):
        return [] if isinstance(value, str) and value in kind else [(place, _should_be(kind))]
    if kind == "plan":
        return _plan(value, place)
    fits, meaning = TESTS[kind]
    return [] if fits(value) else [(place, Text(f"应为{meaning.zh}。", f"Should be {meaning.en}."))]


def _should_be(values: Iterable[str]) -> Text:
    names = joined(values)
    return Text(f"应为 {names.zh}。", f"Should be one of: {names.en}.")


def _plan(value: object, place: str) -> list[tuple[str, Text]]:
    if not isinstance(value, Mapping):
        return [(place, NO_OBJECT)]
    try:
        Plan.from_json(value)
    except PlanRefused as refused:
        return [(f"{place}.{refused.field}" if refused.field else place, refused.message)]
    return []


def _object(value: object, kind: dict[str, Any], place: str) -> list[tuple[str, Text]]:
    if not isinstance(value, Mapping):
        return [(place, NO_OBJECT)]
    dot = f"{place}." if place else ""
    differences = [
        (f"{dot}{name}", Text("缺少这一项。", "This field is missing.")) for name in kind if name not in value
    ]
    extra = Text("多出这一项。", "This field does not belong here.")
    differences += [(f"{dot}{_printable(name)}", extra) for name in value if name not in kind]
    for name, inner in kind.items():
        if name in value:
            differences += _compare(value[name], inner, f"{dot}{name}")
    return differences


def _printable(name: object) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in str(name)[:40])
