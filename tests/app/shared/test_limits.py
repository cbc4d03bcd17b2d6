"""The longest text that forms and commands accept fits its column."""

from __future__ import annotations

import pytest
from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from app.models import AnswerKey, Ceremony, Draw, Exclusion, MinorOpening, Recusal, ScoreOverride, VoidRequest
from app.shared.limits import LONGEST_ANSWER_KEY, LONGEST_REASON, LONGEST_SHORT_REASON


@pytest.mark.parametrize(
    ("column", "longest"),
    [
        (Ceremony.void_reason, LONGEST_REASON),
        (Draw.void_reason, LONGEST_REASON),
        (VoidRequest.reason, LONGEST_REASON),
        (Exclusion.reason, LONGEST_REASON),
        (Recusal.reason, LONGEST_REASON),
        (ScoreOverride.reason, LONGEST_REASON),
        (MinorOpening.reason, LONGEST_SHORT_REASON),
        (AnswerKey.text, LONGEST_ANSWER_KEY),
    ],
)
def test_the_longest_text_fits_its_column(column: InstrumentedAttribute[str], longest: int) -> None:
    kind = column.type
    assert isinstance(kind, String)
    assert kind.length == longest
