"""The address guard, address by address."""

from __future__ import annotations

import socket

import pytest

from copydesk.fetch.hosts import AddressRefusedError, guard, is_public
from copydesk.news.options import FetchOptions

PRIVATE = {
    "loopback": "127.0.0.1",
    "all of 127": "127.255.255.254",
    "this host": "0.0.0.0",
    "this network": "0.1.2.3",
    "ten": "10.0.0.1",
    "one seven two": "172.16.0.1",
    "one nine two": "192.168.1.1",
    "link-local, the cloud's metadata": "169.254.169.254",
    "Azure's metadata, in a public range": "168.63.129.16",
    "Azure's metadata, v4-mapped": "::ffff:168.63.129.16",
    "Azure's metadata, NAT64": "64:ff9b::168.63.129.16",
    "Azure's metadata, 6to4": "2002:a83f:8110::1",
    "Alibaba's metadata": "100.100.100.200",
    "Oracle's metadata": "192.0.0.192",
    "Amazon's metadata by v6": "fd00:ec2::254",
    "Google's metadata by v6": "fd20:ce::254",
    "carrier-grade NAT": "100.64.0.1",
    "protocol assignments": "192.0.0.1",
    "documentation": "192.0.2.1",
    "benchmarks": "198.18.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 loopback": "::1",
    "v6 unspecified": "::",
    "v6 link-local": "fe80::1",
    "v6 link-local with a zone": "fe80::1%eth0",
    "v6 unique local": "fd00::1",
    "v6 site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "v6 documentation": "2001:db8::1",
    "v4-mapped loopback": "::ffff:127.0.0.1",
    "v4-mapped private": "::ffff:10.0.0.1",
    "v4-compatible loopback": "::127.0.0.1",
    "NAT64 of a private one": "64:ff9b::10.0.0.1",
    "NAT64 for local use": "64:ff9b:1::8.8.8.8",
    "6to4 of a private one": "2002:a00:1::1",
    "6to4 of loopback": "2002:7f00:1::1",
    "Teredo": "2001:0:53aa:64c:0:0:0:1",
    "outside of global unicast": "4000::1",
}
PUBLIC = {
    "v4": "93.184.216.34",
    "v4 beside a private range": "172.32.0.1",
    "v4 beside carrier-grade NAT": "100.128.0.1",
    "v4 beside Azure's metadata": "168.63.129.17",
    "v6": "2606:2800:220:1:248:1893:25c8:1946",
    "v4-mapped": "::ffff:93.184.216.34",
    "NAT64": "64:ff9b::93.184.216.34",
    "6to4": "2002:5db8:d822::1",
}


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE.keys())
def test_a_private_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC.keys())
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "0x7f.1", "::g", "1.2.3.4\n"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)


def test_no_socket_is_made_for_a_private_address() -> None:
    target = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))

    with pytest.raises(AddressRefusedError) as caught:
        guard(is_public)(target)

    assert caught.value.address == "127.0.0.1"


def test_a_socket_is_made_for_a_public_address() -> None:
    target = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))

    with guard(is_public)(target) as made:
        assert made.family == socket.AF_INET


ALLOWED = [("intranet.example", "Intranet.Example."), ("[::1]", "::1"), ("127.0.0.1", "127.0.0.1")]


@pytest.mark.parametrize(("host", "allowed"), ALLOWED)
def test_a_host_is_allowed_in_any_spelling_of_its_name(host: str, allowed: str) -> None:
    assert FetchOptions(allow_hosts=(allowed,)).allows(host)


@pytest.mark.parametrize("host", ["www.intranet.example", "example", "intranet.example.org"])
def test_a_host_is_not_allowed_by_a_part_of_its_name(host: str) -> None:
    assert not FetchOptions(allow_hosts=("intranet.example",)).allows(host)


def test_the_signature_names_whom_to_write_to_on_one_line() -> None:
    options = FetchOptions(user_agent="copydesk/1", contact="mailto:desk@example.org\r\nX: y")

    assert options.signature == "copydesk/1 (+mailto:desk@example.org X: y)"


def test_the_signature_of_no_contact_is_the_name_alone() -> None:
    assert FetchOptions(user_agent="copydesk/1").signature == "copydesk/1"
