"""Dialling a number: by a `tel:` link on this device, or through a service that hides the number.

The setting `DIALLER` names the dialler; "tel" is the default. A service that provides privacy numbers is one class with
a `name` (stored with each call, at most 20 characters) and `prepare`, added to DIALLERS:

- `prepare` is called each time the page of a call under way is rendered, so it must return the same result for the same
  number and case while the privacy number is valid, and request a new one when it has expired;
- only what it returns is shown: with such a service nobody sees the real number;
- when the service does not answer it raises NotDialled, and the page says so and shows no number;
- it neither logs the number nor puts it into an address of this application, and gets only the public id of the case.

tests/app/privacy_number.py is a small example of such a service.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from flask import Flask, current_app


@dataclass(frozen=True)
class Dialled:
    """What the page shows of a number to dial: the link's address, the number shown, and a remark such as an expiry.

    `shown` is the number on the page; a service that hides numbers shows its own.
    """

    href: str
    shown: str
    note: str = ""


class NotDialled(RuntimeError):
    """The service did not provide a number to dial."""


class UnknownDialler(RuntimeError):
    """The setting DIALLER names no dialler in DIALLERS."""


class Dialler(Protocol):
    """A way to dial a number for an interviewer."""

    @property
    def name(self) -> str:
        """The name stored with each call made with it."""

    def prepare(self, number: str, case_uuid: uuid.UUID) -> Dialled:
        """Prepare dialling this number for this case; raises NotDialled."""


class TelLink:
    """A `tel:` link: the device dials, and the number itself is shown."""

    name = "tel"

    def prepare(self, number: str, case_uuid: uuid.UUID) -> Dialled:
        """The number itself, without separators in the link."""
        digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
        return Dialled(f"tel:{digits}", number)


DIALLERS: dict[str, Callable[[], Dialler]] = {TelLink.name: TelLink}


def init_dialling(app: Flask) -> None:
    """Make the dialler named by the setting DIALLER; raises UnknownDialler."""
    name = app.config["DIALLER"]
    if name not in DIALLERS:
        raise UnknownDialler(f"DIALLER is {name}; there are: {', '.join(sorted(DIALLERS))}")
    app.extensions["dialler"] = DIALLERS[name]()


def dialler() -> Dialler:
    """The dialler of this application."""
    return cast("Dialler", current_app.extensions["dialler"])
