"""Moments in the local time of Guangzhou, and days in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

# China has kept one zone and no summer time since 1992: a fixed offset needs no table of zones.
GUANGZHOU = timezone(timedelta(hours=8), "Asia/Shanghai")
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def to_local(moment: datetime) -> datetime:
    """The local time of Guangzhou, without a zone; a moment without a zone is taken to be local already.

    >>> from datetime import UTC
    >>> to_local(datetime(2026, 11, 2, 1, 30, tzinfo=UTC))
    datetime.datetime(2026, 11, 2, 9, 30)
    """
    return moment if moment.tzinfo is None else moment.astimezone(GUANGZHOU).replace(tzinfo=None)


def in_zone_of(asked: datetime, shown: datetime) -> datetime:
    """A local time of Guangzhou, in the time zone of the moment that was asked about."""
    return shown if asked.tzinfo is None else shown.replace(tzinfo=GUANGZHOU).astimezone(asked.tzinfo)


def date_zh(day: date) -> str:
    """A day in Chinese, without the year.

    >>> date_zh(date(2026, 11, 2))
    '11月2日'
    """
    return f"{day.month}月{day.day}日"


def date_en(day: date) -> str:
    """A day in English, without the year.

    >>> date_en(date(2026, 11, 2))
    '2 Nov'
    """
    return f"{day.day} {MONTHS_EN[day.month - 1]}"
