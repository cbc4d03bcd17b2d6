"""Drawing again from the frame, and what then differs from the certificate (check `frame` of docs/certificate.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sampling.checks import say, strata_of
from sampling.differences import CertificateCheck, CertificateDifference
from sampling.draw import smallest
from sampling.frame import FramePerson, check_frame, fingerprint
from sampling.plan import Plan, PlanRefused
from sampling.rule import Reading
from sampling.strata import Cell, StratumSize, cell_of, sizes


def frame_differences(certificate: Mapping[str, Any], people: Sequence[FramePerson]) -> list[CertificateDifference]:
    """The differences between these people and the stated frame, and between the sample and a draw made again."""
    if findings := check_frame(people):
        return [
            CertificateDifference(
                CertificateCheck.FRAME, "frame", f"抽样框有 {len(findings)} 处错误：{findings[0].message}"
            )
        ]
    return [*_numbers(certificate, people), *_selection(certificate, people)]


def _numbers(certificate: Mapping[str, Any], people: Sequence[FramePerson]) -> list[CertificateDifference]:
    frame, found = certificate["frame"], []
    for name, number in (("people", len(people)), ("priority", sum(person.priority for person in people))):
        if frame[name] != number:
            reason = f"证书写的是 {frame[name]} 人，抽样框现有 {number} 人。"
            found.append(CertificateDifference(CertificateCheck.FRAME, f"frame.{name}", reason))
    if frame["fingerprint"] != fingerprint(people):
        found.append(
            CertificateDifference(
                CertificateCheck.FRAME, "frame.fingerprint", "抽样框与封存时的指纹不同：名单被改动过。"
            )
        )
    return found


def _selection(certificate: Mapping[str, Any], people: Sequence[FramePerson]) -> list[CertificateDifference]:
    plan, reading = Plan.from_json(certificate["plan"]), Reading(certificate["rule"]["reading"])
    try:
        counted = sizes(people, plan, reading)
    except PlanRefused as refused:
        return [CertificateDifference(CertificateCheck.FRAME, "strata", str(refused))]
    stated, found = strata_of(certificate), []
    for code in sorted({*stated, *counted}):
        here, there = _told(stated.get(code)), _told(counted.get(code))
        if here != there:
            found.append(say(CertificateCheck.FRAME, f"strata {code}", here, there))
    taken = _taken(certificate)
    allocation = Counter(dict.fromkeys(((c, q) for c, row in counted.items() for q in row.queues), 0))
    allocation.update({cell: len(keys) for cell, keys in taken.items() if cell in allocation})
    cell = cell_of(plan, reading)
    again = smallest(((person.key, cell(person)) for person in people), certificate["seed"]["value"], allocation)
    for place in sorted({*taken, *again}):
        stands, should = taken.get(place, []), [one.key for one in again.get(place, ())]
        if stands != should:
            swapped = len(set(stands) - set(should))
            reason = f"重新抽样得到的名单不同，有 {swapped} 人不该在名单上。"
            found.append(CertificateDifference(CertificateCheck.FRAME, f"strata {place[0]} {place[1]}", reason))
    return found


def _told(row: StratumSize | None) -> str:
    """Area, part and people of each queue that has any; that the queues sum to the stratum is another check."""
    queues = [f"{name} {number} 人" for name, number in sorted(row.queues.items()) if number] if row else []
    if row is None or not queues:
        return "没有这一层"
    return f"{row.part}，片区 {row.area or '—'}，{'、'.join(queues)}"


def _taken(certificate: Mapping[str, Any]) -> dict[Cell, list[str]]:
    """The keys of each queue: its sample, then its replacements in the order of their release."""
    taken: dict[Cell, list[str]] = {}
    for row in certificate["strata"]:
        for queue in row["queues"]:
            taken.setdefault((row["stratum"], queue["queue"]), []).extend(one["key"] for one in queue["drawn"])
    for one in certificate["replacements"]:
        taken.setdefault((one["stratum"], one["queue"]), []).append(one["key"])
    return taken
