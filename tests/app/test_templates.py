"""Rules about the templates' source: short lines, no computing of rows, every file and name in use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from app.interview.kinds import FOLDER as KINDS_FOLDER
from surveys.questionnaire.kinds import KINDS

LONGEST_LINE = 160
# Flask-Security renders these by their names.
NAMED_ELSEWHERE = {"security/change_password.html", "security/login_user.html"}
WHOLE_EXPRESSION = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


@pytest.fixture(scope="module")
def templates() -> dict[str, str]:
    folder = Path(__file__).parents[2] / "app" / "templates"
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.html"))}


def expressions(source: str) -> str:
    """The parts of a template that Jinja evaluates."""
    return "\n".join(WHOLE_EXPRESSION.findall(re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)))


def test_no_line_of_a_template_is_too_long_to_review(templates: dict[str, str]) -> None:
    long = [
        f"{name}:{number} {len(line)}"
        for name, source in templates.items()
        for number, line in enumerate(source.splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert long == []


def test_no_template_builds_rows_or_tells_the_columns_of_a_table_apart(templates: dict[str, str]) -> None:
    for name, source in templates.items():
        assert not re.search(r"\.(append|extend|update|insert)\(", expressions(source)), name
        assert not re.search(r"call ?\([^)]*\) *data_table|\bif key (==|in)", expressions(source)), name


def test_every_label_that_a_template_names_exists(app: Flask, templates: dict[str, str]) -> None:
    gathered = vars(app.jinja_env.globals["labels"])
    for name, source in templates.items():
        used = set(re.findall(r"\blabels\.(\w+)", expressions(source)))
        assert used <= set(gathered), name


def test_every_template_is_used(repository: Path, templates: dict[str, str]) -> None:
    named = NAMED_ELSEWHERE | {f"{KINDS_FOLDER}/{kind}.html" for kind in KINDS}
    for source in templates.values():
        named |= set(re.findall(r"[\"']([\w/]+\.html)[\"']", expressions(source)))
    for path in (repository / "app").rglob("*.py"):
        named |= set(re.findall(r"\"([\w/]+\.html)\"", path.read_text("utf-8")))
    assert sorted(set(templates) - named) == []
    assert sorted(named - set(templates)) == []


def test_every_name_that_a_template_imports_is_there_and_is_used(app: Flask, templates: dict[str, str]) -> None:
    imports = re.compile(r"\{%-? from \"([\w/]+\.html)\" import (.+?) -?%\}")
    for name, source in templates.items():
        for module, names in imports.findall(source):
            for entry in names.split(","):
                imported, _as, alias = entry.strip().partition(" as ")
                assert re.search(rf"macro {imported}\b", templates[module]), f"{name}: {module} has no {imported}"
                uses = re.findall(rf"\b{alias or imported}\b", expressions(imports.sub("", source)))
                assert uses, f"{name} imports {imported} in vain"


def test_every_style_sheet_is_linked(repository: Path, templates: dict[str, str]) -> None:
    sheets = {path.stem for path in (repository / "app" / "static" / "css").glob("*.css")}
    linked = set(re.findall(r"css/(\w+)\.css", "\n".join(templates.values())))
    for names in re.findall(r"for sheet in \(([^)]*)\)", "\n".join(templates.values())):
        linked |= set(re.findall(r"\w+", names))
    assert linked == sheets
