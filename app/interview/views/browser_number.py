"""A random number in the browser of a person who agreed to answer, for the rule about many answers from one device.

Why and for how long: docs/decisions.md, record 28.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from flask import current_app, make_response, request
from werkzeug.wrappers import Response as BaseResponse

from app.shared.views import Page

COOKIE, NUMBER_BYTES, KEPT_FOR = "browser", 16, timedelta(days=90)


def with_browser_number(page: Page, path: str) -> BaseResponse:
    """The response of a page, with the cookie of a random number set where this browser has none."""
    response = make_response(page)
    if not browser_number():
        response.set_cookie(
            COOKIE,
            secrets.token_hex(NUMBER_BYTES),
            max_age=KEPT_FOR,
            path=path,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def browser_number() -> str:
    """The number of this browser; empty where it has none, or one not of this form."""
    given = request.cookies.get(COOKIE, "")
    return given if re.fullmatch(rf"[0-9a-f]{{{2 * NUMBER_BYTES}}}", given) else ""
