"""The supervisor's forms: reassigning, visits, closing, reopening, skills."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.shared.forms import Printable, at_most, choices, required, stripped
from app.shared.labels import skill_name
from app.shared.limits import LONGEST_REASON
from surveys.calling.skills import SKILLS

NOBODY = ""


class ReassignForm(FlaskForm):  # type: ignore[misc]
    """To which interviewer a case is assigned; none for anybody."""

    interviewer = SelectField(_l("下一次由谁联系"))

    def __init__(self, people: Iterable[tuple[str, str]], nobody: str, **arguments: object) -> None:
        super().__init__(**arguments)
        self.interviewer.choices = choices([(NOBODY, nobody), *people])


class VisitsForm(FlaskForm):  # type: ignore[misc]
    """Who visits the people of a village."""

    village = SelectField(_l("哪个村居的走访"))
    interviewer = SelectField(_l("由谁去"))

    def __init__(self, villages: Iterable[tuple[str, str]], people: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.village.choices = choices(villages)
        self.interviewer.choices = choices(people)


class CloseForm(FlaskForm):  # type: ignore[misc]
    """Confirms that a case is closed."""

    confirmed = BooleanField(_l("我确认结案"), validators=[DataRequired(_l("请先确认。"))])


class ReopenForm(FlaskForm):  # type: ignore[misc]
    """The reason why a closed case is reopened."""

    reason = TextAreaField(
        _l("为什么再联系"),
        validators=[required(), at_most(LONGEST_REASON), Printable("\r\n\u3000\u00a0")],
        filters=[stripped],
    )


class SkillsForm(FlaskForm):  # type: ignore[misc]
    """The skills of each interviewer: one group of checkboxes a person, named after the person's key."""

    @classmethod
    def of(cls, people: Iterable[tuple[str, str, tuple[str, ...]]], *, blank: bool = False) -> SkillsForm:
        """The form for these interviewers: key, name, and what is registered; `blank` where another was sent."""
        offered = choices((code, skill_name(code)) for code in SKILLS)
        fields = {
            f"skills-{key}": SelectMultipleField(
                name,
                choices=offered,
                default=list(skills),
                option_widget=CheckboxInput(),
                widget=ListWidget(prefix_label=False),
            )
            for key, name, skills in people
        }
        form = type("SkillsForm", (cls,), fields)
        return form(formdata=None) if blank else form()

    def chosen(self, key: str) -> list[str]:
        """The codes ticked for the interviewer with this key."""
        return list(self[f"skills-{key}"].data or ())
