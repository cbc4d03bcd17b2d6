"""The checks of docs/certificate.md, 7, that need the certificate alone; its shape was checked before."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from sampling.allocation import allocate
from sampling.canonical import canonical_json, sha256
from sampling.differences import CertificateCheck, CertificateDifference
from sampling.plan import Method, Plan, PlanRefused, Protocol, general_allowed
from sampling.rule import Reading, Requirement, SizeRefused, planned_size, requirement
from sampling.seed import Contribution, ContributionKind, InvalidSeed, join
from sampling.strata import GENERAL, MAIN, Cell, StratumSize, queues_of
from sampling.text import Text, joined
from sampling.tickets import ticketer

OUTSIDE_DIGEST = ("digest", "replacements", "register")
Certificate = Mapping[str, Any]


def content_digest(certificate: Certificate) -> str:
    """SHA-256 over everything but the digest, the replacements and their register."""
    return sha256(canonical_json({k: v for k, v in certificate.items() if k not in OUTSIDE_DIGEST}))


def register_of(digest: str, replacements: list[dict[str, str]]) -> str:
    """SHA-256 over the draw's digest and the replacements to date."""
    return sha256(canonical_json({"digest": digest, "replacements": replacements}))


def certificate_differences(certificate: Certificate) -> list[CertificateDifference]:
    """Every difference that can be found without the frame, in a certificate whose shape was checked."""
    plan = Plan.from_json(certificate["plan"])
    differences = [*_digests(certificate), *_rule(certificate, plan), *_strata(certificate, plan)]
    if not {CertificateCheck.RULE, CertificateCheck.STRATA} & {difference.check for difference in differences}:
        differences += _allocation(certificate, plan)
    return [*differences, *_seed(certificate, plan), *_tickets(certificate), *_replacements(certificate, plan)]


def stated_difference(check: CertificateCheck, place: str, stands: object, should: object) -> CertificateDifference:
    """The difference between the stated value and the value it should have."""
    stated, expected = _short(stands), _short(should)
    reason = Text(
        f"证书写的是 {stated.zh}，应为 {expected.zh}。",
        f"The certificate says {stated.en}; it should be {expected.en}.",
    )
    return CertificateDifference(check, place, reason)


def _short(value: object) -> Text:
    text = value if isinstance(value, Text) else Text(str(value), str(value))
    return Text(_cut(text.zh), _cut(text.en))


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"


def _people(number: int) -> Text:
    return Text(f"{number} 人", f"{number} people")


def _digests(certificate: Certificate) -> list[CertificateDifference]:
    register = register_of(certificate["digest"], certificate["replacements"])
    return [*digest_differences(certificate), *_hash_difference(certificate, CertificateCheck.REGISTER, register)]


def digest_differences(certificate: Certificate) -> list[CertificateDifference]:
    """Whether the stated digest is that of the content."""
    return _hash_difference(certificate, CertificateCheck.DIGEST, content_digest(certificate))


def _hash_difference(certificate: Certificate, check: CertificateCheck, should: str) -> list[CertificateDifference]:
    stands = certificate[check.value]
    if stands == should:
        return []
    reason = Text(
        f"证书写的是 {stands[:16]}…，按内容算出 {should[:16]}…：有内容被改动过。",
        f"The certificate says {stands[:16]}…, its content gives {should[:16]}…: something was changed.",
    )
    return [CertificateDifference(check, check.value, reason)]


def rule_differences(certificate: Certificate) -> tuple[Requirement | None, list[CertificateDifference]]:
    """What the rule asks of the stated frame, None where it cannot be, and where the stated rule differs from it."""
    rule, frame = certificate["rule"], certificate["frame"]
    try:
        need = requirement(frame["priority"], frame["people"], Reading(rule["reading"]))
    except ValueError:
        reason = Text(
            "人数不成立：没有可以调查的人，或优先人群多于全部的人。",
            "These numbers cannot be: nobody can be asked, or the priority groups outnumber everyone.",
        )
        return None, [CertificateDifference(CertificateCheck.RULE, "frame", reason)]
    return need, [
        stated_difference(CertificateCheck.RULE, f"rule.{name}", rule[name], should)
        for name, should in (
            ("population", need.population),
            ("required", need.required),
            ("full_coverage", need.full_coverage),
        )
        if rule[name] != should
    ]


