"""Interests in a station, declared and lifted."""
