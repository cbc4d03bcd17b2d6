"""The words that open a questionnaire, with the evaluation's own names in them."""

from __future__ import annotations

from app.documents import questionnaire_of
from app.models import Case
from surveys.questionnaire import Text


def opening(case: Case, mode: str, recipient: str = "", interviewer: str = "") -> Text:
    """The opening of a mode; braces in names stay braces."""
    evaluation = case.draw.evaluation
    text = questionnaire_of(evaluation).openings.get(mode, Text("", ""))
    words = {
        "{recipient}": recipient,
        "{interviewer}": interviewer,
        "{evaluator}": evaluation.evaluator,
        "{commissioner}": evaluation.commissioner,
        "{station}": evaluation.station.name,
        "{hotline}": evaluation.hotline or "—",
        "{keep_until}": str(evaluation.keep_until),
    }
    return Text(*(_filled(part, words) for part in (text.zh, text.en, text.yue)))


def _filled(text: str, words: dict[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text
