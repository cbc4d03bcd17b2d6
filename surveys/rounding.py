"""The one way numbers are rounded: half-up, as the regulation's reports do."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_WIDE = Context(prec=50, rounding=ROUND_HALF_UP)


def half_up(value: Decimal | Fraction | int, places: int) -> Decimal:
    """The value with that many decimal places, halves away from zero.

    >>> half_up(Fraction(918, 960) * 100, 2)
    Decimal('95.63')
    """
    if isinstance(value, Fraction):
        # Exact before rounding: one more digit than fifty would never turn a non-half into a half here.
        scaled = value * 10**places
        whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
        whole += 2 * rest >= scaled.denominator
        return Decimal(whole if scaled >= 0 else -whole).scaleb(-places)
    return Decimal(value).quantize(Decimal(1).scaleb(-places), context=_WIDE)
