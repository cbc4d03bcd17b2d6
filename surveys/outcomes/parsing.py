"""From JSON to an OutcomeList, with every mistake of the document said at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sampling.canonical import digest_of
from surveys.outcomes.model import GROUPS, LETTERS, Outcome, OutcomeList
from surveys.problems import Complaints
from surveys.questionnaire import reading

FORMAT = "outcomes-1"
CODE = re.compile(r"[A-Z]{1,2}[0-9]{0,2}")
LONGEST_LABEL = 60
LONGEST_DELAY = 30 * 24 * 60
MOST_RETRIES = 10
MOST_OUTCOMES = 60

DOCUMENT = ("format", "id", "version", "title", "outcomes")
# What may follow only while a case is open.
OPEN_ONLY = ("next_number", "another_interviewer", "needs_skill", "appointment", "visit")
FLAGS = (*OPEN_ONLY, "note_required", "supervisor", "ledger_fault", "during_interview")
FIELDS = ("code", "label", "group", "aapor", "final", "delay", "retries", "hand", *FLAGS)
# The codes the application itself gives to a case, with their AAPOR classes.
STRUCTURAL: Mapping[str, str] = {
    "I1": "I", "I2": "I", "X1": "X", "P1": "P", "R1": "R", "NC4": "NC", "U3": "UO",
}  # fmt: skip


def parse(document: object) -> OutcomeList:
    """A list of outcomes from its JSON; raises InvalidDocument with every mistake.

    Any JSON value is answered one way or the other, never with another exception.
    """
    notes = Complaints()
    body, identity, version = reading.head(notes, document, FORMAT, DOCUMENT)
    zh, en = _label(notes, body.get("title"), "title")
    outcomes = _outcomes(notes, body)
    notes.raise_if_any()
    return OutcomeList(identity, version, zh, en, outcomes, digest_of(document))


def _outcomes(notes: Complaints, body: dict[str, Any]) -> tuple[Outcome, ...]:
    raw = notes.list(body, "outcomes", "")
    if len(raw) > MOST_OUTCOMES:
        notes.say("outcomes", f"超过 {MOST_OUTCOMES} 项。")
        return ()
    found = [_outcome(notes, each, place_of(number, each)) for number, each in enumerate(raw)]
    _all_different(notes, found)
    _structural(notes, found)
    return tuple(found)


def place_of(number: int, raw: object) -> str:
    """Where an outcome stands in the document; by its code where it has a proper one."""
    code = raw.get("code") if isinstance(raw, dict) else None
    return f"outcomes.{code}" if isinstance(code, str) and CODE.fullmatch(code) else f"outcomes[{number}]"


def _all_different(notes: Complaints, found: list[Outcome]) -> None:
    for name, what in (("code", "代码"), ("zh", "名称"), ("en", "英文名称")):
        values = [getattr(outcome, name) for outcome in found]
        for value in sorted({value for value in values if value and values.count(value) > 1}):
            notes.say("outcomes", f"{what}「{value}」用了两次。")


def _structural(notes: Complaints, found: list[Outcome]) -> None:
    """The codes the application gives by itself must be there, and be what it takes them for."""
    known = {outcome.code: outcome for outcome in found}
    for code, letter in STRUCTURAL.items():
        outcome = known.get(code)
        if outcome is None:
            notes.say("outcomes", f"缺少「{code}」，系统要用它。")
        elif outcome.aapor != letter:
            notes.say(f"outcomes.{code}.aapor", f"「{code}」必须是 {letter} 类。")
    if (hard := known.get("R1")) and not (hard.final and hard.hand):
        notes.say("outcomes.R1.final", "本人拒访必须是最终结果，并且可以登记：法律不许反复询问。")
    if (agreed := known.get("NC4")) and not (agreed.appointment and not agreed.final and agreed.hand):
        notes.say("outcomes.NC4.appointment", "约了时间必须不是最终结果，可以登记，并且写明约定的时间。")
    if (silent := known.get("U3")) and (silent.final or not silent.visit):
        notes.say("outcomes.U3.visit", "没有电话的人必须改走访，不能就此结案。")


def _label(notes: Complaints, value: object, place: str) -> tuple[str, str]:
    raw = notes.mapping(value, place)
    reading.fields(notes, raw, ("zh", "en"), place)
    found = [notes.string(raw, language, f"{place}.", LONGEST_LABEL) for language in ("zh", "en")]
    for text in found:
        if "\n" in text or text != text.strip():
            notes.say(place, "写成一行，前后不留空格。")
    return found[0], found[1]


def _outcome(notes: Complaints, raw: object, place: str) -> Outcome:
    body = notes.mapping(raw, place)
    reading.fields(notes, body, FIELDS, place)
    code = notes.string(body, "code", f"{place}.", 4)
    if code and not CODE.fullmatch(code):
        notes.say(f"{place}.code", "一两个大写字母，后面最多两位数字，例如 NC1。")
        code = ""
    zh, en = _label(notes, body.get("label"), f"{place}.label")
    flags = {name: _flag(notes, body, name, place, False) for name in FLAGS}
    final = _flag(notes, body, "final", place, None)
    outcome = Outcome(
        code=code,
        zh=zh,
        en=en,
        group=_one_of(notes, body, "group", place, GROUPS),
        aapor=_one_of(notes, body, "aapor", place, LETTERS),
        final=final,
        delay=_delay(notes, body, place, final),
        retries=_number(notes, body, "retries", place, MOST_RETRIES),
        hand=_flag(notes, body, "hand", place, True),
        **flags,
    )
    _consistent(notes, outcome, place)
    return outcome


def _flag(notes: Complaints, body: Mapping[str, Any], name: str, place: str, default: bool | None) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        notes.say(f"{place}.{name}", "应为 true 或 false。")
        return False
    return value


def _one_of(notes: Complaints, body: Mapping[str, Any], name: str, place: str, allowed: tuple[str, ...]) -> str:
    value = body.get(name)
    if not isinstance(value, str) or value not in allowed:
        notes.say(f"{place}.{name}", f"应为 {'、'.join(allowed)} 之一。")
        return ""
    return value


def _number(notes: Complaints, body: dict[str, Any], name: str, place: str, high: int) -> int | None:
    """A count from 1 on, or nothing."""
    return None if body.get(name) is None else notes.integer(body, name, f"{place}.", 1, high)


def _delay(notes: Complaints, body: dict[str, Any], place: str, final: bool) -> int | None:
    if final:
        if body.get("delay") is not None:
            notes.say(f"{place}.delay", "最终结果之后不再联系，不能有间隔。")
        return None
    if type(value := body.get("delay")) is not int or not 0 <= value <= LONGEST_DELAY:
        notes.say(f"{place}.delay", f"写明多少分钟后再试，0 到 {LONGEST_DELAY}（30 天）之间的整数。")
        return 0
    return value


def _consistent(notes: Complaints, outcome: Outcome, place: str) -> None:
    """What contradicts itself, or the law."""
    if outcome.final:
        for name in OPEN_ONLY:
            if getattr(outcome, name):
                notes.say(f"{place}.{name}", "最终结果之后不再联系，这一项不能选。")
        if outcome.retries is not None:
            notes.say(f"{place}.retries", "最终结果之后不再联系，不能再试。")
    if outcome.aapor in ("I", "X") and not outcome.final:
        notes.say(f"{place}.final", "完成的访问必须是最终结果。")
    if outcome.aapor in ("I", "X") and outcome.hand:
        notes.say(f"{place}.hand", "完成的访问来自答卷，不能手工登记。")
    if outcome.during_interview and not outcome.hand:
        notes.say(f"{place}.during_interview", "不能手工登记的结果，不能选这一项。")
    if outcome.aapor == "R" and not outcome.final and not (outcome.another_interviewer and outcome.retries == 1):
        notes.say(f"{place}.retries", "拒绝之后最多由另一位访问员再试一次：法律不许反复询问。")
