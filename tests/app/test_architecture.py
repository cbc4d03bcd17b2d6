"""Rules about the source itself: layers, writers of rows, texts, templates, routes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from app.audit.labels import ACTIONS
from app.models import Base

MODELS = {mapper.class_.__name__ for mapper in Base.registry.mappers}


def sources(repository: Path, *packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((repository / package).rglob("*.py"))]


def layer(repository: Path, *names: str) -> list[Path]:
    """The modules of app/ that are a layer of a subject: `commands.py`, or what is in a folder `commands/`."""
    return [path for path in sources(repository, "app") if {path.stem, path.parent.name} & set(names)]


def _foreign(node: ast.ImportFrom) -> list[str]:
    """Names that come from elsewhere than our models, such as flask.Response."""
    return [] if (node.module or "").startswith("app.models") else [a.asname or a.name for a in node.names]


def test_only_commands_make_rows(repository: Path) -> None:
    makers = []
    makers_allowed = layer(repository, "commands", "models")
    for path in sources(repository, "app"):
        if path in makers_allowed:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        rows = MODELS - {
            alias for name in ast.walk(tree) if isinstance(name, ast.ImportFrom) for alias in _foreign(name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            argument = node.args[0].id if node.args and isinstance(node.args[0], ast.Name) else ""
            if name in rows or (name in ("insert", "update", "delete") and argument in rows):
                makers.append(f"{path.relative_to(repository)}:{node.lineno} {name}({argument})")
    assert makers == []


def test_commands_never_commit_and_queries_never_write(repository: Path) -> None:
    for path in layer(repository, "commands", "queries"):
        assert ".commit()" not in path.read_text("utf-8"), path
    for path in layer(repository, "queries"):
        assert "session.add(" not in path.read_text("utf-8"), path


def test_the_pure_libraries_read_no_clock_no_environment_and_no_global_random_generator(repository: Path) -> None:
    for path in sources(repository, "sampling", "surveys"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        assert not {"now", "today", "utcnow", "environ", "getenv"} & (names | attributes), path
        assert not {"random", "secrets", "time", "os"} & names, path


def test_no_input_is_checked_by_assert(repository: Path) -> None:
    for path in sources(repository, "app", "sampling", "surveys"):
        lines = [n.lineno for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Assert)]
        assert lines == [], path


def test_views_hold_no_sql_but_the_getters(repository: Path) -> None:
    for path in layer(repository, "views"):
        statements = re.findall(r"\b(select|insert|delete|update)\(", path.read_text("utf-8"))
        assert statements == [] or path.name in ("admin.py",), path


def test_templates_carry_no_inline_script_or_style_and_nothing_foreign(repository: Path) -> None:
    for path in (repository / "app" / "templates").rglob("*.html"):
        source = path.read_text("utf-8")
        assert not re.search(
            r"\sstyle=|<script>|\son[a-z]+=\"|\|\s*safe\b(?!\s*(if|}))", source.replace("|safe if", "")
        ), path
        assert not re.search(r"(src|href)=\"(https?:)?//", source), path


def test_the_english_catalogue_is_complete(repository: Path, tmp_path: Path) -> None:
    from babel.messages.frontend import CommandLineInterface

    template = tmp_path / "messages.pot"
    command = ["pybabel", "-q", "extract", "-F", str(repository / "babel.cfg"), "-k", "_l", "-o", str(template)]
    CommandLineInterface().run([*command, str(repository)])
    with template.open("rb") as file:
        extracted = {message.id for message in read_po(file) if message.id}
    with (repository / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        english = {message.id: message for message in read_po(file, locale="en") if message.id}
    assert sorted(extracted - set(english)) == []
    assert sorted(set(english) - extracted) == []
    for message in english.values():
        assert message.string, message.id
        assert not message.fuzzy, message.id
        assert not re.search("[\u4e00-\u9fff]", str(message.string)), message.id
        assert set(re.findall(r"%\(\w+\)s", str(message.id))) == set(re.findall(r"%\(\w+\)s", str(message.string)))


def test_every_audit_action_has_its_words(repository: Path) -> None:
    recorded = set()
    for path in layer(repository, "commands"):
        recorded |= set(re.findall(r"\"([a-z]+\.[a-z]+)\"", path.read_text("utf-8")))
    assert {action for action in recorded if not action.startswith("app.")} <= set(ACTIONS)


@pytest.mark.parametrize("path", ["/", "/healthz", "/language", "/login", "/logout", "/verify", "/q/<token>"])
def test_addresses_that_are_printed_or_bookmarked_do_not_change(app: Flask, path: str) -> None:
    assert path in {rule.rule for rule in app.url_map.iter_rules()}
