"""Published questionnaires and scoring schemes."""
