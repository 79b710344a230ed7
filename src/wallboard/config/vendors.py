"""What a `[[source]]` of each vendor may and must say."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from wallboard.domain.errors import ConfigError, VendorError
from wallboard.domain.language import tr
from wallboard.vendors import registry
from wallboard.vendors.options import Options
from wallboard.vendors.plugin import SourceRules

COMMON = frozenset(
    {
        "name",
        "vendor",
        "url",
        "auth",
        "phone",
        "budget",
        "consoles",
        "timezone",
        "region",
        "ca_file",
        "insecure",
        "read_only",
    }
)
BROKEN = SourceRules(schemes=("https", "http", "tls", "tcp"))


def rules_of(vendor: str) -> SourceRules | None:
    """What the vendor's plugin declares; None: there is no such vendor here. One whose package is broken is judged by
    nothing: its source says why, and the others work."""
    if not registry.known(vendor):
        return None
    try:
        return registry.load(vendor).rules
    except VendorError:
        return BROKEN


def options_of(vendor: str) -> type[Options] | None:
    """The model of the vendor's `options`, if it has any."""
    try:
        return registry.load(vendor).options()
    except (ConfigError, VendorError):
        return None


def loopback(host: str) -> bool:
    """Whether `host` is this machine: `localhost`, `*.localhost`, 127.0.0.0/8 or ::1."""
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


_PLAIN = {"http": "https", "tcp": "tls", "nats": "tls"}
"""Schemes that hide nothing, and those that do."""


def bad_url(
    url: str, schemes: tuple[str, ...], example: str, insecure: bool, key: str = "url"
) -> tuple[str, str] | None:
    """(what is wrong with `url`, the value of `key`, what to write instead), or None."""
    write = tr('write an address such as "{example}"', example=example)
    if not url.isascii() or any(char.isspace() or not char.isprintable() for char in url):
        return tr("{key} holds a blank or a character that no address has", key=key), write
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return tr("{key} is not an address", key=key), write
    # What holds a secret, or may, is not quoted.
    if "@" in parts.netloc:
        return tr("{key} holds a user name or password", key=key), tr("put them into auth, the password as a reference")
    if parts.query or parts.fragment:
        write = tr('write it without the "{sign}" and what follows', sign="?" if parts.query else "#")
        return tr("{key} holds more than a path", key=key), write
    if parts.scheme not in schemes or not url.lower().startswith(f"{parts.scheme}://"):
        listed = tr(" or ").join(f"{scheme}://" for scheme in schemes)
        if "://" not in url and re.match(r"[\w.-]+(:\d+)?(/|$)", url):
            write = tr('write "{scheme}://{url}"', scheme=schemes[0], url=url)
            return tr("{key} {url!r} has no scheme", key=key, url=url), write
        return tr("{key} {url!r} does not begin with {listed}", key=key, url=url, listed=listed), write
    if not host:
        return tr("{key} {url!r} names no host", key=key, url=url), write
    if port == 0:
        return tr("{key} {url!r} has port 0", key=key, url=url), write
    if parts.scheme in ("tcp", "tls", "nats") and parts.path not in ("", "/"):
        return tr("{key} {url!r} has a path, which a manager address has not", key=key, url=url), write
    if parts.scheme in _PLAIN and not loopback(host) and not insecure:
        safe = _PLAIN[parts.scheme]
        return (
            tr("{key} {url!r} would send secrets and numbers unencrypted to {host}", key=key, url=url, host=host),
            tr('write "{safe}://…", or insecure = true if the line is protected otherwise', safe=safe),
        )
    return None
