"""What a command answers when it will not do a thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session


class Refused(Exception):
    """Not done, and why; the message is for the person who asked, in their language."""

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@contextmanager
def refused_when_taken(session: Session, message: str, code: str) -> Iterator[None]:
    """Write inside what a unique index may refuse since somebody was a moment faster; raises Refused with these words.

    Only the writing inside is undone: the transaction goes on.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        raise Refused(message, code) from error
