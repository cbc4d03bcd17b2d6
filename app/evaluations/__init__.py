"""Stations, evaluations and their members: setting them up, and the overview of an evaluation."""
