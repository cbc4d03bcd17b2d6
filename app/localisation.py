"""Language, time zone and number formats of the pages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from flask import Flask, current_app, request, session
from flask_babel import format_datetime, get_locale

from app.clock import local
from app.extensions import babel
from sampling.text import Text
from surveys.rounding import half_up

HTML_LANGUAGE = {"zh_Hans_CN": "zh-Hans-CN", "en": "en"}


def select_locale() -> str:
    """The language the visitor chose, else Chinese; Accept-Language is ignored: respondents are in Guangzhou.

    Outside a request, that is for a command, the language of the setting CLI_LANGUAGE.
    """
    if not request:
        return str(current_app.config["CLI_LANGUAGE"])
    chosen = session.get("language")
    known = chosen in current_app.config["LANGUAGES"]
    return str(chosen if known else current_app.config["BABEL_DEFAULT_LOCALE"])


def to_visitor(text: Text) -> str:
    """A text of the pure libraries in the language of the visitor or of the command line."""
    return text.in_language(select_locale())


def _shown(value: object) -> object:
    """Jinja's finalize hook: a Text becomes a string in the visitor's language, anything else stays as it is."""
    return to_visitor(value) if isinstance(value, Text) else value


def iso_moment(text: str) -> str:
    """A time as certificates state it, in local time; a text that is no time stays as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return local(at).strftime("%Y-%m-%d %H:%M") if at.tzinfo else text


def moment(value: datetime) -> str:
    """A moment with its day, in local time."""
    return str(format_datetime(value, "yyyy-MM-dd HH:mm"))


def clock(value: datetime) -> str:
    """The time of a moment, in local time."""
    return local(value).strftime("%H:%M")


def percent(share: Fraction | Decimal | float, places: int = 1) -> str:
    """A share in per cent."""
    hundredfold = share * 100
    return f"{half_up(Decimal(hundredfold) if isinstance(hundredfold, float) else hundredfold, places)}%"


def init_localisation(app: Flask) -> None:
    """Bind Flask-Babel and give templates the language and local times."""
    babel.init_app(app, locale_selector=select_locale)

    @app.context_processor
    def language() -> dict[str, object]:
        return {
            "html_language": HTML_LANGUAGE.get(str(get_locale()), "zh-Hans-CN"),
            "language": select_locale(),
        }

    app.jinja_env.finalize = _shown
    app.jinja_env.filters["in_words"] = to_visitor
    app.jinja_env.filters["percent"] = percent
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["iso_moment"] = iso_moment
    app.jinja_env.filters["clock"] = clock
    app.jinja_env.filters["clock_seconds"] = lambda value: local(value).strftime("%H:%M:%S")
