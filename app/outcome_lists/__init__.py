"""Editing the list of outcome codes and choosing one for an evaluation."""
