"""When a question is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire import parse
from surveys.questionnaire.conditions import All, Answered, Any_, Below, Condition, In, Not
from tests.surveys.questionnaire.builders import a_document, question

CONSENT = {"question": "C1", "in": ["1"]}


def read(condition: dict[str, Any]) -> Condition:
    """A condition as it stands on the last question of a document."""
    document = a_document()
    document["sections"][0]["questions"].append(
        {"id": "Z", "kind": "text", "text": {"zh": "还有呢？", "en": "More?"}, "when": condition}
    )
    condition_read = parse(document).question("Z").when
    assert condition_read is not None
    return condition_read


@pytest.mark.parametrize(
    ("condition", "answers", "holds"),
    [
        (CONSENT, {"C1": "1"}, True),
        (CONSENT, {"C1": "3"}, False),
        (CONSENT, {}, False),
        ({"question": "S4", "in": ["2", "7"]}, {"S4": ["1", "2"]}, True),
        ({"question": "S4", "in": ["2", "7"]}, {"S4": ["1"]}, False),
        ({"question": "B9", "below": 60}, {"B9": 59}, True),
        ({"question": "B9", "below": 60}, {"B9": 60}, False),
        ({"question": "B9", "below": 60}, {}, False),
        ({"question": "A1", "answered": True}, {"A1": "4"}, True),
        ({"question": "A1", "answered": True}, {"A1": ""}, False),
        ({"question": "A1", "answered": False}, {}, True),
        ({"question": "B9", "answered": True}, {"B9": 0}, True),
        ({"not": CONSENT}, {"C1": "3"}, True),
        ({"all": [CONSENT, {"question": "S3", "in": ["1"]}]}, {"C1": "1", "S3": "1"}, True),
        ({"all": [CONSENT, {"question": "S3", "in": ["1"]}]}, {"C1": "1"}, False),
        ({"any": [CONSENT, {"question": "S3", "in": ["1"]}]}, {"S3": "1"}, True),
        ({"any": [CONSENT, {"question": "S3", "in": ["1"]}]}, {"S3": "2"}, False),
    ],
)
def test_a_condition_holds_or_not(condition: dict[str, Any], answers: dict[str, object], holds: bool) -> None:
    assert read(condition).holds(answers) is holds


SIMPLE: list[Condition] = [
    In("C1", frozenset({"1"})),
    In("S4", frozenset({"1", "7"})),
    Below("B9", 60),
    Answered("A1", False),
]
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from(SIMPLE),
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: Any_(tuple(parts)))
    ),
    max_leaves=5,
)


def _depth(condition: Condition) -> int:
    inner = [condition.part] if isinstance(condition, Not) else getattr(condition, "parts", ())
    return 1 + max((_depth(part) for part in inner), default=0)


@settings(max_examples=80)
@given(CONDITIONS.filter(lambda condition: _depth(condition) <= 8))
def test_a_condition_written_as_json_is_read_back_the_same(condition: Condition) -> None:
    assert read(condition.to_json()) == condition


def test_a_question_without_a_condition_is_always_asked() -> None:
    document = a_document()
    del question(document, "S4")["when"]
    assert parse(document).question("S4").when is None
