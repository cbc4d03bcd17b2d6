"""Setting up stations and evaluations, and where an evaluation stands."""
