"""The names of stored codes, gathered from the subjects for the templates."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace

from flask import Flask

from app.accounts import labels as accounts
from app.audit import labels as audit
from app.desk import labels as desk
from app.documents import labels as documents
from app.draw import labels as draw
from app.ledger import labels as ledger
from app.outcome_lists import labels as outcome_lists
from app.quality_control import labels as quality_control
from app.results import labels as results
from app.retention import labels as retention
from app.scores import labels as scores
from app.shared import labels as shared
from app.supervision import labels as supervision

MODULES = (
    shared, accounts, audit, documents, outcome_lists, ledger, draw,
    desk, quality_control, supervision, results, scores, retention,
)  # fmt: skip


def names_of(module: ModuleType) -> dict[str, object]:
    """The public names of a module of labels: dictionaries of labels, and functions that put something into words."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and (isinstance(value, dict) or callable(value))
    }


def init_labels(app: Flask) -> None:
    """Give every template all labels as `labels`; raises ValueError where two subjects use one name for two things."""
    gathered: dict[str, object] = {}
    for module in MODULES:
        names = names_of(module)
        if twice := sorted(name for name in gathered.keys() & names.keys() if gathered[name] is not names[name]):
            raise ValueError(f"{module.__name__} repeats {twice}")
        gathered |= names
    app.jinja_env.globals["labels"] = SimpleNamespace(**gathered)
