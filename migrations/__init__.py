"""Numbered migrations; they also build every test database."""
