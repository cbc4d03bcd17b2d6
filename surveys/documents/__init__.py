"""Published questionnaires, scoring schemes and lists of outcomes."""
