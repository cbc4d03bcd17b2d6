"""Published documents: questionnaires, scoring schemes, lists of outcome codes, rules about interviews."""
