"""How numbers are rounded (half-up, as the reports under the regulation do) and written."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


def half_up(value: Decimal | Fraction | int, places: int) -> Decimal:
    """The value with that many decimal places, halves away from zero.

    A Fraction is rounded from its exact value, so that nothing is rounded twice.

    >>> half_up(Fraction(918, 960) * 100, 2)
    Decimal('95.63')
    """
    if not isinstance(value, Fraction):
        rounded = Decimal(value).quantize(Decimal((0, (1,), -places)), context=_WIDE)
        return rounded if rounded else abs(rounded)
    scaled = abs(value) * 10**places
    quotient, remainder = divmod(scaled.numerator, scaled.denominator)
    quotient += 2 * remainder >= scaled.denominator
    return Decimal(quotient if value >= 0 else -quotient).scaleb(-places, context=_WIDE)


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros, never in powers of ten: the way a report writes points.

    >>> plain(Decimal("13.0")), plain(Decimal("1E+1")), plain(Decimal("87.60"))
    (Decimal('13'), Decimal('10'), Decimal('87.6'))
    """
    if value == value.to_integral_value():
        return Decimal(int(value))
    return value.normalize(_WIDE)
