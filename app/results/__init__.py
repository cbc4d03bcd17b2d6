"""Figures: estimates, comparisons, where each comes from, and responses taken out."""
