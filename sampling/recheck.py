"""The re-check of a draw: drawing again from the frame and comparing (check `frame` of docs/certificate.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sampling.checks import stated_difference, strata_of
from sampling.differences import CertificateCheck, CertificateDifference
from sampling.draw import smallest
from sampling.frame import FramePerson, check_frame, fingerprint
from sampling.plan import Plan, PlanRefused
from sampling.rule import Reading
from sampling.strata import Cell, StratumSize, cell_of, sizes
from sampling.text import Text, all_of


def frame_differences(certificate: Mapping[str, Any], people: Sequence[FramePerson]) -> list[CertificateDifference]:
    """The differences between these people and the stated frame, and between the sample and a draw made again."""
    if malformed := malformed_frame(people):
        return malformed
    return [*number_differences(certificate, people), *_selection(certificate, people)]


def malformed_frame(people: Sequence[FramePerson]) -> list[CertificateDifference]:
    """The first error of a frame that is none, and how many there are; empty for a frame."""
    findings = check_frame(people)
    if not findings:
        return []
    wrong = Text(f"抽样框有 {len(findings)} 处错误：", f"The frame has {len(findings)} errors: ")
    return [CertificateDifference(CertificateCheck.FRAME, "frame", wrong + findings[0].message)]


def number_differences(certificate: Mapping[str, Any], people: Sequence[FramePerson]) -> list[CertificateDifference]:
    """Where the stated numbers of people and the stated fingerprint are not those of these people."""
    frame, differences = certificate["frame"], []
    for name, number in (("people", len(people)), ("priority", sum(person.priority for person in people))):
        if frame[name] != number:
            reason = Text(
                f"证书写的是 {frame[name]} 人，抽样框现有 {number} 人。",
                f"The certificate says {frame[name]} people; the frame now has {number}.",
            )
            differences.append(CertificateDifference(CertificateCheck.FRAME, f"frame.{name}", reason))
    if frame["fingerprint"] != fingerprint(people):
        reason = Text(
            "抽样框与封存时的指纹不同：名单被改动过。",
            "The frame's fingerprint is not the one it was sealed with: the list was changed.",
        )
        differences.append(CertificateDifference(CertificateCheck.FRAME, "frame.fingerprint", reason))
    return differences


def _selection(certificate: Mapping[str, Any], people: Sequence[FramePerson]) -> list[CertificateDifference]:
    plan, reading = Plan.from_json(certificate["plan"]), Reading(certificate["rule"]["reading"])
    try:
        counted = sizes(people, plan, reading)
    except PlanRefused as refused:
        return [CertificateDifference(CertificateCheck.FRAME, "strata", refused.message)]
    stated, differences = strata_of(certificate), []
    for code in sorted({*stated, *counted}):
        as_stated, as_counted = _stratum_text(stated.get(code)), _stratum_text(counted.get(code))
        if as_stated != as_counted:
            differences.append(stated_difference(CertificateCheck.FRAME, f"strata {code}", as_stated, as_counted))
    stated_keys = _keys_by_cell(certificate)
    allocation = Counter(dict.fromkeys(((c, q) for c, row in counted.items() for q in row.queues), 0))
    allocation.update({cell: len(keys) for cell, keys in stated_keys.items() if cell in allocation})
    cell = cell_of(plan, reading)
    again = smallest(((person.key, cell(person)) for person in people), certificate["seed"]["value"], allocation)
    for place in sorted({*stated_keys, *again}):
        stands, should = stated_keys.get(place, []), [drawn_person.key for drawn_person in again.get(place, ())]
        if stands != should:
            swapped = len(set(stands) - set(should))
            reason = Text(
                f"重新抽样得到的名单不同，有 {swapped} 人不该在名单上。",
                f"Drawing again gives another list; people who should not be on it: {swapped}.",
            )
            differences.append(CertificateDifference(CertificateCheck.FRAME, f"strata {place[0]} {place[1]}", reason))
    return differences


def _stratum_text(row: StratumSize | None) -> Text:
    """Area, part and people of each queue that has any; that the queues sum to the stratum is another check."""
    queues = sorted((name, number) for name, number in row.queues.items() if number) if row else []
    if row is None or not queues:
        return Text("没有这一层", "no such stratum")
    counts = all_of(Text(f"{name} {number} 人", f"{name} {number} people") for name, number in queues)
    area = row.area or "—"
    return Text(f"{row.part}，片区 {area}，{counts.zh}", f"{row.part}, area {area}, {counts.en}")


def _keys_by_cell(certificate: Mapping[str, Any]) -> dict[Cell, list[str]]:
    """The keys of each queue: its sample, then its replacements in the order of their release."""
    keys: dict[Cell, list[str]] = {}
    for row in certificate["strata"]:
        for queue in row["queues"]:
            keys.setdefault((row["stratum"], queue["queue"]), []).extend(person["key"] for person in queue["drawn"])
    for person in certificate["replacements"]:
        keys.setdefault((person["stratum"], person["queue"]), []).append(person["key"])
    return keys
