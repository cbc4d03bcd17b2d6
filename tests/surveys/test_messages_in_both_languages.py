"""Every message about a document is complete in Chinese and in English, with the same figures and names in both."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sampling.text import Text
from surveys import outcomes, questionnaire, scoring
from surveys.calling.reading import read_calling_settings
from surveys.integrity import read_integrity_settings, read_rules
from surveys.problems import InvalidDocument, Problem
from tests.surveys import mutations
from tests.surveys.mutations import Reader, as_written

SURVEYS = Path(__file__).parents[2] / "surveys"
READERS = (
    (Reader("questionnaires", questionnaire.parse, mutations.questionnaires()), 250),
    (Reader("outcomes", outcomes.parse, mutations.outcome_lists()), 400),
    (Reader("schemes", scoring.parse, mutations.schemes()), 300),
    (Reader("integrity", read_rules, mutations.rules()), 300),
    (Reader("integrity settings", read_integrity_settings, mutations.integrity_settings()), 300),
    (Reader("calling settings", read_calling_settings, mutations.calling_settings()), 800),
)
# The least number of different messages each must have produced: the documents are spoilt in many ways.
MESSAGES = {
    "questionnaires": 90,
    "outcomes": 90,
    "schemes": 45,
    "integrity": 30,
    "integrity settings": 12,
    "calling settings": 30,
}
# The modules that read documents, and their names for Chinese that is data and no message.
MODULES = (
    "problems.py", "messages.py", "reading.py", "outcomes/parsing.py", "calling/reading.py", "integrity/rules.py",
    "integrity/settings.py", "scoring/parsing.py", "scoring/rule_reading.py", "questionnaire/parsing.py",
    "questionnaire/reading.py", "questionnaire/conditions.py", "questionnaire/measures.py", "setup/parsing.py",
    *(f"questionnaire/kinds/{path.name}" for path in sorted((SURVEYS / "questionnaire" / "kinds").glob("*.py"))),
)  # fmt: skip
DATA = {"ACCUSING", "TYPED"}
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
QUOTED = re.compile(r'「[^」]*」|"[^"]*"')
PARAMETER = re.compile(r"[A-Za-z0-9_.:-]*[A-Za-z0-9_]")


@cache
def problems_of(reader: Reader, count: int) -> tuple[tuple[Problem, Any], ...]:
    """Every problem of so many spoilt documents, each message once, with a document that has it."""
    by_message: dict[Text, tuple[Problem, Any]] = {}
    for document in reader.spoilt(count):
        try:
            reader.read(document)
        except InvalidDocument as invalid:
            for problem in invalid.problems:
                by_message.setdefault(problem.message, (problem, document))
    return tuple(by_message.values())


def parameters(sentence: str) -> set[str]:
    """The figures, codes and names of fields in a sentence, apart from what is quoted out of the document."""
    return set(PARAMETER.findall(QUOTED.sub("", sentence)))


def has_same_parameters(message: Text) -> bool:
    """Whether every figure and name of the Chinese sentence stands in the English one."""
    return parameters(message.zh) <= parameters(message.en)


def is_english(sentence: str) -> bool:
    """Whether a sentence is there and has no Chinese in it but what is quoted out of the document."""
    return bool(sentence.strip()) and not CHINESE.search(re.sub(r'"[^"]*"', "", sentence))


@pytest.mark.parametrize(("reader", "count"), READERS, ids=[reader.name for reader, _count in READERS])
def test_a_spoilt_document_is_answered_in_both_languages(reader: Reader, count: int) -> None:
    reported = problems_of(reader, count)
    for problem, document in reported:
        assert CHINESE.search(problem.message.zh), as_written(document)
        assert is_english(problem.message.en), (problem, as_written(document))
        assert has_same_parameters(problem.message), (problem, as_written(document))
    assert len(reported) >= MESSAGES[reader.name]


@pytest.mark.parametrize(("reader", "count"), READERS, ids=[reader.name for reader, _count in READERS])
def test_two_messages_are_one_in_both_languages_or_in_none(reader: Reader, count: int) -> None:
    messages = {problem.message for problem, _document in problems_of(reader, count)}
    assert len({message.zh for message in messages}) == len({message.en for message in messages}) == len(messages)


def test_the_whole_document_is_named_in_both_languages() -> None:
    problem = Problem("", Text("缺少文字。", "A text is missing."))
    assert (problem.where.in_language("en"), problem.where.in_language("zh_Hans_CN")) == (
        "(whole document)",
        "（全文）",
    )
    assert Problem("rules", problem.message).where == Text("rules", "rules")


def chinese_outside_texts(node: ast.AST) -> Iterator[ast.Constant]:
    """The Chinese strings of a syntax tree that are no part of a Text(…), a docstring or named data."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
        return
    if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in DATA for t in node.targets):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"[\u4e00-\u9fff]", node.value):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from chinese_outside_texts(child)


@pytest.mark.parametrize("module", MODULES)
def test_a_reader_says_nothing_in_chinese_alone(module: str) -> None:
    tree = ast.parse((SURVEYS / module).read_text("utf-8"))
    assert [(node.lineno, node.value) for node in chinese_outside_texts(tree)] == []


def test_every_module_that_finds_problems_is_looked_at() -> None:
    readers = {path.relative_to(SURVEYS).as_posix() for path in SURVEYS.rglob("*.py") if "Problems" in path.read_text()}
    assert readers <= set(MODULES)
