"""Sealing: secrets of others that the library has to keep are encrypted with a key that does not lie in the library.

The key is a setting, or a file beside the library that only its owner can read. AES-GCM, with a nonce drawn each time;
a sealed text is bound to what it belongs to, so that nobody makes it another's by moving a row.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from bot.errors import SettingsError

_NONCE_BYTES: Final = 12
_FORM: Final = b"\x01"
_SALT: Final = b"verbatim: seal"
_LEAST: Final = 16  # characters of a key


class Seal:
    """Seals and opens texts."""

    def __init__(self, secret: str) -> None:
        """`secret` is any text of some length; the same one opens what it sealed. Raises SettingsError."""
        if len(secret) < _LEAST:
            what = f"A key for sealing needs {_LEAST} characters or more."
            raise SettingsError("seal-key", f"a key of {len(secret)} characters", what)
        self._key = hashlib.scrypt(secret.encode("utf-8", "replace"), salt=_SALT, n=2**14, r=8, p=1, dklen=32)

    def __repr__(self) -> str:
        return "Seal(••••••)"

    def seal(self, text: str, belongs_to: str) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key).encrypt(nonce, text.encode("utf-8", "surrogatepass"), _bound(belongs_to))
        return _FORM + nonce + sealed

    def open(self, sealed: bytes, belongs_to: str) -> str:
        """What was sealed. Raises SettingsError when it was sealed with another key or for something else."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        sealed = bytes(sealed)
        try:
            if not sealed.startswith(_FORM):
                raise InvalidTag
            nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
            text = AESGCM(self._key).decrypt(nonce, rest, _bound(belongs_to))
        except (InvalidTag, ValueError) as error:  # ValueError: too short
            what = "a secret in the library was sealed with another key"
            raise SettingsError("seal-broken", what, f"{what.capitalize()}. It has to be set again.") from error
        return text.decode("utf-8", "surrogatepass")


def seal_of_file(path: Path) -> Seal:
    """The seal whose key stands in a file, which is made when it is not there. Raises SettingsError."""
    try:
        if not path.exists():
            _make_key(path)
        return Seal(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        what = f"the key file {path.name} cannot be used: {type(error).__name__}"
        raise SettingsError("seal-file", what, f"{what}.") from error


def _make_key(path: Path) -> None:
    """Write a new key, whole or not at all; another process's stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _bound(belongs_to: str) -> bytes:
    return belongs_to.encode("utf-8", "surrogatepass")
