"""Soft checks of an interview: sentences that ask whether an unusual answer is meant.

None of them stops an interview. The interviewer reads the sentence aloud, or answers it themselves where it is about
what they observed, and confirms the answer or changes it; confirmations are stored under the code of the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sampling.text import Text
from surveys.indicators import Indicators, measure
from surveys.questionnaire import Questionnaire

# Points out of a hundred.
OVERALL_APART, DIRECT_APART = 40, 30
# Equal answers given faster than this on average are asked about. Milliseconds for a question.
HURRIED = 2_000
FEWEST_ALIKE = 4
# The ticks of an interview (self, family, staff, prompted), as far as they were touched.
SELF, FAMILY, STAFF, PROMPTED = TICKS = ("self", "family", "staff", "prompted")


@dataclass(frozen=True)
class Check:
    """One thing to ask about: its code, the sentence, whether it is read aloud, and where to change the answer.

    `questions` are ids of questions, the first the likeliest to be changed.
    """

    code: str
    text: Text
    aloud: bool
    questions: tuple[str, ...]


@dataclass(frozen=True)
class CheckedInterview:
    """The answers of an interview, with what the checks need of it."""

    questionnaire: Questionnaire
    answers: Mapping[str, Any]
    indicators: Indicators
    ticks: Mapping[str, bool]
    milliseconds: Mapping[str, int]

    def points(self) -> dict[str, int]:
        """The points of each item of the index that was answered."""
        scores = {
            name: next((o.score for o in self.questionnaire.question(name).options if o.code == code), None)
            for name in self.questionnaire.measures.items
            if (code := self.answers.get(name)) is not None
        }
        return {name: score for name, score in scores.items() if score is not None}


def soft_checks(
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    ticks: Mapping[str, bool],
    milliseconds: Mapping[str, int] | None = None,
) -> tuple[Check, ...]:
    """What to ask about before the interview is stored, from checked answers; nothing where consent was refused."""
    interview = CheckedInterview(questionnaire, answers, measure(questionnaire, answers), ticks, milliseconds or {})
    if not interview.indicators.consented:
        return ()
    return tuple(check for rule in RULES.values() for check in rule(interview))


def _overall(interview: CheckedInterview) -> Iterator[Check]:
    points, overall = interview.points(), interview.questionnaire.measures.overall
    others = [score for name, score in points.items() if name != overall]
    if not others or overall not in points:
        return
    apart = points[overall] - Fraction(sum(others), len(others))
    if abs(apart) < OVERALL_APART:
        return
    higher = apart > 0
    yield Check(
        "overall",
        Text(
            "您总的评价比前面几项高不少，我再核对一下：总的来说，您对社工站满意吗？"
            if higher
            else "您总的评价比前面几项低不少，我再核对一下：总的来说，您对社工站满意吗？",
            "Your overall answer is much better than those before it. May I check: are you satisfied on the whole?"
            if higher
            else "Your overall answer is much worse than those before it. May I check: are you satisfied on the whole?",
            "你总嘅评价比前面几样高好多，我再核对下：总嘅嚟讲，你对社工站满唔满意？"
            if higher
            else "你总嘅评价比前面几样低好多，我再核对下：总嘅嚟讲，你对社工站满唔满意？",
        ),
        True,
        (overall,),
    )


def _direct(interview: CheckedInterview) -> Iterator[Check]:
    name, points, index = (
        interview.questionnaire.measures.direct,
        interview.indicators.direct,
        interview.indicators.index,
    )
    if name is None or points is None or index is None or abs(points - index) < DIRECT_APART:
        return
    yield Check(
        "direct",
        Text(
            f"您打了 {points} 分，和前面的回答差得比较多。满分一百分，您是打 {points} 分吗？",
            f"You gave {points} points, which differs from your other answers. "
            f"Out of a hundred, is it {points} that you mean?",
            f"你打咗 {points} 分，同前面嘅回答差得几多。满分一百分，你系咪打 {points} 分？",
        ),
        True,
        (name, interview.questionnaire.measures.overall),
    )


def _contact(interview: CheckedInterview) -> Iterator[Check]:
    rules = interview.questionnaire.measures
    staff = rules.facts["staff"]
    if not interview.indicators.never_served or interview.answers.get(staff) not in rules.known_unaided:
        return
    yield Check(
        "contact",
        Text(
            "您说最近一年社工没有联系过您，又说得出社工是谁。最近一年，社工真的没有联系过您吗？",
            "You said no social worker was in touch in the last year, yet you know one by name. "
            "Was there really no contact in the last year?",
            "你话最近一年社工冇联络过你，又讲得出社工系边个。最近一年，社工真系冇联络过你？",
        ),
        True,
        (rules.never_served[0], staff),
    )


def _self(interview: CheckedInterview) -> Iterator[Check]:
    person = interview.questionnaire.measures.proxy[0]
    ticked = interview.ticks.get(SELF)
    if ticked is None or person not in interview.answers or ticked != interview.indicators.proxy:
        return
    yield Check(
        "self",
        Text(
            f"{person} 记的是代答，这里却选了本人回答。到底是谁回答的？"
            if ticked
            else f"{person} 记的是本人，这里却选了不是本人回答。到底是谁回答的？",
            f"{person} says somebody answered on the person's behalf, the tick says the person did. Who answered?"
            if ticked
            else f"{person} says the person answered, the tick says otherwise. Who answered?",
        ),
        False,
        (person,),
    )


def _staff(interview: CheckedInterview) -> Iterator[Check]:
    question = interview.questionnaire.measures.staff_present[0]
    ticked, answered = interview.ticks.get(STAFF), interview.indicators.staff_present
    if ticked is None or answered is None or ticked == answered:
        return
    yield Check(
        "staff",
        Text(
            f"{question} 和「有社工在场」说的不一样。旁边到底有没有社工或村居工作人员？",
            f"{question} and the tick disagree. Was a social worker or village official present?",
        ),
        False,
        (question,),
    )


def _alike(interview: CheckedInterview) -> Iterator[Check]:
    points = interview.points()
    times = [interview.milliseconds[name] for name in points if interview.milliseconds.get(name)]
    if len(points) < FEWEST_ALIKE or len(set(points.values())) > 1 or len(times) < len(points):
        return
    if Fraction(sum(times), len(times)) >= HURRIED:
        return
    yield Check(
        "alike",
        Text(
            "满意度各题的回答都一样，而且很快。每一题都念过、也都答过吗？",
            "All satisfaction answers are alike, and came very fast. Was every question read out and answered?",
        ),
        False,
        tuple(points),
    )


# By the code of the check each may make.
RULES: Mapping[str, Callable[[CheckedInterview], Iterator[Check]]] = {
    "overall": _overall,
    "direct": _direct,
    "contact": _contact,
    "self": _self,
    "staff": _staff,
    "alike": _alike,
}
