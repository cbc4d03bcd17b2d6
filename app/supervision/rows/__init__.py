"""The rows of the tables of these pages, as dataclasses of cells."""
