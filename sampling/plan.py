"""The plan of a draw: strata, sizes, allocation, what happens between rounds, when the reserve is released.

Fixed and published before the seed exists; its digest goes into every commitment (docs/certificate.md, 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sampling.canonical import canonical_json, is_plain, sha256
from sampling.rule import Reading
from sampling.text import Text, TextError

LARGEST = 10**9
MINIMUM_PER_STRATUM = 2  # one answer has no variance
MOST_STRATA = 5_000


class PlanRefused(TextError, ValueError):
    """A plan that cannot be carried out, and why; `field` names the choice."""

    def __init__(self, message: Text, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Factor(StrEnum):
    """What strata can be made of, in the order in which they are combined."""

    AREA = "area"
    VILLAGE = "village"
    GROUP = "group"
    PRIORITY = "priority"


class Method(StrEnum):
    """How the size is shared among the strata."""

    PROPORTIONAL = "proportional"  # to the people
    EQUAL = "equal"  # the same for each
    NEYMAN = "neyman"  # to people times standard deviation (Neyman 1934)
    POWER = "power"  # to the square root of the people (Bankier 1988, power 1/2)


class Protocol(StrEnum):
    """When people of the reserve are released."""

    BLOCK = "block"
    ONE_FOR_ONE = "one_for_one"
    SUPERVISOR = "supervisor"
    NONE = "none"


@dataclass(frozen=True)
class Plan:
    """The decisions taken before the draw: whom, how many, how shared, how replaced.

    `size` people of the rule's population, and `general` general recipients beside them; `overlap` is the per cent of
    each stratum's sample taken from the people drawn last time (0 rests them, None ignores the last round). `stddev` is
    the standard deviation by stratum code, for Neyman allocation; documents call it `spread`.
    Raises PlanRefused for values no draw can have; whether it fits a frame, sampling.allocation says.
    """

    size: int
    general: int = 0
    strata: tuple[Factor, ...] = (Factor.VILLAGE,)
    method: Method = Method.PROPORTIONAL
    minimum: int = MINIMUM_PER_STRATUM
    area_minimum: int = 0
    stddev: Mapping[str, int] = field(default_factory=dict)
    overlap: int | None = None
    protocol: Protocol = Protocol.SUPERVISOR
    block: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "stddev", MappingProxyType(dict(self.stddev)))
        counts = (("size", 1), ("general", 0), ("minimum", 0), ("area_minimum", 0), ("block", 1))
        for name, least in counts:
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= LARGEST:
                message = Text(
                    f"人数应为 {least} 到 {LARGEST} 之间的整数。",
                    f"The number of people should be a whole number from {least} to {LARGEST}.",
                )
                raise PlanRefused(message, name)
        if list(self.strata) != [factor for factor in Factor if factor in self.strata]:
            message = Text(
                "分层依据要按片区、村居、人群、优先的次序，每项一次。",
                "Strata are made of area, village, group and priority, in this order, each once.",
            )
            raise PlanRefused(message, "strata")
        if self.area_minimum and not self.knows_areas:
            message = Text(
                "每个片区的最少人数，要按片区或村居分层才能保证。",
                "A minimum for each area needs strata by area or village.",
            )
            raise PlanRefused(message, "area_minimum")
        if self.overlap is not None and (type(self.overlap) is not int or not 0 <= self.overlap <= 100):
            message = Text(
                "重访比例应为 0 到 100 之间的整数。",
                "The share of people asked again should be a whole number from 0 to 100.",
            )
            raise PlanRefused(message, "overlap")
        if self.protocol is not Protocol.BLOCK and self.block != 1:
            message = Text("只有分批放出才有每批人数。", "Only a reserve released in blocks has a block size.")
            raise PlanRefused(message, "block")
        if self.stddev and self.method is not Method.NEYMAN:
            message = Text(
                "只有内曼分配用到各层的离散程度。", "Only Neyman allocation uses the spread of each stratum."
            )
            raise PlanRefused(message, "spread")
        for code, number in self.stddev.items():
            if not is_plain(code):
                message = Text("离散程度里有一个层的代码不成立。", "A stratum code among the spreads is not valid.")
                raise PlanRefused(message, "spread")
            if type(number) is not int or not 1 <= number <= LARGEST:
                message = Text(
                    f"层 {code} 的离散程度应为正整数。",
                    f"The spread of stratum {code} should be a whole number, 1 or more.",
                )
                raise PlanRefused(message, "spread")

    def __reduce__(self) -> tuple[Any, ...]:
        """Lets a plan be pickled for other processes, which a mapping proxy cannot be."""
        return Plan.from_json, (self.as_json(),)

    @property
    def knows_areas(self) -> bool:
        """Whether every stratum lies in one area."""
        return Factor.AREA in self.strata or Factor.VILLAGE in self.strata

    def as_json(self) -> dict[str, Any]:
        """As it stands in the certificate."""
        values = {key: getattr(self, name) for name, key in _keys().items()}
        return values | {
            "strata": [factor.value for factor in self.strata],
            "method": self.method.value,
            "protocol": self.protocol.value,
            "spread": dict(self.stddev),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Plan:
        """Back from a certificate's plan; raises PlanRefused, also when its fields are not these."""
        names = {key: name for name, key in _keys().items()}
        if set(values) != set(names):
            raise PlanRefused(Text("方案的项目不全或有多余。", "The plan lacks fields or has too many."))
        strata, stddev = values["strata"], values["spread"]
        if not isinstance(strata, list):
            raise PlanRefused(Text("方案的分层依据应为列表。", "The factors of the strata should be a list."), "strata")
        if not isinstance(stddev, Mapping):
            raise PlanRefused(Text("方案的离散程度应为对象。", "The spreads should be an object."), "spread")
        try:
            factors = tuple(Factor(factor) for factor in strata)
            method, protocol = Method(values["method"]), Protocol(values["protocol"])
        except (ValueError, TypeError) as error:
            message = Text(
                "方案里有不认识的分层依据、分配方法或替换方式。",
                "The plan names an unknown factor of strata, method of allocation or protocol of replacement.",
            )
            raise PlanRefused(message) from error
        arguments = {names[key]: value for key, value in values.items()}
        return cls(**{**arguments, "strata": factors, "method": method, "protocol": protocol})

    def digest(self) -> str:
        """SHA-256 of its canonical JSON.

        >>> Plan(124).digest()
        '9a415645d6210294cbc994ed2b2d2c749cffe74838d344552d3f6a92492c0dc2'
        """
        return sha256(canonical_json(self.as_json()))


def _keys() -> dict[str, str]:
    """The names of the fields of a Plan with the keys they have in a certificate."""
    return {f.name: "spread" if f.name == "stddev" else f.name for f in fields(Plan)}


def general_allowed(plan: Plan, reading: Reading) -> bool:
    """Whether the plan's general part can exist: under 乙 everyone is in the main part already."""
    return plan.general == 0 or reading is Reading.PRIORITY
