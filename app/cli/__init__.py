"""The `flask` commands: everything a person does on the screens before fieldwork, and what evaluators pull.

Exit codes: 0 done; 1 refused or not as it should be, with the reason on standard error; 2 wrong usage.
"""

from __future__ import annotations

from flask import Flask

from app.cli import accounts, demo, documents, evaluation, privacy, quality, server


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (
        *server.COMMANDS,
        *accounts.COMMANDS,
        *documents.COMMANDS,
        *evaluation.COMMANDS,
        *quality.COMMANDS,
        *privacy.COMMANDS,
        demo.demo,
    ):
        app.cli.add_command(command)
