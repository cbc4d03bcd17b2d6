"""Which chapter of the handbook explains a page.

By endpoint, or by blueprint with its dot; the name of a chapter is that of its file in docs/handbook without number
and ending ("04-ledgers.md": "ledgers"). A page that is not named, or whose chapter is not written, gets the first.
"""

from __future__ import annotations

CHAPTER_OF = {
    "public.verify": "draw",
    "accounts.": "accounts",
    "admin.members_page": "accounts",
    "admin.": "setting-up",
    "opening.": "setting-up",
    "evaluation_settings.": "setting-up",
    "documents.": "setting-up",
    "outcome_lists.": "setting-up",
    "security.": "accounts",
    "recusals.": "accounts",
    "evaluate.audit": "records",
    "evaluate.": "first-steps",
    "ledgers.frame": "frame",
    "ledgers.": "ledgers",
    "findings.": "ledgers",
    "quality.": "ledgers",
    "answer_key.": "setting-up",
    "plans.": "draw",
    "ceremonies.": "draw",
    "draws.": "draw",
    "voiding.": "draw",
    "certificates.": "draw",
    "desk.": "desk",
    "fieldwork.": "fieldwork",
    "supervision.": "fieldwork",
    "interviewers.": "fieldwork",
    "desk_settings.": "fieldwork",
    "quality_control.": "quality",
    "integrity_rules.": "quality",
    "results.": "results",
    "trace.": "results",
    "exclusions.": "results",
    "exports.": "results",
    "scores.": "scores",
    "schemes.": "scores",
    "retention.": "records",
}


def chapter_name_of(endpoint: str) -> str:
    """The name of the chapter that explains this page; empty where none is named."""
    return CHAPTER_OF.get(endpoint) or CHAPTER_OF.get(f"{endpoint.partition('.')[0]}.", "")
