"""Damaged files of every format are read or refused, and nothing else happens; `python -m benchmarks.fuzz` goes on."""

from __future__ import annotations

import random

import pytest

from app.ledger.reader.errors import LedgerFileError, Limits
from tests.app.ledger.reader.corpus import read_table
from tests.app.ledger.reader.mutations import SAMPLES, mutated

# The same files in every run; the whole takes a few seconds.
_EACH = 150


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_damaged_file_is_read_or_refused(kind: str) -> None:
    outcomes = set[str]()
    for seed in range(_EACH):
        try:
            outcomes.add("read" if read_table(mutated(kind, random.Random(seed)), "a", limits=Limits()).rows else "no")
        except LedgerFileError as refusal:
            outcomes.add(refusal.code)
    # Some are read and some refused: otherwise the damage would be too small or too great to show anything.
    assert "read" in outcomes
    assert "no" not in outcomes
    assert len(outcomes) > 2
