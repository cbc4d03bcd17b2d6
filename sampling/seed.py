"""The seed: contributions committed before any is known, public sources named beforehand, joined in a declared way.

The frame's fingerprint and the plan's digest are part of every commitment and of the join, so that a value cannot be
used again for another list or another plan (docs/certificate.md, 5). A commitment hides a value only as well as the
value cannot be guessed: parties draw theirs at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sampling.canonical import LONGEST, is_plain, sha256
from sampling.text import Text, TextError

JOIN = "seed-join-1"
COMMITMENT = "seed-commitment-1"
FEWEST_COMMITTED = 2
MOST_CONTRIBUTIONS = 20


class InvalidSeed(TextError, ValueError):
    """A contribution that could be confused with another, or was not what was promised."""


class ContributionKind(StrEnum):
    """What prevents that a contribution is chosen to get a certain seed."""

    COMMITTED = "committed"  # a party's own, fixed by its hash before any value is known
    PUBLIC = "public"  # a source named beforehand whose value nobody knows yet
    SYSTEM = "system"  # the server's own, committed like a party's


@dataclass(frozen=True)
class Contribution:
    """What one party or source adds to the seed; `commitment` is empty for public sources."""

    name: str
    kind: ContributionKind
    source: str
    commitment: str
    value: str


def plain(text: str, name: Text) -> str:
    """The text unchanged; raises InvalidSeed, naming it as `name`, when is_plain() does not hold."""
    if not is_plain(text):
        raise InvalidSeed(
            Text(
                f"{name.zh}要有 1 到 {LONGEST} 个字符，不能含有「|」、换行等控制字符，首尾不能有空格。",
                f"{name.en} needs 1 to {LONGEST} characters, without |, line breaks or other control characters, "
                "and no space at either end.",
            )
        )
    return text


def commitment_of(fingerprint: str, plan_digest: str, name: str, value: str) -> str:
    """The hash that fixes a party's value without showing it.

    >>> commitment_of("0" * 64, "1" * 64, "购买方", "3 5 2 6 1 1 4 2")[:16]
    '9c4d078620c8657d'
    """
    return sha256("\n".join((COMMITMENT, fingerprint, plan_digest, name, value)))


def is_independent(kinds: Sequence[ContributionKind]) -> bool:
    """Whether the server alone cannot have chosen the seed: two parties' own values, or one public source."""
    return kinds.count(ContributionKind.COMMITTED) >= FEWEST_COMMITTED or ContributionKind.PUBLIC in kinds


def join(fingerprint: str, plan_digest: str, contributions: Sequence[Contribution]) -> str:
    """The seed, 64 hexadecimal digits; raises InvalidSeed when a contribution is malformed, false, or they are too few.

    >>> dice = Contribution("骰子", ContributionKind.PUBLIC, "封存后当众掷", "", "3 5 2 6 1 1 4 2")
    >>> join("0" * 64, "1" * 64, [dice])[:16]
    'fc225b64a52666cd'
    """
    if not 0 < len(contributions) <= MOST_CONTRIBUTIONS:
        raise InvalidSeed(
            Text(
                f"种子要由 1 到 {MOST_CONTRIBUTIONS} 份贡献合成。",
                f"A seed is made from 1 to {MOST_CONTRIBUTIONS} contributions.",
            )
        )
    for contribution in contributions:
        plain(contribution.name, Text("名称", "The name"))
        plain(contribution.source, Text("来源", "The source"))
        plain(contribution.value, Text(f"「{contribution.name}」的数值", f"The value of “{contribution.name}”"))
        expected = (
            ""
            if contribution.kind is ContributionKind.PUBLIC
            else commitment_of(fingerprint, plan_digest, contribution.name, contribution.value)
        )
        if contribution.commitment != expected:
            raise InvalidSeed(
                Text(
                    f"「{contribution.name}」公布的数值与先前的承诺不符。",
                    f"The value that “{contribution.name}” published is not the one committed to before.",
                )
            )
    if len({contribution.name for contribution in contributions}) != len(contributions):
        raise InvalidSeed(Text("有两份贡献用了同一个名称。", "Two contributions use the same name."))
    if not is_independent([contribution.kind for contribution in contributions]):
        raise InvalidSeed(
            Text(
                "至少要有两方各自承诺的数值，或一个事先指明的公开来源，种子才不由系统单独决定。",
                "The seed needs the committed values of at least two parties, or one public source named beforehand; "
                "otherwise the system alone would decide it.",
            )
        )
    lines = "".join(f"{contribution.name}\t{contribution.value}\n" for contribution in contributions)
    return sha256(f"{JOIN}\n{fingerprint}\n{plan_digest}\n{lines}")
