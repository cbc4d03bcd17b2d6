"""Revisions are history: what they run stands in them or beside them, and nothing that is edited later reaches it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import config

VERSIONS = config.ROOT / "migrations" / "versions"
REVISIONS = sorted(VERSIONS.glob("*.py"))
DIALECTS = ("postgresql", "sqlite")


def imported(tree: ast.Module) -> set[str]:
    """The top of every module imported anywhere in it; relative imports as a point."""
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += ["." if node.level else node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] or "." for name in names}


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem[:4])
def test_a_revision_imports_nothing_of_this_repository(path: Path) -> None:
    foreign = imported(ast.parse(path.read_text("utf-8"))) - {"sqlalchemy", "alembic"}
    assert foreign <= sys.stdlib_module_names - {"importlib", "runpy"}


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem[:4])
def test_migrations_are_forward_only(path: Path) -> None:
    functions = [node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    assert "upgrade" in functions
    assert "downgrade" not in functions


def test_every_file_of_statements_belongs_to_a_revision_that_runs_it() -> None:
    """One for each database, but where the revision names the file of one: its tables are rebuilt on SQLite alone."""
    running = {path.stem[:4]: text for path in REVISIONS if "_run_sql()" in (text := path.read_text("utf-8"))}
    wanted = sorted(
        f"{revision}.{dialect}.sql"
        for revision, text in running.items()
        for dialect in DIALECTS
        if dialect == "sqlite" or ".sqlite.sql" not in text
    )
    assert sorted(path.name for path in (VERSIONS / "sql").iterdir()) == wanted


def test_an_import_is_noticed_wherever_it_stands() -> None:
    source = "import os.path\ndef upgrade():\n    from app.models import Base\n    from . import rules\n"
    assert imported(ast.parse(source)) == {"os", "app", "."}
