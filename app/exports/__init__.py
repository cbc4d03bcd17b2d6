"""Export files for analysis in other programs: one table of variables, several formats."""
