"""Which addresses belong to the public internet: an own table, because those of the standard library change.

Python's `is_global` and `is_private` differ between versions, and leave out shared address space, NAT64, 6to4 and the
addresses at which cloud providers hand out credentials. The table follows IANA's special-purpose registries
(https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry). An IPv4 address written
inside an IPv6 one is never public here, whatever it is: no honest site needs that spelling.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# A whole internet is not "a network that an admin allows": the largest private ones are 10.0.0.0/8 and fc00::/7.
WIDEST: Final = {4: 8, 6: 7}

_NOT_PUBLIC: Final = (
    ("0.0.0.0/8", "this machine or network"),
    ("10.0.0.0/8", "a private network"),
    ("100.64.0.0/10", "a provider's inner network"),
    ("127.0.0.0/8", "this machine itself"),
    ("168.63.129.16/32", "a cloud provider's own service"),  # Azure's host agent: public by its number only
    ("169.254.0.0/16", "this network segment, or a cloud's metadata"),
    ("172.16.0.0/12", "a private network"),
    ("192.0.0.0/24", "a reserved range"),
    ("192.0.2.0/24", "a range for examples"),
    ("192.88.99.0/24", "a range for 6to4 relays"),
    ("192.168.0.0/16", "a private network"),
    ("198.18.0.0/15", "a range for measurements"),
    ("198.51.100.0/24", "a range for examples"),
    ("203.0.113.0/24", "a range for examples"),
    ("224.0.0.0/4", "a multicast range"),
    ("240.0.0.0/4", "a reserved range"),
    ("::1/128", "this machine itself"),
    ("::/96", "an IPv4 address inside an IPv6 one"),
    ("::ffff:0:0/96", "an IPv4 address inside an IPv6 one"),
    ("::ffff:0:0:0/96", "an IPv4 address inside an IPv6 one"),
    ("64:ff9b::/96", "an IPv4 address inside an IPv6 one"),
    ("64:ff9b:1::/48", "an IPv4 address inside an IPv6 one"),
    ("2001::/23", "a reserved range"),  # Teredo too
    ("2001:db8::/32", "a range for examples"),
    ("2002::/16", "an IPv4 address inside an IPv6 one"),
    ("3fff::/20", "a range for examples"),
    ("fc00::/7", "a private network"),
    ("fe80::/10", "this network segment"),
    ("fec0::/10", "a private network"),
    ("ff00::/8", "a multicast range"),
)
_TABLE: Final = tuple((ip_network(network), what) for network, what in _NOT_PUBLIC)
# All of IPv6 that was ever given to networks of the public internet (RFC 4291, section 2.4; IANA's allocations).
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")


def refusal(address: Address, allowed: Iterable[Network] = ()) -> str:
    """Why this address may not be connected to, in a few words; "" when it may. `allowed` comes from the settings."""
    if isinstance(address, IPv6Address) and address.scope_id:
        return "an address with a zone"
    if is_allowed(address, allowed):
        return ""
    for network, what in _TABLE:
        if address.version == network.version and address in network:
            return what
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "a range that is not in use"
    return ""


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether the settings name a network that holds this address. An embedded IPv4 address is not looked into."""
    return any(address.version == network.version and address in network for network in allowed)


def read_networks(text: str) -> tuple[Network, ...]:
    """The networks of a setting: "10.1.2.0/24, fd00:1::/64". Raises ValueError for what is not exactly a network."""
    networks = []
    for part in filter(None, (word.strip() for word in text.split(","))):
        network = ip_network(part)  # strict: 10.1.2.3/24 has bits beyond its mask and is refused
        if network.prefixlen < WIDEST[network.version]:
            raise ValueError(f"{part} is wider than /{WIDEST[network.version]}")
        networks.append(network)
    return tuple(networks)


def read_ports(text: str) -> frozenset[int]:
    """The ports of a setting: "8000, 9090". Raises ValueError for what is no port."""
    ports = frozenset(int(word) for word in text.split(",") if word.strip())
    if any(not 0 < port < 65_536 for port in ports):
        raise ValueError("a port is a number from 1 to 65535")
    return ports
