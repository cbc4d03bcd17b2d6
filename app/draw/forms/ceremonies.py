"""The forms of a ceremony: sources of the seed, a commitment, a value, and voiding a draw."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, HiddenField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.draw.commands.ceremonies import Source
from app.models import Role
from app.shared.forms import text_line
from app.shared.labels import ROLES
from app.shared.limits import LONGEST_REASON
from surveys.calling.local_time import GUANGZHOU

PARTIES = (Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.LEAD, Role.STATION)
PARTY_NAMES = {
    Role.PURCHASER: "购买方",
    Role.SUPERVISION: "督导中心",
    Role.MONITOR: "监督方",
    Role.LEAD: "评估方",
    Role.STATION: "社工站",
}
LONGEST_SOURCE = 160  # of 200 characters on the certificate; the moment is added
PARTY_SOURCE = "自行随机选定，先承诺后公布"


class SourcesForm(FlaskForm):  # type: ignore[misc]
    """Which parties contribute a value of their own, and which public source is named beforehand.

    `present`: the roles that somebody has; a party whom nobody represents would be waited for without end.
    """

    parties = SelectMultipleField(
        _l("各自承诺一个数值的各方"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    public = text_line(_l("公开来源"), LONGEST_SOURCE, optional=True)
    expected = DateTimeLocalField(_l("什么时候揭晓（广州时间）"), validators=[Optional()])

    def __init__(self, present: Collection[Role]) -> None:
        super().__init__()
        self.parties.choices = [SelectChoice(role.value, ROLES[role]) for role in PARTIES if role in present]

    def sources(self) -> list[Source]:
        """The sources for the command: parties in the order of the list, then the public source."""
        chosen = [role for role in PARTIES if role.value in (self.parties.data or [])]
        sources = [Source(PARTY_NAMES[role], PARTY_SOURCE, role) for role in chosen]
        if public := (self.public.data or "").strip():
            moment = self.expected.data
            sources.append(Source("公开来源", public, expected=moment.replace(tzinfo=GUANGZHOU) if moment else None))
        return sources


class CommitmentForm(FlaskForm):  # type: ignore[misc]
    """A commitment: 64 hexadecimal digits; the value behind it stays with the party, who has it saved."""

    commitment = text_line(_l("承诺"), 64)
    saved = BooleanField(
        _l("数值已经抄下或保存好，公布时我能一字不差地拿出来"),
        validators=[InputRequired(_l("先抄下或保存好您的数值，再提交承诺：丢了数值，这次抽样只能作废。"))],
    )


class ValueForm(FlaskForm):  # type: ignore[misc]
    """A party's value, or what the public source gave; `entry` names what was typed on an earlier page."""

    value = text_line(_l("数值"), 200)
    entry = HiddenField()


class VoidForm(FlaskForm):  # type: ignore[misc]
    """The reason for voiding a plan and its draw."""

    reason = TextAreaField(
        _l("作废的原因"),
        validators=[InputRequired(_l("写明作废的原因，会印在以后每一份证书上。")), Length(max=LONGEST_REASON)],
    )
