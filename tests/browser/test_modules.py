"""The parts of the scripts that know no page, each by itself: loaded into an empty page without a server."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

import config
from surveys.questionnaire import Question, Questionnaire, applicable, load
from surveys.questionnaire.conditions import All, Answered, Any_, Below, Condition, In, Not

SCRIPTS = Path(config.ROOT) / "app/static/js"
ORIGIN = "http://127.0.0.1"
IMPORTED = re.compile(r'^(?:import|export)\b[^"]*"(\.[^"]+)"', re.MULTILINE)


@pytest.fixture(scope="module")
def empty(browser: Browser) -> Iterator[Page]:
    """An empty page at an address under which the scripts are."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(content_type="text/html", body="<!doctype html><title>-</title>")
        else:
            route.fulfill(content_type="text/javascript", path=SCRIPTS / path.removeprefix("/"))

    page = browser.new_page()
    page.route(f"{ORIGIN}/**", answer)
    page.goto(f"{ORIGIN}/")
    yield page
    page.close()


@pytest.mark.parametrize("script", sorted(SCRIPTS.rglob("*.js")), ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_every_module_that_is_imported_is_there(script: Path) -> None:
    assert [name for name in IMPORTED.findall(script.read_text()) if not (script.parent / name).is_file()] == []


# ---- the condition language, against the one of the server

FIRST: list[Condition] = [
    In("C1", frozenset({"1", "3"})),
    In("S4", frozenset({"2", "7"})),
    Below("B9", 60),
    Below("B9", -1),
    *(Answered(name, expected) for name in ("C1", "S4", "B9") for expected in (True, False)),
]
PAIRS = list(product(FIRST, repeat=2))
CONDITIONS: list[Condition] = [
    *FIRST,
    *map(Not, FIRST),
    *map(All, PAIRS),
    *map(Any_, PAIRS),
    *(Not(All((Not(one), Any_((one, other))))) for one, other in PAIRS),
]
ANSWERS: list[dict[str, Any]] = [
    {name: answer for name, answer in zip(("C1", "S4", "B9"), chosen, strict=True) if answer is not None}
    for chosen in product(
        (None, "", "1", "2"), (None, [], ["1"], ["2"], ["1", "7"]), (None, 0, -1, -2, 59, 60, 1_000_000)
    )
]


def in_fields(answers: dict[str, Any]) -> dict[str, Any]:
    """The same answers as the fields of a page hold them: numbers are typed."""
    return {name: f" {answer} " if isinstance(answer, int) else answer for name, answer in answers.items()}


def test_a_condition_holds_in_the_browser_whenever_it_holds_on_the_server(empty: Page) -> None:
    found = empty.evaluate(
        """async ([conditions, answers]) => {
          const { holds } = await import("/conditions/language.js");
          return conditions.map((condition) => answers.map((given) => holds(condition, given)));
        }""",
        [[one.to_json() for one in CONDITIONS], [in_fields(given) for given in ANSWERS]],
    )
    assert found == [[one.holds(given) for given in ANSWERS] for one in CONDITIONS]


def an_answer(question: Question, chance: random.Random) -> Any:
    """Something that may be answered, or nothing."""
    codes = [option.code for option in question.options]
    if chance.random() < 0.15:
        return None
    if question.kind == "multiple":
        return chance.sample(codes, chance.randint(0, len(codes)))
    if question.kind == "integer":
        return chance.randint(question.low, question.high)
    return chance.choice(codes) if codes else "说了一句"


@pytest.mark.parametrize("questionnaire", [load("recipient", 2), load("recipient-short", 1)], ids=["long", "short"])
def test_the_same_questions_are_asked_as_the_server_asks(empty: Page, questionnaire: Questionnaire) -> None:
    chance = random.Random(1)
    given = [{one.id: an_answer(one, chance) for one in questionnaire.questions} for _ in range(300)]
    shown = [one for one in questionnaire.questions if "phone" in one.modes]
    found = empty.evaluate(
        """async ([questions, given]) => {
          const { asked } = await import("/conditions/language.js");
          return given.map((answers) =>
            asked(questions.map((one) => ({ ...one, answer: () => answers[one.name] }))).map((one) => one.name));
        }""",
        [
            [{"name": one.id, "when": one.when.to_json() if one.when else None} for one in shown],
            [in_fields({name: answer for name, answer in answers.items() if answer is not None}) for answers in given],
        ],
    )
    assert found == [[one.id for one in applicable(questionnaire, answers, "phone")] for answers in given]


# ---- the interview


def test_time_is_added_to_the_question_in_front_and_not_while_nobody_looks(empty: Page) -> None:
    found = empty.evaluate(
        """async () => {
          const { Timing } = await import("/interview/timing.js");
          let now = 0;
          const timing = new Timing({ ms: { S1: 500 }, changes: {} }, [], () => now);
          now = 1000; timing.arrive("C1");
          now = 1300; timing.arrive("C1");
          now = 3000; timing.arrive("S1");
          now = 3100; timing.charge();
          now = 9000; timing.resume();
          now = 9010; timing.charge();
          timing.charge();
          return [timing.ms, timing.fields(["C1", "A1"])];
        }"""
    )
    assert found == [{"C1": 2000, "S1": 610}, [["ms_C1", 2000]]]


def test_a_first_answer_is_no_change_and_every_other_is_one(empty: Page) -> None:
    found = empty.evaluate(
        """async () => {
          const { Timing } = await import("/interview/timing.js");
          const timing = new Timing({ ms: {}, changes: { S1: 2 } }, ["S1"], () => 0);
          timing.answer("C1", true);
          timing.answer("C1", true);
          timing.answer("C1", false);
          timing.answer("S1", true);
          timing.answer("A1", false);
          timing.answer("A1", true);
          return timing.fields();
        }"""
    )
    assert found == [["changes_S1", 3], ["changes_C1", 2]]


def test_what_could_not_be_sent_waits_again_together_with_what_came_meanwhile(empty: Page) -> None:
    found = empty.evaluate(
        """async () => {
          const { Backlog } = await import("/interview/backlog.js");
          const backlog = new Backlog();
          const states = [];
          const look = () => states.push([backlog.names, backlog.waits, backlog.isSending]);
          backlog.add("C1"); backlog.add("C2"); backlog.add("C1"); look();
          const sent = backlog.take(); look();
          backlog.add("S1"); look();
          backlog.settle(true); look();
          backlog.take(); backlog.settle(false); look();
          return [sent, states];
        }"""
    )
    assert found == [
        ["C1", "C2"],
        [
            [["C1", "C2"], True, False],
            [["C1", "C2"], False, True],
            [["S1", "C1", "C2"], True, True],
            [["S1", "C1", "C2"], True, False],
            [[], False, False],
        ],
    ]


def test_after_each_failure_the_next_try_is_later_but_never_later_than_half_a_minute(empty: Page) -> None:
    waits = empty.evaluate(
        """async () => {
          const { longer } = await import("/interview/backlog.js");
          const waits = [longer(0)];
          while (waits.length < 6) waits.push(longer(waits.at(-1)));
          return waits;
        }"""
    )
    assert waits == [2000, 4000, 8000, 16000, 30000, 30000]
