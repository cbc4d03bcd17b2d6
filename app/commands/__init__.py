"""The only writers: one function for each thing a person does.

Each takes a Session and values, adds an audit event, and never commits; the caller commits once. A refusal is a
Refused with a sentence in Chinese that can be shown as it is.
"""
