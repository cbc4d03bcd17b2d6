"""Flags for unusual interviews, each a sentence with its numbers; whether something is wrong, people decide.

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
    """A match of a rule: its code, kind, severity, interviews (none: all of the interviewer) and sentence."""

    code: str
    kind: str
    severity: str
    interviewer: str
    interviews: tuple[str, ...]
    text: Text


def flags(
    interviews: Sequence[Interview], *, rules: Sequence[IntegrityRule] | None = None, hours: Hours | None = None
) -> tuple[Flag, ...]:
    """Every match of the rules, in the order of the rules, then by interviewer and interview.

    `hours` says of a local moment whether people may be contacted then; without it no hour is impossible.
    """
    ordered = sorted(interviews, key=lambda interview: (interview.interviewer, interview.id))
    sample = _Sample(ordered, hours)
    raised: list[Flag] = []
    for rule in standard() if rules is None else rules:
        raised += FINDERS[rule.kind](rule, sample)
    return tuple(raised)


def to_back_check(flags_raised: Iterable[Flag]) -> frozenset[str]:
    """The interviews whose flags ask for a back-check."""
    return frozenset(
        interview_id for flag in flags_raised if flag.severity == "back_check" for interview_id in flag.interviews
    )


class _Sample:
    """The interviews that are compared with each other, and the usual pace among them."""

    def __init__(self, interviews: Sequence[Interview], hours: Hours | None) -> None:
        self.interviews = interviews
        self.hours = hours
        self._paces: dict[tuple[bool, str], tuple[float, int]] = {}

    def usual_pace(self, interview: Interview) -> tuple[float, int]:
        """The median of seconds per question among the others' interviews of the same kind, and how many these are.

        Of other interviewers, so that an interviewer with many interviews is not compared with themselves.
        """
        key = interview.mode == WEB, interview.interviewer
        if key not in self._paces:
            alike = [other for other in self.interviews if (other.mode == WEB) == key[0]]
            paces = [p for other in alike if (key[0] or other.interviewer != key[1]) and (p := other.pace) is not None]
            self._paces[key] = (median(paces), len(paces)) if paces else (0.0, 0)
        return self._paces[key]


def _flag(rule: IntegrityRule, interviewer: str, interviews: Iterable[str], text: Text) -> Flag:
    return Flag(rule.code, rule.kind, rule.severity, interviewer, tuple(interviews), text)


def _too_fast(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    for interview in sample.interviews:
        pace, others = sample.usual_pace(interview)
        if interview.total_seconds is None or interview.pace is None or others < rule.of("least_others"):
            continue
        if interview.pace < rule.of("share_of_median") * pace and interview.total_seconds < rule.of("floor_seconds"):
            numbers = {
                "questions": interview.questions,
                "seconds": round(interview.total_seconds),
                "median": round(pace * interview.questions),
            }
            yield _flag(rule, interview.interviewer, [interview.id], rule.says(numbers))


def _reading_speed(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    limit = rule.of("milliseconds") / 1000
    for interview in sample.interviews:
        timed = list(interview.seconds.values())
        quick = sum(seconds < limit for seconds in timed)
        if len(timed) >= rule.of("least_questions") and quick >= rule.of("share_of_questions") * len(timed):
            numbers = {"questions": len(timed), "quick": quick, "limit": f"{limit:g}"}
            yield _flag(rule, interview.interviewer, [interview.id], rule.says(numbers))


def _straight_lining(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    """Equal answers to all items, if fast or frequent as well; equal answers at the ceiling are usual by themselves."""
    lines = [o for o in sample.interviews if len(o.scale) >= rule.of("least_items") and len(set(o.scale)) == 1]
    alike = _groups((o, (o.interviewer, o.scale)) for o in lines if o.scale[0] < rule.of("ceiling"))
    for interview in lines:
        pace, _ = sample.usual_pace(interview)
        same = len(alike.get((interview.interviewer, interview.scale), ()))
        if interview.pace is not None and interview.pace < rule.of("share_of_median") * pace:
            share = round(100 * interview.pace / pace)
            besides = Text(
                f"用时只有同类答卷中位数的 {share}%", f"took only {share}% of the median time of similar interviews"
            )
        elif interview.interviewer and same >= rule.of("least_alike"):
            besides = Text(f"同一位访问员有 {same} 份这样的答卷", f"the same interviewer has {same} such interviews")
        else:
            continue
        items = len(interview.scale)
        text = rule.says({"items": items, "besides": besides.zh}, {"items": items, "besides": besides.en})
        yield _flag(rule, interview.interviewer, [interview.id], text)


def _same_words(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    long_enough = (
        (interview, (interview.interviewer, text))
        for interview in sample.interviews
        if interview.interviewer
        for text in sorted(set(interview.texts))
        if len(text) >= rule.of("least_signs")
    )
    same_texts = _groups(long_enough)
    writers = Counter(text for _, text in same_texts)
    for (interviewer, text), ids in same_texts.items():
        # What several interviewers wrote down alike is a common saying, such as 「没有什么意见」.
        if len(ids) >= rule.of("least_interviews") and writers[text] < COMMON_SAYING:
            yield _flag(rule, interviewer, ids, rule.says({"interviews": len(ids), "signs": len(text)}))


def _one_number(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    """The number that was called, not those a person has: a household or a guardian of several may share one."""
    by_number = _groups(
        (interview, interview.called) for interview in sample.interviews if interview.mode == PHONE and interview.called
    )
    as_guardian = {interview.id for interview in sample.interviews if interview.holder == GUARDIAN}
    for ids in sorted(by_number.values()):
        if len(ids) >= rule.of("least_interviews"):
            numbers = {"interviews": len(ids), "guardians": len(as_guardian.intersection(ids))}
            yield _flag(rule, _whose(sample, ids), ids, rule.says(numbers))


def _one_device(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    by_device = _groups(
        (interview, interview.device) for interview in sample.interviews if interview.mode == WEB and interview.device
    )
    for ids in sorted(by_device.values()):
        if len(ids) >= rule.of("least_interviews"):
            yield _flag(rule, "", ids, rule.says({"interviews": len(ids)}))


def _too_favourable(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    alpha, difference = rule.of("alpha"), rule.of("difference_points") / 100
    effects = interviewer_effects(
        sample.interviews, alpha=alpha, difference=difference, least_power=rule.of("least_power")
    )
    for effect in effects:
        if effect.verdict == "more":
            numbers = {
                "interviews": effect.interviews,
                "satisfied": effect.satisfied,
                "others": effect.others,
                "others_satisfied": effect.others_satisfied,
                "chance": "< 0.001" if effect.adjusted < 0.001 else f"{effect.adjusted:.3f}",
                "tested": len(effects),
            }
            yield _flag(rule, effect.interviewer, [], rule.says(numbers))


def _impossible_hours(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    if sample.hours is None:
        return
    for interview in sample.interviews:
        if interview.mode != WEB and not sample.hours(interview.started):
            yield _flag(
                rule,
                interview.interviewer,
                [interview.id],
                rule.says({"clock": interview.started.strftime("%Y-%m-%d %H:%M")}),
            )


def _no_call(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    for interview in sample.interviews:
        if interview.mode == PHONE and interview.had_call is False:
            yield _flag(rule, interview.interviewer, [interview.id], rule.says({}))


def _short_call(rule: IntegrityRule, sample: _Sample) -> Iterator[Flag]:
    for interview in sample.interviews:
        if (
            interview.mode != PHONE
            or not interview.had_call
            or interview.call_seconds is None
            or interview.total_seconds is None
        ):
            continue
        share = rule.of("share_of_interview") * interview.total_seconds
        if interview.total_seconds >= rule.of("least_seconds") and interview.call_seconds < share:
            numbers = {"seconds": round(interview.total_seconds), "call": round(interview.call_seconds)}
            yield _flag(rule, interview.interviewer, [interview.id], rule.says(numbers))


FINDERS: dict[str, Callable[[IntegrityRule, _Sample], Iterator[Flag]]] = {
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
    ids_by_key: dict[Key, list[str]] = defaultdict(list)
    for interview, key in pairs:
        ids_by_key[key].append(interview.id)
    return {key: tuple(ids) for key, ids in ids_by_key.items()}


def _whose(sample: _Sample, ids: Sequence[str]) -> str:
    """The interviewer of these interviews; "" where they have several."""
    id_set = set(ids)
    names = {interview.interviewer for interview in sample.interviews if interview.id in id_set}
    return names.pop() if len(names) == 1 else ""
