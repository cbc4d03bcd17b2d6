"""Files that people take away for analysis elsewhere: one table of variables, several formats."""
