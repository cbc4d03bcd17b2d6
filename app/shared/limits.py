"""The maximum lengths of texts that people type, in characters; forms and commands use the same numbers."""

from __future__ import annotations

# Why a result, a draw or a case was changed; the columns hold 400 (tests/app/shared/test_limits.py).
LONGEST_REASON = 400
# Why a minor's record was opened (a column of 200), or the day on which data are erased was changed.
LONGEST_SHORT_REASON = 200
# What may be added to a reason from the list, so that both together are a short reason.
LONGEST_ADDED_REASON = 160
# One line about an attempt, a case or a correction.
LONGEST_NOTE = 200
# What the station states as the right answer to one question.
LONGEST_ANSWER_KEY = 1000
# The name of who was present at an interview.
LONGEST_WITNESS = 80
