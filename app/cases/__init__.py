"""A sampled person's case: numbers and settings for reaching them, its schedule, its code and state."""
