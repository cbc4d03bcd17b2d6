"""Pages that take words and choices, never files, read a small body only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

# The longest questionnaire, with every open text filled to its end in Chinese, is a tenth of this.
LARGEST = 512 * 1024


def _limit(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # MAX_FORM_MEMORY_SIZE covers multipart bodies alone; an urlencoded one would be read up to MAX_CONTENT_LENGTH.
    request.max_content_length = LARGEST


def take_small_forms_only(blueprint: Blueprint) -> None:
    """Refuse a larger body with 413, ahead of whatever reads the form first, the CSRF check included."""
    blueprint.url_value_preprocessor(_limit)
