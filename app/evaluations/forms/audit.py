"""What the audit log is narrowed to."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, SelectField
from wtforms.validators import Optional

from app.audit.queries import EventFilter
from app.evaluations.labels import EVENT_KINDS
from app.shared.forms import choices


class EventFilterForm(Form):  # type: ignore[misc]
    """What the audit log is narrowed to; its choices of people are set by the view."""

    kind = SelectField(
        _l("种类"),
        choices=choices([("", _l("全部")), *((code, name) for code, (name, _subjects) in EVENT_KINDS.items())]),
        default="",
    )
    person = SelectField(_l("谁"), default="")
    day = DateField(_l("哪一天"), [Optional()])

    def wanted(self) -> EventFilter:
        """The filter that was asked for; call it once the form is valid."""
        subjects = EVENT_KINDS[self.kind.data][1] if self.kind.data else ()
        return EventFilter(subjects, uuid.UUID(self.person.data) if self.person.data else None, self.day.data)
