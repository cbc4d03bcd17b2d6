"""Fetching a published document for the pages that show it."""

from __future__ import annotations

from flask import abort

from app.documents.queries import document_named
from app.extensions import db
from app.models import Document


def get_document(kind: str, document_id: str, version: int) -> Document:
    """A published document, for a view whose access rule admits the visitor; 404 where there is none.

    Documents name nobody, so whoever sets up or leads any evaluation may read them all.
    """
    if version > 1_000_000:
        abort(404)
    return document_named(db.session, kind, document_id, version) or abort(404)
