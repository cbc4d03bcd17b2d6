"""What every part of a questionnaire document is read with, and the head of any published one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sampling.text import Text
from surveys.problems import Complaints
from surveys.questionnaire.model import MODES

LONGEST_TEXT = 2_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def head(
    notes: Complaints, document: object, written_in: str, allowed: Collection[str]
) -> tuple[dict[str, Any], str, int]:
    """A document as a mapping of these names, its id and its version; complains of another format."""
    body = notes.mapping(document, "")
    fields(notes, body, allowed, "")
    if body.get("format") != written_in:
        notes.say("format", f"应为「{written_in}」。")
    identity = notes.string(body, "id", "", 40)
    if identity and not SLUG.fullmatch(identity):
        notes.say("id", "只用小写字母、数字和连字符。")
    return body, identity, notes.integer(body, "version", "", 1, 10_000)


def fields(notes: Complaints, body: Mapping[str, Any], allowed: Collection[str], place: str) -> None:
    """Complain of names the format does not have: a misspelt "when" would otherwise ask everybody."""
    unknown = [shown(name) for name in body if name not in allowed]
    if unknown:
        notes.say(place, f"不认识「{'」「'.join(unknown[:5])}」，请改正或删去。")


def shown(name: object) -> str:
    """A name out of somebody's document, short and printable, fit to be quoted in a message."""
    return "".join(sign for sign in str(name)[:40] if sign.isprintable())[:20]


def text(notes: Complaints, value: object, place: str) -> Text:
    """A text in Chinese and English, with or without Cantonese."""
    if not isinstance(value, dict) or not value:
        notes.say(place, '缺少文字，应为 {"zh": …, "en": …}。')
        return Text("", "")
    fields(notes, value, ("zh", "en", "yue"), place)
    zh = notes.string(value, "zh", f"{place}.", LONGEST_TEXT)
    en = notes.string(value, "en", f"{place}.", LONGEST_TEXT)
    return Text(zh, en, notes.string(value, "yue", f"{place}.", LONGEST_TEXT) if "yue" in value else "")


def optional_text(notes: Complaints, body: Mapping[str, Any], name: str, place: str) -> Text | None:
    """A text that may be left out."""
    return text(notes, body[name], f"{place}.{name}") if body.get(name) is not None else None


def modes(notes: Complaints, body: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """The modes something is meant for; all of them where nothing is said."""
    value = body.get("modes", list(MODES))
    if not isinstance(value, list) or not value or any(mode not in MODES for mode in value):
        notes.say(f"{place}.modes", f"应为 {'、'.join(MODES)} 中的一个或几个。")
        return MODES
    return tuple(mode for mode in MODES if mode in value)


def required(notes: Complaints, body: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """`true`, `false`, or the modes in which an answer is required."""
    value = body.get("required", False)
    if isinstance(value, bool):
        return MODES if value else ()
    if not isinstance(value, list) or any(mode not in MODES for mode in value):
        notes.say(f"{place}.required", f"应为 true、false,或 {'、'.join(MODES)} 中的几个。")
        return ()
    return tuple(mode for mode in MODES if mode in value)
