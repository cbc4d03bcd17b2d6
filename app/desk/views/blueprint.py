"""What the pages of the desk share: the blueprint, the rate limit for revealing names, the identification of a case."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from flask_security import current_user

from app.cases.queries import case_code
from app.extensions import limiter
from app.models import Case

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


def _reveal_rate() -> str:
    rate: str = current_app.config["REVEAL_LIMIT"]
    return rate


def _who() -> str:
    return f"user {current_user.id}"


def _not_a_reveal() -> bool:
    """The interview form has a reveal button among others; only pressing that one counts."""
    return request.endpoint == "desk.interview" and request.form.get("go") != "reveal"


# One rate limit for all views that reveal a name, counted per interviewer and not per network address.
slow_reveals = limiter.shared_limit(
    _reveal_rate, scope="reveal", key_func=_who, methods=["POST"], exempt_when=_not_a_reveal
)


def identity(case: Case) -> dict[str, object]:
    """The template variables of every page of a case: the case, its code and its evaluation."""
    return {
        "case": case,
        "code": case_code(case.stratum, case.queue, case.position),
        "evaluation": case.draw.evaluation,
    }
