"""What the pages of the desk share: the blueprint, the allowance for opening names, how a case is called."""

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
    """The interview form carries a reveal button among others; only that one is counted."""
    return request.endpoint == "desk.interview" and request.form.get("go") != "reveal"


# One allowance for every place a name can be opened at, counted per interviewer wherever they sit.
slow_reveals = limiter.shared_limit(
    _reveal_rate, scope="reveal", key_func=_who, methods=["POST"], exempt_when=_not_a_reveal
)


def identity(case: Case) -> dict[str, object]:
    """What every page of a case shows: the case, what people call it, its evaluation."""
    return {
        "case": case,
        "code": case_code(case.stratum, case.queue, case.position),
        "evaluation": case.draw.evaluation,
    }
