"""Recusals: interests in a station, declared and lifted."""
