"""Filling the opening words of a questionnaire with who asks, whom, and for whom."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from app.models import Evaluation
from surveys.questionnaire import Text

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def opening(
    text: Text | None, evaluation: Evaluation, language: str, *, interviewer: str = "", recipient: str = ""
) -> list[str]:
    """The paragraphs of an opening, in the visitor's language."""
    return (
        []
        if text is None
        else pipe(text.in_language(language), evaluation, interviewer=interviewer, recipient=recipient)
    )


def pipe(text: str, evaluation: Evaluation, *, interviewer: str = "", recipient: str = "") -> list[str]:
    """The paragraphs of a text with its placeholders filled; a name nobody knows stays as it is written.

    Not str.format(): a document is data, and must not be able to reach into objects.
    """
    values = {
        "recipient": recipient,
        "interviewer": interviewer,
        "evaluator": evaluation.evaluator,
        "commissioner": evaluation.commissioner,
        "station": evaluation.station.name,
        "street": evaluation.station.street,
        "hotline": evaluation.hotline or _("评估机构的电话"),
        "keep_until": evaluation.keep_until.isoformat(),
    }
    filled = PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
    return [line for line in filled.split("\n") if line.strip()]
