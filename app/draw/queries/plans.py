"""The projection of a plan, before the draw is made.

The people of a frame are counted by one GROUP BY of village, categories and last round; the rest is arithmetic on
these groups, so that the cost of a preview does not grow with the number of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.draw.queries.stratum_names import stratum_name
from app.ledger.queries.frames import frame_of
from app.ledger.queries.readings import ReadingRow, readings_of
from app.models import Evaluation, Frame, Recipient, ServiceArea, Village
from sampling.frame import FramePerson, Last
from sampling.misclassification import Misclassification, misclassification, satisfied_at
from sampling.plan import Plan, Protocol
from sampling.projection import Assumptions, Kinds, Projection, project
from sampling.rule import NobodyToAsk, Reading, Requirement, planned_size, requirement
from sampling.text import Text

SHOWN_STRATA = 200
MORE_ANSWERS = (200, 400)


def plan_by_villages(session: Session, evaluation: Evaluation, size: int | None = None) -> Plan:
    """The usual plan: strata by village, proportional allocation, the required sample size or more.

    Raises SizeRefused when `size` is not allowed, NobodyToAsk without people.
    """
    return Plan(planned_size(requirement_of(_frame(session, evaluation), evaluation), size))


def plan_of_everyone(need: Requirement) -> Plan:
    """The plan by which everyone of the rule's population is asked: by village, without a reserve."""
    return Plan(need.population, protocol=Protocol.NONE)


def asks_everyone(plan: Plan, need: Requirement) -> bool:
    """Whether a plan leaves nothing to chance: the whole population, and nobody drawn beside it."""
    return plan.size == need.population and plan.general == 0


def leaves_nobody_out(session: Session, evaluation: Evaluation, plan: Plan) -> bool:
    """Whether a plan asks everyone on the evaluation's frame whom the rule counts; raises NobodyToAsk."""
    return asks_everyone(plan, requirement_of(_frame(session, evaluation), evaluation))


@dataclass(frozen=True)
class StratumLine:
    """A stratum: population, sample size, and the expected share in per cent."""

    code: str
    name: str
    part: str
    population: int
    drawn: int
    share: int


@dataclass(frozen=True)
class MisclassificationLine:
    """A true share in per cent, and the probability of misclassification with each number of responses."""

    share: int
    by_size: tuple[Misclassification, ...]


@dataclass(frozen=True)
class PlanPreview:
    """The projections of a plan and of the usual plan; `strata` are the first SHOWN_STRATA."""

    need: Requirement
    readings: tuple[ReadingRow, ...]
    chosen: Projection
    usual: Projection
    area_names: Mapping[str, str]
    strata: tuple[StratumLine, ...]
    misclassification: tuple[MisclassificationLine, ...]
    assumptions: Assumptions

    @property
    def plan(self) -> Plan:
        """The previewed plan, with the standard deviations of its strata filled in."""
        return self.chosen.plan

    @property
    def spread_shares(self) -> list[tuple[str, int]]:
        """The share expected in each stratum, where the allocation needs it."""
        return [(code, self.assumptions.share_of(code)) for code in self.plan.stddev]

    @property
    def asked(self) -> tuple[int, ...]:
        """The numbers of responses for which the probability of misclassification is shown."""
        return tuple(chance.asked for chance in self.misclassification[0].by_size)


def _frame(session: Session, evaluation: Evaluation) -> Frame:
    frame = frame_of(session, evaluation)
    if frame is None:
        raise NobodyToAsk(
            Text("还没有名册。先上传名册，再抽样。", "There is no list yet. Upload a list before drawing.")
        )
    return frame


def requirement_of(frame: Frame, evaluation: Evaluation) -> Requirement:
    """The sample size that the rule requires of a frame under the evaluation's reading; raises NobodyToAsk."""
    return requirement(frame.priority_count, frame.people_count, Reading(evaluation.reading))


def kinds_of(session: Session, frame: Frame) -> Kinds:
    """How many people of a frame share village, categories and last round; keys are left empty."""
    rows = session.execute(
        select(Village.code, ServiceArea.code, Recipient.categories, Recipient.last, func.count())
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(Recipient.frame_id == frame.id)
        .group_by(Village.code, ServiceArea.code, Recipient.categories, Recipient.last)
    )
    return [
        (FramePerson("", village, area, tuple(filter(None, categories.split(","))), Last(last)), number)
        for village, area, categories, last, number in rows
    ]


def plan_preview(session: Session, evaluation: Evaluation, plan: Plan, assumptions: Assumptions) -> PlanPreview:
    """The projection of a plan on the frame, draft or sealed.

    Raises NobodyToAsk without a frame or people, PlanRefused when the plan does not fit.
    """
    frame = _frame(session, evaluation)
    need = requirement_of(frame, evaluation)
    kinds = kinds_of(session, frame)
    chosen = project(plan, kinds, need.reading, assumptions)
    return PlanPreview(
        need=need,
        readings=readings_of(frame),
        chosen=chosen,
        usual=project(Plan(need.required), kinds, need.reading, assumptions),
        area_names={area.code: area.name for area in evaluation.station.areas},
        strata=tuple(
            StratumLine(
                code,
                stratum_name(evaluation, chosen.plan, code, row.part),
                row.part,
                row.population,
                chosen.drawn[code],
                assumptions.share_of(code),
            )
            for code, row in list(chosen.sizes.items())[:SHOWN_STRATA]
        ),
        misclassification=_misclassification(need, chosen, assumptions),
        assumptions=assumptions,
    )


def _misclassification(
    need: Requirement, chosen: Projection, assumptions: Assumptions
) -> tuple[MisclassificationLine, ...]:
    people = need.population
    asked = sorted({n for n in (need.required, chosen.answers, *MORE_ANSWERS) if 1 <= n <= people})
    lines = [Fraction(line) for line in assumptions.lines]
    shares = [share for share in range(assumptions.share - 6, assumptions.share + 7, 2) if 1 <= share <= 100]
    return tuple(
        MisclassificationLine(
            share, tuple(misclassification(people, satisfied_at(people, share), n, lines) for n in asked)
        )
        for share in shares
    )
