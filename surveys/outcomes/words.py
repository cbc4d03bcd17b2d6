"""The consequence of an outcome in a few words, made from the data and never typed."""

from __future__ import annotations

from surveys.outcomes.consequences import NextAction, consequence_of
from surveys.outcomes.model import Outcome

MINUTES_OF = ((24 * 60, "天", "day"), (60, "小时", "hour"), (1, "分钟", "minute"))
PLACES = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
PLACES_EN = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def consequence(
    outcome: Outcome,
    *,
    language: str,
    attempt: int = 1,
    maximum: int | None = None,
    numbers_left: int = 0,
    refusals: int = 0,
    number: int = 1,
) -> str:
    """What pressing this outcome does. Arguments as for `consequence_of`; `number`: place of the number called.

    >>> from surveys.outcomes import OUTCOMES
    >>> consequence(OUTCOMES["NC1"], language="zh"), consequence(OUTCOMES["NC1"], language="en")
    ('3 小时后再排', 'Back in the queue in 3 hours')
    >>> consequence(OUTCOMES["U1"], language="zh", numbers_left=1), consequence(OUTCOMES["U1"], language="zh")
    ('试第二个号码', '改走访')
    """
    step = consequence_of(outcome, attempt=attempt, maximum=maximum, numbers_left=numbers_left, refusals=refusals)
    english = language.startswith("en")
    if step.closes:
        return _closed(outcome, step, attempt, english)
    return _open_en(outcome, step, number) if english else _open_zh(outcome, step, number)


def duration(minutes: int, language: str) -> str:
    """Minutes as a person says them.

    >>> duration(180, "zh"), duration(1500, "en"), duration(0, "zh")
    ('3 小时', '1 day 1 hour', '0 分钟')
    """
    english = language.startswith("en")
    said = []
    for size, zh, en in MINUTES_OF:
        count, minutes = divmod(minutes, size)
        if count:
            said.append(f"{count} {en}{'' if count == 1 else 's'}" if english else f"{count} {zh}")
    return " ".join(said) or ("0 minutes" if english else "0 分钟")


def _closed(outcome: Outcome, step: NextAction, attempt: int, english: bool) -> str:
    if step.closed_by == "limit":
        return f"Attempt {attempt}, the limit: closed" if english else f"第 {attempt} 次，达到上限：结案"
    if step.closed_by == "refused_again":
        return "Refused again: closed, never contacted again" if english else "再次拒绝：结案，不再联系"
    zh, en = {
        "NE": ("结案，不计入应答基数", "Closed; out of the base"),
        "R": ("结案，不再联系（法律不许反复询问）", "Closed; the law forbids asking again"),
        "X": ("结案，并提醒评估方", "Closed; the evaluator is alerted"),
    }.get(outcome.aapor, ("结案", "Closed"))
    if outcome.supervisor and outcome.aapor != "X":
        zh, en = f"{zh}，请负责人核实", f"{en}; the lead evaluator checks"
    return en if english else zh


def _open_zh(outcome: Outcome, step: NextAction, number: int) -> str:
    if step.way == "supervisor":
        return "先交负责人处理"
    if step.appointment:
        return "约好时间再打"
    later = f"{duration(step.delay, 'zh')}后" if step.delay else ""
    who = _who_zh(outcome, step)
    if step.next_number:
        return "，".join(filter(None, (f"试第{_place(number + 1, PLACES)}个号码", who)))
    if step.way == "visit":
        return "，".join(filter(None, (f"{later}改走访", who)))
    if who:
        return f"{later}{who}"
    return f"{later}再排" if later else "马上可以再试"


def _who_zh(outcome: Outcome, step: NextAction) -> str:
    if step.needs_skill:
        return "请会说的访问员再试"
    if step.another_interviewer:
        return "可由另一位访问员再试一次" if outcome.retries == 1 else "可由另一位访问员再试"
    return ""


def _open_en(outcome: Outcome, step: NextAction, number: int) -> str:
    if step.way == "supervisor":
        return "The lead evaluator decides first"
    if step.appointment:
        return "Call again at the agreed time"
    delay = duration(step.delay, "en") if step.delay else ""
    later = f" in {delay}" if delay else ""
    who = _who_en(outcome, step)
    if step.next_number:
        return "; ".join(filter(None, (f"Try the {_place(number + 1, PLACES_EN)} number", who)))
    if step.way == "visit":
        return "; ".join(filter(None, (f"Visit{later}", who)))
    if who:
        return f"In {delay}: {who}" if delay else f"{who[0].upper()}{who[1:]}"
    return f"Back in the queue{later}" if later else "May be tried again at once"


def _who_en(outcome: Outcome, step: NextAction) -> str:
    if step.needs_skill:
        return "try with an interviewer who speaks the language"
    if step.another_interviewer:
        return f"{'one more try' if outcome.retries == 1 else 'try again'} by another interviewer"
    return ""


def _place(number: int, names: tuple[str, ...]) -> str:
    return names[number] if number < len(names) else f" {number} " if names is PLACES else f"{number}th"
