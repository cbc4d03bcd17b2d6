"""The `flask` commands: setting up evaluations, everything on the screens before fieldwork, and exports.

Exit codes: 0 done; 1 refused or not as it should be, with the reason on standard error; 2 wrong usage.
"""

from __future__ import annotations

from flask import Flask

from app.accounts import cli as accounts
from app.cli import demo, server
from app.documents import cli as documents
from app.draw import cli as draw
from app.evaluations import cli as evaluations
from app.exports import cli as exports
from app.keys import cli as keys
from app.ledger import cli as ledger
from app.results import cli as results
from app.retention import cli as retention
from app.scores import cli as scores


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    for module in (server, accounts, evaluations, keys, documents, ledger, draw, results, scores, exports, retention):
        for command in module.COMMANDS:
            app.cli.add_command(command)
    app.cli.add_command(demo.demo)
