"""Forms around ledgers and the frame."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField

from app.ledger.labels import LEDGER_FIELDS
from app.ledger.reader.columns import FIELDS, REQUIRED
from app.ledger.reader.errors import ACCEPTED_SUFFIXES
from app.shared.forms import choices, text_line

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


def column_form(headers: Sequence[str], suggested: dict[str, int]) -> FlaskForm:
    """A select of the columns for each known field; the suggested or previously chosen column is preselected."""
    offered = choices([(NOT_THERE, "—"), *((str(i), f"{i + 1}. {heading}") for i, heading in enumerate(headers))])

    class ColumnForm(FlaskForm):  # type: ignore[misc]
        def mapping(self) -> dict[str, int]:
            """Field → column, for the fields with a chosen column."""
            chosen = {name: self[name].data for name in FIELDS}
            return {name: int(value) for name, value in chosen.items() if value not in (None, NOT_THERE)}

    for name in FIELDS:
        label = f"{LEDGER_FIELDS[name]}*" if name in REQUIRED else LEDGER_FIELDS[name]
        field = SelectField(label, choices=offered, default=str(suggested.get(name, NOT_THERE)))
        setattr(ColumnForm, name, field)
    return ColumnForm()
