"""From JSON to an OutcomeList, with every mistake of the document reported at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sampling.canonical import digest_of
from sampling.text import Text
from surveys.messages import more_than
from surveys.outcomes.model import GROUPS, LETTERS, Outcome, OutcomeList
from surveys.problems import Problems
from surveys.reading import (
    ABSENT,
    DependentReader,
    ObjectReader,
    Reader,
    default,
    flag,
    head,
    inside,
    items,
    one_of,
    optional,
    refuse_repeated,
    text,
    whole_number,
)

FORMAT = "outcomes-1"
CODE = re.compile(r"[A-Z]{1,2}[0-9]{0,2}")
LONGEST_LABEL = 60
LONGEST_DELAY = 30 * 24 * 60
MOST_RETRIES = 10
MOST_OUTCOMES = 60

# What may follow only while a case is open.
OPEN_ONLY = ("next_number", "another_interviewer", "needs_skill", "appointment", "visit")
FLAGS = (*OPEN_ONLY, "note_required", "supervisor", "ledger_fault", "during_interview")
# The codes the application itself gives to a case, with their AAPOR classes.
STRUCTURAL: Mapping[str, str] = {
    "I1": "I", "I2": "I", "X1": "X", "P1": "P", "R1": "R", "NC4": "NC", "U3": "UO",
}  # fmt: skip


def parse(document: object) -> OutcomeList:
    """A list of outcomes from its JSON; raises InvalidDocument with every mistake.

    Any JSON value is answered one way or the other, never with another exception.
    """
    problems = Problems()
    read = ObjectReader({**head(FORMAT), "title": _label, "outcomes": _outcomes})(problems, document, "")
    problems.raise_if_any()
    return OutcomeList(read["id"], read["version"], read["title"], read["outcomes"], digest_of(document))


def _outcomes(problems: Problems, value: object, place: str) -> tuple[Outcome, ...]:
    raw = items(problems, value, place)
    if len(raw) > MOST_OUTCOMES:
        problems.add(place, more_than(MOST_OUTCOMES))
        return ()
    outcomes = [_outcome(problems, entry, place_of(number, entry)) for number, entry in enumerate(raw)]
    _all_different(problems, outcomes)
    _structural(problems, outcomes)
    return tuple(outcomes)


def place_of(number: int, raw: object) -> str:
    """Where an outcome stands in the document; by its code where it has a proper one."""
    code = raw.get("code") if isinstance(raw, dict) else None
    return f"outcomes.{code}" if isinstance(code, str) and CODE.fullmatch(code) else f"outcomes[{number}]"


def _label(problems: Problems, value: object, place: str) -> Text:
    labels = ObjectReader({"zh": text(LONGEST_LABEL), "en": text(LONGEST_LABEL)})(problems, value, place)
    for label in labels.values():
        if "\n" in label or label != label.strip():
            problems.add(
                place,
                Text("写成一行，前后不留空格。", "Write it on one line, without spaces before or after."),
            )
    return Text(labels["zh"], labels["en"])


def _delay(final: bool) -> Reader:
    """Minutes until the next try; nothing after a final outcome."""
    if not final:
        message = Text(
            f"写明多少分钟后再试，0 到 {LONGEST_DELAY}（30 天）之间的整数。",
            f"Say after how many minutes to try again: a whole number from 0 to {LONGEST_DELAY} (30 days).",
        )
        return whole_number(0, LONGEST_DELAY, message)
    return _no_delay


def _no_delay(problems: Problems, value: object, place: str) -> None:
    if value not in (ABSENT, None):
        problems.add(
            place,
            Text(
                "最终结果之后不再联系，不能有间隔。", "Nobody is contacted after a final outcome: it can have no delay."
            ),
        )


CODE_MESSAGE = Text(
    "一两个大写字母，后面最多两位数字，例如 NC1。",
    "One or two capital letters and at most two digits after them, for example NC1.",
)
OUTCOME = ObjectReader(
    {
        "code": text(4, CODE, CODE_MESSAGE),
        "label": _label,
        **dict.fromkeys(FLAGS, default(flag(), False)),
        "final": flag(),
        "group": one_of(GROUPS),
        "aapor": one_of(LETTERS),
        "delay": DependentReader(lambda read: _delay(read["final"])),
        "retries": optional(whole_number(1, MOST_RETRIES)),
        "hand": default(flag(), True),
    }
)


def _outcome(problems: Problems, raw: object, place: str) -> Outcome:
    read = OUTCOME(problems, raw, place)
    outcome = Outcome(**read)
    _consistent(problems, outcome, place)
    return outcome


def _all_different(problems: Problems, outcomes: list[Outcome]) -> None:
    for values, name in (
        ([outcome.code for outcome in outcomes], Text("代码", "The code")),
        ([outcome.label.zh for outcome in outcomes], Text("名称", "The Chinese name")),
        ([outcome.label.en for outcome in outcomes], Text("英文名称", "The English name")),
    ):
        refuse_repeated(problems, values, "outcomes", name)


def _structural(problems: Problems, outcomes: list[Outcome]) -> None:
    """Problems of the codes that the application gives by itself: missing, or with properties it does not expect."""
    by_code = {outcome.code: outcome for outcome in outcomes}
    for code, letter in STRUCTURAL.items():
        outcome = by_code.get(code)
        if outcome is None:
            problems.add(
                "outcomes", Text(f"缺少「{code}」，系统要用它。", f'"{code}" is missing; the system needs it.')
            )
        elif outcome.aapor != letter:
            problems.add(
                f"outcomes.{code}.aapor",
                Text(f"「{code}」必须是 {letter} 类。", f'"{code}" must be of the class {letter}.'),
            )
    for code, name, wrong, message in STRUCTURAL_RULES:
        if (outcome := by_code.get(code)) and wrong(outcome):
            problems.add(f"outcomes.{code}.{name}", message)


# A code, the field that is reported, when it is wrong, and the message.
STRUCTURAL_RULES: tuple[tuple[str, str, Callable[[Outcome], bool], Text], ...] = (
    (
        "R1",
        "final",
        lambda hard: not (hard.final and hard.hand),
        Text(
            "本人拒访必须是最终结果，并且可以登记：法律不许反复询问。",
            "A refusal by the person must be final and open to interviewers: the law forbids asking again and again.",
        ),
    ),
    (
        "NC4",
        "appointment",
        lambda agreed: not (agreed.appointment and not agreed.final and agreed.hand),
        Text(
            "约了时间必须不是最终结果，可以登记，并且写明约定的时间。",
            "An appointment must not be final, must be open to interviewers, and must state the time agreed.",
        ),
    ),
    (
        "U3",
        "visit",
        lambda silent: silent.final or not silent.visit,
        Text(
            "没有电话的人必须改走访，不能就此结案。",
            "People without a telephone must be visited; their case cannot be closed for that.",
        ),
    ),
)


def _consistent(problems: Problems, outcome: Outcome, place: str) -> None:
    """Problems of properties that contradict each other, or the law."""
    if outcome.final:
        for name in OPEN_ONLY:
            if getattr(outcome, name):
                problems.add(inside(place, name), NOT_AFTER_FINAL)
    for name, wrong, message in CONSISTENT:
        if wrong(outcome):
            problems.add(inside(place, name), message)


NOT_AFTER_FINAL = Text(
    "最终结果之后不再联系，这一项不能选。", "Nobody is contacted after a final outcome: this cannot be chosen."
)
# The field that is reported, when it is wrong, and the message.
CONSISTENT: tuple[tuple[str, Callable[[Outcome], bool], Text], ...] = (
    (
        "retries",
        lambda outcome: outcome.final and outcome.retries is not None,
        Text(
            "最终结果之后不再联系，不能再试。", "Nobody is contacted after a final outcome: it cannot be tried again."
        ),
    ),
    (
        "final",
        lambda outcome: outcome.aapor in ("I", "X") and not outcome.final,
        Text("完成的访问必须是最终结果。", "A completed interview must be a final outcome."),
    ),
    (
        "hand",
        lambda outcome: outcome.aapor in ("I", "X") and outcome.hand,
        Text(
            "完成的访问来自答卷，不能手工登记。",
            "A completed interview comes from a response and cannot be recorded by hand.",
        ),
    ),
    (
        "during_interview",
        lambda outcome: outcome.during_interview and not outcome.hand,
        Text(
            "不能手工登记的结果，不能选这一项。",
            "This cannot be chosen for an outcome that cannot be recorded by hand.",
        ),
    ),
    (
        "retries",
        lambda outcome: (
            outcome.aapor == "R" and not outcome.final and not (outcome.another_interviewer and outcome.retries == 1)
        ),
        Text(
            "拒绝之后最多由另一位访问员再试一次：法律不许反复询问。",
            "After a refusal another interviewer may try once more at most: the law forbids asking again and again.",
        ),
    ),
)
