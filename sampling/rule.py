"""The statutory rule, decided in this module only: how many people must be asked, and whether that is everyone.

Source: evaluation report of Shibi Street 2023, section 一(四)3:
「随机抽取不少于 100 名服务对象开展满意度调查(困难群众和特殊群体总人数低于 100 的,按照实际人数开展全覆盖满意度调查)」.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sampling.text import Text, TextError

MINIMUM_SAMPLE = 100


class Reading(StrEnum):
    """Whose number decides between a sample and full coverage; the text of the rule can be read in both ways."""

    PRIORITY = "priority"  # 甲: the priority groups
    EVERYONE = "everyone"  # 乙: all recipients


class SizeRefused(TextError, ValueError):
    """A number of people the rule does not allow, and why."""


class NobodyToAsk(SizeRefused):
    """The population is empty under this reading."""


class TooFew(SizeRefused):
    """Fewer people than the rule requires."""


class TooMany(SizeRefused):
    """More people than there are."""


@dataclass(frozen=True)
class Requirement:
    """What the rule asks of a population: at least `required` of `population` people; all of them when full."""

    reading: Reading
    population: int
    required: int
    full_coverage: bool


def requirement(priority: int, recipients: int, reading: Reading) -> Requirement:
    """How many of the people on a frame must be asked, under one reading.

    Raises ValueError for impossible counts and NobodyToAsk for an empty population.

    >>> requirement(1300, 1300, Reading.PRIORITY).required
    100
    >>> requirement(99, 500, Reading.PRIORITY)
    Requirement(reading=<Reading.PRIORITY: 'priority'>, population=99, required=99, full_coverage=True)
    """
    if priority < 0 or priority > recipients:
        raise ValueError("the priority groups cannot outnumber the recipients")
    population = priority if reading is Reading.PRIORITY else recipients
    if population == 0:
        raise NobodyToAsk(Text("抽样框里没有可以调查的人。", "The frame holds nobody who can be asked."))
    if population < MINIMUM_SAMPLE:
        return Requirement(reading, population, population, full_coverage=True)
    return Requirement(reading, population, MINIMUM_SAMPLE, full_coverage=population == MINIMUM_SAMPLE)


def planned_size(need: Requirement, asked: int | None) -> int:
    """The size of a draw: what was asked for, which may exceed the requirement and never fall short of it.

    Raises TooFew or TooMany.
    """
    if asked is None:
        return need.required
    if asked < need.required:
        least = Text("全部", "all") if need.full_coverage else Text("不少于", "at least")
        raise TooFew(
            Text(
                f"按规定{least.zh} {need.required} 人，不能只抽 {asked} 人。",
                f"The rule asks for {least.en} {need.required} people; {asked} are too few.",
            )
        )
    if asked > need.population:
        raise TooMany(
            Text(
                f"一共只有 {need.population} 人，不能抽 {asked} 人。",
                f"There are only {need.population} people; {asked} cannot be drawn.",
            )
        )
    return asked
