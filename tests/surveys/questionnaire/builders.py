"""A small questionnaire with one question of every kind, as plain JSON that a test may spoil."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


def a_text(zh: str = "满意吗？") -> dict[str, str]:
    return {"zh": zh, "en": "Satisfied?"}


def an_option(code: str, **more: Any) -> Document:
    return {"code": code, "label": a_text(f"选项{code}"), **more}


def a_choice(identity: str, *codes: str, **more: Any) -> Document:
    return {
        "id": identity,
        "kind": "single",
        "text": a_text(),
        "options": [an_option(code) for code in codes],
        **more,
    }


def an_item(identity: str) -> Document:
    options = [an_option("5", score=100), an_option("1", score=0), an_option("8", excluded=True)]
    return {"id": identity, "kind": "single", "text": a_text(), "options": options}


def questions() -> list[Document]:
    """Consent, service, five facts, two items, points, reason, services, integrity."""
    return [
        a_choice("C1", "1", "3", required=True),
        a_choice("S1", "1", "2", required=["phone", "visit"]),
        a_choice("S3", "1", "2"),
        a_choice("S6", "1", "2"),
        *(a_choice(f"A{number}", "1", "2", "4", "9") for number in range(1, 6)),
        an_item("B1"),
        an_item("B8"),
        {"id": "B9", "kind": "integer", "text": a_text(), "min": 0, "max": 100},
        {"id": "BR", "kind": "text", "text": a_text(), "max_length": 10, "when": {"question": "B9", "below": 60}},
        {
            "id": "S4",
            "kind": "multiple",
            "text": a_text(),
            "options": [an_option("1"), an_option("2"), an_option("7", modes=["phone"])],
            "when": {"not": {"question": "S3", "in": ["2"]}},
        },
    ]


def a_document(**changes: Any) -> Document:
    """A sound document; `changes` replace its outermost parts."""
    return {
        "format": "questionnaire-1",
        "id": "small",
        "version": 1,
        "title": a_text("小问卷"),
        "openings": {"phone": a_text("您好，我是{interviewer}。")},
        "sections": [{"id": "all", "title": a_text(), "questions": questions()}],
        "measures": {
            "satisfaction": {
                "items": {"B1": 1, "B8": 2},
                "minimum": 1,
                "overall": "B8",
                "satisfied": ["5"],
                "direct": "B9",
            },
            "awareness": {
                "facts": {"address": "A1", "services": "A2", "staff": "A3", "help": "A4", "funding": "A5"},
                "known": ["1", "2"],
                "known_unaided": ["1"],
                "not_answered": ["9"],
                "aware_at": 3,
                "minimum": 4,
            },
            "consent": {"question": "C1", "code": "1"},
            "never_served": {"question": "S3", "code": "2"},
            "proxy": {"question": "S1", "codes": ["2"]},
            "staff_present": {"question": "S6", "code": "1"},
            "coached": {"question": "S6", "code": "1"},
        },
        **changes,
    }


def question(document: Document, identity: str) -> Document:
    """One question of a document, to be spoilt."""
    entry: Document = next(q for section in document["sections"] for q in section["questions"] if q["id"] == identity)
    return entry


@dataclass(frozen=True)
class Example:
    """A question of a kind, an answer as a page sends it, as it is stored, in words, and one that does not fit."""

    question: Document
    given: Any
    stored: Any
    zh: tuple[str, ...]
    en: tuple[str, ...]
    wrong: Any


def _example(kind: str, fields: Document, typed: Any, stored: Any, zh: str, en: str, wrong: Any) -> Example:
    question = {"id": "X1", "kind": kind, "text": a_text(), **fields}
    return Example(question, typed, stored, (zh,), (en,), wrong)


# An example of each kind of question; a test fails for a kind that has none.
EXAMPLES = {
    "single": _example("single", {"options": [an_option("1")]}, "1", "1", "选项1", "Satisfied?", "9"),
    "multiple": _example("multiple", {"options": [an_option("1")]}, ["1"], ["1"], "选项1", "Satisfied?", ["9"]),
    "integer": _example("integer", {"min": 0, "max": 9}, " ７ ", 7, "7", "7", "10"),
    "text": _example("text", {"max_length": 3}, " 很好\r\n", "很好", "很好", "很好", "太长的话"),
    "date": _example(
        "date",
        {"earliest": "2023-01-01"},
        "２０２３年７月１日",
        "2023-07-01",
        "2023年7月1日",
        "1 Jul 2023",
        "2022-12-31",
    ),
}


def with_question(raw: Document, **changes: Any) -> Document:
    """The sound document with one more question at its end."""
    document = a_document(**changes)
    document["sections"][0]["questions"].append(raw)
    return document


def place_of_last(document: Document) -> str:
    """Where the last question of a document stands, as its problems name it."""
    return f"sections[0].questions[{len(document['sections'][0]['questions']) - 1}]"
