"""What a command answers when it will not do a thing."""

from __future__ import annotations


class Refused(Exception):
    """Not done, and why; the message is for the person who asked, in Chinese."""

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
