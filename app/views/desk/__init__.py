"""The interviewer's desk: my cases, one case, an interview by telephone or on a visit."""

from app.views.desk import cases, interview
from app.views.desk.room import blueprint

__all__ = ["blueprint", "cases", "interview"]