def _rule(certificate: Certificate, plan: Plan) -> list[CertificateDifference]:
    need, differences = rule_differences(certificate)
    if need is None:
        return differences
    frame = certificate["frame"]
    try:
        planned_size(need, plan.size)
    except SizeRefused as error:
        differences.append(CertificateDifference(CertificateCheck.RULE, "plan.size", error.message))
    others = frame["people"] - frame["priority"]
    if not general_allowed(plan, need.reading) or plan.general > others:
        reason = Text(
            "普通服务对象没有这么多，或已经包括在总体里。",
            "There are not so many general recipients, or the population includes them already.",
        )
        differences.append(CertificateDifference(CertificateCheck.RULE, "plan.general", reason))
    return differences


def strata_of(certificate: Certificate) -> dict[str, StratumSize]:
    """The strata as the certificate states them."""
    return {
        row["stratum"]: StratumSize(
            row["stratum"],
            row["area"],
            row["part"],
            row["population"],
            {queue["queue"]: queue["population"] for queue in row["queues"]},
        )
        for row in certificate["strata"]
    }


def _strata(certificate: Certificate, plan: Plan) -> list[CertificateDifference]:
    rows, differences = certificate["strata"], []
    codes = [row["stratum"].encode() for row in rows]
    if any(later <= earlier for earlier, later in pairwise(codes)):
        reason = Text("层没有按代码排序，或有重复。", "The strata are not sorted by code, or one occurs twice.")
        differences.append(CertificateDifference(CertificateCheck.STRATA, "strata", reason))
    queues = list(queues_of(plan))
    for index, row in enumerate(rows):
        place = f"strata[{index}]"
        if row["population"] == 0:
            reason = Text("层里没有人。", "Nobody is in this stratum.")
            differences.append(CertificateDifference(CertificateCheck.STRATA, f"{place}.population", reason))
        if [queue["queue"] for queue in row["queues"]] != queues:
            names = joined(queues)
            reason = Text(f"应为 {names.zh}。", f"Should be {names.en}.")
            differences.append(CertificateDifference(CertificateCheck.STRATA, f"{place}.queues", reason))
        people = sum(queue["population"] for queue in row["queues"])
        if people != row["population"]:
            differences.append(
                stated_difference(CertificateCheck.STRATA, f"{place}.population", row["population"], people)
            )
    frame = certificate["frame"]
    others = frame["people"] - frame["priority"] if plan.general else 0
    for part, should in ((MAIN, certificate["rule"]["population"]), (GENERAL, others)):
        people = sum(row["population"] for row in rows if row["part"] == part)
        if people != should:
            stands = Text(f"合计 {people} 人（{part}）", f"{people} people in all ({part})")
            differences.append(stated_difference(CertificateCheck.STRATA, "strata", stands, _people(should)))
    if plan.method is Method.NEYMAN and set(plan.stddev) != {row["stratum"] for row in rows}:
        reason = Text(
            "离散程度没有逐层给出，或多出没有的层。",
            "The spread is not given for every stratum, or for one that does not exist.",
        )
        differences.append(CertificateDifference(CertificateCheck.STRATA, "plan.spread", reason))
    return differences


def _allocation(certificate: Certificate, plan: Plan) -> list[CertificateDifference]:
    try:
        should = allocate(plan, strata_of(certificate))
    except PlanRefused as refused:
        return [CertificateDifference(CertificateCheck.ALLOCATION, "strata", refused.message)]
    differences = []
    for index, row in enumerate(certificate["strata"]):
        total = sum(should[row["stratum"], queue["queue"]] for queue in row["queues"])
        if row["allocated"] != total:
            differences.append(
                stated_difference(CertificateCheck.ALLOCATION, f"strata[{index}].allocated", row["allocated"], total)
            )
        for turn, queue in enumerate(row["queues"]):
            place, number = f"strata[{index}].queues[{turn}]", should[row["stratum"], queue["queue"]]
            if queue["allocated"] != number:
                differences.append(
                    stated_difference(CertificateCheck.ALLOCATION, f"{place}.allocated", queue["allocated"], number)
                )
            if len(queue["drawn"]) != queue["allocated"]:
                stands, stated = _people(len(queue["drawn"])), _people(queue["allocated"])
                differences.append(stated_difference(CertificateCheck.ALLOCATION, f"{place}.drawn", stands, stated))
    return differences


