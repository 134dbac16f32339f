"""Which network addresses may be read: public ones, and those that somebody named."""

from __future__ import annotations

import socket
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

NAT64 = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 one, by RFC 6052."""
PROTOCOL = IPv4Network("192.0.0.0/24")
"""Kept for protocols by RFC 6890; older Pythons take most of it for public."""


def names_this_machine(host: str) -> bool:
    """Return whether `host` says outright that it is this machine."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def closed_kind(address: str) -> str | None:
    """Return the kind of an IP address that isn't public ("a private address"), or None."""
    ip = _carried(ip_address(address))
    kinds = {
        "an unspecified": ip.is_unspecified,
        "a loopback": ip.is_loopback,
        "a link-local": ip.is_link_local,
        "a multicast": ip.is_multicast,
        "a reserved": ip.is_reserved or (isinstance(ip, IPv6Address) and ip.is_site_local),
        "a private": not ip.is_global or ip in PROTOCOL,
    }
    return next((f"{kind} address" for kind, holds in kinds.items() if holds), None)


def addresses_of(host: str, port: int) -> list[str]:
    """Return every address of `host`, in the order to try them.

    Hosts written as one number, in octal or in hexadecimal are read as the system reads them.

    Raises:
        OSError: if there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError("no valid host name") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _carried(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 one stands for, or `ip` itself."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
