"""How a number is dialled: by a link to the telephone of this device, or through a service that hides the number.

`DIALLER` names the dialler in the environment; "tel" is the delivered one. A service that lends privacy numbers is one
class with a `name` (kept with each call, 20 characters at most) and `prepare`, added to DIALLERS:

- `prepare` is asked each time the page of a running call is drawn, so it must give the same answer for the same number
  and case while what it lent is valid, and lend anew when that has expired;
- what it returns is all that is shown: with such a service nobody ever sees the real number;
- when the service does not answer it raises DiallingFailed, and the page says so and shows no number;
- it neither logs the number nor puts it into an address of ours, and learns of the case only its public id.

tests/app/privacy_number.py is such a service in small.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from flask import Flask, current_app


@dataclass(frozen=True)
class DialInfo:
    """A number ready to be dialled: `href` of the link, `shown` on the page, and a remark such as an expiry.

    A service that hides numbers puts its privacy number into `shown`.
    """

    href: str
    shown: str
    note: str = ""


class DiallingFailed(RuntimeError):
    """The service could not lend a number now."""


class UnknownDialler(RuntimeError):
    """DIALLER names none of the diallers there are."""


class Dialler(Protocol):
    """Something that can call a number for an interviewer."""

    @property
    def name(self) -> str:
        """What calls made with it are remembered by."""

    def prepare(self, number: str, case_uuid: uuid.UUID) -> DialInfo:
        """Make ready to call this number for this case; raises DiallingFailed."""


class TelLink:
    """A `tel:` link: the device dials, and the number itself is shown."""

    name = "tel"

    def prepare(self, number: str, case_uuid: uuid.UUID) -> DialInfo:
        """The number as it is, without the signs that only divide it."""
        digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
        return DialInfo(f"tel:{digits}", number)


DIALLERS: dict[str, Callable[[], Dialler]] = {TelLink.name: TelLink}


def init_dialling(app: Flask) -> None:
    """Make the dialler that the settings name."""
    chosen = app.config["DIALLER"]
    if chosen not in DIALLERS:
        raise UnknownDialler(f"DIALLER is {chosen}; there are: {', '.join(sorted(DIALLERS))}")
    app.extensions["dialler"] = DIALLERS[chosen]()


def dialler() -> Dialler:
    """The dialler of this application."""
    return cast("Dialler", current_app.extensions["dialler"])
