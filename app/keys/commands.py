"""Rotation of the field keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import LargeBinary, TableClause, bindparam, column, func, select, table, update
from sqlalchemy.orm import Session

from app.models import Base
from app.privacy.columns import EncryptedBytes, EncryptedJSON, EncryptedText
from app.privacy.keyring import Keyring

BATCH = 1_000


def encrypted_columns() -> Iterator[tuple[TableClause, str, str, str]]:
    """(table, primary key, column, name the column's key is derived from) of every sealed column, as raw bytes."""
    for mapped in Base.metadata.sorted_tables:
        key = next(iter(mapped.primary_key.columns)).name
        for sealed in mapped.columns:
            if isinstance(sealed.type, EncryptedText | EncryptedBytes | EncryptedJSON):
                raw = table(mapped.name, column(key), column(sealed.name, LargeBinary))
                yield raw, key, sealed.name, sealed.type.column


def rotate_fields(session: Session, ring: Keyring, progress: Callable[[str, int, int], None]) -> int:
    """Re-encrypt with the current key every value encrypted with another; returns how many. Does not commit."""
    done = 0
    for raw, key, name, purpose in encrypted_columns():
        total = session.scalar(select(func.count()).select_from(raw).where(raw.c[name].is_not(None))) or 0
        last, read = -1, 0
        while rows := session.execute(
            select(raw.c[key], raw.c[name])
            .where(raw.c[key] > last, raw.c[name].is_not(None))
            .order_by(raw.c[key])
            .limit(BATCH)
        ).all():
            stale = [(row_id, bytes(value)) for row_id, value in rows if bytes(value)[0] != ring.current]
            changes = [
                {"_id": row_id, "_value": ring.encrypt(purpose, ring.decrypt(purpose, value))}
                for row_id, value in stale
            ]
            if changes:
                statement = update(raw).where(raw.c[key] == bindparam("_id")).values({name: bindparam("_value")})
                session.connection().execute(statement, changes)
            done += len(changes)
            read += len(rows)
            last = rows[-1][0]
            progress(f"{raw.name}.{name}", read, total)
    return done
