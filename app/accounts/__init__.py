"""Accounts of people who sign in."""
