"""Reading ledgers: read a file, match its columns, clean its rows, merge the rows of one person.

Pure code without Flask or database: bytes in, frozen dataclasses out.
"""
