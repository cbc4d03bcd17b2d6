"""Asking the questionnaire: the interviewer's page, the beneficiary's page, storing the response."""
