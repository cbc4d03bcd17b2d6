"""The consequence of an outcome in a few words, made from the list of outcomes."""

from __future__ import annotations

from sampling.text import NOTHING_SAID, Text
from surveys.durations import duration
from surveys.outcomes.consequences import NextAction, consequence_of
from surveys.outcomes.model import Outcome

PLACES = {
    number: Text(zh, en)
    for number, (zh, en) in enumerate(
        zip(
            "一二三四五六七八九",
            ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
            strict=True,
        ),
        1,
    )
}
# What closing a case says, by AAPOR class, where it is not simply closed.
CLOSED = {
    "NE": Text("结案，不计入应答基数", "Closed; out of the base"),
    "R": Text("结案，不再联系（法律不许反复询问）", "Closed; the law forbids asking again"),
    "X": Text("结案，并提醒评估方", "Closed; the evaluator is alerted"),
}


def consequence(
    outcome: Outcome,
    *,
    attempt: int = 1,
    maximum: int | None = None,
    numbers_left: int = 0,
    refusals: int = 0,
    number: int = 1,
) -> Text:
    """What pressing this outcome does. Arguments as for `consequence_of`; `number`: place of the number called.

    >>> from surveys.outcomes import OUTCOMES
    >>> consequence(OUTCOMES["NC1"])
    Text(zh='3 小时后再排', en='Back in the queue in 3 hours', yue='')
    >>> consequence(OUTCOMES["U1"], numbers_left=1).zh, consequence(OUTCOMES["U1"]).zh
    ('试第二个号码', '改走访')
    """
    step = consequence_of(outcome, attempt=attempt, maximum=maximum, numbers_left=numbers_left, refusals=refusals)
    return _closed(outcome, step, attempt) if step.closes else _open(outcome, step, number)


def _closed(outcome: Outcome, step: NextAction, attempt: int) -> Text:
    if step.closed_by == "limit":
        return Text(f"第 {attempt} 次，达到上限：结案", f"Attempt {attempt}, the limit: closed")
    if step.closed_by == "refused_again":
        return Text("再次拒绝：结案，不再联系", "Refused again: closed, never contacted again")
    closing = CLOSED.get(outcome.aapor, Text("结案", "Closed"))
    if outcome.supervisor and outcome.aapor != "X":
        return closing + Text("，请负责人核实", "; the lead evaluator checks")
    return closing


def _open(outcome: Outcome, step: NextAction, number: int) -> Text:
    if step.way == "supervisor":
        return Text("先交负责人处理", "The lead evaluator decides first")
    if step.appointment:
        return Text("约好时间再打", "Call again at the agreed time")
    delay = duration(step.delay) if step.delay else NOTHING_SAID
    later = Text(f"{delay.zh}后", f" in {delay.en}") if delay else NOTHING_SAID
    by_whom = _who(outcome, step)
    if step.next_number:
        return _followed(_next_number(number + 1), by_whom)
    if step.way == "visit":
        return _followed(Text(f"{later.zh}改走访", f"Visit{later.en}"), by_whom)
    if by_whom:
        return Text(
            f"{later.zh}{by_whom.zh}",
            f"In {delay.en}: {by_whom.en}" if delay else by_whom.en[0].upper() + by_whom.en[1:],
        )
    if delay:
        return Text(f"{later.zh}再排", f"Back in the queue{later.en}")
    return Text("马上可以再试", "May be tried again at once")


def _followed(first: Text, second: Text) -> Text:
    return Text(f"{first.zh}，{second.zh}", f"{first.en}; {second.en}") if second else first


def _next_number(place: int) -> Text:
    name = PLACES.get(place, Text(f" {place} ", f"{place}th"))
    return Text(f"试第{name.zh}个号码", f"Try the {name.en} number")


def _who(outcome: Outcome, step: NextAction) -> Text:
    if step.needs_skill:
        return Text("请会说的访问员再试", "try with an interviewer who speaks the language")
    if not step.another_interviewer:
        return NOTHING_SAID
    if outcome.retries == 1:
        return Text("可由另一位访问员再试一次", "one more try by another interviewer")
    return Text("可由另一位访问员再试", "try again by another interviewer")
