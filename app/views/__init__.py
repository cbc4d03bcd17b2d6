"""The pages, one module for each kind of visitor or place."""

from __future__ import annotations

from flask import Flask

from app.views import (
    admin,
    answer_key,
    ceremonies,
    certificates,
    desk,
    desk_settings,
    draws,
    evaluate,
    exclusions,
    exports,
    fieldwork,
    integrity_rules,
    interviewers,
    ledgers,
    outcome_lists,
    plans,
    public,
    quality,
    quality_control,
    recusals,
    respond,
    results,
    retention,
    schemes,
    scores,
    supervision,
    trace,
    voiding,
)


def register(app: Flask) -> None:
    """Bind every blueprint."""
    for room in (
        public, certificates, evaluate, ledgers, quality, plans, ceremonies, voiding, draws, fieldwork,
        quality_control, integrity_rules, results, trace, exclusions, exports, scores, schemes, admin, outcome_lists,
        desk, respond, answer_key, supervision, desk_settings, interviewers, recusals, retention,
    ):  # fmt: skip
        app.register_blueprint(room.blueprint)
