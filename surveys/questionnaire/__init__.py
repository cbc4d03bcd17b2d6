"""The questionnaire: a versioned, immutable document, the conditions in it, and checking answers against it."""

from sampling.text import Text
from surveys.problems import InvalidDocument, Problem
from surveys.questionnaire.answers import AnswerProblem, Checked, applicable, check_answers, fitting
from surveys.questionnaire.library import available, load
from surveys.questionnaire.model import Measures, Option, Question, Questionnaire, Section
from surveys.questionnaire.parsing import parse

__all__ = [
    "AnswerProblem",
    "Checked",
    "InvalidDocument",
    "Measures",
    "Option",
    "Problem",
    "Question",
    "Questionnaire",
    "Section",
    "Text",
    "applicable",
    "available",
    "check_answers",
    "fitting",
    "load",
    "parse",
]
