"""The consequence of an outcome: what the queue, the records and the words on buttons are computed from."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.outcomes.model import Outcome


@dataclass(frozen=True)
class NextAction:
    """What becomes of a case: closed and why ("final", "refused_again", "limit"), or how and when it is tried again.

    `way` is "closed", "supervisor" (they decide), "visit" (from now on) or "again" (as before). `delay` is in minutes,
    None for a closed case and for an appointment, whose time the interviewer agrees.
    """

    way: str
    closed_by: str = ""
    delay: int | None = None
    next_number: bool = False
    another_interviewer: bool = False
    needs_skill: bool = False
    appointment: bool = False

    @property
    def closes(self) -> bool:
        """Whether nobody tries again."""
        return self.way == "closed"


def consequence_of(
    outcome: Outcome, *, attempt: int = 1, maximum: int | None = None, numbers_left: int = 0, refusals: int = 0
) -> NextAction:
    """The consequence of an outcome of the `attempt`-th attempt of a case.

    `numbers_left` are telephone numbers not tried yet, `refusals` the soft refusals (outcomes with `retries`) before
    this try. An agreed time is kept and a supervisor decides also beyond the maximum number of tries.
    """
    if outcome.final:
        return NextAction("closed", "final")
    if outcome.retries is not None and refusals >= outcome.retries:
        return NextAction("closed", "refused_again")
    if outcome.supervisor:
        return NextAction("supervisor", delay=outcome.delay)
    if outcome.appointment:
        return NextAction("again", appointment=True)
    if maximum is not None and attempt >= maximum:
        return NextAction("closed", "limit")
    # The delay is for the number that was tried; the next one is called at once.
    next_number = outcome.next_number and numbers_left > 0
    return NextAction(
        "visit" if outcome.visit and numbers_left <= 0 else "again",
        delay=0 if next_number else outcome.delay,
        next_number=next_number,
        another_interviewer=outcome.another_interviewer,
        needs_skill=outcome.needs_skill,
    )
