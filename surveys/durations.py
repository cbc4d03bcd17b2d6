"""Lengths of time in words."""

from __future__ import annotations

from sampling.text import Text

# Minutes of each unit, the longest first.
UNITS = ((24 * 60, Text("天", "day")), (60, Text("小时", "hour")), (1, Text("分钟", "minute")))


def duration(minutes: int, *, units: int = len(UNITS)) -> Text:
    """Minutes in at most so many units, rounded down; units of which there is none are left out.

    >>> duration(180).zh, duration(1500).en, duration(0).zh
    ('3 小时', '1 day 1 hour', '0 分钟')
    >>> duration(230, units=1).zh, duration(1560, units=1).en
    ('3 小时', '1 day')
    """
    parts = []
    for size, unit in UNITS:
        count, minutes = divmod(minutes, size)
        if count:
            parts.append(Text(f"{count} {unit.zh}", f"{count} {unit.en}{'' if count == 1 else 's'}"))
    shown = parts[:units] or [Text("0 分钟", "0 minutes")]
    return Text(" ".join(text.zh for text in shown), " ".join(text.en for text in shown))
