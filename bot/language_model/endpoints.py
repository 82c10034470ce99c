"""Endpoints as the settings name them: addresses, models and keys, each address with its own."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from bot.errors import SettingsError

USUAL_PATH: Final = "/v1"
_CALLS: Final = ("/chat/completions", "/completions", "/embeddings", "/models")
_OF_THIS_NET: Final = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa", ".docker")
_KEY: Final = re.compile(r"[!-~]{1,8192}")  # a header's value, without blanks


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server that speaks the API of OpenAI, and which of its models is asked."""

    url: str  # of the API's root: "http://localhost:11434/v1"
    model: str
    key: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def name(self) -> str:
        """By which it is remembered."""
        return f"{self.url} {self.model}"

    @property
    def is_ours(self) -> bool:
        """Whether it stands on this machine or in its own network, where nobody sends a bill."""
        host = self.host
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return "." not in host or host.endswith(_OF_THIS_NET)
        return address.is_loopback or address.is_private or address.is_link_local

    @property
    def sends_key_in_the_open(self) -> bool:
        return bool(self.key) and self.url.startswith("http://") and not self.is_ours


def split_list(text: str) -> list[str]:
    """The parts of a list written with commas; an empty part keeps its place."""
    return [part.strip() for part in text.split(",")] if text.strip() else []


def root_address(text: str) -> str:
    """The root of an API's address as somebody wrote it. Raises ValueError in words that may be shown."""
    if not re.fullmatch(r"[!-~]{1,2000}", text):
        raise ValueError("an address holds neither blanks nor letters beyond ASCII")
    parts = urlsplit(text)  # raises ValueError for brackets that do not match
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address begins with http:// or https:// and a host")
    if "@" in parts.netloc:
        raise ValueError("a key stands in a setting of its own, not in the address")
    if parts.query or parts.fragment:
        raise ValueError("an address ends with its path")
    if parts.port == 0:  # reading it raises ValueError for what is no port
        raise ValueError("a port is a number from 1 to 65535")
    path = parts.path.rstrip("/")
    for call in _CALLS:
        path = path.removesuffix(call)
    return f"{parts.scheme}://{parts.netloc.lower()}{path or USUAL_PATH}"


def are_addresses(text: str) -> bool:
    """Whether this is a list of addresses. Raises ValueError."""
    return all(root_address(part) for part in split_list(text))


def read_endpoints(urls: str, models: str, keys: str, *, setting: str = "model") -> tuple[Endpoint, ...]:
    """The endpoints in their order of preference. Raises SettingsError.

    One model stands for all addresses, several go with one address each. Keys always do: a single key is the first
    address's, and goes nowhere else.
    """
    addresses, names, secrets = split_list(urls), split_list(models), split_list(keys)
    if not addresses:
        return ()
    if not names or not all(names):
        raise _wrong(setting, f"{setting}_name names no model")
    if len(names) not in (1, len(addresses)):
        raise _wrong(setting, f"{setting}_name names {len(names)} models for {len(addresses)} addresses")
    if len(secrets) > len(addresses):
        raise _wrong(setting, f"{setting}_key holds {len(secrets)} keys for {len(addresses)} addresses")
    if not all(_KEY.fullmatch(secret) for secret in secrets if secret):
        raise _wrong(setting, f"{setting}_key holds a character that no key has")
    secrets += [""] * (len(addresses) - len(secrets))
    names *= len(addresses) if len(names) == 1 else 1
    try:
        roots = [root_address(address) for address in addresses]
    except ValueError as error:
        raise _wrong(setting, f"{setting}_url: {error}") from error
    return tuple(Endpoint(root, name, secret) for root, name, secret in zip(roots, names, secrets, strict=True))


def _wrong(setting: str, what: str) -> SettingsError:
    return SettingsError(f"{setting}-endpoints", what, f"The settings of the model do not fit together: {what}.")
