"""Outcomes, categories and times as an interviewer reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import local
from app.localisation import select_locale
from app.queries.desk import CaseCard
from app.texts import OUTCOME_GROUPS, outcome_name
from sampling.categories import CATEGORIES
from surveys.calling import attempts
from surveys.outcomes import DEFAULT, GROUPS, Outcome, OutcomeList, consequence, known_outcome

CATEGORY_NAMES = {category.code: (category.zh, category.en) for category in CATEGORIES.values()}


def outcome_words(code: str | None, outcomes: OutcomeList = DEFAULT) -> str:
    if code is None:
        return str(_("还没有联系"))
    return outcome_name(code, outcomes)


def following(code: str | None, outcomes: OutcomeList = DEFAULT) -> str:
    """What an outcome means for the next try."""
    if code is None:
        return str(_("先打电话"))
    known = known_outcome(code, outcomes)
    return consequence(known, language=select_locale()) if known else ""


def why(card: CaseCard) -> str:
    """Why this case now."""
    if card.last_at is None:
        return str(_("还没有联系过。"))
    return str(
        _(
            "第 %(n)s 次。上次 %(time)s，%(outcome)s：%(next)s。",
            n=card.attempts + 1,
            time=format_datetime(card.last_at, "MM-dd HH:mm"),
            outcome=outcome_words(card.outcome),
            next=following(card.outcome),
        )
    )


def category_words(codes: Iterable[str]) -> str:
    names = (CATEGORY_NAMES[code] for code in codes if code in CATEGORY_NAMES)
    return "、".join(english if select_locale() == "en" else chinese for chinese, english in names)


def outcome_groups(outcomes: OutcomeList, numbers_left: int = 0) -> list[tuple[str, list[tuple[Outcome, str, str]]]]:
    """The outcomes an interviewer writes down, in four rows, each with what happens next."""
    language = select_locale()
    return [
        (
            str(OUTCOME_GROUPS[group]),
            [
                (o, o.name(language), consequence(o, language=language, numbers_left=numbers_left))
                for o in outcomes.by_hand()
                if o.group == group
            ],
        )
        for group in GROUPS
    ]


DAY_PARTS = {"morning": _l("早"), "afternoon": _l("午"), "evening": _l("晚"), "weekend": _l("周末")}


def day_part(at: datetime) -> str:
    """The part of the week a try fell into; the next one should fall into another."""
    return str(DAY_PARTS[attempts.day_part(local(at))])
