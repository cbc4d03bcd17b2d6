"""Rows of the pages about documents, and links to their previews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.documents.forms import document_choice, languages_in_words, title_of
from app.documents.labels import DOCUMENT_KINDS
from app.localisation import moment, to_visitor
from app.models import Document
from app.shared.cells import Cell, Code, Link, small, under
from app.shared.cells import parts as several
from app.shared.labels import listed
from surveys.integrity import IntegrityRules
from surveys.outcomes import OutcomeList, consequence
from surveys.scoring.scheme import Scheme


def preview_url(document: Document) -> str:
    """The address of the page that shows a document."""
    return url_for("documents.show", kind=document.kind, document_id=document.document_id, version=document.version)


def preview_links(documents: Iterable[Document]) -> list[Link]:
    """A link to the preview of each document that a select offers."""
    return [Link(document_choice(document), preview_url(document)) for document in documents]


@dataclass(frozen=True)
class DocumentRow:
    """A published document."""

    title: Cell
    kind: Cell
    version: Cell
    languages: Cell
    published: Cell
    actions: Cell


def document_rows(documents: Iterable[Document]) -> list[DocumentRow]:
    """All documents."""
    return [_document_row(document) for document in documents]


def _document_row(document: Document) -> DocumentRow:
    about = f"{document.document_id} {document.version}"
    download = url_for(
        "documents.download", kind=document.kind, document_id=document.document_id, version=document.version
    )
    edit = url_for("outcome_lists.edit", document_id=document.document_id) if document.kind == "outcomes" else ""
    return DocumentRow(
        several(Link(title_of(document), preview_url(document)), under(document.document_id)),
        DOCUMENT_KINDS[document.kind],
        document.version,
        languages_in_words(document),
        moment(document.added_at),
        several(Link(_("下载"), download, about), Link(_("修改"), edit, about) if edit else None),
    )


@dataclass(frozen=True)
class SchemeItemRow:
    """An item of a scoring scheme, or the total of a party."""

    item: Cell
    party: Cell
    maximum: Cell
    given: Cell


def scheme_rows(scheme: Scheme) -> list[SchemeItemRow]:
    """The items of a scheme, party by party."""
    return [
        SchemeItemRow(
            several(to_visitor(item.name), small(item.code)),
            to_visitor(party.name),
            item.maximum,
            several(
                _("由该方打分") if item.rule is None else _("由统计数字算出"),
                small(_("每个片区各打一次，取平均")) if item.per_area else None,
            ),
        )
        for party in scheme.parties
        for item in party.items
    ]


@dataclass(frozen=True)
class GradeRow:
    """A grade of a scheme."""

    grade: Cell
    lowest: Cell


def grade_rows(scheme: Scheme) -> list[GradeRow]:
    """The grades of a scheme."""
    return [GradeRow(to_visitor(grade.name), grade.lowest) for grade in scheme.grades]


@dataclass(frozen=True)
class OutcomeRow:
    """An outcome code and what follows it."""

    code: Cell
    label: Cell
    aapor: Cell
    consequence: Cell


def outcome_rows(outcomes: OutcomeList) -> list[OutcomeRow]:
    """The outcomes of a list."""
    return [
        OutcomeRow(Code(outcome.code), to_visitor(outcome.label), outcome.aapor, to_visitor(consequence(outcome)))
        for outcome in outcomes
    ]


@dataclass(frozen=True)
class RuleRow:
    """A rule about interviews, with its sentence."""

    code: Cell
    sentence: Cell
    thresholds: Cell
    severity: Cell


def rule_rows(rules: IntegrityRules) -> list[RuleRow]:
    """The rules of a document; the thresholds as written there."""
    return [
        RuleRow(
            Code(rule.code),
            to_visitor(rule.pattern),
            listed(f"{name} = {value}" for name, value in rule.thresholds.items()) or None,
            _("回访") if rule.severity == "back_check" else _("看一看"),
        )
        for rule in rules.rules
    ]
