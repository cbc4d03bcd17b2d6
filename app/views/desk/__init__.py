"""The interviewer's desk: my cases, one case, an interview by telephone or on a visit."""

from app.views.desk import back_checks, cases, interview
from app.views.desk.room import blueprint

__all__ = ["back_checks", "blueprint", "cases", "interview"]
