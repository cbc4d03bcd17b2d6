"""The interviewer's desk: the next case, calls, outcomes, appointments, visits, links."""
