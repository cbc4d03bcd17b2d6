"""Piping: filling the placeholders in the opening of a questionnaire (interviewer, recipient, station and so on)."""

from __future__ import annotations

import re
from datetime import date

from babel.dates import format_date
from flask_babel import gettext as _

from app.models import Evaluation
from sampling.text import Text

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def opening(
    text: Text | None,
    evaluation: Evaluation,
    language: str,
    *,
    interviewer: str = "",
    recipient: str = "",
    guardian: bool = False,
) -> list[str]:
    """The paragraphs of an opening, in the visitor's language; the rest as for pipe()."""
    if text is None:
        return []
    words = text.in_language(language)
    return pipe(words, evaluation, language, interviewer=interviewer, recipient=recipient, guardian=guardian)


def pipe(
    text: str,
    evaluation: Evaluation,
    language: str = "zh",
    *,
    interviewer: str = "",
    recipient: str = "",
    guardian: bool = False,
) -> list[str]:
    """The paragraphs of a text with its placeholders filled; unknown placeholders stay as they are written.

    `guardian`: the recipient is a child, and the guardian is named instead. str.format() is not used: a placeholder in
    a document could then read attributes of objects.
    """
    values = {
        "recipient": _guardian_of(recipient, language) if guardian and recipient else recipient,
        "interviewer": interviewer,
        "evaluator": evaluation.evaluator,
        "commissioner": evaluation.commissioner,
        "station": evaluation.station.name,
        "street": evaluation.station.street,
        "hotline": evaluation.hotline or _("评估机构的电话"),
        "keep_until": day_read_aloud(evaluation.keep_until, language),
    }
    filled = PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
    return [line for line in filled.split("\n") if line.strip()]


def day_read_aloud(day: date, language: str) -> str:
    """A day in long form, as an interviewer reads it aloud.

    >>> day_read_aloud(date(2026, 12, 31), "zh"), day_read_aloud(date(2026, 12, 31), "en")
    ('2026年12月31日', 'December 31, 2026')
    """
    return format_date(day, "long", locale="en" if language.startswith("en") else "zh_Hans_CN")


def _guardian_of(child: str, language: str) -> str:
    return Text(f"{child}的父母或监护人", f"the parent or guardian of {child}").in_language(language)
