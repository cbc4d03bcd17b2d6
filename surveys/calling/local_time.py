"""Moments in the local time of Guangzhou, and days in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from sampling.text import Text

# China has kept one zone and no summer time since 1992: a fixed offset needs no table of zones.
GUANGZHOU = timezone(timedelta(hours=8), "Asia/Shanghai")
WEEKDAYS = (
    Text("周一", "Monday"),
    Text("周二", "Tuesday"),
    Text("周三", "Wednesday"),
    Text("周四", "Thursday"),
    Text("周五", "Friday"),
    Text("周六", "Saturday"),
    Text("周日", "Sunday"),
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def to_local(moment: datetime) -> datetime:
    """The local time of Guangzhou, without a zone; a moment without a zone is taken to be local already.

    >>> from datetime import UTC
    >>> to_local(datetime(2026, 11, 2, 1, 30, tzinfo=UTC))
    datetime.datetime(2026, 11, 2, 9, 30)
    """
    return moment if moment.tzinfo is None else moment.astimezone(GUANGZHOU).replace(tzinfo=None)


def in_zone_of(reference: datetime, local: datetime) -> datetime:
    """A local time of Guangzhou, in the time zone of the moment `reference`; unchanged if that has none."""
    return local if reference.tzinfo is None else local.replace(tzinfo=GUANGZHOU).astimezone(reference.tzinfo)


def day_in_words(day: date) -> Text:
    """A day without the year.

    >>> day_in_words(date(2026, 11, 2))
    Text(zh='11月2日', en='2 Nov', yue='')
    """
    return Text(f"{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]}")
