"""A draw from up to 10,000,000 people against hashing alone, by one process and by several, and its verification.

People are generated in blocks, and the time of generating them is subtracted, so that hashing and draw are the same
loop over the same people. A draw costs one hash a person and keeps the sample in memory.
"""

from __future__ import annotations

import hashlib
import resource
import time
from collections.abc import Callable, Iterator
from itertools import chain, pairwise
from multiprocessing import get_context
from typing import Any

from benchmarks.support import in_a_process, timed
from sampling.allocation import allocate
from sampling.certificate import keys_of, make, verify
from sampling.draw import Sample, draw, merge, require_full_sample, smallest
from sampling.frame import FramePerson, Last, fingerprint
from sampling.plan import Factor, Plan
from sampling.rule import Reading, requirement
from sampling.seed import Contribution, ContributionKind, join
from sampling.strata import Cell, StratumSize, cell_of, queues_of, sizes

MILLION = 1_000_000
PIECE = 100_000
SEED = hashlib.sha256(b"benchmark").hexdigest()
READING = Reading.PRIORITY
PLANS = {
    "village": Plan(1000),
    "area, village and group, three queues": Plan(1000, strata=(Factor.AREA, Factor.VILLAGE, Factor.GROUP), overlap=30),
}
VILLAGES = [f"{n:04d}" for n in range(100)]
CATEGORIES = (("01",), ("05",), ("07",), ("13",), ("01", "13"))
LASTS = list(Last)


