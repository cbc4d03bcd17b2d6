"""The delivered questionnaires for people served, and the library that delivers them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest

from sampling.text import Text
from surveys import library
from surveys.questionnaire import Questionnaire, applicable, available, check_answers, load
from surveys.questionnaire.model import MODES, PLACEHOLDERS

RECIPIENT = load("recipient", 1)
SECOND = load("recipient", 2)
SHORT = load("recipient-short", 1)
SERVED = {"C1": "1", "C2": "1", "S1": "1", "S3": "1", "S6": "2", "D3": "2"}
SCALE = {"5": 100, "4": 80, "3": 60, "2": 30, "1": 0, "7": None, "8": None, "9": None}
ITEMS = [f"B{number}" for number in range(1, 9)]
FACTS = [f"A{number}" for number in range(1, 6)]


def asked(mode: str, **answers: object) -> list[str]:
    return [question.id for question in applicable(RECIPIENT, answers, mode)]


def _texts(questionnaire: Questionnaire) -> Iterator[Text]:
    yield questionnaire.title
    yield from questionnaire.openings.values()
    yield from questionnaire.closings.values()
    for section in questionnaire.sections:
        yield section.title
    for question in questionnaire.questions:
        yield question.text
        yield from (text for text in (question.note, question.web, question.two_step) if text)
        yield from (option.label for option in question.options)


def test_every_delivered_questionnaire_has_its_digest_and_parses() -> None:
    assert "recipient-1" in available()
    for name in available():
        identity, _, version = name.rpartition("-")
        questionnaire = load(identity, int(version))
        assert (questionnaire.id, questionnaire.version) == (identity, int(version))


def test_every_questionnaire_in_the_folder_is_listed() -> None:
    folder = files("surveys.documents").joinpath("questionnaires")
    stems = {entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")}
    assert stems - {"DIGESTS"} == set(available())


def test_a_questionnaire_nobody_delivered_is_unknown() -> None:
    with pytest.raises(library.UnknownDocument):
        load("recipient", 99)


def test_an_edited_questionnaire_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "questionnaires"
    shutil.copytree(Path(str(files("surveys.documents").joinpath("questionnaires"))), folder)
    monkeypatch.setattr(library, "files", lambda _package: tmp_path)
    assert load("recipient", 1) == RECIPIENT
    path = folder / "recipient-1.json"
    path.write_text(path.read_text("utf-8").replace('"score": 60', '"score": 80', 1), "utf-8")
    with pytest.raises(library.EditedDocument, match="recipient-1"):
        load("recipient", 1)


def test_nothing_is_asked_after_a_refusal() -> None:
    for mode in MODES:
        assert asked(mode, C1="3") == asked(mode) == ["C1"]


def test_who_was_never_served_is_asked_about_awareness_and_not_about_satisfaction() -> None:
    for mode in MODES:
        questions = asked(mode, **{**SERVED, "S3": "2"})
        assert [name for name in questions if name[0] == "A"] == FACTS
        assert not [name for name in questions if name[0] == "B"]
        assert "S4" not in questions


@pytest.mark.parametrize("contact", ["1", "3"])
def test_who_was_served_or_is_unsure_is_asked_everything(contact: str) -> None:
    questions = asked("phone", **{**SERVED, "S3": contact})
    assert questions == [q.id for q in RECIPIENT.questions if q.id not in ("S2", "S2R", "BR", "D2P")]


def test_a_proxy_is_asked_for_relation_and_reason_in_every_mode() -> None:
    for mode in MODES:
        assert {"S2", "S2R"} <= set(asked(mode, **{**SERVED, "S1": "2"}))
        assert not {"S2", "S2R"} & set(asked(mode, **SERVED))
        problems = check_answers(RECIPIENT, {**SERVED, "S1": "2"}, mode).problems
        assert {problem.question for problem in problems} == {"S2", "S2R"}


def test_a_recent_interview_is_asked_about_by_interviewers_only() -> None:
    assert {mode: "S5" in asked(mode, **SERVED) for mode in MODES} == {"phone": True, "visit": True, "web": False}


@pytest.mark.parametrize(("name", "code"), list(product(ITEMS, "21")))
def test_a_low_answer_asks_for_the_reason(name: str, code: str) -> None:
    assert "BR" in asked("phone", **{**SERVED, name: code})
    assert "BR" not in asked("phone", **{**SERVED, name: "3"})


def test_fewer_than_sixty_points_ask_for_the_reason() -> None:
    assert "BR" in asked("web", **{**SERVED, "B9": 59})
    assert "BR" not in asked("web", **{**SERVED, "B9": 60})


def test_the_eight_items_score_their_options_explicitly() -> None:
    assert list(RECIPIENT.measures.items) == ITEMS
    for name in ITEMS:
        options = RECIPIENT.question(name).options
        assert {option.code: option.score for option in options} == SCALE
        assert {option.code for option in options if option.excluded} == set("789")
        assert RECIPIENT.question(name).two_step


def test_awareness_is_asked_openly_by_interviewers_and_claimed_on_the_web() -> None:
    assert list(RECIPIENT.measures.facts.items()) == list(
        zip(("address", "services", "staff", "help", "funding"), FACTS, strict=True)
    )
    for name in FACTS:
        question = RECIPIENT.question(name)
        assert question.wording("web") != question.wording("phone") == question.wording("visit")
        assert [option.code for option in question.options_in("phone")] == ["1", "2", "3", "4", "9"]
        assert [option.code for option in question.options_in("web")] == ["5", "3", "4", "9"]
    assert (RECIPIENT.measures.known, RECIPIENT.measures.known_unaided) == (frozenset("125"), frozenset("1"))


def test_a_claim_cannot_be_recorded_by_an_interviewer_nor_a_checked_answer_on_the_web() -> None:
    assert [p.question for p in check_answers(RECIPIENT, {**SERVED, "A1": "5"}, "visit").problems] == ["A1"]
    assert [p.question for p in check_answers(RECIPIENT, {**SERVED, "A1": "1"}, "web").problems] == ["A1"]


def test_every_text_is_there_in_chinese_and_english_without_exclamation_marks() -> None:
    for text in (*_texts(RECIPIENT), *_texts(SHORT)):
        assert text.zh.strip()
        assert text.en.strip()
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in text.en)
        assert not set("!！") & set(text.zh + text.en + text.yue)


def test_what_is_read_aloud_can_be_read_in_cantonese() -> None:
    for mode in ("phone", "visit"):
        assert RECIPIENT.openings[mode].yue
        assert RECIPIENT.closings[mode].yue
    observed = {"S1", "S6"}
    for questionnaire in (RECIPIENT, SHORT):
        assert {question.id for question in questionnaire.questions if not question.text.yue} == observed


@pytest.mark.parametrize(("mode", "language"), list(product(("phone", "visit"), ("zh", "en", "yue"))))
def test_the_spoken_opening_names_everyone_and_says_how_to_withdraw(mode: str, language: str) -> None:
    opening = getattr(RECIPIENT.openings[mode], language)
    assert {name for name in PLACEHOLDERS if "{" + name + "}" in opening} == set(PLACEHOLDERS) - {"street"}


def test_the_web_opening_is_three_short_lines() -> None:
    for questionnaire in (RECIPIENT, SHORT):
        lines = questionnaire.openings["web"].zh.split("\n")
        assert len(lines) == 3
        assert all(len(line) < 40 for line in lines)


def test_the_second_version_only_adds_who_is_a_guardian() -> None:
    assert RECIPIENT.measures.proxy_guardian == frozenset()
    assert SECOND.measures.proxy_guardian == {"3"}
    assert replace(SECOND, version=1, digest=RECIPIENT.digest, measures=RECIPIENT.measures) == RECIPIENT
    assert replace(SECOND.measures, proxy_guardian=frozenset()) == RECIPIENT.measures


def test_the_short_form_asks_somebody_who_answers_for_themselves_seventeen_questions() -> None:
    questions = [question.id for question in applicable(SHORT, SERVED, "phone")]
    assert questions == ["C1", "C2", "S1", "S3", *FACTS, "B1", "B4", "B5", "B8", "B9", "D1", "S6", "D3"]
    assert {"S2", "S2R"} <= {question.id for question in applicable(SHORT, {**SERVED, "S1": "2"}, "phone")}
    assert (list(SHORT.measures.items), SHORT.measures.minimum_items) == (["B1", "B4", "B5", "B8"], 3)


def test_the_short_form_puts_every_question_as_the_long_one_does() -> None:
    assert all(question == SECOND.question(question.id) for question in SHORT.questions)


@pytest.mark.parametrize("name", ["recipient-1", "recipient-2", "recipient-short-1"])
def test_the_document_is_kept_as_an_editor_would_write_it(name: str) -> None:
    text = files("surveys.documents").joinpath("questionnaires", f"{name}.json").read_text("utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"
