"""The published record of a draw, and re-checking it.

`check` tests what the certificate alone can show: the rule against the sizes, the allocation, every ticket, the order,
the digest. `verify` also re-draws from the sealed frame and compares the cases that exist; only it makes Evidence, and
without Evidence there is no score.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sampling.allocation import MINIMUM_PER_STRATUM, AllocationRefused, proportional
from sampling.draw import Draw, DrawRefused, draw
from sampling.frame import CANONICAL_FORM, FramePerson, fingerprint, population
from sampling.rule import Reading, Requirement, SizeRefused, planned_size, requirement
from sampling.shape import shape_differences
from sampling.tickets import ALGORITHM, InvalidSeed, ticket, valid_seed
from sampling.verdict import Difference, Mismatch

__all__ = ["Difference", "Evidence", "Mismatch", "canonical_json", "check", "make", "verify"]

FORMAT = "draw-certificate-1"
METHOD = "proportional-largest-remainder"
_TOKEN = object()


@dataclass(frozen=True)
class Evidence:
    """Proof that a draw, its certificate, the frame and the cases agree. Only verify() can make one."""

    digest: str
    fingerprint: str
    reading: Reading
    required: int
    size: int
    cases: int
    strata: Mapping[str, tuple[int, int]]
    token: object = None

    def __post_init__(self) -> None:
        if self.token is not _TOKEN:
            raise TypeError("Evidence is made by sampling.certificate.verify alone")


def canonical_json(value: object) -> bytes:
    """The bytes a digest is taken over: UTF-8, keys sorted, no spaces, no escapes beyond what JSON demands."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode(
        "utf-8", "surrogatepass"
    )


def digest_of(certificate: Mapping[str, Any]) -> str:
    """SHA-256 over everything in a certificate but its digest."""
    content = {name: value for name, value in certificate.items() if name != "digest"}
    return hashlib.sha256(canonical_json(content)).hexdigest()


