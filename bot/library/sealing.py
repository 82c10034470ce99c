"""Sealing: secrets of others that the library has to keep are encrypted with a key that does not lie in the library.

The key is a setting, or a file beside the library that only its owner can read. Several keys may be given, separated by
commas: the first seals, all of them open, so that a key can be changed without losing what was sealed. AES-GCM, with a
nonce drawn each time; a sealed text is bound to what it belongs to, so that nobody makes it another's by moving a row.
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
_KEY_BYTES: Final = 32
LEAST: Final = 16  # characters of a key


class Seal:
    """Seals and opens texts."""

    def __init__(self, secret: str) -> None:
        """`secret` is a key or several, each any text of some length without a comma. Raises SettingsError."""
        if not are_seal_keys(secret):
            what = f"A key for sealing needs {LEAST} characters or more; `verbatim setup key` prints one."
            raise SettingsError("seal-key", "a key for sealing is too short", what)
        self._keys = [_derived(one) for one in _keys_of(secret)]

    def __repr__(self) -> str:
        return "Seal(••••••)"

    def seal(self, text: str, belongs_to: str) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._keys[0]).encrypt(nonce, text.encode("utf-8", "surrogatepass"), _bound(belongs_to))
        return _FORM + nonce + sealed

    def open(self, sealed: bytes, belongs_to: str) -> str:
        """What was sealed. Raises SettingsError when it was sealed with another key or for something else."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        sealed = bytes(sealed)
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        for key in self._keys if sealed.startswith(_FORM) else ():
            with contextlib.suppress(InvalidTag, ValueError):  # ValueError: too short
                return AESGCM(key).decrypt(nonce, rest, _bound(belongs_to)).decode("utf-8", "surrogatepass")
        what = "a secret in the library was sealed with another key"
        raise SettingsError("seal-broken", what, f"{what.capitalize()}. It has to be set again.")


def new_key() -> str:
    """A key for the setting."""
    return secrets.token_urlsafe(_KEY_BYTES)


def are_seal_keys(text: str) -> bool:
    """Whether these are one key or several, each long enough."""
    return bool(keys := _keys_of(text)) and all(len(one) >= LEAST for one in keys)


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
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _keys_of(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _derived(key: str) -> bytes:
    return hashlib.scrypt(key.encode("utf-8", "replace"), salt=_SALT, n=2**14, r=8, p=1, dklen=32)


def _bound(belongs_to: str) -> bytes:
    return belongs_to.encode("utf-8", "surrogatepass")
