"""The main navigation: links to the pages that this visitor's roles admit."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import roles_anywhere
from app.models import Evaluation, Role

# Blueprints of the pages inside an evaluation: the entry "evaluations" is current on all of them.
SECTIONS = dict.fromkeys(
    (
        "ledgers", "quality", "plans", "ceremonies", "voiding", "draws", "fieldwork", "quality_control", "results",
        "trace", "exclusions", "scores", "schemes", "exports",
        "supervision", "desk_settings", "integrity_rules", "interviewers", "answer_key", "retention",
    ),
    "evaluate",
) | dict.fromkeys(("opening", "evaluation_settings"), "admin")  # fmt: skip


@dataclass(frozen=True)
class NavigationLink:
    """One entry of the navigation."""

    label: str
    url: str
    current: bool


def links() -> list[NavigationLink]:
    """Entries for the visitor's roles, in a fixed order."""
    if not current_user.is_authenticated:
        return []
    roles = roles_anywhere()
    entries: list[tuple[str, str, bool]] = [
        (_("评估"), "evaluate.index", bool(roles - {Role.ADMINISTRATOR, Role.INTERVIEWER})),
        (_("工作台"), "desk.index", Role.INTERVIEWER in roles),
        (_("管理"), "admin.index", Role.ADMINISTRATOR in roles),
    ]
    blueprint = (request.blueprint or "") if request else ""
    section = SECTIONS.get(blueprint, blueprint)
    return [
        NavigationLink(label, url_for(endpoint), endpoint.startswith(f"{section}."))
        for label, endpoint, shown in entries
        if shown
    ]


def crumbs_of(evaluation: Evaluation, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumbs of a page of an evaluation, as (label, url) pairs."""
    return [
        (_("评估"), url_for("evaluate.index")),
        (evaluation.station.name, url_for("evaluate.show", slug=evaluation.slug)),
        *more,
    ]


def init_navigation(app: Flask) -> None:
    """Give every template its navigation."""
    app.context_processor(lambda: {"navigation": links()})
    app.jinja_env.globals["crumbs_of"] = crumbs_of
