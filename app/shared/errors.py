"""The exception that commands raise when they refuse to act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session


class Refused(Exception):
    """Raised by a command that refuses to act: `message` for the visitor, in their language, and a `code`."""

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@contextmanager
def refused_when_taken(session: Session, message: str, code: str) -> Iterator[None]:
    """Turn the IntegrityError of a unique index, from a concurrent insert inside, into Refused with this message.

    Only the work inside is rolled back (a savepoint): the transaction goes on.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        raise Refused(message, code) from error
