"""Integrity rules, flags and back-checks of interviews."""
