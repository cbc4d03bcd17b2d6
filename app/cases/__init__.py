"""A sampled person's case: its schedule, telephone numbers, code and state."""
