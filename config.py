"""Settings, one class per environment, each read from environment variables.

Without its secrets the application does not start: no key has a default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"


class MissingSetting(RuntimeError):
    """An environment variable without which the application must not start."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not set. `make run` writes a .env with fresh secrets; in production set it yourself."
        )


def database_url(url: str | None) -> str:
    """The URL for SQLAlchemy, with the driver named; the SQLite file in instance/ when no URL is given."""
    if not url:
        INSTANCE.mkdir(exist_ok=True)
        return f"sqlite:///{INSTANCE / 'evaluation.sqlite3'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


class UnknownSetting(RuntimeError):
    """An environment variable whose value is none of those it may have."""

    def __init__(self, name: str, value: str, known: Sequence[str]) -> None:
        super().__init__(f"{name} is {value}; there are: {', '.join(known)}")


class Config:
    """Production: everything from the environment, cookies only over HTTPS unless told otherwise."""

    DEBUG = False
    TESTING = False
    STYLEGUIDE = False

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        env = os.environ if environment is None else environment
        self._env = env
        self.SECRET_KEY = self._secret("SECRET_KEY")
        self.FIELD_KEYS = self._secret("FIELD_KEYS")
        self.INDEX_KEY = self._secret("INDEX_KEY")
        self.SECURITY_PASSWORD_SALT = self._secret("PASSWORD_SALT")
        self.SQLALCHEMY_ENGINES = {"default": database_url(env.get("DATABASE_URL"))}
        self.RATELIMIT_STORAGE_URI = env.get("RATELIMIT_STORAGE_URI", "memory://")
        self.SESSION_COOKIE_SECURE = env.get("COOKIES_OVER_HTTP") != "1"
        self.PUBLIC_URL = env.get("PUBLIC_URL", "").rstrip("/")
        self.TRUSTED_PROXIES = int(env.get("TRUSTED_PROXIES", "0"))
        self.DIALLER = env.get("DIALLER", "tel")
        self.CLI_LANGUAGE = self._language("CLI_LANGUAGE")

    def _secret(self, name: str) -> str:
        value = self._env.get(name, "")
        if not value:
            raise MissingSetting(name)
        return value

    def _language(self, name: str) -> str:
        value = self._env.get(name) or self.BABEL_DEFAULT_LOCALE
        if value not in self.LANGUAGES:
            raise UnknownSetting(name, value, self.LANGUAGES)
        return value

    # Requests: a ledger of 20,000 rows is about 2 MB; the limit is twelve times that.
    MAX_CONTENT_LENGTH = 24 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 1024 * 1024
    LARGEST_FORM = 512 * 1024
    LEDGER_MAX_ROWS = 60_000

    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
    WTF_CSRF_TIME_LIMIT = None  # a form may stay open through a long interview

    BABEL_DEFAULT_LOCALE = "zh_Hans_CN"
    BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
    LANGUAGES = ("zh_Hans_CN", "en")

    RATELIMIT_HEADERS_ENABLED = False
    LOGIN_LIMIT = "10 per minute"
    TOKEN_LIMIT = "60 per minute"  # noqa: S105 - a rate, not a secret
    REVEAL_LIMIT = "60 per hour"

    SECURITY_PASSWORD_HASH = "argon2"  # noqa: S105 - the name of the algorithm
    SECURITY_RETURN_GENERIC_RESPONSES = True
    SECURITY_CHANGEABLE = True
    SECURITY_VERIFY_URL = "/confirm-password"  # /verify is where anyone re-checks a draw
    SECURITY_SEND_PASSWORD_CHANGE_EMAIL = False
    SECURITY_USER_IDENTITY_ATTRIBUTES = ({"username": {"mapper": str.strip, "case_insensitive": True}},)
    SECURITY_POST_LOGIN_VIEW = "/"
    SECURITY_POST_LOGOUT_VIEW = "/"
    SECURITY_LOGOUT_METHODS = ("POST",)
    SECURITY_FLASH_MESSAGES = True
    SECURITY_USE_VERIFY_PASSWORD_CACHE = False
    REMEMBER_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"

    def as_mapping(self) -> dict[str, Any]:
        """The upper-case settings, as Flask's config takes them."""
        return {name: getattr(self, name) for name in dir(self) if name.isupper()}


class Development(Config):
    """`make run`: plain HTTP on this machine, the style guide switched on."""

    STYLEGUIDE = True


class Testing(Config):
    """Tests: no rate limit and cheap password hashing, otherwise the same code."""

    TESTING = True
    STYLEGUIDE = True
    RATELIMIT_ENABLED = False
    SECURITY_PASSWORD_HASH = "plaintext"  # noqa: S105 - argon2 takes 0.2 s a user; its use is tested apart
    SECURITY_PASSWORD_SCHEMES = ("plaintext", "argon2")


ENVIRONMENTS: dict[str, type[Config]] = {
    "production": Config,
    "development": Development,
    "testing": Testing,
}


def from_environment(environment: Mapping[str, str] | None = None) -> Config:
    """The configuration that APP_ENV names; production when it names none."""
    env = os.environ if environment is None else environment
    name = env.get("APP_ENV", "production")
    if name not in ENVIRONMENTS:
        raise MissingSetting(f"APP_ENV ({', '.join(ENVIRONMENTS)})")
    return ENVIRONMENTS[name](env)
