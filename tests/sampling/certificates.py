"""A true draw of invented people, and its certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sampling import certificate as certificates
from sampling import coverage
from sampling.allocation import allocate
from sampling.draw import Sample, draw
from sampling.frame import FramePerson, fingerprint
from sampling.plan import Plan
from sampling.replacement import ReleasedReplacement
from sampling.rule import Reading, requirement
from sampling.seed import Contribution, ContributionKind, commitment_of, join
from sampling.strata import Cell, StratumSize, cell_of, sizes

PLAN = Plan(100)


def contributions(frame: Sequence[FramePerson], plan: Plan = PLAN) -> list[Contribution]:
    """Two parties, the server, and dice thrown in public."""
    form, digest = fingerprint(frame), plan.digest()
    promised = [
        Contribution(name, kind, source, commitment_of(form, digest, name, value), value)
        for name, kind, source, value in (
            ("购买方", ContributionKind.COMMITTED, "现场写下", "8823 0417"),
            ("服务机构", ContributionKind.COMMITTED, "现场写下", "5566 1029"),
            ("系统", ContributionKind.SYSTEM, "服务器随机数", "c0ffee"),
        )
    ]
    return [*promised, Contribution("骰子", ContributionKind.PUBLIC, "封存后当众掷", "", "3 5 2 6 1 1 4 2")]


@dataclass(frozen=True)
class Round:
    """A draw with everything that led to it."""

    frame: list[FramePerson]
    plan: Plan
    reading: Reading
    strata: dict[str, StratumSize]
    allocation: dict[Cell, int]
    seed: str
    sample: Sample
    certificate: dict[str, Any]

    def queue(self, cell: Cell) -> list[tuple[str, str]]:
        """Everyone of a queue as (ticket, key), in order."""
        where = cell_of(self.plan, self.reading)
        members = [person for person in self.frame if where(person) == cell]
        return [(drawn.ticket, drawn.key) for drawn in draw(members, where, self.seed, {cell: len(members)})[cell]]

    def replaced(self, *lost: str) -> dict[str, Any]:
        """The certificate after these people, one after the other, were replaced from the reserve."""
        drawn_by_cell = {cell: len(drawn) for cell, drawn in self.sample.items()}
        cells = {person.key: cell for cell, drawn in self.sample.items() for person in drawn}
        released: list[ReleasedReplacement] = []
        for number, key in enumerate(lost, 1):
            stratum, own = cells[key]
            ticket, new = self.queue((stratum, own))[drawn_by_cell[stratum, own]]
            at = f"2023-11-{number:02d}T09:00:00+08:00"
            released.append(ReleasedReplacement(key, "refused", stratum, own, new, ticket, at))
            drawn_by_cell[stratum, own] += 1
            cells[new] = (stratum, own)
        return certificates.publish(self.certificate, released)


def a_round(frame: Sequence[FramePerson], plan: Plan = PLAN, reading: Reading = Reading.PRIORITY) -> Round:
    """A draw from these people by this plan, with its certificate."""
    strata = sizes(frame, plan, reading)
    allocation = allocate(plan, strata)
    contributed = contributions(frame, plan)
    seed = join(fingerprint(frame), plan.digest(), contributed)
    sample = draw(frame, cell_of(plan, reading), seed, allocation)
    priority = sum(person.priority for person in frame)
    certificate = certificates.make(
        evaluation="sample-2023",
        drawn_at="2023-11-01T10:00:00+08:00",
        fingerprint=fingerprint(frame),
        people=len(frame),
        priority=priority,
        requirement=requirement(priority, len(frame), reading),
        plan=plan,
        strata=strata,
        allocation=allocation,
        sample=sample,
        contributions=contributed,
        seed=seed,
    )
    return Round(list(frame), plan, reading, strata, allocation, seed, sample, certificate)


def a_coverage(frame: Sequence[FramePerson], reading: Reading = Reading.PRIORITY) -> dict[str, Any]:
    """The certificate that everyone of these people whom the rule counts is asked."""
    return coverage.make(
        evaluation="sample-2023",
        confirmed_at="2023-11-01T10:00:00+08:00",
        fingerprint=fingerprint(frame),
        people=frame,
        requirement=requirement(sum(person.priority for person in frame), len(frame), reading),
    )


def a_certificate(
    frame: Sequence[FramePerson], plan: Plan = PLAN, reading: Reading = Reading.PRIORITY
) -> dict[str, Any]:
    """The certificate of a draw from these people."""
    return a_round(frame, plan, reading).certificate
