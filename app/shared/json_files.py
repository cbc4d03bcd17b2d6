"""JSON that people hand over: a certificate, a questionnaire, a scheme."""

from __future__ import annotations

import json
from typing import Any


def read_json(data: str | bytes) -> Any:
    """The value of a JSON text; raises ValueError, and nothing else, for anything that is none.

    Half a surrogate pair and NaN pass Python's parser: neither can be shown, stored or digested everywhere.
    """
    try:
        value = json.loads(data, parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no JSON")
