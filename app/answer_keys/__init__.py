"""The answer key of an evaluation: which answers count as knowing facts about the station."""
