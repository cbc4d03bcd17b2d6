"""Every blueprint of the pages, and the one place that registers them."""

from __future__ import annotations

from flask import Flask

from app.accounts import views as accounts
from app.answer_keys import views as answer_keys
from app.desk.views import appointments, calls, cases, mode_switch, outcomes
from app.desk.views.blueprint import blueprint as desk
from app.documents import views as documents
from app.draw.views import ceremonies, certificates, draws, plans, voiding
from app.evaluations.views import admin, evaluations, opening
from app.evaluations.views import settings as evaluation_settings
from app.exports import views as exports
from app.handbook import views as handbook
from app.interview.views import interview, questionnaire_preview, respond
from app.ledger.views import findings, quality, uploads
from app.outcome_lists import views as outcome_lists
from app.public import views as public
from app.quality_control.views import desk as back_checks
from app.quality_control.views import integrity_rules, lead
from app.recusals import views as recusals
from app.results.views import exclusions, results, trace
from app.retention import views as retention
from app.scores.views import schemes, scores
from app.supervision.views import desk_settings, interviewers, progress, supervision

# The desk is one blueprint with pages of three subjects: importing these modules adds their routes to it.
DESK = (appointments, back_checks, calls, cases, interview, mode_switch, outcomes)

BLUEPRINTS = (
    desk,
    accounts.links,
    *(
        module.blueprint
        for module in (
            public, certificates, evaluations, uploads, findings, quality, plans, ceremonies, voiding, draws, progress,
            lead, integrity_rules, results, trace, exclusions, exports, scores, schemes, admin, opening,
            evaluation_settings, outcome_lists, handbook, respond, answer_keys, supervision, desk_settings,
            interviewers, recusals, retention, accounts, documents, questionnaire_preview,
        )
    ),
)  # fmt: skip


def register(app: Flask) -> None:
    """Bind every blueprint."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
