"""The form that publishes a document, and how a document is called wherever one is chosen."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from app.documents.labels import DOCUMENT_KINDS, DOCUMENT_LANGUAGES
from app.documents.queries import languages_of, parsed_document
from app.localisation import to_visitor
from app.models import Document
from app.shared.forms import choices
from app.shared.labels import listed


def title_of(document: Document) -> str:
    """The title of a document, in the visitor's language."""
    return to_visitor(parsed_document(document).title)


def languages_in_words(document: Document) -> str:
    """The languages a document is written in."""
    return listed(str(DOCUMENT_LANGUAGES[language]) for language in languages_of(document))


def document_choice(document: Document) -> str:
    """A document as a select offers it: title, id, version and languages."""
    return str(
        _(
            "%(title)s · %(id)s 第 %(v)s 版 · %(languages)s",
            title=title_of(document),
            id=document.document_id,
            v=document.version,
            languages=languages_in_words(document),
        )
    )


class DocumentForm(FlaskForm):  # type: ignore[misc]
    """A document as JSON, and its kind."""

    kind = SelectField(_l("种类"), choices=choices(DOCUMENT_KINDS.items()))
    file = FileField(_l("文档文件（.json）"), validators=[FileRequired(_l("请选择文件。"))])
