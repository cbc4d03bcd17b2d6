"""The forms of a draw and of its certificate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import IntegerField, TextAreaField
from wtforms.validators import Optional

from app.forms.words import line


class DrawForm(FlaskForm):  # type: ignore[misc]
    """How many, and the seed if it comes from outside."""

    size = IntegerField(_l("抽多少人"), validators=[Optional()])
    seed = line(_l("种子"), 200, optional=True)
    seed_source = line(_l("种子的来源"), 200, optional=True)


class CertificateForm(FlaskForm):  # type: ignore[misc]
    """A certificate, as a file or as text."""

    certificate = FileField(_l("证书文件（.json）"), render_kw={"accept": ".json,application/json"})
    pasted = TextAreaField(_l("或粘贴证书内容"), render_kw={"spellcheck": "false", "autocomplete": "off"})
