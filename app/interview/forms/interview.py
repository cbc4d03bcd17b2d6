"""The form of the interviewer's page: the questions, the integrity ticks, the witness, the position, the times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from app.interview.commands.interviews import InterviewParadata
from app.interview.forms.questionnaire import PREFIX, QuestionnaireForm
from app.interview.queries import InterviewDraft
from app.shared.forms import text_line
from app.shared.limits import LONGEST_WITNESS
from surveys.checks import RULES, TICKS

YES, NO = "yes", "no"
TICK = "tick_"
NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


def _tick(label: Any) -> RadioField:
    return RadioField(
        label,
        [Optional()],
        choices=[SelectChoice(YES, _l("是")), SelectChoice(NO, _l("否"))],
        invalid_choice_message=_l("请选「是」或「否」。"),
    )


class InterviewForm(QuestionnaireForm):
    """A questionnaire filled in by an interviewer, with its paradata."""

    position = HiddenField(validators=[Optional(), Length(max=20)])
    wording = RadioField(
        validators=[Optional()],
        choices=[SelectChoice("zh", _l("普通话")), SelectChoice("yue", _l("粤语"))],
        invalid_choice_message=_l("请从所列选项中选一个。"),
    )
    tick_self = _tick(_l("本人回答"))
    tick_family = _tick(_l("有家人在场"))
    tick_staff = _tick(_l("有社工在场"))
    tick_prompted = _tick(_l("需要提示"))
    witness = text_line(_l("见证人"), LONGEST_WITNESS, optional=True)
    kept = SelectMultipleField(
        validators=[Optional()],
        choices=[SelectChoice(code, code) for code in RULES],
        invalid_choice_message=_l("请从所列选项中选择。"),
    )

    def ticks(self) -> dict[str, bool]:
        """The ticks that were answered yes or no."""
        given = {tick: self[TICK + tick].data for tick in TICKS}
        return {tick: data == YES for tick, data in given.items() if data in (YES, NO)}

    def paradata(self, sent: MultiDict[str, str]) -> InterviewParadata:
        """The paradata sent by the page; `sent` is the submitted form."""
        return InterviewParadata(
            position=self.position.data or "",
            ticks=self.ticks(),
            witness=self.witness.data or "",
            kept=tuple(self.kept.data or ()),
            milliseconds=_numbers(sent, "ms_"),
            changes=_numbers(sent, "changes_"),
            language=self.wording.data or "",
        )

    def mark(self, marks: Mapping[str, str]) -> None:
        """Show each message at the tick of that name, or at the witness."""
        for name, message in marks.items():
            field = self[name if name == "witness" else TICK + name]
            field.errors = [*field.errors, message]

    def resume(self, draft: InterviewDraft) -> None:
        """Fill in the form from a draft."""
        self.submission_key.data, self.started_at.data = str(draft.submission_key), draft.started_at.isoformat()
        for name, given in draft.answers.items():
            if PREFIX + name in self:
                self.of(name).data = given
        for tick, given in draft.ticks.items():
            self[TICK + tick].data = YES if given else NO
        self.witness.data, self.position.data = draft.witness, draft.position
        self.wording.data, self.kept.data = draft.language or "zh", list(draft.kept)


def _numbers(sent: MultiDict[str, str], prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): int(given)
        for name, given in sent.items()
        if name.startswith(prefix) and NUMBER.fullmatch(given)
    }
