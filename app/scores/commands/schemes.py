"""Publishing a new version of a scoring scheme, and adopting another scheme for an evaluation."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.documents.commands import add_document
from app.models import Document, Evaluation, User
from app.scores.queries.schemes import ADOPTED, scheme_with_same_content
from app.shared.errors import Refused
from app.shared.guards import reason_given, refuse_when_settled
from app.shared.limits import LONGEST_REASON


def publish_scheme(session: Session, body: dict[str, Any], *, actor: User | None = None) -> Document:
    """Publish a scheme under its id and version; refused when its content is already published.

    Raises surveys.scoring.InvalidScheme with every mistake.
    """
    published = scheme_with_same_content(session, body)
    if published is not None:
        raise Refused(_("和已发布的第 %(v)s 版一样，没有改动。", v=published.version), "unchanged")
    return add_document(session, "scheme", body, actor=actor)


def adopt_scheme(
    session: Session, evaluation: Evaluation, document: Document, *, reason: str, actor: User | None = None
) -> None:
    """Score an evaluation by another published scheme from now on, for a reason that is printed on its sheet.

    Earlier entries are kept; those that do not fit the scheme are ignored. Refused once settled.
    """
    refuse_when_settled(session, evaluation)
    if document.kind != "scheme":
        raise Refused(_("这不是评分方案。"), "not-a-scheme")
    if document.id == evaluation.scheme_id:
        raise Refused(_("本次评估已经用这一版。"), "unchanged")
    reason = reason_given(reason, LONGEST_REASON, _("请写明为什么换方案，会印在评分表上。"))
    before = evaluation.scheme
    evaluation.scheme = document
    record(
        session,
        ADOPTED,
        actor=actor,
        evaluation=evaluation,
        details={
            "id": document.document_id,
            "version": document.version,
            "scheme": document.digest,
            "before": f"{before.document_id}-{before.version}",
            "reason": reason,
        },
    )
