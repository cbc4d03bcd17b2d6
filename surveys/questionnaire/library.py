"""The questionnaires delivered with the application."""

from __future__ import annotations

from surveys.library import body, digests
from surveys.questionnaire.model import Questionnaire
from surveys.questionnaire.parsing import parse

KIND = "questionnaires"


def available() -> tuple[str, ...]:
    """Their names, `id-version`."""
    return tuple(sorted(digests(KIND)))


def load(document_id: str, version: int) -> Questionnaire:
    """A delivered questionnaire; raises surveys.library.UnknownDocument or EditedDocument."""
    return parse(body(KIND, document_id, version))
