"""Names of integrity rules and of the results of back-checks, for the screens."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

INTEGRITY_KINDS = {
    "too_fast": _l("整份答得太快"),
    "reading_speed": _l("来不及读题"),
    "straight_lining": _l("答案全一样"),
    "same_words": _l("开放题一字不差"),
    "one_number": _l("很多份打同一个号码"),
    "one_device": _l("很多份在同一个浏览器里填"),
    "too_favourable": _l("某位访问员的满意比别人多"),
    "impossible_hours": _l("不在允许联系的时间"),
    "no_call": _l("没有通话记录"),
    "short_call": _l("通话比答卷短得多"),
}
# The thresholds of rules by name: their words, and the unit where they have one.
INTEGRITY_THRESHOLDS = {
    "share_of_median": (_l("用时不到同类答卷中位数的几倍"), ""),
    "floor_seconds": (_l("而且总用时不到"), _l("秒")),
    "least_others": (_l("至少有多少份别人的答卷可比"), _l("份")),
    "milliseconds": (_l("一道题用时不到"), _l("毫秒")),
    "share_of_questions": (_l("这样的题至少占多大比例"), ""),
    "least_questions": (_l("至少有多少道题记了用时"), _l("道")),
    "least_items": (_l("至少答了多少道满意度题"), _l("道")),
    "ceiling": (_l("多少分以下的一样才算"), _l("分")),
    "least_alike": (_l("同一位访问员至少有多少份这样的"), _l("份")),
    "least_signs": (_l("至少多少个字"), _l("个")),
    "least_interviews": (_l("至少多少份答卷"), _l("份")),
    "alpha": (_l("碰巧的机会不超过"), ""),
    "difference_points": (_l("要看得出的差别"), _l("个百分点")),
    "least_power": (_l("看得出的机会至少有多大才下结论"), ""),
    "share_of_interview": (_l("通话不到答卷用时的几倍"), ""),
    "least_seconds": (_l("答卷至少用了"), _l("秒")),
}
INTEGRITY_SEVERITIES = {"look": _l("看一看"), "back_check": _l("要回访")}
BACK_CHECK_WHYS = {"random": _l("随机抽中"), "flag": _l("有疑点"), "never_served": _l("说没有接受过服务")}
BACK_CHECK_RESULTS = {
    "confirmed": _l("与答卷一致"),
    "differs": _l("有出入"),
    "not_interviewed": _l("说没有接受过访问"),
    "not_reached": _l("没有联系上"),
}
