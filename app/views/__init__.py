"""The pages, one module for each kind of visitor or place."""

from __future__ import annotations

from flask import Flask

from app.views import admin, desk, draws, evaluate, fieldwork, ledgers, public, respond, results, scores


def register(app: Flask) -> None:
    """Bind every blueprint."""
    for room in (public, evaluate, ledgers, draws, fieldwork, results, scores, admin, desk, respond):
        app.register_blueprint(room.blueprint)
