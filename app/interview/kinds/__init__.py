"""How each kind of question is shown and filled in: one module for each of those in `surveys/questionnaire/kinds/`.

The HTML of a kind is `templates/interview/kinds/<name>.html` with two macros, `interviewer` and `beneficiary`.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from flask import Flask

from app.interview.kinds import date, free_text, integer, multiple, single
from app.interview.kinds.control import Control
from surveys.questionnaire import Question
from surveys.questionnaire.kinds import KINDS

FOLDER = "interview/kinds"
MACROS = ("interviewer", "beneficiary")

CONTROLS: dict[str, Control] = {
    "single": single.CONTROL,
    "multiple": multiple.CONTROL,
    "integer": integer.CONTROL,
    "text": free_text.CONTROL,
    "date": date.CONTROL,
}


class IncompleteKind(Exception):
    """A kind of question lacks one of its parts, so answers to it could not be asked, shown or exported."""


def control_of(question: Question) -> Control:
    """How a question is answered on a page."""
    return CONTROLS[question.kind]


def refuse_incomplete(
    app: Flask, kinds: Collection[str] = KINDS.keys(), controls: Collection[str] = CONTROLS.keys()
) -> None:
    """Raise IncompleteKind unless every kind of surveys has a control and a template here, and the other way round."""
    folder = Path(app.root_path) / str(app.template_folder) / FOLDER
    templates = {path.stem for path in folder.glob("*.html")}
    missing = [
        *(f"{name}: no control in app/interview/kinds" for name in sorted(set(kinds) - set(controls))),
        *(f"{name}: no template {FOLDER}/{name}.html" for name in sorted(set(kinds) - templates)),
        *(
            f"{name}: no kind in surveys/questionnaire/kinds"
            for name in sorted((set(controls) | templates) - set(kinds))
        ),
        *(missed for name in sorted(templates) for missed in _missing_macros(app, name)),
    ]
    if missing:
        raise IncompleteKind("; ".join(missing))


def _missing_macros(app: Flask, name: str) -> list[str]:
    template = f"{FOLDER}/{name}.html"
    module = app.jinja_env.get_template(template).module
    return [f"{name}: no macro {macro} in {template}" for macro in MACROS if not hasattr(module, macro)]
