"""Every Chinese sentence of the pure libraries stands beside its English; what is Chinese alone is data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sampling.text import Text, all_of, joined
from surveys.questionnaire import AnswerProblem

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CHINESE_OR_ITS_SIGNS = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
MODULES = sorted(
    path.relative_to(ROOT).as_posix() for folder in ("sampling", "surveys") for path in (ROOT / folder).rglob("*.py")
)
# Chinese that nobody is told, by module and the name it is given there ("*": the whole module).
DATA = {
    ("sampling/verify_draw.py", "*"): "a program of one file for a terminal, which imports nothing of this application",
    ("sampling/categories.py", "*"): "the words of ledgers, which are compared with what a ledger has",
    ("surveys/questionnaire/kinds/date.py", "TYPED"): "the signs between year, month and day as people type them",
    ("surveys/integrity/rules.py", "ACCUSING"): "words that a rule must not contain",
    ("surveys/calling/reasons.py", "NUMBERS"): "numerals, paired with English ones",
    ("surveys/outcomes/words.py", "PLACES"): "ordinals, paired with English ones",
    ("surveys/setup/areas.py", "*"): "headings and signs of a pasted table, which are compared with what was pasted",
    ("surveys/setup/defaults.py", "*"): "the title an evaluation gets, which its administrator may change",
    ("surveys/setup/example.py", "*"): "an invented evaluation, to be changed into one's own",
}


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text("utf-8"))


def makes_a_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text"


def names_given(node: ast.AST) -> set[str]:
    """The names a statement gives to a value."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def outside_texts(node: ast.AST, data: set[str]) -> Iterator[tuple[int, str]]:
    """The Chinese strings below a node that are no part of a Text(…), no docstring and no data."""
    if makes_a_text(node) or names_given(node) & data:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
        yield node.lineno, node.value
    for child in ast.iter_child_nodes(node):
        yield from outside_texts(child, data)


def words_of(node: ast.expr) -> str | None:
    """What a literal or a formatted literal says between its fields; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def pairs_of(module: str) -> Iterator[tuple[int, ast.expr, ast.expr]]:
    """The Chinese and the English argument of every Text(…) of a module."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Call) and makes_a_text(node) and not node.keywords:
            chinese, english, *_cantonese = node.args
            yield node.lineno, chinese, english


@pytest.mark.parametrize("module", MODULES)
def test_no_sentence_stands_in_chinese_alone(module: str) -> None:
    data = {name for place, name in DATA if place == module}
    if "*" not in data:
        assert list(outside_texts(tree_of(module), data)) == []


@pytest.mark.parametrize("module", MODULES)
def test_the_english_of_a_text_is_there_and_is_english(module: str) -> None:
    for line, chinese, english in pairs_of(module):
        zh, en = words_of(chinese), words_of(english)
        if zh and CHINESE.search(zh):
            assert en is None or en.strip(), f"{module}:{line}: no English"
        assert not CHINESE_OR_ITS_SIGNS.search(en or ""), f"{module}:{line}: {en}"


def test_what_is_data_is_still_there() -> None:
    for module, name in DATA:
        assert module in MODULES
        names = {name_found for node in ast.walk(tree_of(module)) for name_found in names_given(node)}
        assert name == "*" or name in names, f"{module}: {name}"


def test_a_sentence_in_chinese_alone_is_found() -> None:
    alone = ast.parse('"""说明"""\nreason = f"有 {n} 处"\nWORDS = ("甲",)\nboth = Text("两种", "both")\n')
    assert list(outside_texts(alone, {"WORDS"})) == [(2, "有 "), (2, " 处")]


def test_rows_are_punctuated_as_each_language_does() -> None:
    assert joined(["a", 2]) == Text("a、2", "a, 2")
    assert all_of([]) == Text("", "")
    assert not all_of([])


def test_a_problem_of_an_answer_is_told_in_both_languages() -> None:
    problem = AnswerProblem("S1", Text("请回答这一题。", "Please answer this question."))
    assert problem.message.in_language("en") == "Please answer this question."
