"""The address that a person typed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import AddressRefused
from bot.library.source_store import LONGEST_ADDRESS
from bot.sources.web_address import pasted_address

if TYPE_CHECKING:
    from bot.sources.public_networks import Network


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Which addresses may be followed: `networks` and `ports` are what the settings allow beyond the usual."""

    networks: Collection[Network] = ()
    ports: Collection[int] = ()

    def read(self, text: str) -> str:
        """The address that a person meant, in one spelling. Raises AddressRefused."""
        address = pasted_address(text, networks=self.networks, ports=self.ports).text
        check_length(address)
        return address


def check_length(address: str) -> None:
    """Raises AddressRefused when it is longer than the library takes."""
    if len(address) > LONGEST_ADDRESS:
        person = f"The address is longer than {LONGEST_ADDRESS:,} characters."
        raise AddressRefused("address-too-long", f"{len(address)} characters", person)