def _seed(certificate: Certificate, plan: Plan) -> list[CertificateDifference]:
    seed = certificate["seed"]
    contributions = [
        Contribution(**{**contribution, "kind": ContributionKind(contribution["kind"])})
        for contribution in seed["contributions"]
    ]
    try:
        should = join(certificate["frame"]["fingerprint"], plan.digest(), contributions)
    except InvalidSeed as error:
        return [CertificateDifference(CertificateCheck.SEED, "seed.contributions", error.message)]
    return (
        []
        if seed["value"] == should
        else [stated_difference(CertificateCheck.SEED, "seed.value", seed["value"], should)]
    )


def _tickets(certificate: Certificate) -> list[CertificateDifference]:
    """The sample, then the replacements: every ticket, the order of every queue, nobody twice."""
    numbered = ticketer(certificate["seed"]["value"])
    entries = [
        (f"strata[{index}].queues[{turn}].drawn[{place}]", (row["stratum"], queue["queue"]), person)
        for index, row in enumerate(certificate["strata"])
        for turn, queue in enumerate(row["queues"])
        for place, person in enumerate(queue["drawn"])
    ]
    sampled = len(entries)
    entries += [
        (f"replacements[{index}]", (person["stratum"], person["queue"]), person)
        for index, person in enumerate(certificate["replacements"])
    ]
    wrong: list[CertificateDifference] = []
    disorder_found: list[CertificateDifference] = []
    keys_seen: set[str] = set()
    last: dict[Cell, tuple[str, str]] = {}
    for where, cell, person in entries:
        should, position = numbered(person["key"]), (person["ticket"], person["key"])
        if person["ticket"] != should:
            wrong.append(stated_difference(CertificateCheck.TICKETS, f"{where}.ticket", person["ticket"], should))
        if person["key"] in keys_seen:
            twice = Text("同一个人出现两次。", "The same person occurs twice.")
            disorder_found.append(CertificateDifference(CertificateCheck.TICKETS, f"{where}.key", twice))
        keys_seen.add(person["key"])
        if position <= last.get(cell, ("", "")):
            disorder = Text("没有按票号从小到大排列。", "The tickets are not in rising order.")
            disorder_found.append(CertificateDifference(CertificateCheck.TICKETS, where, disorder))
        last[cell] = position
    if sampled > 1 and len(wrong) >= sampled:
        reason = Text(
            f"全部 {sampled} 个票号都对不上：种子或算法被改动过。",
            f"None of the {sampled} tickets is right: the seed or the algorithm was changed.",
        )
        return [CertificateDifference(CertificateCheck.TICKETS, "seed.value", reason), *disorder_found]
    return [*wrong, *disorder_found]


def _replacements(certificate: Certificate, plan: Plan) -> list[CertificateDifference]:
    differences: list[CertificateDifference] = []
    if certificate["replacements"] and plan.protocol is Protocol.NONE:
        none = Text("方案规定不替换，却有替换。", "The plan allows no replacements, and there are some.")
        differences.append(CertificateDifference(CertificateCheck.REPLACEMENTS, "replacements", none))
    people = {
        (row["stratum"], queue["queue"]): queue["population"] - len(queue["drawn"])
        for row in certificate["strata"]
        for queue in row["queues"]
    }
    cells = {
        person["key"]: (row["stratum"], queue["queue"])
        for row in certificate["strata"]
        for queue in row["queues"]
        for person in queue["drawn"]
    }
    replaced: set[str] = set()
    for index, person in enumerate(certificate["replacements"]):
        place, cell = f"replacements[{index}]", (person["stratum"], person["queue"])
        if cells.get(person["replaces"]) != cell or person["replaces"] in replaced:
            reason = Text(
                "被替换的人不在同一层的同一队列、不在名单上，或已经替换过。",
                "The person replaced is not in the same queue of the same stratum, not on the list, or was replaced "
                "before.",
            )
            differences.append(CertificateDifference(CertificateCheck.REPLACEMENTS, place, reason))
        elif people[cell] <= 0:
            spent = Text("这一层已经没有候补。", "This stratum has no reserve left.")
            differences.append(CertificateDifference(CertificateCheck.REPLACEMENTS, place, spent))
        replaced.add(person["replaces"])
        cells.setdefault(person["key"], cell)
        if cell in people:
            people[cell] -= 1
    return differences
