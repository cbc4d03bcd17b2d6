"""The lead's view of the fieldwork: progress, live activity, decisions, desk settings."""
