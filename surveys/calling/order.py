"""Who is called next: the order of the queue, as a model that the SQL of the queue is tested against.

Candidates are the cases of the draws an interviewer works on; draws and recusals are decided before.

Never offered: cases not called by phone, held by somebody else, assigned to somebody else, or whose soft refusal was
met by this interviewer; cases that need a skill the interviewer lacks; anybody in a quiet time.

First come appointments that are due (five minutes ahead counts): mine before anybody's, then the earliest.
One made for another interviewer is offered to the rest once it is a quarter of an hour late. A time the person asked
for outranks the delay after an outcome, the windows and the highest number of attempts.

Then come cases without an appointment, outside their delay, inside the windows and below the highest number of
attempts: a part of the day not tried yet first, then those that need one of my skills, then the stratum that lacks
most, then the ticket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from surveys.calling.attempts import bit, day_part
from surveys.calling.hours import WhyNot, may_call, quiet_at, why_not
from surveys.calling.local_time import to_local
from surveys.calling.settings import CallingSettings

# A case with a personal link is called from its not_before on, when the link was not used for some days.
CALLED = ("phone", "web")
DUE_AHEAD = timedelta(minutes=5)
YIELDED_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Candidate:
    """A case in the queue, named as in the table `turn`; people are ids, `day_parts` a sum of bits.

    `appointment_for`: the interviewer the person wishes for; `assigned_to`: the only one who may call;
    `avoid`: who met the soft refusal.
    """

    key: int
    ticket: str
    stratum: str
    not_before: datetime
    way: str = "phone"
    appointment_at: datetime | None = None
    appointment_for: int | None = None
    assigned_to: int | None = None
    avoid: int | None = None
    attempts: int = 0
    day_parts: int = 0
    needs: str = ""
    held_by: int | None = None
    held_until: datetime | None = None


@dataclass(frozen=True)
class Interviewer:
    """Who asks for a case: id and skills (surveys.calling.skills)."""

    id: int
    skills: frozenset[str] = frozenset()


def held_by_another(candidate: Candidate, interviewer: Interviewer, moment: datetime) -> bool:
    """Whether somebody else has the case open; a hold whose time is over binds nobody."""
    until = candidate.held_until
    return until is not None and candidate.held_by != interviewer.id and to_local(until) > to_local(moment)


def suits(candidate: Candidate, interviewer: Interviewer, moment: datetime) -> bool:
    """Whether the case may go to this interviewer at all, whatever the hour."""
    return (
        candidate.way in CALLED
        and not held_by_another(candidate, interviewer, moment)
        and candidate.assigned_to in (None, interviewer.id)
        and candidate.avoid != interviewer.id
        and (not candidate.needs or candidate.needs in interviewer.skills)
    )


def appointment_due(candidate: Candidate, interviewer: Interviewer, moment: datetime) -> bool:
    """Whether an appointment is due and this interviewer's to keep."""
    if candidate.appointment_at is None:
        return False
    at, present = to_local(candidate.appointment_at), to_local(moment)
    others = candidate.appointment_for not in (None, interviewer.id)
    return at + YIELDED_AFTER <= present if others else at <= present + DUE_AHEAD


def barred(moment: datetime, settings: CallingSettings, agreed: datetime | None = None) -> WhyNot | None:
    """Why a person may not be called at a moment, or None; `agreed` is when they asked to be, should they have.

    At the time they asked for any hour will do, but no quiet time.

    >>> night, settings = datetime(2026, 11, 2, 23), CallingSettings()
    >>> barred(night, settings).code, barred(night, settings, agreed=night)
    ('after_hours', None)
    """
    at_their_wish = agreed is not None and to_local(agreed) <= to_local(moment) + DUE_AHEAD
    return None if at_their_wish and not quiet_at(moment, settings) else why_not(moment, settings)


def best(
    candidates: Iterable[Candidate],
    interviewer: Interviewer,
    moment: datetime,
    settings: CallingSettings,
    need_by_stratum: Mapping[str, Fraction],
) -> Candidate | None:
    """The case to call next, or None; a stratum needs more the larger its number, one not named needs 0."""
    if quiet_at(moment, settings):
        return None
    suitable = [c for c in candidates if suits(c, interviewer, moment)]
    due = [c for c in suitable if appointment_due(c, interviewer, moment)]
    if due:
        return min(due, key=lambda c: _appointment_rank(c, interviewer))
    if may_call(moment, settings) is None:
        return None
    ready = [c for c in suitable if _ready(c, moment, settings)]
    part = bit(day_part(moment))
    return min(ready, key=lambda c: _rank(c, part, need_by_stratum), default=None)


def _ready(candidate: Candidate, moment: datetime, settings: CallingSettings) -> bool:
    return (
        candidate.appointment_at is None  # one still to come is waited for
        and to_local(candidate.not_before) <= to_local(moment)
        and candidate.attempts < settings.most_attempts
    )


def _appointment_rank(candidate: Candidate, interviewer: Interviewer) -> tuple[bool, datetime, str, int]:
    at = to_local(candidate.appointment_at or candidate.not_before)
    return (candidate.appointment_for != interviewer.id, at, candidate.ticket, candidate.key)


def _rank(
    candidate: Candidate, part: int, need_by_stratum: Mapping[str, Fraction]
) -> tuple[bool, bool, Fraction, str, int]:
    need = need_by_stratum.get(candidate.stratum, Fraction(0))
    return (bool(candidate.day_parts & part), not candidate.needs, -need, candidate.ticket, candidate.key)
