"""The interviewer's desk: my cases, one case, an interview by telephone or on a visit."""

from app.views.desk import appointments, back_checks, cases, interview, ways
from app.views.desk.room import blueprint

__all__ = ["appointments", "back_checks", "blueprint", "cases", "interview", "ways"]
