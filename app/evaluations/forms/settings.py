"""The forms of an evaluation's settings: what can still be changed, its villages, its withdrawal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, TextAreaField

from app.documents.forms import document_choice
from app.evaluations.labels import SETTINGS
from app.evaluations.queries.drafts import key_of
from app.evaluations.queries.settings import Fixing
from app.ledger.labels import READINGS
from app.localisation import to_visitor
from app.models import Document, Evaluation
from app.shared.forms import Printable, at_most, choices, required, text_line
from app.shared.labels import STAGES
from app.shared.limits import LONGEST_SHORT_REASON
from surveys.problems import Problems
from surveys.setup import AreaSetup
from surveys.setup.areas import PastedAreas, read_areas
from surveys.setup.parsing import check_areas

LONGEST_AREAS = 20_000


class SettingsForm(FlaskForm):  # type: ignore[misc]
    """The settings that can still be changed; those that are fixed have no field."""

    title = text_line(SETTINGS["title"], 200)
    stage = SelectField(SETTINGS["stage"])
    period_start = DateField(SETTINGS["period_start"], validators=[required()])
    period_end = DateField(SETTINGS["period_end"], validators=[required()])
    reading = SelectField(SETTINGS["reading"])
    held_on = DateField(SETTINGS["held_on"], validators=[required()])
    evaluator = text_line(SETTINGS["evaluator"], 200)
    commissioner = text_line(SETTINGS["commissioner"], 200)
    purchaser = text_line(SETTINGS["purchaser"], 200)
    hotline = text_line(SETTINGS["hotline"], 40, optional=True)
    questionnaire = SelectField(SETTINGS["questionnaire"])

    def __init__(
        self, evaluation: Evaluation, fixings: Mapping[str, Fixing], questionnaires: Sequence[Document]
    ) -> None:
        values = {name: getattr(evaluation, name) for name in SETTING_FIELDS}
        super().__init__(data=values | {"questionnaire": key_of(evaluation.questionnaire)})
        self._questionnaires = {key_of(document): document for document in questionnaires}
        self.stage.choices = choices((code, str(label)) for code, label in STAGES.items())
        self.reading.choices = choices((code, str(label)) for code, label in READINGS.items())
        names = ((key, document_choice(document)) for key, document in self._questionnaires.items())
        self.questionnaire.choices = choices(names)
        for name in (*SETTING_FIELDS, "questionnaire"):
            if not fixings[name].is_open:
                del self[name]

    def values(self) -> dict[str, Any]:
        """The settings as they were filled in, by name."""
        values = {f.name: f.data for f in self if f.name != "csrf_token"}
        if "hotline" in values:
            values["hotline"] = values["hotline"] or None
        if "questionnaire" in values:
            values["questionnaire"] = self._questionnaires[values["questionnaire"]]
        return values

    def inputs(self) -> list[Any]:
        """The fields a person fills in, in the order of the page."""
        return [f for f in self if f.name != "csrf_token"]


SETTING_FIELDS = (
    "title", "stage", "period_start", "period_end", "reading", "held_on", "evaluator", "commissioner", "purchaser",
    "hotline",
)  # fmt: skip


class VillagesForm(FlaskForm):  # type: ignore[misc]
    """The areas and villages, one area a line, or pasted out of a table."""

    areas = TextAreaField(
        SETTINGS["areas"], validators=[required(), at_most(LONGEST_AREAS), Printable("\r\n\t\u3000\u00a0")]
    )

    def pasted(self) -> PastedAreas | None:
        """The areas that were typed; None where a line is wrong, with every mistake at the field."""
        pasted = read_areas(self.areas.data or "")
        mistakes = [to_visitor(line.sentence) for line in pasted.problems] + list(_repeated(pasted))
        if not pasted.areas and not mistakes:
            mistakes = [_("至少填写一个片区，每个片区至少一个村居。")]
        self.areas.errors = mistakes
        return None if mistakes else pasted


def _repeated(pasted: PastedAreas) -> Iterable[str]:
    problems = Problems()
    check_areas(problems, [AreaSetup(name, tuple(inside)) for name, inside in pasted.areas.items()], "")
    for problem in problems.entries:
        line = pasted.problem_at(problem.place, problem.message)
        yield to_visitor(line.sentence if line else problem.message)


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Confirms the withdrawal of an evaluation by typing its title, with the reason."""

    reason = TextAreaField(_l("为什么撤销"), validators=[required(), at_most(LONGEST_SHORT_REASON)])
    typed_title = text_line(_l("输入评估名称以确认"), 200)
