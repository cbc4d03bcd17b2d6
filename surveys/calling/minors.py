"""Who may answer where the person may be a minor.

Law: Personal Information Protection Law Art. 28 and 31 (under 14: sensitive, the guardian consents);
docs/domain.md, section 5.
Only the year of birth is known, so whoever may still be under an age counts as under it.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

from sampling.text import Text

CHILD_UNDER, ADULT_FROM = 14, 18


class Protection(Enum):
    """How far the law protects the person: child (may be under 14), teen (may be under 18), adult, unknown."""

    CHILD = "child"
    TEEN = "teen"
    ADULT = "adult"
    UNKNOWN = "unknown"

    @property
    def guardian_consents(self) -> bool:
        """Whether only the guardian may consent and answer."""
        return self is Protection.CHILD

    @property
    def guardian_informed(self) -> bool:
        """Whether the guardian must know of the interview."""
        return self in (Protection.CHILD, Protection.TEEN)

    @property
    def minor(self) -> bool:
        """Whether the record is one of a minor, opened only with a reason (未成年人网络保护条例 Art. 36)."""
        return self.guardian_informed


def protection(birth_year: int | None, day: date) -> Protection:
    """The protection of somebody born in that year, on that day; a year not known is treated like an adult's.

    >>> [protection(year, date(2026, 11, 2)).value for year in (2013, 2012, 2011, 2008, 2007, None)]
    ['child', 'child', 'teen', 'teen', 'adult', 'unknown']
    """
    if birth_year is None:
        return Protection.UNKNOWN
    years = day.year - birth_year
    if years <= CHILD_UNDER:
        return Protection.CHILD
    return Protection.TEEN if years <= ADULT_FROM else Protection.ADULT


def respondent_problem(protected: Protection, proxy: bool, relation_is_guardian: bool) -> Text | None:
    """Why this respondent may not answer, or None; `proxy`: somebody answers for the person.

    >>> respondent_problem(Protection.CHILD, proxy=False, relation_is_guardian=False).zh
    '不满 14 岁，只能由监护人回答。'
    """
    if protected.guardian_consents and not (proxy and relation_is_guardian):
        return Text("不满 14 岁，只能由监护人回答。", "Under 14: only the guardian may answer.")
    return None
