"""The record that everyone is asked: nobody is drawn, so there is no plan, seed, ticket or reserve.

docs/certificate.md, section 6 (`coverage-certificate-1`) and section 7, define it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sampling.checks import content_digest, digest_differences, rule_differences, stated_difference
from sampling.differences import CertificateCheck, CertificateDifference
from sampling.frame import CANONICAL_FORM, FramePerson
from sampling.recheck import malformed_frame, number_differences
from sampling.rule import Reading, Requirement
from sampling.schema import COVERAGE
from sampling.text import Text


def population_of(people: Iterable[FramePerson], reading: Reading) -> list[str]:
    """The keys of everyone the rule counts, ascending: the priority groups, or all recipients."""
    return sorted(person.key for person in people if person.priority or reading is Reading.EVERYONE)


def make(
    *,
    evaluation: str,
    confirmed_at: str,
    fingerprint: str,
    people: Sequence[FramePerson],
    requirement: Requirement,
    voided: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """The certificate that everyone is asked, as JSON values; `confirmed_at` is an ISO 8601 moment."""
    certificate: dict[str, Any] = {
        "format": COVERAGE,
        "evaluation": evaluation,
        "confirmed_at": confirmed_at,
        "rule": {
            "reading": requirement.reading.value,
            "population": requirement.population,
            "required": requirement.required,
            "full_coverage": requirement.full_coverage,
        },
        "frame": {
            "form": CANONICAL_FORM,
            "fingerprint": fingerprint,
            "people": len(people),
            "priority": sum(person.priority for person in people),
        },
        "people": population_of(people, requirement.reading),
        "voided": [dict(entry) for entry in voided],
    }
    return certificate | {"digest": content_digest(certificate)}


def coverage_differences(certificate: Mapping[str, Any]) -> list[CertificateDifference]:
    """Every difference that can be found without the frame, in a certificate whose shape was checked."""
    return [*digest_differences(certificate), *rule_differences(certificate)[1], *_people(certificate)]


def _people(certificate: Mapping[str, Any]) -> list[CertificateDifference]:
    keys, population = certificate["people"], certificate["rule"]["population"]
    differences = []
    if len(keys) != population:
        stands = Text(f"{len(keys)} 人", f"{len(keys)} people")
        should = Text(f"{population} 人", f"{population} people")
        differences.append(stated_difference(CertificateCheck.PEOPLE, "people", stands, should))
    if any(later <= earlier for earlier, later in pairwise(keys)):
        reason = Text("编号没有按次序排列，或有重复。", "The keys are not in order, or one occurs twice.")
        differences.append(CertificateDifference(CertificateCheck.PEOPLE, "people", reason))
    return differences


def covered_frame_differences(
    certificate: Mapping[str, Any], people: Sequence[FramePerson]
) -> list[CertificateDifference]:
    """The differences between these people and the stated frame, and between those listed and its population."""
    if malformed := malformed_frame(people):
        return malformed
    should = population_of(people, Reading(certificate["rule"]["reading"]))
    return [*number_differences(certificate, people), *_left_out(certificate["people"], should)]


def _left_out(stands: Sequence[str], should: Sequence[str]) -> list[CertificateDifference]:
    if list(stands) == list(should):
        return []
    missing, strange = len(set(should) - set(stands)), len(set(stands) - set(should))
    reason = Text(
        f"不是抽样框里的全部人：少了 {missing} 人，多了 {strange} 人，或次序不同。",
        f"These are not all people of the frame: {missing} are missing, {strange} do not belong, or the order differs.",
    )
    return [CertificateDifference(CertificateCheck.FRAME, "people", reason)]
