"""Flags for unusual interviews, the selection of back-checks, and the agreement of answers with them."""

from surveys.integrity.agreement import Agreement, agreement
from surveys.integrity.backchecks import BackCheckCandidate, SelectedResponse, select_back_checks
from surveys.integrity.flags import Flag, flags, to_back_check
from surveys.integrity.interview import Interview, normalised
from surveys.integrity.interviewer_effect import InterviewerEffect, interviewer_effects
from surveys.integrity.rules import IntegrityRule, IntegrityRules, parse, read_rules, standard
from surveys.integrity.settings import STANDARD_SETTINGS, IntegritySettings, RuleSetting, read_integrity_settings

__all__ = [
    "STANDARD_SETTINGS",
    "Agreement",
    "BackCheckCandidate",
    "Flag",
    "IntegrityRule",
    "IntegrityRules",
    "IntegritySettings",
    "Interview",
    "InterviewerEffect",
    "RuleSetting",
    "SelectedResponse",
    "agreement",
    "flags",
    "interviewer_effects",
    "normalised",
    "parse",
    "read_integrity_settings",
    "read_rules",
    "select_back_checks",
    "standard",
    "to_back_check",
]
