"""Addresses to listen on, as people write them: `127.0.0.1:9108`, `[::1]:9108`, `localhost:9108`."""

from __future__ import annotations

import re

from wallboard.config.settings import Address

_SIX = r"\[(?P<six>[0-9A-Fa-f:.]{2,45})\]"
_HOST = r"(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)"
_ALL = frozenset({"0.0.0.0", "::"})
_HERE = frozenset({"127.0.0.1", "::1"})
_ALONE = re.compile(rf"{_HOST}|{_SIX}|(?=.*:.*:)[0-9A-Fa-f:.]{{2,45}}(%[A-Za-z0-9._-]{{1,15}})?")
_HOST_PORT = re.compile(rf"({_SIX}|{_HOST}):(?P<port>[0-9]{{1,5}})")


def address(text: str) -> Address | None:
    """None: it is none."""
    found = _HOST_PORT.fullmatch(text)
    if found is None or int(found["port"]) > 65_535:
        return None
    return Address(found["six"] or found["host"], int(found["port"]))


def is_host(text: str) -> bool:
    """Whether it is a host alone: `127.0.0.1`, `::1`, `[::1]`, `localhost`."""
    return _ALONE.fullmatch(text) is not None


def clash(one: Address, other: Address) -> bool:
    """Whether nobody can listen on both."""
    hosts = [_hosts(each.host) for each in (one, other)]
    # Port 0 is another one each time.
    return one.port == other.port != 0 and bool(hosts[0] & hosts[1] or (hosts[0] | hosts[1]) & _ALL)


def _hosts(host: str) -> frozenset[str]:
    return _HERE if host.lower() == "localhost" else frozenset({host.lower()})
