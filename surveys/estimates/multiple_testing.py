"""P-values adjusted for having made several tests.

Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).
"""

from __future__ import annotations

from collections.abc import Mapping


def holm_p_values(p_values: Mapping[str, float | None]) -> dict[str, float]:
    """P-values for having made all of these tests (Holm 1979); tests without one are not counted and left out."""
    ordered = sorted((p, name) for name, p in p_values.items() if p is not None)
    adjusted, largest = {}, 0.0
    for place, (p, name) in enumerate(ordered):
        largest = max(largest, min(1.0, p * (len(ordered) - place)))
        adjusted[name] = largest
    return adjusted
