"""Questionnaires, calling, outcomes, integrity, estimates and scoring. Values in, frozen dataclasses out."""
