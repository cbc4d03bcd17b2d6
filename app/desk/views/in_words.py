"""Texts on the pages of the desk: outcomes and their consequences, parts of the day, why nobody can be called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import local
from app.desk.queries.case_page import CaseDetails
from app.desk.queries.day import NoCase
from app.localisation import select_locale, to_visitor
from app.models import Evaluation
from app.outcome_lists.labels import OUTCOME_GROUPS
from app.shared.labels import listed, outcome_name
from app.shared.piping import day_read_aloud
from sampling.categories import CATEGORIES
from surveys.calling import attempts
from surveys.outcomes import DEFAULT, GROUPS, Outcome, OutcomeList, consequence

CATEGORY_NAMES = {category.code: (category.zh, category.en) for category in CATEGORIES.values()}
DAY_PARTS = {"morning": _l("早"), "afternoon": _l("午"), "evening": _l("晚"), "weekend": _l("周末")}


def outcome_words(code: str | None, outcomes: OutcomeList = DEFAULT) -> str:
    """The label of an outcome in the outcome list of the evaluation."""
    if code is None:
        return str(_("还没有联系"))
    return outcome_name(code, outcomes)


def category_words(codes: Iterable[str]) -> str:
    """The names of a person's categories in the visitor's language."""
    names = (CATEGORY_NAMES[code] for code in codes if code in CATEGORY_NAMES)
    return listed(english if select_locale() == "en" else chinese for chinese, english in names)


def consequence_text(details: CaseDetails, outcome: Outcome, at: datetime) -> str:
    """The consequence of recording this outcome now, as a sentence."""
    if details.limit_without_rule(outcome, at):
        return str(_("第 %(n)s 次，达到上限：先交负责人处理", n=len(details.attempts) + 1))
    left = details.numbers_left
    words = consequence(
        outcome,
        attempt=len(details.attempts) + 1,
        maximum=details.settings.most_attempts,
        numbers_left=left,
        refusals=sum(
            attempt.outcome is not None and attempt.outcome.retries is not None for attempt in details.attempts
        ),
        number=details.number_place + 1,
    )
    return to_visitor(words)


NO_NUMBER = "U3"


def outcome_groups(details: CaseDetails, at: datetime) -> list[tuple[str, list[tuple[Outcome, str, str]]]]:
    """The outcomes an interviewer may record, by group: (outcome, label, consequence); empty groups are left out."""
    offered = [
        outcome
        for outcome in details.outcomes.by_hand(under_way=details.under_way)
        # That the list has no number is offered only where it has none; its code is the same in every list.
        if outcome.code != NO_NUMBER or not details.numbers
    ]
    rows = [
        (
            str(OUTCOME_GROUPS[group]),
            [
                (outcome, to_visitor(outcome.label), consequence_text(details, outcome, at))
                for outcome in offered
                if outcome.group == group
            ],
        )
        for group in GROUPS
    ]
    return [(title, outcomes) for title, outcomes in rows if outcomes]


def day_part(at: datetime) -> str:
    """The label of the part of the week an attempt fell into."""
    return str(DAY_PARTS[attempts.day_part(local(at))])


def when(moment: datetime, at: datetime) -> str:
    """A moment in the future: its time, with the date unless it is today."""
    there, here = local(moment), local(at)
    if there.date() == here.date():
        return f"{there:%H:%M}"
    return str(format_datetime(moment, _("M月d日 HH:mm")))


def why_nobody(no_case: NoCase, at: datetime) -> tuple[str, list[str]]:
    """Why nobody can be called now: a headline, and sentences."""
    if no_case.code == "no_desk":
        return _("现在没有要打电话的评估"), [
            _("抽样以后，这里会自动排出要联系的人。评分定案的、资料保存期已过的、您要回避的，不会排给您。")
        ]
    if no_case.code == "nothing":
        return _("没有要打的电话了"), [_("剩下的个案已经结案、改为走访、在等负责人处理，或正由别的访问员联系。")]
    if no_case.until is None:
        return _("现在没有可以打的个案"), []
    until = when(no_case.until, at)
    if no_case.code == "delay":
        return _("现在没有可以打的个案"), [
            _("没有联系上的，要隔一段时间再打；约好的，还没到时间。"), _("最早 %(time)s 有下一个。", time=until),
        ]  # fmt: skip
    language = select_locale()
    reasons = list(dict.fromkeys(reason.words.in_language(language) for _title, reason in no_case.reasons))
    return _("现在不打电话"), [*reasons, _("%(time)s 起可以打。", time=until)]


def doubts(evaluation: Evaluation) -> list[tuple[str, str]]:
    """The four doubts people voice most (docs/domain.md, section 6.1), each as (question, answer to read aloud)."""
    hotline = evaluation.hotline or _("评估机构的电话")
    values = {
        "evaluator": evaluation.evaluator, "commissioner": evaluation.commissioner,
        "station": evaluation.station.name, "hotline": hotline,
        "day": day_read_aloud(evaluation.keep_until, select_locale()),
    }  # fmt: skip
    return [
        (
            _("您是哪个单位的？"),
            _("我是%(evaluator)s的访问员，受%(commissioner)s委托做这次调查。您可以打 %(hotline)s 核实。", **values),
        ),
        (
            _("怎么有我的电话？"),
            _("电话来自%(station)s的服务名单，只用于这次调查，保存到 %(day)s 后删除。", **values),
        ),
        (
            _("为什么是我？"),
            _("您是从服务名单里随机抽到的，不是谁指定的。换一个人，结果就不准了，所以想听您的看法。"),
        ),
        (
            _("是不是骗子？"),
            _(
                "我们不问身份证号、银行卡和验证码，不收钱，也不用装软件。您可以先挂断，打 %(hotline)s 核实，我再打来。",
                **values,
            ),
        ),
    ]
