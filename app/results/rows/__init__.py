"""The rows of the tables of these pages, ready to be drawn."""
