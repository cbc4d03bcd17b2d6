"""The schema of the database, its history and the rules it keeps.

`versions/` is history: each revision holds the SQL it runs, is never edited once landed, and imports nothing of this
repository. Migrations are forward only: no revision has a way back. Before an upgrade back up the database; to return
to the version before, restore that backup.
`immutability.py` and `tallies.py` are the rules in force today; no revision reads them.

When a version with a new revision lands, `tests/migrations/make_landed.py` keeps the demonstration as that version made
it; every later version upgrades it and must say the same of it.
"""
