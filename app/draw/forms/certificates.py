"""The form for checking a certificate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import TextAreaField


class CertificateForm(FlaskForm):  # type: ignore[misc]
    """A certificate, as a file or as text."""

    certificate = FileField(_l("证书文件（.json）"), render_kw={"accept": ".json,application/json"})
    pasted = TextAreaField(_l("或粘贴证书内容"), render_kw={"spellcheck": "false", "autocomplete": "off"})
