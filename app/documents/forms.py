"""The form that publishes a document."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from app.documents.labels import DOCUMENT_KINDS
from app.shared.forms import choices


class DocumentForm(FlaskForm):  # type: ignore[misc]
    """A document as JSON, and its kind."""

    kind = SelectField(_l("种类"), choices=choices(DOCUMENT_KINDS.items()))
    file = FileField(_l("文档文件（.json）"), validators=[FileRequired(_l("请选择文件。"))])
