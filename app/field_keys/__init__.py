"""The field keys and their rotation."""
