"""Encryption of single fields, with key rotation, and keyed blind indexes.

A stored value is: one byte key id, 12 bytes nonce, AES-256-GCM ciphertext and tag. The key of a column is derived
from the master key by HKDF-SHA256 with the column's name, which is also the additional authenticated data: a
ciphertext moved to another column does not open. A blind index is a truncated HMAC-SHA256 of the normalised value
under a key of its own, so that whoever holds the database alone can neither read nor guess values.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyringError(RuntimeError):
    """The keys are unusable, or a stored value cannot be decrypted; the message contains no value and no key."""


def new_key() -> str:
    """A new random 256-bit key in Base64, as the environment variables hold it."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def _decode(text: str, name: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.encode())
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyringError(f"{name} must be {KEY_BYTES} bytes in URL-safe base64")
    return key


@dataclass(frozen=True)
class Keyring:
    """Field keys by number (the highest number encrypts) and the key of the blind indexes."""

    masters: dict[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)
    _ciphers: dict[tuple[int, str], AESGCM] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_settings(cls, field_keys: str, index_key: str) -> Keyring:
        """Read `2:BASE64,1:BASE64` and one BASE64 key; raises KeyringError."""
        masters: dict[int, bytes] = {}
        for part in field_keys.split(","):
            number, colon, key = part.strip().partition(":")
            if not colon or not number.isdigit() or not 1 <= int(number) <= 255:
                raise KeyringError("FIELD_KEYS must read `number:key`, several separated by commas, 1 to 255")
            masters[int(number)] = _decode(key, "FIELD_KEYS")
        return cls(masters, _decode(index_key, "INDEX_KEY"))

    @property
    def current(self) -> int:
        """The number of the key that encrypts."""
        return max(self.masters)

    def _cipher(self, number: int, column: str) -> AESGCM:
        cached = self._ciphers.get((number, column))
        if cached is None:
            if number not in self.masters:
                raise KeyringError(f"key {number} is not among FIELD_KEYS")
            kdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"field:" + column.encode())
            cached = self._ciphers[number, column] = AESGCM(kdf.derive(self.masters[number]))
        return cached

    def encrypt(self, column: str, value: bytes) -> bytes:
        """Encrypt a value for that column with the current key."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(self.current, column).encrypt(nonce, value, column.encode())
        return bytes([self.current]) + nonce + sealed

    def decrypt(self, column: str, stored: bytes) -> bytes:
        """Decrypt a value; raises KeyringError when it was altered, is of another column, or its key is missing."""
        nonce, sealed = stored[1 : 1 + NONCE_BYTES], stored[1 + NONCE_BYTES :]
        try:
            return self._cipher(stored[0], column).decrypt(nonce, sealed, column.encode())
        except (InvalidTag, ValueError, IndexError) as error:
            raise KeyringError(f"a stored value of {column} does not open") from error

    def blind_index(self, kind: str, value: str) -> bytes:
        """16 bytes of a keyed hash, equal for equal values of a kind."""
        normal = "".join(unicodedata.normalize("NFKC", value).casefold().split())
        return hmac.new(self.index_key, f"{kind}\0{normal}".encode(), hashlib.sha256).digest()[:16]

    def token_hash(self, token: str) -> bytes:
        """The keyed hash of a personal link's token: it recognises the link, but does not reveal the token."""
        return hmac.new(self.index_key, b"token\0" + token.encode(), hashlib.sha256).digest()
