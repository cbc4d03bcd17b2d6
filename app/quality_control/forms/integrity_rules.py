"""The form of the integrity rules; each problem of the document is shown at its field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, StringField

from app.localisation import to_visitor
from app.quality_control.labels import INTEGRITY_SEVERITIES, INTEGRITY_THRESHOLDS
from app.shared.forms import WholeField, choices
from sampling.text import Text
from surveys.integrity import IntegrityRule, IntegritySettings
from surveys.integrity.rules import KINDS, Threshold
from surveys.problems import Problem

# The messages of surveys.integrity.settings, in both languages.
SENTENCES = {
    r"应为 (?P<a>[\d.]+) 到 (?P<b>[\d.]+) 之间的整数。": _l("请填 %(a)s 到 %(b)s 之间的整数。"),
    r"应为 (?P<a>[\d.]+) 到 (?P<b>[\d.]+) 之间的数，最多四位小数。": _l("请填 %(a)s 到 %(b)s 之间的数，最多四位小数。"),
    r"应为 look 或 back_check。": _l("请选一项。"),
}


class RulesForm(FlaskForm):  # type: ignore[misc]
    """All rules; the fields of a rule are named after its code."""

    settings: IntegritySettings
    form_errors: list[str]

    @classmethod
    def of(cls, settings: IntegritySettings) -> RulesForm:
        """The form for these rules, filled with what is set."""
        fields: dict[str, Any] = {}
        for setting in settings.rules:
            code = setting.rule.code
            fields[f"{code}-on"] = BooleanField(_l("使用这条规则"), default=setting.on)
            fields[f"{code}-severity"] = RadioField(
                _l("看到了怎么办"),
                choices=choices((name, str(words)) for name, words in INTEGRITY_SEVERITIES.items()),
                default=setting.rule.severity,
                validate_choice=False,
            )
            for name, value in setting.rule.thresholds.items():
                whole = KINDS[setting.rule.kind].thresholds[name].whole
                kind, default = (WholeField, int(value)) if whole else (StringField, f"{value.normalize():f}")
                fields[f"{code}-{name}"] = kind(INTEGRITY_THRESHOLDS[name][0], default=default)
        form: RulesForm = type("FilledRulesForm", (cls,), fields)()
        form.settings = settings
        return form

    def body(self) -> dict[str, Any]:
        """What was typed, as the document of settings; unreadable input is passed on, for the parser to report."""
        rules = {setting.rule.code: self._rule_document(setting.rule) for setting in self.settings.rules}
        return {"document": self.settings.document, "version": self.settings.version, "rules": rules}

    def _rule_document(self, rule: IntegrityRule) -> dict[str, Any]:
        thresholds = {name: self[f"{rule.code}-{name}"].data for name in rule.thresholds}
        plain = {
            name: unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value
            for name, value in thresholds.items()
        }
        return {
            "on": self[f"{rule.code}-on"].data,
            "severity": self[f"{rule.code}-severity"].data,
            "thresholds": plain,
        }

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Show each problem at its field."""
        for problem in problems:
            field = self._fields.get(problem.place.replace(".", "-"))
            text = in_words(problem.message)
            if field is None:
                self.form_errors = [*self.form_errors, text]
            else:
                field.errors = [*field.errors, text]

    def thresholds(self, rule: IntegrityRule) -> list[tuple[Field, Any, Threshold]]:
        """The fields of a rule's thresholds, each with its unit and its bounds."""
        bounds = KINDS[rule.kind].thresholds
        return [(self[f"{rule.code}-{name}"], INTEGRITY_THRESHOLDS[name][1], bounds[name]) for name in rule.thresholds]


def in_words(message: Text) -> str:
    """The message of a problem in the language of the page."""
    for pattern, sentence in SENTENCES.items():
        if match := re.fullmatch(pattern, message.zh):
            return str(sentence) % match.groupdict()
    return to_visitor(message)
