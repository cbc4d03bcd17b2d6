"""The questionnaire as it is answered: the interviewer's page, the beneficiary's screens, storing the response."""
