"""Form fields of an appointment: one of three proposed times or a date and a time, and who calls."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput, TimeInput

from app.clock import local, now
from app.desk.commands.appointments import AgreedTime
from app.localisation import to_visitor
from surveys.calling.appointments import problem, proposed_times
from surveys.calling.local_time import GUANGZHOU
from surveys.calling.settings import DEFAULT, CallingSettings

OTHER = "other"
# Earlier years are typing errors, and the very first dates cannot be converted to UTC.
EARLIEST_YEAR = 2000
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})", re.ASCII)


def _aware(day: str, clock: str) -> datetime | None:
    """A date and a time in Guangzhou, converted to UTC; None where the texts are no date or no time."""
    date_match, time_match = DAY.fullmatch(day), CLOCK.fullmatch(clock)
    if not date_match or not time_match:
        return None
    if int(date_match[1]) < EARLIEST_YEAR:
        return None
    try:
        moment = datetime(*map(int, date_match.groups()), *map(int, time_match.groups()), tzinfo=GUANGZHOU)  # type: ignore[misc,arg-type]
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class AppointmentFields:
    """A mixin for forms. The view calls `offer` after making the form; `asks_for_a_time` is True where one is required.

    After validation `agreed()` returns the agreed time, or None when nothing was filled in.
    """

    agreed_when = RadioField(_l("什么时候再打"), validate_choice=False)
    agreed_day = StringField(_l("日期"), widget=DateInput(), filters=[lambda text: (text or "").strip()])
    agreed_time = StringField(_l("时间"), widget=TimeInput(), filters=[lambda text: (text or "").strip()])
    same_interviewer = BooleanField(_l("对方希望还是由我打"))

    asks_for_a_time = False
    _settings: CallingSettings = DEFAULT

    def offer(self, settings: CallingSettings) -> dict[str, datetime]:
        """Set the choices to the times proposed at this moment; returns the moments by the value of their choice."""
        self._settings = settings
        offered = proposed_times(local(now()), settings)
        values = {f"{proposal.at:%Y-%m-%dT%H:%M}": proposal for proposal in offered}
        labels = {value: f"{to_visitor(proposal.label)} {proposal.at:%H:%M}" for value, proposal in values.items()}
        given = self.agreed_when.data
        if given and given != OTHER and given not in labels and (moment := _aware(*given.partition("T")[::2])):
            # The time chosen stays among the choices when it is no longer proposed.
            labels[given] = f"{local(moment):%Y-%m-%d %H:%M}"
        self.agreed_when.choices = [
            *(SelectChoice(value, label) for value, label in labels.items()),
            SelectChoice(OTHER, str(_("另选时间"))),
        ]
        return {value: proposal.at for value, proposal in values.items()}

    def agreed(self) -> AgreedTime | None:
        """The agreed time; only after validation."""
        moment = self._moment()
        return AgreedTime(moment, bool(self.same_interviewer.data)) if moment else None

    def soft_problem(self) -> str:
        """A sentence on what is unusual about a time that may be used all the same; empty where nothing is."""
        moment = self._moment()
        trouble = problem(moment, now(), self._settings) if moment else None
        return to_visitor(trouble.words) if trouble and not trouble.hard else ""

    def validate_agreed_when(self, field: Field) -> None:
        """Either a proposal or a date and a time, not both; required where `asks_for_a_time`."""
        typed = bool(self.agreed_day.data or self.agreed_time.data)
        given = field.data or ""
        if given not in ("", OTHER):
            if typed:
                raise ValidationError(_("选了一个时间，又另填了一个。请只留一个。"))
            if self._moment() is None:
                raise ValidationError(_("请从所列时间中选一个，或另选时间。"))
            self._refuse_impossible()
        elif not typed and (given == OTHER or self.asks_for_a_time):
            raise ValidationError(_("请选一个时间，或填写日期和时间。"))

    def validate_agreed_day(self, field: Field) -> None:
        """The date must exist."""
        if not self._typing():
            return
        if not field.data:
            raise ValidationError(_("请填写日期。"))
        if _aware(field.data, "12:00") is None:
            raise ValidationError(_("日期要写成 2026-11-30 这样。"))
        if self.agreed_time.data and self._moment():
            self._refuse_impossible()

    def validate_agreed_time(self, field: Field) -> None:
        """The time must be a time of day."""
        if not self._typing():
            return
        if not field.data:
            raise ValidationError(_("请填写时间。"))
        if _aware("2000-01-01", field.data) is None:
            raise ValidationError(_("时间要写成 15:30 这样。"))

    def _typing(self) -> bool:
        return (self.agreed_when.data or "") in ("", OTHER) and bool(self.agreed_day.data or self.agreed_time.data)

    def _moment(self) -> datetime | None:
        given = self.agreed_when.data or ""
        if given in ("", OTHER):
            return _aware(self.agreed_day.data or "", self.agreed_time.data or "")
        return _aware(*given.partition("T")[::2])

    def _refuse_impossible(self) -> None:
        moment = self._moment()
        trouble = problem(moment, now(), self._settings) if moment else None
        if trouble and trouble.hard:
            raise ValidationError(to_visitor(trouble.words))


class AppointmentForm(AppointmentFields, FlaskForm):  # type: ignore[misc]
    """Moving an appointment."""

    asks_for_a_time = True
