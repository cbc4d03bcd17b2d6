"""Ledgers as offices deliver them: read a file, match its columns, clean its rows, merge one person's rows.

No Flask and no database in here: bytes in, frozen dataclasses out.
"""
