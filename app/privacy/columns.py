"""Column types whose values are encrypted in the database and plain in Python."""

from __future__ import annotations

import json
from typing import Any

from flask import current_app
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from app.privacy.keyring import Keyring


def keyring() -> Keyring:
    """The keys of the running application."""
    ring: Keyring = current_app.extensions["keyring"]
    return ring


class EncryptedText(TypeDecorator[str]):
    """Text, encrypted with the key of one named column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt a value for the database."""
        return None if value is None else keyring().encrypt(self.column, value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt a value from the database."""
        return None if value is None else keyring().decrypt(self.column, bytes(value)).decode()


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes, encrypted with the key of one named column; for uploaded files and keys."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypt a value for the database."""
        return None if value is None else keyring().encrypt(self.column, value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Decrypt a value from the database."""
        return None if value is None else keyring().decrypt(self.column, bytes(value))


class EncryptedJSON(TypeDecorator[Any]):
    """A small JSON value, encrypted with the key of one named column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encrypt a value for the database."""
        if value is None:
            return None
        return keyring().encrypt(self.column, json.dumps(value, ensure_ascii=False).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Decrypt a value from the database."""
        return None if value is None else json.loads(keyring().decrypt(self.column, bytes(value)))
