"""Makes the golden certificates beside this file: python -m tests.sampling.golden.make. Invented people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sampling.certificate import keys_of
from sampling.checks import content_digest, register_of
from sampling.frame import FramePerson, canonical_lines
from sampling.plan import Factor, Method, Plan, Protocol
from sampling.rule import Reading
from tests.sampling.certificates import Round, a_coverage, a_round
from tests.sampling.people import mixed, people

HERE = Path(__file__).parent
VOIDED = [{"at": "2023-10-30T09:00:00+08:00", "digest": "a" * 64, "reason": "开奖号码抄错"}]
AREA_GROUP = (Factor.AREA, Factor.GROUP)


def rounds() -> dict[str, Round]:
    """A draw for each feature of a plan, and one with everything."""
    priority, everyone = Reading.PRIORITY, Reading.EVERYONE
    stddev = {"1": 9, "2": 4}
    return {
        "default": a_round(people(300)),
        "no-strata": a_round(mixed(400), Plan(120, strata=())),
        "area-minimum": a_round(mixed(400), Plan(130, strata=AREA_GROUP, area_minimum=40)),
        "minimum": a_round(mixed(400), Plan(100, strata=(Factor.VILLAGE, Factor.GROUP), minimum=8)),
        "priority-factor": a_round(mixed(400), Plan(100, strata=(Factor.PRIORITY,), method=Method.EQUAL), everyone),
        "neyman": a_round(mixed(400), Plan(110, strata=(Factor.AREA,), method=Method.NEYMAN, stddev=stddev)),
        "power": a_round(mixed(400), Plan(110, method=Method.POWER), everyone),
        "rested": a_round(mixed(400), Plan(100, overlap=0, protocol=Protocol.ONE_FOR_ONE)),
        "full-55": a_round(people(55), Plan(55, protocol=Protocol.NONE)),
        "all-of-100": a_round(people(100), Plan(100)),
        "everything": a_round(
            mixed(900),
            Plan(
                140, general=30, strata=AREA_GROUP, method=Method.POWER, minimum=3, area_minimum=20, overlap=30,
                protocol=Protocol.SUPERVISOR,
            ),
            priority,
        ),
    }  # fmt: skip


COVERED = {
    "everyone-of-64": (people(64), Reading.PRIORITY),
    "everyone-of-100": (people(100), Reading.PRIORITY),
    "everyone-by-priority": (mixed(110), Reading.PRIORITY),
    "everyone-of-both": (mixed(80), Reading.EVERYONE),
    "everyone-of-many": (people(130), Reading.PRIORITY),
}


def coverages() -> dict[str, dict[str, Any]]:
    """Certificates by which everyone is asked: below 100, exactly 100, by each reading, and by choice above 100."""
    return {name: a_coverage(frame, reading) for name, (frame, reading) in COVERED.items()}


def main() -> None:
    """Write every certificate and its frame."""
    for name, certificate in coverages().items():
        certificate["voided"] = VOIDED if name == "everyone-of-both" else []
        _write(name, certificate | {"digest": content_digest(certificate)}, COVERED[name][0])
    for name, drawing in rounds().items():
        certificate = drawing.certificate
        if name == "everything":
            queue = max((q for s in certificate["strata"] for q in s["queues"]), key=lambda q: len(q["drawn"]))
            lost = [drawn["key"] for drawn in queue["drawn"][:2]]
            certificate = drawing.replaced(*lost, keys_of(certificate)[-1])
            certificate["voided"] = VOIDED
            certificate["digest"] = content_digest(certificate)
            certificate["register"] = register_of(certificate["digest"], certificate["replacements"])
        _write(name, certificate, drawing.frame)


def _write(name: str, certificate: dict[str, Any], frame: Sequence[FramePerson]) -> None:
    text = json.dumps(certificate, ensure_ascii=False, indent=1, sort_keys=True)
    (HERE / f"{name}.json").write_text(text + "\n", "utf-8")
    ordered = sorted(frame, key=lambda person: person.key)
    (HERE / f"{name}.frame.txt").write_bytes(b"".join(canonical_lines(ordered)))


if __name__ == "__main__":
    main()
