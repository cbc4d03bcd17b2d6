"""Scoring schemes, points, settlement and its check."""