def make(
    *,
    evaluation: str,
    reading: Reading,
    frame_fingerprint: str,
    people_count: int,
    priority_count: int,
    requirement: Requirement,
    size: int,
    seed: str,
    seed_source: str,
    drawn_at: str,
    draw: Draw,
    voided: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The certificate of a draw, as JSON values; `drawn_at` is an ISO 8601 moment."""
    certificate: dict[str, Any] = {
        "format": FORMAT,
        "algorithm": ALGORITHM,
        "evaluation": evaluation,
        "drawn_at": drawn_at,
        "rule": {
            "reading": reading.value,
            "population": requirement.population,
            "required": requirement.required,
            "full_coverage": requirement.full_coverage,
        },
        "size": size,
        "frame": {
            "canonical_form": CANONICAL_FORM,
            "fingerprint": frame_fingerprint,
            "people": people_count,
            "priority": priority_count,
        },
        "allocation": {"method": METHOD, "minimum": MINIMUM_PER_STRATUM},
        "seed": {"value": seed, "source": seed_source},
        "strata": [
            {
                "stratum": stratum.stratum,
                "population": stratum.population,
                "allocated": stratum.allocated,
                "drawn": [{"position": p.position, "key": p.key, "ticket": p.ticket} for p in stratum.drawn],
            }
            for stratum in draw.strata
        ],
        "voided": [dict(entry) for entry in voided],
    }
    return certificate | {"digest": digest_of(certificate)}


def check(certificate: object) -> Mapping[str, Any]:
    """Re-check a certificate by itself and return it; raises Mismatch naming every place that does not hold."""
    shape = shape_differences(certificate)
    if shape or not isinstance(certificate, Mapping):
        raise Mismatch(shape)
    differences = [
        *_constants(certificate),
        *_rule(certificate),
        *_allocation(certificate),
        *_tickets(certificate),
        *_digest(certificate),
    ]
    if differences:
        raise Mismatch(differences)
    return certificate


def _say(place: str, stands: object, should: object) -> Difference:
    return Difference(place, f"证书写的是 {_short(stands)}，应为 {_short(should)}。")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _constants(certificate: Mapping[str, Any]) -> list[Difference]:
    expected = {
        "format": (certificate["format"], FORMAT),
        "algorithm": (certificate["algorithm"], ALGORITHM),
        "frame.canonical_form": (certificate["frame"]["canonical_form"], CANONICAL_FORM),
        "allocation.method": (certificate["allocation"]["method"], METHOD),
        "allocation.minimum": (certificate["allocation"]["minimum"], MINIMUM_PER_STRATUM),
    }
    return [_say(place, stands, should) for place, (stands, should) in expected.items() if stands != should]


def _rule(certificate: Mapping[str, Any]) -> list[Difference]:
    rule, frame = certificate["rule"], certificate["frame"]
    if rule["reading"] not in list(Reading):
        return [_say("rule.reading", rule["reading"], "、".join(Reading))]
    try:
        need = requirement(frame["priority"], frame["people"], Reading(rule["reading"]))
    except ValueError as error:
        return [Difference("frame", f"人数不成立：{_short(error)}")]
    found = [
        _say(f"rule.{name}", rule[name], should)
        for name, should in (
            ("population", need.population),
            ("required", need.required),
            ("full_coverage", need.full_coverage),
        )
        if rule[name] != should
    ]
    try:
        planned_size(need, certificate["size"])
    except SizeRefused as error:
        found.append(Difference("size", str(error)))
    drawn = sum(len(stratum["drawn"]) for stratum in certificate["strata"])
    if drawn != certificate["size"]:
        found.append(_say("size", certificate["size"], f"{drawn}（名单上的人数）"))
    people = sum(stratum["population"] for stratum in certificate["strata"])
    if people != need.population:
        found.append(_say("strata", f"合计 {people} 人", f"{need.population} 人"))
    return found


def _allocation(certificate: Mapping[str, Any]) -> list[Difference]:
    strata = certificate["strata"]
    codes = [stratum["stratum"] for stratum in strata]
    if codes != sorted(set(codes)):
        return [Difference("strata", "层没有按代码排序，或有重复。")]
    try:
        sizes = {stratum["stratum"]: stratum["population"] for stratum in strata}
        should = proportional(sizes, certificate["size"])
    except AllocationRefused as error:
        return [Difference("strata", str(error))]
    found = []
    for index, stratum in enumerate(strata):
        if stratum["allocated"] != should[stratum["stratum"]]:
            found.append(_say(f"strata[{index}].allocated", stratum["allocated"], should[stratum["stratum"]]))
        if len(stratum["drawn"]) != stratum["allocated"]:
            found.append(_say(f"strata[{index}].drawn", f"{len(stratum['drawn'])} 人", f"{stratum['allocated']} 人"))
    return found


def _tickets(certificate: Mapping[str, Any]) -> list[Difference]:
    seed = certificate["seed"]["value"]
    try:
        valid_seed(seed)
    except InvalidSeed as error:
        return [Difference("seed.value", str(error))]
    wrong: list[Difference] = []
    other: list[Difference] = []
    total = 0
    seen: set[str] = set()
    for index, stratum in enumerate(certificate["strata"]):
        last = ("", "")
        for place, person in enumerate(stratum["drawn"]):
            where, total = f"strata[{index}].drawn[{place}]", total + 1
            should = ticket(seed, person["key"])
            if person["ticket"] != should:
                wrong.append(_say(f"{where}.ticket", person["ticket"], should))
            if person["position"] != place + 1:
                other.append(_say(f"{where}.position", person["position"], place + 1))
            if person["key"] in seen:
                other.append(Difference(f"{where}.key", "同一个人出现两次。"))
            seen.add(person["key"])
            here = (person["ticket"], person["key"])
            if here <= last:
                other.append(Difference(where, "没有按票号从小到大排列。"))
            last = here
    if total > 1 and len(wrong) == total:
        return [Difference("seed.value", f"全部 {total} 个票号都对不上：种子或算法被改动过。"), *other]
    return [*wrong, *other]


def _digest(certificate: Mapping[str, Any]) -> list[Difference]:
    should = digest_of(certificate)
    if certificate["digest"] == should:
        return []
    return [
        Difference("digest", f"证书写的是 {certificate['digest'][:16]}…，按内容算出 {should[:16]}…：有内容被改动过。")
    ]


def verify(certificate: object, people: Iterable[FramePerson], cases: Collection[str]) -> Evidence:
    """Re-draw from the frame and compare with the certificate and with the keys of the cases that exist.

    Raises Mismatch with every difference; returns the Evidence that a score needs.
    """
    certificate = check(certificate)
    listed = list(people)
    differences = _frame(certificate, listed)
    reading = Reading(certificate["rule"]["reading"])
    if not differences:
        differences += _redraw(certificate, population(listed, reading))
    differences += _cases(certificate, cases)
    if differences:
        raise Mismatch(differences)
    return Evidence(
        digest=certificate["digest"],
        fingerprint=certificate["frame"]["fingerprint"],
        reading=reading,
        required=certificate["rule"]["required"],
        size=certificate["size"],
        cases=len(cases),
        strata={s["stratum"]: (s["population"], s["allocated"]) for s in certificate["strata"]},
        token=_TOKEN,
    )


def _frame(certificate: Mapping[str, Any], people: Sequence[FramePerson]) -> list[Difference]:
    frame = certificate["frame"]
    found = []
    counted = {"people": len(people), "priority": sum(person.priority for person in people)}
    for name, number in counted.items():
        if frame[name] != number:
            found.append(Difference(f"frame.{name}", f"证书写的是 {frame[name]} 人，抽样框现有 {number} 人。"))
    try:
        should = fingerprint(people)
    except ValueError:
        return [*found, Difference("frame", "抽样框里有重复的编号。")]
    if frame["fingerprint"] != should:
        found.append(Difference("frame.fingerprint", "抽样框与封存时的指纹不同：名单被改动过。"))
    return found


def _redraw(certificate: Mapping[str, Any], people: Iterable[FramePerson]) -> list[Difference]:
    allocation = {stratum["stratum"]: stratum["allocated"] for stratum in certificate["strata"]}
    try:
        again = draw(people, certificate["seed"]["value"], allocation)
    except DrawRefused as error:
        return [Difference("strata", str(error))]
    found = []
    for index, (stratum, fresh) in enumerate(zip(certificate["strata"], again.strata, strict=True)):
        if stratum["population"] != fresh.population:
            found.append(_say(f"strata[{index}].population", stratum["population"], fresh.population))
        stands = [person["key"] for person in stratum["drawn"]]
        should = [person.key for person in fresh.drawn]
        if stands != should:
            swapped = len(set(stands) - set(should))
            found.append(Difference(f"strata[{index}].drawn", f"重新抽样得到的名单不同，有 {swapped} 人不该在名单上。"))
    return found


def _cases(certificate: Mapping[str, Any], cases: Collection[str]) -> list[Difference]:
    drawn = {person["key"] for stratum in certificate["strata"] for person in stratum["drawn"]}
    there = set(cases)
    found = []
    for keys, reason in (
        (drawn - there, "抽中的人没有个案"),
        (there - drawn, "没有抽中的人有个案"),
    ):
        if keys:
            shown = "、".join(sorted(keys)[:5]) + (" 等" if len(keys) > 5 else "")
            found.append(Difference("cases", f"{reason}：{shown}（共 {len(keys)} 人）。"))
    if len(there) != len(cases):
        found.append(Difference("cases", "同一个人有两个个案。"))
    return found
