"""The script an interviewer reads from: the texts of a questionnaire in one mode and language.

A published document never changes, so scripts are cached by the document's digest, mode and language.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass

from flask_babel import get_locale
from flask_babel import gettext as _

from app.interview.kinds import control_of
from app.shared.cache import BoundedCache
from app.shared.labels import listed
from sampling.text import Text
from surveys.questionnaire import Question, Questionnaire
from surveys.questionnaire.conditions import All, Answered, Any_, Before, Below, Condition, In, Not
from surveys.questionnaire.kinds.date import full_day_in_words

KEYS = 9

_scripts: BoundedCache[tuple[str, str, str, str], tuple[ScriptSection, ...]] = BoundedCache(most=256)


@dataclass(frozen=True)
class ScriptQuestion:
    """One question of the script: its texts, when it is asked (as JSON and in words), and its options.

    An option is its place from 0, its number key (0 for none), its code and its label. `grouped`: several controls
    under one legend.
    """

    id: str
    kind: str
    grouped: bool
    text: str
    yue: str
    note: str
    two_step: str
    two_step_yue: str
    when: str
    when_words: str
    options: tuple[tuple[int, int, str, str], ...]


@dataclass(frozen=True)
class ScriptSection:
    """Questions under one title."""

    id: str
    title: str
    questions: tuple[ScriptQuestion, ...]


def interview_script(questionnaire: Questionnaire, mode: str, language: str) -> tuple[ScriptSection, ...]:
    """The sections with the questions asked in a mode, in the visitor's language."""
    # The conditions are put into words by gettext, which goes by the request: it is part of the key as well.
    key = (questionnaire.digest, mode, language, str(get_locale()))
    return _scripts.get(key, lambda: _sections_of(questionnaire, mode, language))


def _sections_of(questionnaire: Questionnaire, mode: str, language: str) -> tuple[ScriptSection, ...]:
    return tuple(
        ScriptSection(
            section.id,
            section.title.in_language(language),
            tuple(_question(q, questionnaire, mode, language) for q in section.questions if mode in q.modes),
        )
        for section in questionnaire.sections
    )


def _question(question: Question, questionnaire: Questionnaire, mode: str, language: str) -> ScriptQuestion:
    def words(text: Text | None) -> str:
        return text.in_language(language) if text else ""

    wording, steps, when = question.wording(mode), question.two_step, question.when
    return ScriptQuestion(
        id=question.id,
        kind=question.kind,
        grouped=control_of(question).grouped,
        text=words(wording),
        yue=wording.yue,
        note=words(question.note),
        two_step=words(steps),
        two_step_yue=steps.yue if steps else "",
        when="" if when is None else json.dumps(when.to_json(), separators=(",", ":")),
        when_words=""
        if when is None
        else _("只在这时问：%(condition)s", condition=in_words(when, questionnaire, language)),
        options=tuple(
            (place, place + 1 if place < KEYS else 0, option.code, words(option.label))
            for place, option in enumerate(question.options_in(mode))
        ),
    )


def in_words(condition: Condition, questionnaire: Questionnaire, language: str) -> str:
    """A condition in words, for pages where no script hides what does not apply: S3 答「有」「说不清」."""
    if isinstance(condition, In):
        return str(
            _(
                "%(question)s 答%(options)s",
                question=condition.question,
                options=_options(condition, questionnaire, language),
            )
        )
    if isinstance(condition, Below):
        return str(_("%(question)s 低于 %(limit)s", question=condition.question, limit=condition.limit))
    if isinstance(condition, Before):
        day = full_day_in_words(condition.day).in_language(language)
        return str(_("%(question)s 早于 %(day)s", question=condition.question, day=day))
    if isinstance(condition, Answered):
        if condition.expected:
            return str(_("%(question)s 有回答", question=condition.question))
        return str(_("%(question)s 没有回答", question=condition.question))
    if isinstance(condition, Not):
        return _negated(condition, questionnaire, language)
    if isinstance(condition, All):
        return str(_("，并且 ").join(in_words(part, questionnaire, language) for part in condition.parts))
    return str(_("，或 ")).join(_alternatives(condition, questionnaire, language))


def _options(condition: In, questionnaire: Questionnaire, language: str) -> str:
    options = questionnaire.question(condition.question).options
    return "".join(
        str(_("「%(option)s」", option=o.label.in_language(language))) for o in options if o.code in condition.codes
    )


def _negated(condition: Not, questionnaire: Questionnaire, language: str) -> str:
    inner = condition.part
    if isinstance(inner, In):
        options = _options(inner, questionnaire, language)
        return str(_("%(question)s 答的不是%(options)s", question=inner.question, options=options))
    return str(_("不是「%(inner)s」", inner=in_words(inner, questionnaire, language)))


def _alternatives(condition: Any_, questionnaire: Questionnaire, language: str) -> list[str]:
    """The alternatives in words; questions with the same options are joined: B1、B2、B3 中有一题答「不太满意」."""
    questions_by_options: dict[str, list[str]] = defaultdict(list)
    others: list[str] = []
    for part in condition.parts:
        if isinstance(part, In):
            questions_by_options[_options(part, questionnaire, language)].append(part.question)
        else:
            others.append(in_words(part, questionnaire, language))
    clauses = [
        _("%(questions)s 中有一题答%(options)s", questions=listed(names), options=options)
        if len(names) > 1
        else _("%(question)s 答%(options)s", question=names[0], options=options)
        for options, names in questions_by_options.items()
    ]
    return clauses + others
