"""Forms around ledgers and the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Optional

from app.ledger.labels import LEDGER_FIELDS
from app.ledger.reader.columns import FIELDS, REQUIRED
from app.ledger.reader.errors import ACCEPTED_SUFFIXES
from app.models import Evaluation
from app.shared.forms import Printable, at_most, choices, stripped, text_line

NOT_THERE = "-1"


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A ledger file and its label."""

    label = text_line(_l("名册名称"), 100)
    file = FileField(
        _l("名册文件（%(kinds)s）", kinds=" ".join(ACCEPTED_SUFFIXES)),
        validators=[FileRequired(_l("请选择名册文件。"))],
        render_kw={"accept": ",".join(ACCEPTED_SUFFIXES)},
    )


class SealForm(FlaskForm):  # type: ignore[misc]
    """Sealing the frame, confirmed by typing the station's name."""

    typed_name = text_line(_l("输入社工站名称以确认"), 200)
    leave_out_errors = BooleanField(_l("有错误的行不列入，我已知道"))


def column_form(headers: Sequence[str], suggested: dict[str, int], repeats: str = "") -> FlaskForm:
    """A select of the columns for each known field; the suggested or previously chosen column is preselected.

    `repeats`: the label of a ledger in use that holds mostly the same rows; whether this one replaces it is asked.
    """
    offered = choices([(NOT_THERE, "—"), *((str(i), f"{i + 1}. {heading}") for i, heading in enumerate(headers))])

    class ColumnForm(FlaskForm):  # type: ignore[misc]
        def mapping(self) -> dict[str, int]:
            """Field → column, for the fields with a chosen column."""
            chosen = {name: self[name].data for name in FIELDS}
            return {name: int(value) for name, value in chosen.items() if value not in (None, NOT_THERE)}

        def meaning(self) -> dict[str, Any]:
            """The arguments of import_upload that say whether another ledger is replaced."""
            if not repeats or not self["meant"].data:
                return {}
            return {"replaces": repeats} if self["meant"].data == "replace" else {"in_addition": True}

    for name in FIELDS:
        label = f"{LEDGER_FIELDS[name]}*" if name in REQUIRED else LEDGER_FIELDS[name]
        field = SelectField(label, choices=offered, default=str(suggested.get(name, NOT_THERE)))
        setattr(ColumnForm, name, field)
    if repeats:
        ways = choices(
            [("replace", _("它是「%(label)s」的新版，替换旧的", label=repeats)), ("add", _("它是另一份，两份都用"))]
        )
        ColumnForm.replaces = HiddenField(default=repeats)
        ColumnForm.meant = RadioField(_l("这份名册是"), choices=ways, validators=[Optional()])
    return ColumnForm()


class MendForm(FlaskForm):  # type: ignore[misc]
    """The new value of a cell, and the correction that was in force when the page was opened."""

    value = StringField(_l("改成"), validators=[at_most(200), Printable()], filters=[stripped])
    seen = HiddenField()


class VillageForm(FlaskForm):  # type: ignore[misc]
    """What a spelling means: another name of a known village, or a new village in an area."""

    village = SelectField(_l("它是这个村居的另一种写法"))
    area = SelectField(_l("新村居属于哪个片区"))
    name = StringField(_l("新村居的名称"), validators=[at_most(60), Printable()], filters=[stripped])


def village_form(evaluation: Evaluation, spelling: str) -> VillageForm:
    """The form about a spelling, with the villages and areas of the station."""
    form = VillageForm()
    form.village.choices = choices([(NOT_THERE, "—"), *((v.code, v.name) for v in evaluation.station.villages)])
    form.area.choices = choices([(area.code, area.name) for area in evaluation.station.areas])
    if not form.is_submitted():
        form.name.data = spelling
    return form
