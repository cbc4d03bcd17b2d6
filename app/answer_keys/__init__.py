"""The answer key of an evaluation: what counts as knowing the station."""
