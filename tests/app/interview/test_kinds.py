"""Every kind of question can be shown and filled in, or the application does not start."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemLoader

import config
from app import create_app
from app.exports.spss import MEASURES
from app.interview import kinds
from app.interview.kinds import CONTROLS, FOLDER, MACROS, IncompleteKind, refuse_incomplete
from surveys.questionnaire import parse
from surveys.questionnaire.kinds import KINDS, VariableType
from tests.conftest import SECRETS
from tests.surveys.questionnaire.builders import EXAMPLES, with_question

TEMPLATES = Path(kinds.__file__).parents[2] / "templates"


@pytest.fixture
def bare(tmp_path: Path) -> Flask:
    """An application whose templates are a copy that a test may change."""
    made = Flask(__name__, root_path=str(tmp_path))
    made.jinja_loader = FileSystemLoader([tmp_path / "templates", TEMPLATES])
    made.jinja_env.add_extension("jinja2.ext.i18n")
    folder = tmp_path / "templates" / FOLDER
    folder.mkdir(parents=True)
    for path in (TEMPLATES / FOLDER).iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return made


def template(app: Flask, kind: str) -> Path:
    return Path(app.root_path) / "templates" / FOLDER / f"{kind}.html"


def test_every_kind_has_a_control_and_a_template(bare: Flask) -> None:
    assert set(CONTROLS) == set(KINDS) == {path.stem for path in (TEMPLATES / FOLDER).iterdir()}
    refuse_incomplete(bare)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["phone", "visit", "web"])
def test_every_kind_makes_a_field(app: Flask, kind: str, mode: str) -> None:
    question = parse(with_question(EXAMPLES[kind].question)).question("X1")
    field = CONTROLS[kind].field(question, mode)
    assert field.field_class is not None


def test_every_type_of_variable_has_a_measurement_level() -> None:
    assert set(MEASURES) == set(VariableType)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_without_a_control_stops_the_start(bare: Flask, kind: str) -> None:
    with pytest.raises(IncompleteKind, match=f"^{kind}: no control"):
        refuse_incomplete(bare, controls=CONTROLS.keys() - {kind})


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_without_a_template_stops_the_start(bare: Flask, kind: str) -> None:
    template(bare, kind).unlink()
    with pytest.raises(IncompleteKind, match=f"^{kind}: no template"):
        refuse_incomplete(bare)


@pytest.mark.parametrize("macro", MACROS)
def test_a_template_without_a_macro_stops_the_start(bare: Flask, macro: str) -> None:
    path = template(bare, "integer")
    path.write_text(path.read_text("utf-8").replace(f"macro {macro}(", "macro other("), "utf-8")
    with pytest.raises(IncompleteKind, match=f"^integer: no macro {macro}"):
        refuse_incomplete(bare)


def test_a_control_or_template_of_no_kind_stops_the_start(bare: Flask) -> None:
    with pytest.raises(IncompleteKind, match=r"^slider: no kind"):
        refuse_incomplete(bare, controls={*CONTROLS, "slider"})
    template(bare, "slider").write_bytes(template(bare, "text").read_bytes())
    with pytest.raises(IncompleteKind, match=r"^slider: no kind"):
        refuse_incomplete(bare)


def test_the_application_does_not_start_with_a_kind_nobody_can_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delitem(CONTROLS, "integer")
    with pytest.raises(IncompleteKind, match="integer: no control"):
        create_app(config.Testing({**SECRETS, "DATABASE_URL": f"sqlite:///{tmp_path}/a.db", "COOKIES_OVER_HTTP": "1"}))
