"""One question per screen without scripts: which one comes next, computed from the answers carried in the page.

Nothing is stored on the server until the end. A question is done when it was answered or skipped; the next screen is
the first question that applies and is not done. So after going back and changing an answer, the next screen is a
question that newly applies, or the last screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sampling.text import Text
from surveys.questionnaire import Question, Questionnaire, applicable, check_answers
from surveys.questionnaire.kinds import Answer, kind_of

MODE = "web"
# The label of an option equal to the button 「不想回答」; the button then sends the code of that option.
DECLINE = "不想回答"


@dataclass(frozen=True)
class QuestionnaireProgress:
    """How far a beneficiary has come: the answers that apply, the questions skipped, and the problems of answers."""

    questionnaire: Questionnaire
    answers: Mapping[str, Answer]
    skipped: frozenset[str]
    problems: Mapping[str, Text]

    @classmethod
    def of(
        cls, questionnaire: Questionnaire, given: Mapping[str, object], skipped: Iterable[str] = ()
    ) -> QuestionnaireProgress:
        """From the answers carried in the page; those that no longer apply are dropped."""
        checked = check_answers(questionnaire, given, MODE)
        passed = frozenset(skipped) - checked.answers.keys()
        return cls(questionnaire, checked.answers, passed, {p.question: p.message for p in checked.problems})

    @property
    def path(self) -> tuple[Question, ...]:
        """The questions that apply so far, in order."""
        return applicable(self.questionnaire, self.answers, MODE)

    @property
    def refused(self) -> bool:
        """Whether consent was refused."""
        question, code = self.questionnaire.measures.consent
        return question in self.answers and self.answers[question] != code

    @property
    def agreed(self) -> bool:
        """Whether consent was given."""
        question, code = self.questionnaire.measures.consent
        return self.answers.get(question) == code

    def done(self, question: Question) -> bool:
        """Whether a question needs no screen any more."""
        if question.id in self.answers:
            return True
        return question.id in self.skipped and MODE not in question.required

    def next(self) -> Question | None:
        """The first question that is not done; None at the end."""
        return next((question for question in self.path if not self.done(question)), None)

    def before(self, question: Question | None) -> Question | None:
        """The question before this one on the path (None before the first); given None, the last one."""
        if question is None:
            return self.path[-1] if self.path else None
        ahead = [q for q in self.path if self._order(q) < self._order(question)]
        return ahead[-1] if ahead else None

    def place(self, question: Question) -> tuple[int, int]:
        """The number of a question and the estimated number of questions; consent is not counted."""
        likely = [q for q in self._likely_path() if q.id != self.questionnaire.measures.consent[0]]
        number = sum(self._order(q) < self._order(question) for q in likely) + 1
        return number, max(len(likely), number)

    def _likely_path(self) -> list[Question]:
        """The path if each unanswered question got the likely answer of its kind: first option, highest number.

        An estimate, labelled so on the screen; it becomes exact as answers come in.
        """
        answers: dict[str, Answer] = dict(self.answers)
        path: list[Question] = []
        for question in self.questionnaire.questions:
            if MODE not in question.modes or (question.when is not None and not question.when.holds(answers)):
                continue
            path.append(question)
            if question.id in answers or question.id in self.skipped:
                continue
            likely = kind_of(question).likely(question, MODE)
            if likely is not None:
                answers[question.id] = likely
        return path

    def _order(self, question: Question) -> int:
        return self.questionnaire.questions.index(question)


def declining_code(question: Question) -> str | None:
    """The code of the option that declines to answer; None where the question has none."""
    return next((o.code for o in question.options_in(MODE) if o.label.zh == DECLINE), None)
