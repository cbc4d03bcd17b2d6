"""What looks unusual in the interviews, each sight in words with its numbers. It points; people judge.

Cost: a few passes over the interviews and one sort of their paces per interviewer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import TypeVar

from sampling.text import Text
from surveys.integrity.interview import Interview
from surveys.integrity.interviewer_effect import interviewer_effects
from surveys.integrity.rules import IntegrityRule, standard

WEB = "web"
PHONE = "phone"
GUARDIAN = "guardian"
COMMON_SAYING = 3
Key = TypeVar("Key", bound=Hashable)
Hours = Callable[[datetime], bool]


@dataclass(frozen=True)
class Flag:
    """One sight: by which rule, at which interviews (none: at the interviewer's as a whole), and what was seen."""

    code: str
    kind: str
    severity: str
    interviewer: str
    interviews: tuple[str, ...]
    text: Text


def flags(
    interviews: Sequence[Interview], *, rules: Sequence[IntegrityRule] | None = None, hours: Hours | None = None
) -> tuple[Flag, ...]:
    """Every sight the rules have a word for, in the order of the rules, then by interviewer and interview.

    `hours` says of a local moment whether people may be contacted then; without it no hour is impossible.
    """
    ordered = sorted(interviews, key=lambda one: (one.interviewer, one.id))
    seen = _Seen(ordered, hours)
    found: list[Flag] = []
    for rule in standard() if rules is None else rules:
        found += FINDERS[rule.kind](rule, seen)
    return tuple(found)


def to_back_check(found: Iterable[Flag]) -> frozenset[str]:
    """The interviews whose flags ask for a back-check."""
    return frozenset(one for flag in found if flag.severity == "back_check" for one in flag.interviews)


class _Seen:
    """The interviews, with the pace of comparable ones."""

    def __init__(self, interviews: Sequence[Interview], hours: Hours | None) -> None:
        self.interviews = interviews
        self.hours = hours
        self._paces: dict[tuple[bool, str], tuple[float, int]] = {}

    def usual_pace(self, one: Interview) -> tuple[float, int]:
        """The median of seconds per question among the others' interviews of the same kind, and how many these are.

        Of other interviewers, so that whoever did most of them does not set the pace they are measured by.
        """
        key = one.mode == WEB, one.interviewer
        if key not in self._paces:
            alike = [other for other in self.interviews if (other.mode == WEB) == key[0]]
            paces = [p for other in alike if (key[0] or other.interviewer != key[1]) and (p := other.pace) is not None]
            self._paces[key] = (median(paces), len(paces)) if paces else (0.0, 0)
        return self._paces[key]


def _flag(rule: IntegrityRule, interviewer: str, interviews: Iterable[str], text: Text) -> Flag:
    return Flag(rule.code, rule.kind, rule.severity, interviewer, tuple(interviews), text)


def _too_fast(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    for one in seen.interviews:
        pace, others = seen.usual_pace(one)
        if one.total_seconds is None or one.pace is None or others < rule.of("least_others"):
            continue
        if one.pace < rule.of("share_of_median") * pace and one.total_seconds < rule.of("floor_seconds"):
            numbers = {
                "questions": one.questions,
                "seconds": round(one.total_seconds),
                "median": round(pace * one.questions),
            }
            yield _flag(rule, one.interviewer, [one.id], rule.says(numbers))


def _reading_speed(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    limit = rule.of("milliseconds") / 1000
    for one in seen.interviews:
        timed = list(one.seconds.values())
        quick = sum(seconds < limit for seconds in timed)
        if len(timed) >= rule.of("least_questions") and quick >= rule.of("share_of_questions") * len(timed):
            numbers = {"questions": len(timed), "quick": quick, "limit": f"{limit:g}"}
            yield _flag(rule, one.interviewer, [one.id], rule.says(numbers))


def _straight_lining(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    """All items alike says little by itself, least of all at the ceiling, where honest people crowd."""
    lines = [o for o in seen.interviews if len(o.scale) >= rule.of("least_items") and len(set(o.scale)) == 1]
    alike = _groups((o, (o.interviewer, o.scale)) for o in lines if o.scale[0] < rule.of("ceiling"))
    for one in lines:
        pace, _ = seen.usual_pace(one)
        same = len(alike.get((one.interviewer, one.scale), ()))
        if one.pace is not None and one.pace < rule.of("share_of_median") * pace:
            share = round(100 * one.pace / pace)
            besides = Text(
                f"用时只有同类答卷中位数的 {share}%", f"took only {share}% of the median time of similar interviews"
            )
        elif one.interviewer and same >= rule.of("least_alike"):
            besides = Text(f"同一位访问员有 {same} 份这样的答卷", f"the same interviewer has {same} such interviews")
        else:
            continue
        items = len(one.scale)
        text = rule.says({"items": items, "besides": besides.zh}, {"items": items, "besides": besides.en})
        yield _flag(rule, one.interviewer, [one.id], text)


def _same_words(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    long_enough = (
        (one, (one.interviewer, text))
        for one in seen.interviews
        if one.interviewer
        for text in sorted(set(one.texts))
        if len(text) >= rule.of("least_signs")
    )
    found = _groups(long_enough)
    writers = Counter(text for _, text in found)
    for (interviewer, text), ids in found.items():
        # What several interviewers wrote down alike is a common saying, such as 「没有什么意见」.
        if len(ids) >= rule.of("least_interviews") and writers[text] < COMMON_SAYING:
            yield _flag(rule, interviewer, ids, rule.says({"interviews": len(ids), "signs": len(text)}))


def _one_number(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    """The number that was called, not those a person has: a household or a guardian of several may share one."""
    by_number = _groups((one, one.called) for one in seen.interviews if one.mode == PHONE and one.called)
    as_guardian = {one.id for one in seen.interviews if one.holder == GUARDIAN}
    for ids in sorted(by_number.values()):
        if len(ids) >= rule.of("least_interviews"):
            numbers = {"interviews": len(ids), "guardians": len(as_guardian.intersection(ids))}
            yield _flag(rule, _whose(seen, ids), ids, rule.says(numbers))


def _one_device(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    by_device = _groups((one, one.device) for one in seen.interviews if one.mode == WEB and one.device)
    for ids in sorted(by_device.values()):
        if len(ids) >= rule.of("least_interviews"):
            yield _flag(rule, "", ids, rule.says({"interviews": len(ids)}))


def _too_favourable(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    alpha, difference = rule.of("alpha"), rule.of("difference_points") / 100
    found = interviewer_effects(seen.interviews, alpha=alpha, difference=difference, least_power=rule.of("least_power"))
    for one in found:
        if one.verdict == "more":
            numbers = {
                "interviews": one.interviews,
                "satisfied": one.satisfied,
                "others": one.others,
                "others_satisfied": one.others_satisfied,
                "chance": "< 0.001" if one.adjusted < 0.001 else f"{one.adjusted:.3f}",
                "tested": len(found),
            }
            yield _flag(rule, one.interviewer, [], rule.says(numbers))


def _impossible_hours(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    if seen.hours is None:
        return
    for one in seen.interviews:
        if one.mode != WEB and not seen.hours(one.started):
            yield _flag(rule, one.interviewer, [one.id], rule.says({"clock": one.started.strftime("%Y-%m-%d %H:%M")}))


def _no_call(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    for one in seen.interviews:
        if one.mode == PHONE and one.had_call is False:
            yield _flag(rule, one.interviewer, [one.id], rule.says({}))


def _short_call(rule: IntegrityRule, seen: _Seen) -> Iterator[Flag]:
    for one in seen.interviews:
        if one.mode != PHONE or not one.had_call or one.call_seconds is None or one.total_seconds is None:
            continue
        share = rule.of("share_of_interview") * one.total_seconds
        if one.total_seconds >= rule.of("least_seconds") and one.call_seconds < share:
            numbers = {"seconds": round(one.total_seconds), "call": round(one.call_seconds)}
            yield _flag(rule, one.interviewer, [one.id], rule.says(numbers))


FINDERS: dict[str, Callable[[IntegrityRule, _Seen], Iterator[Flag]]] = {
    "too_fast": _too_fast,
    "reading_speed": _reading_speed,
    "straight_lining": _straight_lining,
    "same_words": _same_words,
    "one_number": _one_number,
    "one_device": _one_device,
    "too_favourable": _too_favourable,
    "impossible_hours": _impossible_hours,
    "no_call": _no_call,
    "short_call": _short_call,
}


def _groups(pairs: Iterable[tuple[Interview, Key]]) -> dict[Key, tuple[str, ...]]:
    found: dict[Key, list[str]] = defaultdict(list)
    for one, key in pairs:
        found[key].append(one.id)
    return {key: tuple(ids) for key, ids in found.items()}


def _whose(seen: _Seen, ids: Sequence[str]) -> str:
    """The interviewer of these interviews, or nobody where several held them."""
    wanted = set(ids)
    names = {one.interviewer for one in seen.interviews if one.id in wanted}
    return names.pop() if len(names) == 1 else ""
