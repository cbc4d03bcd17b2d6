"""A service that lends privacy numbers, in small: it binds a number of its own to a call and takes it back in time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.clock import local, now
from app.dialling import Dialled, NotDialled


@dataclass
class PrivacyNumber:
    """Lends each case a number for ten minutes; `bound` is what the telephone exchange would know."""

    clock: Callable[[], datetime] = now
    keeps: timedelta = timedelta(minutes=10)
    stock: list[str] = field(default_factory=lambda: [f"9520000{n:04d}" for n in range(100)])
    bound: dict[tuple[uuid.UUID, str], tuple[str, datetime]] = field(default_factory=dict)
    name: str = "privacy"

    def prepare(self, number: str, case_uuid: uuid.UUID) -> Dialled:
        """The number lent for this case and number: the same while it is good, then another."""
        lent = self.bound.get((case_uuid, number))
        if lent is None or lent[1] <= self.clock():
            if not self.stock:
                raise NotDialled
            lent = self.stock.pop(0), self.clock() + self.keeps
            self.bound[case_uuid, number] = lent
        virtual, until = lent
        return Dialled(f"tel:{virtual}", virtual, f"{local(until):%H:%M} 前有效")

    def rings(self, virtual: str) -> str | None:
        """Which telephone rings when this number is called now."""
        return next(
            (real for (_, real), (lent, until) in self.bound.items() if lent == virtual and until > self.clock()), None
        )
