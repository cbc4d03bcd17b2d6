"""Reading a questionnaire document: every mistake at once, each at its place, and any JSON answered."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.canonical import digest_of
from surveys.questionnaire import InvalidDocument, Problem, Questionnaire, parse
from tests.surveys.questionnaire.builders import Document, a_document, a_text, question, questions

A_SECTION = {"id": "all", "title": a_text(), "questions": [{"id": "Z", "kind": "text", "text": a_text()}]}


def problems(document: object) -> dict[str, str]:
    """Place → message of everything wrong with a document."""
    with pytest.raises(InvalidDocument) as caught:
        parse(document)
    return {problem.where.zh: problem.message.zh for problem in caught.value.problems}


def spoilt(spoil: Callable[[Document], object]) -> Document:
    document = a_document()
    spoil(document)
    return document


def place_of(identity: str) -> str:
    number = next(n for n, entry in enumerate(questions()) if entry["id"] == identity)
    return f"sections[0].questions[{number}]"


def test_a_sound_document_becomes_a_questionnaire() -> None:
    document_read = parse(a_document())
    assert [q.id for q in document_read.questions] == [q["id"] for q in questions()]
    assert document_read.question("B1").options[0].score == 100
    assert document_read.question("S1").required == ("phone", "visit")
    assert [o.code for o in document_read.question("S4").options_in("web")] == ["1", "2"]
    assert "B9" in document_read
    assert "B99" not in document_read


def test_a_question_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        parse(a_document()).question("B99")


def test_a_questionnaire_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        parse(a_document()).version = 2  # type: ignore[misc]


def test_the_digest_does_not_depend_on_the_order_of_keys_but_on_every_word() -> None:
    document = a_document()
    turned = dict(reversed(list(document.items())))
    assert parse(document).digest == parse(turned).digest == digest_of(document)
    assert parse(a_document(title=a_text("小问卷二"))).digest != parse(document).digest


def test_five_different_mistakes_are_all_reported_at_once_each_at_its_place() -> None:
    document = a_document()
    question(document, "C1")["text"] = {"zh": "", "en": "Yes?"}
    question(document, "A2")["id"] = "A1"
    question(document, "B9")["kind"] = "slider"
    question(document, "B1")["options"][0]["score"] = 101
    question(document, "S4")["when"] = {"question": "S3", "in": ["4"]}
    reported = problems(document)
    assert reported[f"{place_of('C1')}.text.zh"] == "缺少文字。"
    assert reported[f"{place_of('A2')}.id"] == "题号「A1」用了两次。"
    assert reported[f"{place_of('B9')}.kind"] == "题型应为 single、multiple、integer、text、date 之一。"
    assert reported[f"{place_of('B1')}.options[0].score"] == "分值应为 0 到 100 之间的整数。"
    assert reported[f"{place_of('S4')}.when.in"] == "列出「S3」已有的选项代码。"


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda d: d.update(format="questionnaire-2"), "format"),
        (lambda d: d.update(id="Two Words"), "id"),
        (lambda d: d.update(version="1"), "version"),
        (lambda d: d.update(version=True), "version"),
        (lambda d: d.update(title={}), "title"),
        (lambda d: d.update(title="小问卷"), "title"),
        (lambda d: d.update(titel=a_text()), "（全文）"),
        (lambda d: d.update(sections=[]), "sections"),
        (lambda d: d.update(sections={}), "sections"),
        (lambda d: d.update(openings={"fax": a_text()}), "openings"),
        (lambda d: d.update(openings={"web": a_text("您好{recipent}")}), "openings.web.zh"),
        (lambda d: d.update(closings={"web": a_text("再见{x.__class__}")}), "closings.web.zh"),
        (lambda d: d["sections"].append(A_SECTION), "sections[1].id"),
        (lambda d: d["title"].update(zh="长" * 2001), "title.zh"),
        (lambda d: d["title"].update(zh="坏\x00字"), "title.zh"),
        (lambda d: d["title"].update(yue=7), "title.yue"),
        (lambda d: d["title"].update(fr="Satisfait?"), "title"),
    ],
)
def test_a_mistake_in_the_frame_is_named_at_its_place(spoil: Callable[[Document], object], place: str) -> None:
    assert list(problems(spoilt(spoil))) == [place]


@pytest.mark.parametrize(
    ("identity", "change", "place"),
    [
        ("B9", {"min": 5, "max": 4}, ".max"),
        ("B9", {"options": []}, ""),
        ("BR", {"max_length": 0}, ".max_length"),
        ("BR", {"whne": {"question": "C1", "in": ["1"]}}, ""),
        ("BR", {"id": "9R"}, ".id"),
        ("BR", {"id": "R" * 21}, ".id"),
        ("BR", {"required": "yes"}, ".required"),
        ("BR", {"required": ["fax"]}, ".required"),
        ("BR", {"modes": []}, ".modes"),
        ("BR", {"modes": ["fax"]}, ".modes"),
        ("BR", {"web": {"zh": "为什么？"}}, ".web.en"),
        ("S4", {"options": [{"code": "1", "label": a_text(), "modes": ["phone"]}]}, ".options"),
        ("S4", {"options": []}, ".options"),
        ("S4", {"options": [{"code": "不行", "label": a_text()}]}, ".options[0].code"),
        ("S4", {"options": [{"code": "1", "label": a_text()}] * 2}, ".options[1].code"),
        ("S4", {"options": [{"code": "1", "label": a_text(), "score": 5, "excluded": True}]}, ".options[0].excluded"),
        ("S4", {"options": [{"code": "1", "label": a_text(), "score": True}]}, ".options[0].score"),
        ("S4", {"options": [{"code": "1", "label": a_text(), "scores": 5}]}, ".options[0]"),
        ("S4", {"options": [{"code": "1", "label": a_text()}] * 501}, ".options"),
        ("S4", {"when": {}}, ".when"),
        ("S4", {"when": []}, ".when"),
        ("S4", {"when": {"all": []}}, ".when.all"),
        ("S4", {"when": {"not": {"question": "S9", "in": ["1"]}}}, ".when.not.question"),
        ("S4", {"when": {"any": [{"question": "C1", "in": ["1"]}, {"question": "C1"}]}}, ".when.any[1]"),
        ("S4", {"when": {"question": "C1", "in": ["1"], "answered": True}}, ".when"),
        ("S4", {"when": {"all": [{"question": "C1", "in": ["1"]}], "question": "C1"}}, ".when"),
        ("S4", {"when": {"question": "C1", "below": 3}}, ".when.below"),
        ("S4", {"when": {"question": "B9", "below": "60"}}, ".when.below"),
        ("S4", {"when": {"question": "B9", "answered": 1}}, ".when.answered"),
        ("S4", {"when": {"question": "B9", "in": ["60"]}}, ".when.in"),
        ("S4", {"when": {"question": "C1", "in": []}}, ".when.in"),
        ("BR", {"when": {"question": "S4", "in": ["1"]}}, ".when.question"),
        ("BR", {"when": {"question": "BR", "answered": True}}, ".when.question"),
    ],
)
def test_a_mistake_in_a_question_is_named_at_its_place(identity: str, change: Document, place: str) -> None:
    document = a_document()
    question(document, identity).update(change)
    assert list(problems(document)) == [place_of(identity) + place]


def test_conditions_nested_too_deep_are_refused() -> None:
    condition: dict[str, Any] = {"question": "C1", "in": ["1"]}
    for _ in range(9):
        condition = {"not": condition}
    document = a_document()
    question(document, "BR")["when"] = condition
    assert "条件嵌套太深。" in problems(document).values()


def test_more_questions_than_anybody_could_ask_are_refused() -> None:
    many = [{"id": f"T{number}", "kind": "text", "text": a_text()} for number in range(301)]
    document = a_document()
    document["sections"].append({"id": "many", "title": a_text(), "questions": many})
    assert problems(document) == {"sections": "题目超过 300 道。"}


@pytest.mark.parametrize(
    ("part", "change", "place"),
    [
        ("satisfaction", {"items": {}}, "items"),
        ("satisfaction", {"items": {"B8": 1, "B77": 1}}, "items.B77"),
        ("satisfaction", {"items": {"B8": 1, "B9": 1}}, "items.B9"),
        ("satisfaction", {"items": {"B8": 1, "C1": 1}}, "items.C1"),
        ("satisfaction", {"items": {"B8": 1, "B1": 0}}, "items.B1"),
        ("satisfaction", {"overall": "A1", "satisfied": ["1"]}, "overall"),
        ("satisfaction", {"minimum": 3}, "minimum"),
        ("satisfaction", {"satisfied": ["8"]}, "satisfied"),
        ("satisfaction", {"satisfied": []}, "satisfied"),
        ("satisfaction", {"direct": "B1"}, "direct"),
        ("awareness", {"facts": {}}, "facts.address"),
        ("awareness", {"known": ["7"]}, "known"),
        ("awareness", {"known_unaided": ["4"]}, "known_unaided"),
        ("awareness", {"not_answered": ["1"]}, "not_answered"),
        ("awareness", {"aware_at": 6}, "aware_at"),
        ("awareness", {"minimum": 0}, "minimum"),
        ("consent", {"question": "C9"}, "question"),
        ("consent", {"code": "2"}, "code"),
        ("consent", {"code": ["1"]}, "code"),
        ("never_served", {"question": "BR"}, "question"),
        ("proxy", {"codes": []}, "codes"),
        ("proxy", {"relation": "S77"}, "relation"),
        ("proxy", {"reason": "BR"}, "reason"),
        ("proxy", {"guardian": ["1"]}, "guardian"),
        ("proxy", {"relation": "S6", "guardian": ["77"]}, "guardian"),
        ("proxy", {"relation": "S6", "guardian": []}, "guardian"),
    ],
)
def test_measures_name_only_questions_and_codes_that_are_there(part: str, change: Document, place: str) -> None:
    document = a_document()
    document["measures"][part].update(change)
    assert f"measures.{part}.{place}" in problems(document)


def test_a_direct_score_beyond_a_hundred_is_refused() -> None:
    document = a_document()
    question(document, "B9")["max"] = 1000
    assert list(problems(document)) == ["measures.satisfaction.direct"]


def test_one_question_cannot_be_two_facts() -> None:
    document = a_document()
    document["measures"]["awareness"]["facts"]["staff"] = "A1"
    assert list(problems(document)) == ["measures.awareness.facts"]


def test_a_measure_of_no_known_name_is_refused() -> None:
    document = a_document()
    document["measures"]["happiness"] = {}
    assert list(problems(document)) == ["measures"]


def test_a_number_that_is_no_json_is_refused() -> None:
    assert problems(a_document(version=float("nan")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def answered(document: object) -> bool:
    """Whether parsing gives a questionnaire or problems that can be shown; any other exception fails the test."""
    try:
        return isinstance(parse(document), Questionnaire)
    except InvalidDocument as error:
        problems_found = error.problems
    assert problems_found
    for problem in problems_found:
        assert isinstance(problem, Problem)
        f"{problem.where.zh}{problem.message.zh}{problem.message.en}".encode()  # a lone surrogate could not be shown
    return False


@settings(max_examples=150)
@given(JSON)
def test_any_json_at_all_is_refused_in_words(document: object) -> None:
    assert not answered(document)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in _places(each, (*path, key)))]


PLACES = [place for place in _places(a_document()) if place]


@settings(max_examples=300)
@given(st.sampled_from(PLACES), JSON, st.booleans())
def test_a_document_with_anything_in_any_place_is_read_or_refused_in_words(
    place: tuple[str | int, ...], replacement: object, remove: bool
) -> None:
    document: Any = a_document()
    holder = document
    for step in place[:-1]:
        holder = holder[step]
    if remove:
        del holder[place[-1]]
    else:
        holder[place[-1]] = replacement
    answered(document)


@pytest.mark.parametrize("name", ["titel", "title", "sections", "measures", "format"])
def test_a_value_nested_a_hundred_thousand_deep_is_refused_in_words(name: str) -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert not answered(a_document(**{name: deep}))


def test_the_problems_of_a_hostile_document_stay_few_and_short() -> None:
    document = a_document(**{f"x{'名' * 1000}{number}": None for number in range(10_000)})
    assert len(json.dumps(problems(document), ensure_ascii=False)) < 500
