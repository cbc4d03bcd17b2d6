"""Everything a score sheet is computed from besides the scheme, as it is stored when a result is settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from sampling.canonical import digest_of
from sampling.text import Text
from surveys.rounding import plain
from surveys.scoring.facts import Override, ScoreInputError, StationFacts, Statistic
from surveys.scoring.lines import Areas, PointsGiven


@dataclass(frozen=True)
class Inputs:
    """The draw's certificate and frame (digests), statistics, points, areas, facts, stage and overrides."""

    certificate: str
    frame: str
    statistics: Mapping[str, Statistic | None]
    given: PointsGiven
    areas: Areas
    facts: StationFacts
    stage: str
    overrides: Mapping[str, Override] = field(default_factory=dict)

    def digest(self, scheme_digest: str) -> str:
        """SHA-256 of the inputs and the scheme's digest; numbers count as equal however written (16.30 and 16.3).

        Overrides are part of it only where there are some, so that sheets without them keep the digest of earlier
        versions.
        """
        figures = {
            name: None if s is None else {"value": str(plain(s.value)), "n": s.n, "base": s.base}
            for name, s in self.statistics.items()
        }
        overrides = {code: [str(plain(o.points)), o.reason] for code, o in sorted(self.overrides.items())}
        return digest_of(
            {
                "certificate": self.certificate,
                "frame": self.frame,
                "statistics": figures,
                "given": sorted([item, area or "", str(plain(points))] for (item, area), points in self.given.items()),
                "areas": [list(area) for area in self.areas],
                "facts": self.facts.to_dict(),
                "stage": self.stage,
                "scheme": scheme_digest,
                **({"overrides": overrides} if overrides else {}),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON, from which from_dict() makes equal inputs."""
        return {
            "evidence": {"certificate": self.certificate, "frame": self.frame},
            "statistics": {
                name: None if s is None else {"value": str(s.value), "n": s.n, "base": s.base, "how": s.how}
                for name, s in self.statistics.items()
            },
            "party_scores": [
                {"item": item, "area": area, "given": str(given)}
                for (item, area), given in sorted(
                    self.given.items(), key=lambda entry: (entry[0][0], entry[0][1] or "")
                )
            ],
            "areas": [list(area) for area in self.areas],
            "facts": self.facts.to_dict(),
            "stage": self.stage,
            "overrides": {
                code: {"points": str(o.points), "reason": o.reason} for code, o in sorted(self.overrides.items())
            },
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Inputs:
        """The inputs a settlement stored; raises ScoreInputError when something is missing or cannot be."""
        try:
            return cls(
                certificate=body["evidence"]["certificate"],
                frame=body["evidence"]["frame"],
                statistics={
                    name: None if s is None else Statistic(name, Decimal(s["value"]), s["n"], s["base"], s["how"])
                    for name, s in body["statistics"].items()
                },
                given={(row["item"], row["area"]): Decimal(row["given"]) for row in body["party_scores"]},
                areas=[(code, name) for code, name in body["areas"]],
                facts=StationFacts(
                    {code: Decimal(number) for code, number in body["facts"]["numbers"].items()},
                    dict(body["facts"]["declared"]),
                ),
                stage=body["stage"],
                overrides={
                    code: Override(Decimal(o["points"]), o["reason"]) for code, o in body.get("overrides", {}).items()
                },
            )
        except KeyError as missing:
            message = Text(
                f"保存的依据里没有 {missing.args[0]}，不能重算。",
                f"The stored inputs lack {missing.args[0]} and cannot be computed again.",
            )
            raise ScoreInputError(message) from missing
        except (TypeError, ValueError, AttributeError, InvalidOperation) as error:
            message = Text(
                "保存的依据写法不对，不能重算。", "The stored inputs are malformed and cannot be computed again."
            )
            raise ScoreInputError(message) from error
