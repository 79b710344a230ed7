"""What a `[[source]]` of each vendor may and must say."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from wallboard.domain.errors import ConfigError, VendorError
from wallboard.vendors import registry
from wallboard.vendors.options import Options
from wallboard.vendors.plugin import SourceRules

COMMON = frozenset(
    {"name", "vendor", "url", "auth", "phone", "budget", "timezone", "region", "ca_file", "insecure", "read_only"}
)
BROKEN = SourceRules(schemes=("https", "http", "tls", "tcp"))


def rules_of(vendor: str) -> SourceRules | None:
    """What the vendor's plugin declares; None: there is no such vendor here. One whose package is broken is judged by
    nothing: its source says why, and the others work."""
    if vendor not in registry.names():
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


def bad_url(url: str, schemes: tuple[str, ...], example: str, insecure: bool) -> tuple[str, str] | None:
    """(what is wrong with `url`, what to write instead), or None."""
    write = f'write an address such as "{example}"'
    if not url.isascii() or any(char.isspace() or not char.isprintable() for char in url):
        return "url holds a blank or a character that no address has", write
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "url is not an address", write
    # What holds a secret, or may, is not quoted.
    if "@" in parts.netloc:
        return "url holds a user name or password", "put them into auth, the password as a reference"
    if parts.query or parts.fragment:
        return "url holds more than a path", f'write it without the "{"?" if parts.query else "#"}" and what follows'
    if parts.scheme not in schemes or not url.lower().startswith(f"{parts.scheme}://"):
        listed = " or ".join(f"{scheme}://" for scheme in schemes)
        if "://" not in url and re.match(r"[\w.-]+(:\d+)?(/|$)", url):
            return f"url {url!r} has no scheme", f'write "{schemes[0]}://{url}"'
        return f"url {url!r} does not begin with {listed}", write
    if not host:
        return f"url {url!r} names no host", write
    if port == 0:
        return f"url {url!r} has port 0", write
    if parts.scheme in ("tcp", "tls") and parts.path not in ("", "/"):
        return f"url {url!r} has a path, which a manager address has not", write
    if parts.scheme in ("http", "tcp") and not loopback(host) and not insecure:
        safe = {"http": "https", "tcp": "tls"}[parts.scheme]
        return (
            f"url {url!r} would send secrets and numbers unencrypted to {host}",
            f'write "{safe}://…", or insecure = true if the line is protected otherwise',
        )
    return None
