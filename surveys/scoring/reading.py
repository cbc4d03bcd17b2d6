"""How numbers and fields of a scheme document are read."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from surveys.problems import Complaints

ZERO, HUNDRED = Decimal(0), Decimal(100)
NUMBER = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?")


def number(notes: Complaints, value: object, place: str, low: Decimal, high: Decimal) -> Decimal:
    """A decimal written as plain text ("12.5"): no exponent, no spaces, no other script's digits."""
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        notes.say(place, '数字写成 "12.5" 这样的文字，最多四位小数。')
        return low
    return notes.decimal(value, place, low, high)


def only(notes: Complaints, body: dict[str, Any], place: str, *known: str) -> None:
    """Complain of fields nobody reads: a misspelt name must not be ignored."""
    for name in body:
        if name not in known:
            shown = str(name)[:40].encode("utf-8", "replace").decode()
            notes.say(f"{place}.{shown}" if place else shown, "没有这个字段，请核对写法。")
