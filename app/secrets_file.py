"""Writes a .env with fresh secrets for a machine that has none; never touches one that is there."""

from __future__ import annotations

import os
import secrets
import sys

from app.privacy.keyring import new_key
from config import ROOT


def content() -> str:
    """Fresh keys, and the settings of a machine that serves itself over plain HTTP."""
    return "\n".join(
        (
            "# Made by `make run`. Keep a copy: without these keys the contact data cannot be opened.",
            "APP_ENV=development",
            "COOKIES_OVER_HTTP=1",
            f"SECRET_KEY={secrets.token_urlsafe(48)}",
            f"PASSWORD_SALT={secrets.token_urlsafe(32)}",
            f"FIELD_KEYS=1:{new_key()}",
            f"INDEX_KEY={new_key()}",
            "",
        )
    )


def main() -> int:
    """Create the file readable by its owner alone."""
    path = ROOT / ".env"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return 0
    with os.fdopen(handle, "w") as file:
        file.write(content())
    return 0


if __name__ == "__main__":
    sys.exit(main())
