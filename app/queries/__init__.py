"""The readers: they aggregate in SQL and return small frozen dataclasses."""
