"""The published record of a draw, and re-checking it (docs/certificate.md).

`make` writes the record of a draw, `publish` adds the replacements to date. `check` tests the certificate by itself;
`verify` also re-draws from the sealed frame and compares the cases that exist. Only verify makes Evidence,
and without Evidence there is no score.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sampling.canonical import canonical_json, sha256
from sampling.checks import certificate_differences, content_digest, register_of
from sampling.coverage import coverage_differences, covered_frame_differences
from sampling.differences import CertificateCheck, CertificateDifference, Mismatch
from sampling.draw import Sample
from sampling.frame import CANONICAL_FORM, FramePerson
from sampling.plan import Plan
from sampling.recheck import frame_differences
from sampling.replacement import ReleasedReplacement
from sampling.rule import Reading, Requirement
from sampling.schema import FORMAT, is_coverage, schema_differences
from sampling.seed import JOIN, Contribution
from sampling.strata import Cell, StratumSize
from sampling.text import Text, joined
from sampling.tickets import ALGORITHM

__all__ = [
    "CertificateDifference",
    "Evidence",
    "Mismatch",
    "canonical_json",
    "check",
    "make",
    "publish",
    "sha256",
    "verify",
]

_TOKEN = object()


@dataclass(frozen=True)
class Evidence:
    """Proof that a draw, its certificate, the frame and the cases agree. Only verify() can make one.

    `digest` and `register` name the certificate; `size` people were drawn for the rule, `general` beside them,
    `released` from the reserve.
    """

    digest: str
    register: str
    fingerprint: str
    reading: Reading
    required: int
    size: int
    general: int
    released: int
    cases: int
    token: object = None

    def __post_init__(self) -> None:
        if self.token is not _TOKEN:
            raise TypeError("Evidence is made by sampling.certificate.verify alone")


def make(
    *,
    evaluation: str,
    drawn_at: str,
    fingerprint: str,
    people: int,
    priority: int,
    requirement: Requirement,
    plan: Plan,
    strata: Mapping[str, StratumSize],
    allocation: Mapping[Cell, int],
    sample: Sample,
    contributions: Sequence[Contribution],
    seed: str,
    voided: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """The certificate of a draw, as JSON values and without replacements; `drawn_at` is an ISO 8601 moment."""
    certificate: dict[str, Any] = {
        "format": FORMAT,
        "algorithm": ALGORITHM,
        "evaluation": evaluation,
        "drawn_at": drawn_at,
        "rule": {
            "reading": requirement.reading.value,
            "population": requirement.population,
            "required": requirement.required,
            "full_coverage": requirement.full_coverage,
        },
        "frame": {"form": CANONICAL_FORM, "fingerprint": fingerprint, "people": people, "priority": priority},
        "plan": plan.as_json(),
        "strata": [_stratum(row, allocation, sample) for row in strata.values()],
        "seed": {
            "join": JOIN,
            "contributions": [
                {
                    "name": contribution.name,
                    "kind": contribution.kind.value,
                    "source": contribution.source,
                    "commitment": contribution.commitment,
                    "value": contribution.value,
                }
                for contribution in contributions
            ],
            "value": seed,
        },
        "voided": [dict(entry) for entry in voided],
    }
    return publish(certificate | {"digest": content_digest(certificate)}, ())


def _stratum(row: StratumSize, allocation: Mapping[Cell, int], sample: Sample) -> dict[str, Any]:
    return {
        "stratum": row.stratum,
        "area": row.area,
        "part": row.part,
        "population": row.population,
        "allocated": sum(allocation[row.stratum, queue] for queue in row.queues),
        "queues": [
            {
                "queue": queue,
                "population": people,
                "allocated": allocation[row.stratum, queue],
                "drawn": [{"key": person.key, "ticket": person.ticket} for person in sample[row.stratum, queue]],
            }
            for queue, people in row.queues.items()
        ],
    }


def publish(certificate: Mapping[str, Any], replacements: Sequence[ReleasedReplacement]) -> dict[str, Any]:
    """The certificate with the replacements to date, in the order of their release; its digest stays the same."""
    released = [replacement.as_json() for replacement in replacements]
    return {
        **certificate,
        "replacements": released,
        "register": register_of(certificate["digest"], released),
    }


def check(certificate: object) -> Mapping[str, Any]:
    """Re-check a certificate by itself and return it; raises Mismatch naming every place that does not hold."""
    return _checked(certificate)


def check_with_frame(certificate: object, people: Iterable[FramePerson]) -> Mapping[str, Any]:
    """Re-check a certificate and draw again from its frame; raises Mismatch."""
    return _checked(certificate, list(people))


def _checked(
    certificate: object, people: Sequence[FramePerson] | None = None, cases: Collection[str] | None = None
) -> Mapping[str, Any]:
    shape = schema_differences(certificate)
    if shape or not isinstance(certificate, Mapping):
        raise Mismatch(shape)
    everyone = is_coverage(certificate)
    differences = coverage_differences(certificate) if everyone else certificate_differences(certificate)
    if people is not None:
        compare = covered_frame_differences if everyone else frame_differences
        differences += compare(certificate, people)
    if cases is not None:
        differences += _cases(certificate, cases)
    if differences:
        raise Mismatch(differences)
    return certificate


def verify(certificate: object, people: Iterable[FramePerson], cases: Collection[str]) -> Evidence:
    """Re-draw from the frame and compare with the certificate and with the keys of the cases that exist.

    Raises Mismatch with every difference; returns the Evidence that a score needs.
    """
    certificate = _checked(certificate, list(people), cases)
    return Evidence(
        digest=certificate["digest"],
        register=register_stated(certificate),
        fingerprint=certificate["frame"]["fingerprint"],
        reading=Reading(certificate["rule"]["reading"]),
        required=certificate["rule"]["required"],
        size=people_asked(certificate),
        general=0 if is_coverage(certificate) else certificate["plan"]["general"],
        released=0 if is_coverage(certificate) else len(certificate["replacements"]),
        cases=len(cases),
        token=_TOKEN,
    )


def keys_of(certificate: Mapping[str, Any]) -> list[str]:
    """Everyone drawn, then everyone released from the reserve; or everyone, where nobody is drawn."""
    released = [] if is_coverage(certificate) else [person["key"] for person in certificate["replacements"]]
    return keys_drawn(certificate) + released


def keys_drawn(certificate: Mapping[str, Any]) -> list[str]:
    """Everyone drawn, without the reserve; or everyone, where nobody is drawn."""
    if is_coverage(certificate):
        return list(certificate["people"])
    return [person["key"] for row in certificate["strata"] for queue in row["queues"] for person in queue["drawn"]]


def people_asked(certificate: Mapping[str, Any]) -> int:
    """How many people of the rule's population are asked, without those drawn beside them and the reserve."""
    return len(certificate["people"]) if is_coverage(certificate) else int(certificate["plan"]["size"])