class InventedPeople:
    """Invented people, generated in blocks while they are iterated over; `making` is the time this took."""

    def __init__(self, first: int, behind: int) -> None:
        self.first, self.behind, self.making = first, behind, 0.0

    def __iter__(self) -> Iterator[FramePerson]:
        return chain.from_iterable(self._pieces())

    def _pieces(self) -> Iterator[list[FramePerson]]:
        for start in range(self.first, self.behind, PIECE):
            began = time.perf_counter()
            piece = [self._person(n) for n in range(start, min(start + PIECE, self.behind))]
            self.making += time.perf_counter() - began
            yield piece

    @staticmethod
    def _person(n: int) -> FramePerson:
        village = VILLAGES[n % 100]
        return FramePerson(f"{n:032x}", village, village[:2], CATEGORIES[n // 100 % 5], LASTS[n // 7 % 3])


def timed_without_generation(people: InventedPeople, work: Callable[[InventedPeople], Any]) -> tuple[float, Any]:
    """(seconds without generating the people, result)."""
    began, making_before = time.perf_counter(), people.making
    result = work(people)
    return time.perf_counter() - began - (people.making - making_before), result


def hash_all(people: InventedPeople) -> None:
    """The lower bound: the ticket of everyone by one plain `sha256(…).hexdigest()`, and nothing else."""
    head, sha256 = f"{SEED}|".encode(), hashlib.sha256
    for person in people:
        sha256(head + person.key.encode()).hexdigest()


def hash_all_begun(people: InventedPeople) -> None:
    """The lower bound of the tickets as the draw makes them: the seed is hashed once, no hexadecimal digits."""
    copy = hashlib.sha256(f"{SEED}|".encode()).copy
    for person in people:
        state = copy()
        state.update(person.key.encode())
        state.digest()


def allocated(plan: Plan, count: int) -> dict[Cell, int]:
    """The allocation to `count` people, from the sizes of a hundredth of them: the villages are alike."""
    part = sizes(InventedPeople(0, count // 100), plan, READING)
    return allocate(
        plan,
        {
            code: StratumSize(
                code, row.area, row.part, row.population * 100, {q: n * 100 for q, n in row.queues.items()}
            )
            for code, row in part.items()
        },
    )


def peak() -> float:
    """Peak resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_process(count: int, plan: Plan) -> tuple[float, float, float, float, float, Sample]:
    """(seconds of hashing, of hashing from a copied state, of `sizes`, of the draw; MB added to the peak; sample)."""
    people, allocation = InventedPeople(0, count), allocated(plan, count)
    floor, _ = timed_without_generation(people, hash_all)
    begun, _ = timed_without_generation(people, hash_all_begun)
    counting, _ = timed_without_generation(people, lambda people: sizes(people, plan, READING))
    before = peak()
    drawing, sample = timed_without_generation(
        people, lambda people: draw(people, cell_of(plan, READING), SEED, allocation)
    )
    return floor, begun, counting, drawing, peak() - before, sample


def part(task: tuple[int, int, Plan, dict[Cell, int]]) -> Sample:
    """The smallest tickets of a range of keys, the part of one process."""
    first, behind, plan, allocation = task
    cell = cell_of(plan, READING)
    return smallest(((person.key, cell(person)) for person in InventedPeople(first, behind)), SEED, allocation)


def in_parts(count: int, plan: Plan, processes: int) -> tuple[float, Sample]:
    """(seconds with generating the people, sample) of a draw by that many processes, one range of keys each."""
    allocation = allocated(plan, count)
    edges = [count * n // processes for n in range(processes + 1)]
    tasks = [(first, behind, plan, allocation) for first, behind in pairwise(edges)]
    with get_context("fork").Pool(processes) as pool:
        pool.map(len, [()] * processes)
        began = time.perf_counter()
        sample = require_full_sample(merge(pool.map(part, tasks, chunksize=1), allocation), allocation)
        return time.perf_counter() - began, sample


def rechecked(count: int) -> tuple[float, float]:
    """(seconds of hashing, seconds of `verify`) with the people in memory."""
    plan, frame = PLANS["village"], list(InventedPeople(0, count))
    form = fingerprint(frame)
    dice = Contribution("dice", ContributionKind.PUBLIC, "thrown in public", "", "3 5 2 6 1 1 4 2")
    seed, strata = join(form, plan.digest(), [dice]), sizes(frame, plan, READING)
    allocation = allocate(plan, strata)
    certificate = make(
        evaluation="benchmark",
        drawn_at="2026-11-23T10:00:00+08:00",
        fingerprint=form,
        people=count,
        priority=count,
        requirement=requirement(count, count, READING),
        plan=plan,
        strata=strata,
        allocation=allocation,
        sample=draw(frame, cell_of(plan, READING), seed, allocation),
        contributions=[dice],
        seed=seed,
    )
    keys = keys_of(certificate)
    head, sha256 = f"{seed}|".encode(), hashlib.sha256

    def hashing() -> None:
        for person in frame:
            sha256(head + person.key.encode()).hexdigest()

    return timed(hashing, 3), timed(lambda: verify(certificate, frame, keys))


def main() -> None:
    """Measure two sizes, then the same draw by several processes, and the verification of a certificate."""
    for name, plan in PLANS.items():
        print(f"strata: {name}; {len(queues_of(plan))} queue(s) each")
        for count in (MILLION, 10 * MILLION):
            _, most, (floor, begun, counting, drawing, grown, _) = in_a_process(one_process, count, plan)
            print(
                f"{count:>10,} people: hashing {floor:.2f} s, from a begun state {begun:.2f} s, "
                f"sizes {counting:.2f} s, draw {drawing:.2f} s, ratio {drawing / floor:.2f} ({drawing / begun:.2f}), "
                f"peak {most:.0f} MB, grown by {grown:.1f} MB during the draw"
            )
    plan, alone = PLANS["village"], 0.0
    samples = []
    for processes in (1, 2, 4):
        seconds, sample = in_parts(10 * MILLION, plan, processes)
        alone = alone or seconds
        samples.append(sample)
        print(
            f"{processes} process(es): {seconds:.1f} s with the making of the people, "
            f"{alone / seconds:.2f} times as fast, {'the same' if sample == samples[0] else 'ANOTHER'} sample"
        )
    hashing, verifying = rechecked(MILLION)
    print(
        f"verify() of {MILLION:,} people: {verifying:.2f} s, {verifying / hashing:.1f} times hashing ({hashing:.2f} s)"
    )
