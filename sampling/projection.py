"""The projection of a plan: people drawn by stratum, answers to expect, and margins of error.

Computed from the kinds of people on a frame (equal in village, categories and last round) and the assumptions about
them; nothing is drawn and no person is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from sampling.allocation import allocate
from sampling.frame import FramePerson
from sampling.plan import Method, Plan, PlanRefused, Protocol
from sampling.planning import WORST, StratumAnswers, design_effect, margin_of, stddev_of
from sampling.rule import Reading
from sampling.strata import GENERAL, MAIN, StratumSize, cell_of, sizes_of_kinds
from sampling.text import Text

MOST_STDDEVS = 100  # each is a number in an address, and servers cut addresses at 4,000 characters

Kinds = Sequence[tuple[FramePerson, int]]
"""One person of each kind, with the number of people of that kind."""


@dataclass(frozen=True)
class Assumptions:
    """Assumed per cent of people satisfied (overall, by stratum) and responding, and the lines between score bands."""

    share: int = 90
    rate: int = 80
    shares: Mapping[str, int] = field(default_factory=dict)
    lines: tuple[Decimal, ...] = (Decimal(60), Decimal(80), Decimal(90))

    def share_of(self, stratum: str) -> int:
        """The share expected in a stratum."""
        return self.shares.get(stratum, self.share)


@dataclass(frozen=True)
class AreaProjection:
    """An area of the main part: answers to expect, and the margins (0-1) at the worst and the expected share.

    Margins are None where a stratum gives no answer. `drawn` is a mean unless strata lie within areas.
    """

    area: str
    population: int
    drawn: float
    margin: float | None
    likely_margin: float | None


@dataclass(frozen=True)
class Projection:
    """The contacts, answers and margins of a plan; margins (0-1), design effect and areas are of the main part."""

    plan: Plan
    sizes: Mapping[str, StratumSize]
    drawn: Mapping[str, int]
    queues: Mapping[str, int]
    answers: int
    contacts: int
    margin: float | None
    likely_margin: float | None
    effect: float | None
    general_margin: float | None
    areas: tuple[AreaProjection, ...]

    @property
    def total(self) -> int:
        """Everyone drawn, general recipients too."""
        return self.plan.size + self.plan.general

    @property
    def strata(self) -> int:
        """How many strata there are."""
        return len(self.sizes)

    def _few(self, fewest: int) -> int:
        return sum(self.drawn[code] < min(fewest, row.population) for code, row in self.sizes.items())

    @property
    def undrawn(self) -> int:
        """Strata that nobody is drawn from."""
        return self._few(1)

    @property
    def thin(self) -> int:
        """Strata with one person drawn of several: one answer has no variance."""
        return self._few(2) - self.undrawn

    @property
    def below_minimum(self) -> int:
        """Strata that get fewer than the plan's minimum, because the sample does not suffice for all."""
        return self._few(self.plan.minimum)

    @property
    def areas_below_minimum(self) -> int:
        """Areas that get fewer than the plan's minimum."""
        return sum(area.drawn < min(self.plan.area_minimum, area.population) for area in self.areas)

    @property
    def more_strata_than_people(self) -> bool:
        """Whether there are more strata than people to draw, in the main part or among general recipients."""
        parts = Counter(row.part for row in self.sizes.values())
        return parts[MAIN] > self.plan.size or parts[GENERAL] > self.plan.general


def project(plan: Plan, kinds: Kinds, reading: Reading, assumptions: Assumptions) -> Projection:
    """The projection of a plan for these kinds of people; under Neyman allocation the assumptions give its `stddev`.

    Raises PlanRefused when the plan does not fit.
    """
    sizes = sizes_of_kinds(kinds, plan, reading)
    if plan.method is Method.NEYMAN:
        if len(sizes) > MOST_STDDEVS:
            message = Text(
                f"内曼分配要逐层填写预计满意率，最多 {MOST_STDDEVS} 层，这里有 {len(sizes)} 层。",
                f"Neyman allocation needs the expected share satisfied of every stratum, for at most {MOST_STDDEVS} "
                f"strata; here are {len(sizes)}.",
            )
            raise PlanRefused(message, "method")
        plan = replace(plan, stddev={code: stddev_of(assumptions.share_of(code)) for code in sizes})
    cells = allocate(plan, sizes)
    drawn, queues = dict.fromkeys(sizes, 0), Counter[str]()
    for (code, queue), number in cells.items():
        drawn[code] += number
        queues[queue] += number
    answers = {code: _answers(plan, drawn[code], row.population, assumptions.rate) for code, row in sizes.items()}
    main = [code for code, row in sizes.items() if row.part == MAIN]
    general = [code for code, row in sizes.items() if row.part == GENERAL]
    parts = {code: StratumAnswers(row.population, float(answers[code])) for code, row in sizes.items()}
    return Projection(
        plan=plan,
        sizes=sizes,
        drawn=drawn,
        queues=queues,
        answers=int(sum(answers[code] for code in main)),
        contacts=sum(_contacts(plan, drawn[code], row.population, assumptions.rate) for code, row in sizes.items()),
        margin=margin_of([parts[code] for code in main]),
        likely_margin=margin_of([parts[code] for code in main], [assumptions.share_of(code) / 100 for code in main]),
        effect=design_effect([parts[code] for code in main]),
        general_margin=margin_of([parts[code] for code in general]),
        areas=_areas(plan, kinds, reading, assumptions, sizes, drawn, answers),
    )


def _answers(plan: Plan, drawn: int, population: int, rate: int) -> Fraction:
    """Answers to expect of a stratum: a reserve fills up what is missing as long as people are left."""
    if plan.protocol is Protocol.NONE:
        return Fraction(drawn * rate, 100)
    return min(Fraction(drawn), Fraction(population * rate, 100))


def _contacts(plan: Plan, drawn: int, population: int, rate: int) -> int:
    return drawn if plan.protocol is Protocol.NONE else min(population, -(-drawn * 100 // rate))


def _areas(
    plan: Plan,
    kinds: Kinds,
    reading: Reading,
    assumptions: Assumptions,
    sizes: Mapping[str, StratumSize],
    drawn: Mapping[str, int],
    answers: Mapping[str, Fraction],
) -> tuple[AreaProjection, ...]:
    """The areas of the main part; a stratum that spans several gives each its share of people, on average."""
    cell = cell_of(plan, reading)
    pieces: dict[str, Counter[str]] = {}
    for person, number in kinds:
        place = cell(person)
        if place is not None and sizes[place[0]].part == MAIN:
            pieces.setdefault(person.area, Counter())[place[0]] += number
    lines = []
    for area in sorted(pieces):
        shares = [assumptions.share_of(code) / 100 for code in pieces[area]]
        parts = [
            StratumAnswers(n, float(answers[code] * n / sizes[code].population)) for code, n in pieces[area].items()
        ]
        lines.append(
            AreaProjection(
                area,
                sum(pieces[area].values()),
                float(sum(Fraction(drawn[code] * n, sizes[code].population) for code, n in pieces[area].items())),
                margin_of(parts, WORST),
                margin_of(parts, shares),
            )
        )
    return tuple(lines)
