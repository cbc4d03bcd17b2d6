"""Lists of outcomes as documents: reading them with every mistake, and what follows each outcome, in words."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.text import Text
from surveys.durations import duration
from surveys.library import body
from surveys.outcomes import (
    DEFAULT,
    OUTCOMES,
    InvalidDocument,
    Outcome,
    Tally,
    consequence,
    consequence_of,
    known_outcome,
    parse,
)
from surveys.outcomes.parsing import LONGEST_DELAY, STRUCTURAL


def delivered() -> dict[str, Any]:
    return copy.deepcopy(body("outcomes", "guangzhou", 1))


def row(document: dict[str, Any], code: str) -> dict[str, Any]:
    return next(entry for entry in document["outcomes"] if entry["code"] == code)


def complaints(document: object) -> list[str]:
    with pytest.raises(InvalidDocument) as caught:
        parse(document)
    return [f"{problem.where.zh}: {problem.message.zh}" for problem in caught.value.problems]


def extra(**changes: Any) -> dict[str, Any]:
    added = {
        "code": "NC6", "label": {"zh": "语音信箱", "en": "Voice mail"}, "group": "not_reached", "aapor": "NC",
        "final": False, "delay": 60,
    }  # fmt: skip
    return added | changes


# Reading


def test_the_delivered_list_is_the_default_under_its_digest() -> None:
    assert (DEFAULT.id, DEFAULT.version, len(DEFAULT.outcomes)) == ("guangzhou", 1, 23)
    assert (
        DEFAULT.digest
        == json.loads(files("surveys.documents").joinpath("outcomes", "DIGESTS.json").read_text())["guangzhou-1"]
    )
    assert parse(delivered()) == DEFAULT


def test_a_list_with_a_code_of_its_own_is_read() -> None:
    document = delivered()
    document["outcomes"].append(extra())
    outcomes = parse(document)
    assert "NC6" in outcomes
    assert outcomes["NC6"].delay == 60
    assert outcomes["NC6"].hand
    assert outcomes.digest != DEFAULT.digest


def test_another_code_of_class_i_is_an_interview_like_the_others() -> None:
    document = delivered()
    document["outcomes"].append(extra(code="I3", aapor="I", group="reached", final=True, delay=None, hand=False))
    outcomes = parse(document)
    assert outcomes.interviewed == ("I1", "I2", "I3")
    assert not outcomes.is_lost("I3", True)
    assert outcomes.is_lost("X1", True)
    assert Tally.of({"I3": 2, "NC6": 1}, outcomes) == Tally(I=2, UO=1)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("I1", {"final": False, "delay": 5}, "完成的访问必须是最终结果"),
    ("I1", {"hand": True}, "不能手工登记"),
    ("X1", {"hand": True}, "不能手工登记"),
    ("I1", {"aapor": "P"}, "「I1」必须是 I 类"),
    ("U3", {"aapor": "NE"}, "「U3」必须是 UO 类"),
    ("U3", {"visit": False}, "必须改走访"),
    ("R1", {"final": False, "delay": 5, "another_interviewer": True, "retries": 1}, "本人拒访必须是最终结果"),
    ("R1", {"hand": False}, "本人拒访必须是最终结果"),
    ("R2", {"retries": 2}, "法律不许反复询问"),
    ("R2", {"retries": None}, "法律不许反复询问"),
    ("R3", {"another_interviewer": False}, "法律不许反复询问"),
    ("NC4", {"appointment": False}, "约了时间必须"),
    ("NC1", {"delay": -1}, "0 到 43200"),
    ("NC1", {"delay": LONGEST_DELAY + 1}, "0 到 43200"),
    ("NC1", {"delay": None}, "0 到 43200"),
    ("NC1", {"delay": True}, "0 到 43200"),
    ("NC1", {"delay": "180"}, "0 到 43200"),
    ("NE1", {"delay": 5}, "不能有间隔"),
    ("NE1", {"visit": True}, "最终结果之后不再联系"),
    ("NE1", {"retries": 1}, "不能再试"),
    ("NC1", {"final": "no"}, "应为 true 或 false"),
    ("NC1", {"visit": 1}, "应为 true 或 false"),
    ("NC1", {"group": "elsewhere"}, "之一"),
    ("NC1", {"aapor": ["NC"]}, "之一"),
    ("NC1", {"label": {"zh": "无人接听", "en": " "}}, "缺少文字"),
    ("NC1", {"label": {"zh": "无人\n接听", "en": "No answer"}}, "写成一行"),
    ("NC1", {"label": {"zh": "忙线", "en": "No answer"}}, "名称「忙线」用了两次"),
    ("NC1", {"code": "nc1"}, "大写字母"),
    ("NC1", {"code": "NC2"}, "代码「NC2」用了两次"),
    ("NC1", {"retries": 0}, "1 到 10"),
    ("NC1", {"during_interview": True, "hand": False}, "不能选这一项"),
    ("NC1", {"dealy": 5}, "不认识「dealy」"),
]


@pytest.mark.parametrize(("code", "change", "message"), WRONG)
def test_what_contradicts_itself_or_the_law_is_refused(code: str, change: dict[str, Any], message: str) -> None:
    document = delivered()
    row(document, code).update(change)
    assert any(message in complaint for complaint in complaints(document))


@pytest.mark.parametrize("code", list(STRUCTURAL))
def test_the_codes_the_application_gives_by_itself_must_be_there(code: str) -> None:
    document = delivered()
    document["outcomes"] = [entry for entry in document["outcomes"] if entry["code"] != code]
    assert any(f"缺少「{code}」" in complaint for complaint in complaints(document))


def test_every_mistake_is_reported_at_once_each_with_its_code() -> None:
    document = delivered()
    row(document, "NC1")["delay"] = -1
    row(document, "R1")["final"] = "yes"
    document["id"], document["format"] = "Guang Zhou", "outcomes-9"
    reported = complaints(document)
    for place in ("format:", "id:", "outcomes.NC1.delay:", "outcomes.R1.final:"):
        assert any(complaint.startswith(place) for complaint in reported)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=100)
@given(JSON)
def test_whatever_json_comes_is_answered_with_complaints(document: object) -> None:
    assert complaints(document)


@settings(max_examples=150)
@given(st.data())
def test_one_field_changed_to_anything_gives_a_list_or_complaints_never_another_error(data: st.DataObject) -> None:
    document = delivered()
    chosen = data.draw(st.sampled_from(document["outcomes"]))
    chosen[data.draw(st.sampled_from([*chosen, "retries", "visit", "supervisor", "hand", "delay"]))] = data.draw(JSON)
    try:
        outcomes = parse(document)
    except InvalidDocument:
        return
    # What every list that is read can be relied on for.
    for outcome in outcomes:
        assert outcome.final == (outcome.delay is None)
        if outcome.aapor in ("I", "X"):
            assert outcome.final
            assert not outcome.hand
    assert outcomes["R1"].final


# Asking the list


def test_an_interview_under_way_offers_the_hang_up_and_nothing_else_does() -> None:
    quiet, under_way = ({o.code for o in DEFAULT.by_hand(under_way=begun)} for begun in (False, True))
    assert under_way - quiet == {"P1"}
    assert "R3" in quiet


def test_only_an_interview_that_counts_is_not_lost() -> None:
    assert DEFAULT.interviewed == ("I1", "I2")
    cases = [("I1", True), ("R1", True), ("R2", False), (None, False)]
    assert [DEFAULT.is_lost(*case) for case in cases] == [False, True, False, False]


def test_a_code_of_another_list_is_known_by_the_delivered_one() -> None:
    document = delivered()
    document["outcomes"] = [entry for entry in document["outcomes"] if entry["code"] != "O3"]
    outcomes = parse(document)
    assert outcomes.get("O3") is None
    assert known_outcome("O3", outcomes) == OUTCOMES["O3"]
    assert known_outcome("ZZ", outcomes) is None
    assert known_outcome(None, outcomes) is None
    assert Tally.of({"O3": 1}, outcomes) == Tally(O=1)


# What follows


@pytest.mark.parametrize(
    ("code", "around", "zh", "en"),
    [
        ("NC1", {}, "3 小时后再排", "Back in the queue in 3 hours"),
        ("NC2", {}, "10 分钟后再排", "Back in the queue in 10 minutes"),
        ("NC5", {}, "1 天后再排", "Back in the queue in 1 day"),
        ("NC1", {"attempt": 4, "maximum": 5}, "3 小时后再排", "Back in the queue in 3 hours"),
        ("NC1", {"attempt": 5, "maximum": 5}, "第 5 次，达到上限：结案", "Attempt 5, the limit: closed"),
        ("NC4", {"attempt": 5, "maximum": 5}, "约好时间再打", "Call again at the agreed time"),
        ("U1", {"numbers_left": 1}, "试第二个号码", "Try the second number"),
        ("U1", {"numbers_left": 1, "number": 2}, "试第三个号码", "Try the third number"),
        ("U2", {"numbers_left": 0}, "改走访", "Visit"),
        ("U4", {"numbers_left": 1}, "试第二个号码", "Try the second number"),
        ("U4", {}, "1 小时后再排", "Back in the queue in 1 hour"),
        ("O1", {}, "结案", "Closed"),
        ("O2", {}, "1 小时后请会说的访问员再试", "In 1 hour: try with an interviewer who speaks the language"),
        ("NE1", {}, "结案，不计入应答基数", "Closed; out of the base"),
        ("NE4", {}, "结案，不计入应答基数，请负责人核实", "Closed; out of the base; the lead evaluator checks"),
        ("X1", {}, "结案，并提醒评估方", "Closed; the evaluator is alerted"),
        ("R1", {}, "结案，不再联系（法律不许反复询问）", "Closed; the law forbids asking again"),
        ("R2", {}, "1 天后可由另一位访问员再试一次", "In 1 day: one more try by another interviewer"),
        ("R3", {"refusals": 1}, "再次拒绝：结案，不再联系", "Refused again: closed, never contacted again"),
    ],
)
def test_the_consequence_is_said_from_the_data(code: str, around: dict[str, int], zh: str, en: str) -> None:
    assert consequence(OUTCOMES[code], **around).zh == zh
    assert consequence(OUTCOMES[code], **around).en == en


def made(**fields: Any) -> Outcome:
    return Outcome("NC9", Text("例", "Example"), "not_reached", "NC", **{"final": False, "delay": 0} | fields)


@pytest.mark.parametrize(
    ("outcome", "around", "zh", "en"),
    [
        (made(), {}, "马上可以再试", "May be tried again at once"),
        (made(delay=90), {}, "1 小时 30 分钟后再排", "Back in the queue in 1 hour 30 minutes"),
        (made(visit=True, delay=1440), {}, "1 天后改走访", "Visit in 1 day"),
        (made(supervisor=True), {"attempt": 9, "maximum": 5}, "先交负责人处理", "The lead evaluator decides first"),
        (made(another_interviewer=True), {}, "可由另一位访问员再试", "Try again by another interviewer"),
        (
            made(next_number=True, needs_skill=True),
            {"numbers_left": 1},
            "试第二个号码，请会说的访问员再试",
            "Try the second number; try with an interviewer who speaks the language",
        ),
        (made(next_number=True), {"numbers_left": 1, "number": 11}, "试第 12 个号码", "Try the 12th number"),
        (made(final=True, delay=None, supervisor=True), {}, "结案，请负责人核实", "Closed; the lead evaluator checks"),
    ],
)
def test_an_edited_outcome_says_its_own_consequence(outcome: Outcome, around: dict[str, int], zh: str, en: str) -> None:
    assert consequence(outcome, **around) == Text(zh, en)


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [(0, "0 分钟", "0 minutes"), (1, "1 分钟", "1 minute"), (61, "1 小时 1 分钟", "1 hour 1 minute"),
     (1440, "1 天", "1 day"), (LONGEST_DELAY, "30 天", "30 days")],
)  # fmt: skip
def test_a_duration_is_said_as_people_say_it(minutes: int, zh: str, en: str) -> None:
    assert duration(minutes) == Text(zh, en)


@settings(max_examples=300)
@given(
    st.sampled_from(DEFAULT.outcomes),
    st.integers(1, 9),
    st.none() | st.integers(1, 9),
    st.integers(0, 4),
    st.integers(0, 3),
)
def test_words_and_steps_agree_whatever_the_case(
    outcome: Outcome, attempt: int, maximum: int | None, numbers_left: int, refusals: int
) -> None:
    around = {"attempt": attempt, "maximum": maximum, "numbers_left": numbers_left, "refusals": refusals}
    step = consequence_of(outcome, **around)
    words = consequence(outcome, **around)
    zh, en = words.zh, words.en
    assert ("结案" in zh) == step.closes == ("losed" in en)
    assert ("号码" in zh) == step.next_number == (" number" in en)
    assert ("走访" in zh) == (step.way == "visit") == ("Visit" in en)
    assert step.closes == bool(step.closed_by)
    assert not step.closes or step.delay is None
    # The law: after a hard refusal nobody, after two soft ones nobody.
    assert step.closes or outcome.aapor != "R" or (step.another_interviewer and refusals == 0)
    assert not set(en) & set("，：（）再结")
