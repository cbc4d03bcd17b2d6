"""When people may be called and how often, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as ClockTime

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import local
from app.localisation import select_locale, to_visitor
from app.shared.labels import listed
from surveys.calling.hours import day_kind, may_call, next_opening, openings, why_not
from surveys.calling.settings import CallingSettings, Quiet, Slot

# Why a closed case may not be tried again (app.supervision.queries.closed_cases.why_not_reopened).
STAYS_CLOSED = {
    "refused": _l("本人明确拒绝过，法律不许再联系，不能放回。"),
    "answered": _l("这个个案有一份计入的答卷。要再联系，先打开答卷把它排除。"),
    "replaced": _l("已经放出候补替换了这个个案，不能放回。"),
}

WEEK = 7
NOON = ClockTime(12, 0)


@dataclass(frozen=True)
class DayInWords:
    """One day of the coming week: its name, the hours or why there are none, and what kind of day it is."""

    day: str
    hours: str
    kind: str
    provisional: bool


def coming_week(settings: CallingSettings, today: date) -> list[DayInWords]:
    """The calling hours of the seven days from today on."""
    return [_day(settings, today + timedelta(days=n)) for n in range(WEEK)]


def day_name(day: date) -> str:
    """A day with its weekday, without the year."""
    return str(format_date(day, _("M月d日 EEE")))


def _day(settings: CallingSettings, day: date) -> DayInWords:
    kind, slots = day_kind(day), openings(day, settings)
    hours = listed(f"{slot.begins:%H:%M}–{slot.ends:%H:%M}" for slot in slots)
    if not slots:
        reason = why_not(datetime.combine(day, NOON), settings)
        hours = to_visitor(reason.words) if reason else ""
    names = {"working": _("工作日"), "rest": _("休息日"), "public_holiday": _("法定节假日")}
    name = kind.holiday.zh if kind.holiday and select_locale() != "en" else names[kind.kind]
    return DayInWords(day_name(day), hours, name, kind.provisional)


def right_now(settings: CallingSettings, at: datetime) -> str:
    """A sentence: whether people may be called at this moment; if not, why not, and when the next hours begin."""
    moment = local(at)
    if window := may_call(moment, settings):
        return str(_("现在可以打电话，到 %(time)s 为止。", time=f"{local(window.ends):%H:%M}"))
    reason, opens = why_not(moment, settings), next_opening(moment, settings)
    words = to_visitor(reason.words) if reason else ""
    if opens is None:
        return str(_("现在不打电话。%(why)s最近没有可以打电话的时间。", why=words))
    when = f"{day_name(local(opens).date())} {local(opens):%H:%M}"
    return str(_("现在不打电话。%(why)s下一次从 %(when)s 开始。", why=words, when=when))


def settings_in_words(settings: CallingSettings) -> list[tuple[str, str]]:
    """All settings as (term, sentence) pairs."""
    return [
        (_("工作日"), _slots(settings.working_days)),
        (_("休息日"), _slots(settings.rest_days)),
        (_("法定节假日"), _("按休息日的时段打电话") if settings.call_on_public_holidays else _("不打电话")),
        (_("免打扰时间"), _("；").join(_quiet(quiet) for quiet in settings.quiet) or _("没有")),
        (
            _("联系次数"),
            _(
                "最多 %(most)s 次；放弃前至少 %(least)s 次，分在 %(days)s 天、%(parts)s 个时段",
                most=settings.most_attempts,
                least=settings.least_attempts,
                days=settings.least_days,
                parts=settings.least_day_parts,
            ),
        ),
        (
            _("不打扰"),
            _(
                "一个人一天最多 %(day)s 次，七天最多 %(week)s 次",
                day=settings.most_calls_a_day,
                week=settings.most_calls_a_week,
            ),
        ),
        (
            _("个案"),
            _(
                "%(lease)s 分钟没有动静就放回；%(undo)s 秒以内可以撤销结果",
                lease=settings.lease_minutes,
                undo=settings.undo_seconds,
            ),
        ),
        (_("网络问卷"), _("发出链接 %(n)s 天没有答，再打电话", n=settings.web_wait_days)),
        (_("预约"), _("相隔不到 %(n)s 分钟时提醒", n=settings.clash_minutes)),
        (_("回访"), _("每个访问员的 %(n)s%%，至少一份", n=settings.back_check_percent)),
    ]


def _slots(slots: tuple[Slot, ...]) -> str:
    return listed(f"{slot.begins:%H:%M}–{slot.ends:%H:%M}" for slot in slots) or str(_("不打电话"))


def _quiet(quiet: Quiet) -> str:
    whole_days = quiet.begins.time() == quiet.ends.time() == ClockTime(0, 0)
    if whole_days:
        first, last = quiet.begins.date(), quiet.ends.date() - timedelta(days=1)
        when = f"{first}" if first == last else str(_("%(a)s 至 %(b)s", a=first, b=last))
    else:
        when = str(_("%(a)s 至 %(b)s", a=f"{quiet.begins:%Y-%m-%d %H:%M}", b=f"{quiet.ends:%Y-%m-%d %H:%M}"))
    return f"{when} {quiet.reason}"
