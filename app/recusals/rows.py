"""Rows of the tables of recusals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.localisation import moment
from app.models import Recusal
from app.shared.cells import Badge, Button, Cell


@dataclass(frozen=True)
class RecusedRow:
    """Somebody who is recused from a station."""

    name: Cell
    reason: Cell
    declared_at: Cell
    lift: Cell


def recused_rows(recusals: Iterable[Recusal], lifted_at: str = "") -> list[RecusedRow]:
    """The recusals of a station; `lifted_at`: the slug of the evaluation at which the visitor may lift them."""
    return [
        RecusedRow(
            recusal.user.display_name,
            recusal.reason,
            moment(recusal.declared_at),
            _lift(recusal, lifted_at) if lifted_at else None,
        )
        for recusal in recusals
    ]


def _lift(recusal: Recusal, slug: str) -> Button:
    url = url_for("recusals.end", slug=slug, user_uuid=recusal.user.uuid)
    return Button(_("解除"), url, "quiet", about=recusal.user.display_name)


@dataclass(frozen=True)
class DeclarationRow:
    """A recusal of the visitor's own."""

    station: Cell
    reason: Cell
    declared_at: Cell
    state: Cell


def declaration_rows(recusals: Iterable[Recusal]) -> list[DeclarationRow]:
    """The visitor's own recusals."""
    return [
        DeclarationRow(
            recusal.station.name,
            recusal.reason,
            moment(recusal.declared_at),
            Badge(_("已解除"), "off") if recusal.lifted_at else Badge(_("要回避"), "warn"),
        )
        for recusal in recusals
    ]
