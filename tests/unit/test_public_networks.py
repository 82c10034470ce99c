"""Which addresses are public: by our own table, and what an admin may add to it."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.public_networks import read_networks, read_ports, refusal


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.32.0.1", "2606:4700::1", "2a00::1"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert refusal(ipaddress.ip_address(address)) == ""


@given(st.ip_addresses())
def test_what_python_knows_to_be_private_is_never_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
    ):
        assert refusal(address)


@given(st.ip_addresses(v=6), st.text("abc019", min_size=1, max_size=8))
def test_an_address_with_a_zone_is_never_public(address: ipaddress.IPv6Address, zone: str) -> None:
    assert refusal(ipaddress.IPv6Address(f"{address}%{zone}"), read_networks("fe80::/10"))


def test_an_allowed_network_is_allowed_exactly() -> None:
    allowed = read_networks("10.1.2.0/24,fd00:1::/64")
    assert refusal(ipaddress.ip_address("10.1.2.255"), allowed) == ""
    assert refusal(ipaddress.ip_address("fd00:1::7"), allowed) == ""
    assert refusal(ipaddress.ip_address("10.1.3.0"), allowed)
    assert refusal(ipaddress.ip_address("::ffff:10.1.2.1"), allowed)


@pytest.mark.parametrize(
    "text", ["10.1.2.3/24", "0.0.0.0/0", "::/0", "10.0.0.0/7", "fc00::/6", "localhost", "10.0.0.0/33"]
)
def test_a_network_that_is_not_exactly_one_is_no_setting(text: str) -> None:
    with pytest.raises(ValueError):
        read_networks(text)


def test_ports_are_numbers() -> None:
    assert read_ports(" 8000, 9090,") == {8000, 9090}
    for text in ("0", "65536", "http", "-1"):
        with pytest.raises(ValueError):
            read_ports(text)