def register_stated(certificate: Mapping[str, Any]) -> str:
    """The stated register; of a certificate without a reserve, that of no replacements."""
    return register_of(certificate["digest"], []) if is_coverage(certificate) else str(certificate["register"])


def _cases(certificate: Mapping[str, Any], cases: Collection[str]) -> list[CertificateDifference]:
    drawn, existing = set(keys_of(certificate)), set(cases)
    differences = []
    for keys, reason in (
        (drawn - existing, Text("抽中的人没有个案", "People who were drawn have no case")),
        (existing - drawn, Text("没有抽中的人有个案", "People who were not drawn have a case")),
    ):
        if keys:
            differences.append(CertificateDifference(CertificateCheck.CASES, "cases", _with_keys(reason, keys)))
    if len(existing) != len(cases):
        twice = Text("同一个人有两个个案。", "One person has two cases.")
        differences.append(CertificateDifference(CertificateCheck.CASES, "cases", twice))
    return differences


def _with_keys(reason: Text, keys: Collection[str]) -> Text:
    """The sentence with the first five keys and how many there are."""
    shown = joined(sorted(keys)[:5])
    if len(keys) > 5:
        shown += Text(" 等", ", …")
    return reason + Text(f"：{shown.zh}（共 {len(keys)} 人）。", f": {shown.en} ({len(keys)} in all).")
