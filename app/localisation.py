"""Language, time zone and number formats of the pages."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, current_app, request, session
from flask_babel import format_datetime, get_locale

from app.clock import local
from app.extensions import babel
from sampling.text import Text
from surveys.rounding import half_up

HTML_LANGUAGE = {"zh_Hans_CN": "zh-Hans-CN", "en": "en"}


def select_locale() -> str:
    """What the visitor chose; else Chinese, whatever the browser says: the people asked are in Guangzhou."""
    chosen = session.get("language") if request else None
    known = chosen in current_app.config["LANGUAGES"]
    return str(chosen if known else current_app.config["BABEL_DEFAULT_LOCALE"])


def to_visitor(text: Text) -> str:
    """A text of the pure libraries in the visitor's language; on the command line in Chinese."""
    return text.in_language(select_locale())


def _shown(value: object) -> object:
    """What a template puts out: texts in the visitor's language, everything else as it is."""
    return to_visitor(value) if isinstance(value, Text) else value


def _iso_moment(text: str) -> str:
    """A time as certificates state it, in local time; a text that is no time stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return local(moment).strftime("%Y-%m-%d %H:%M") if moment.tzinfo else text


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
    app.jinja_env.filters["percent"] = lambda share, places=1: f"{half_up(share * 100, places)}%"
    app.jinja_env.filters["moment"] = lambda value: format_datetime(value, "yyyy-MM-dd HH:mm")
    app.jinja_env.filters["iso_moment"] = _iso_moment
    app.jinja_env.filters["clock"] = lambda value: local(value).strftime("%H:%M")
    app.jinja_env.filters["clock_seconds"] = lambda value: local(value).strftime("%H:%M:%S")
