"""The interviewer's desk: the next case, the case in hand, an interview by telephone or on a visit."""

from app.views.desk import appointments, back_checks, calls, cases, interview, outcomes, ways
from app.views.desk.room import blueprint

__all__ = ["appointments", "back_checks", "blueprint", "calls", "cases", "interview", "outcomes", "ways"]
