"""Addresses of a source: which may be used at all, and how an id gets into one without reaching another."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit

from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean

_PLAIN = "@:*!$'(),"
"""What a path segment may hold as it is (RFC 3986): `@me` must arrive as `@me`, some servers compare undecoded."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address below the base: `template` for logs, `path` with quoted ids ("" if an id cannot be sent)."""

    template: str
    path: str


def route(template: str, **ids: str | int) -> Route:
    """`template` with each `{name}` replaced by its id, quoted so that no id reaches another address."""
    quoted: dict[str, str] = {}
    for name, value in ids.items():
        text = str(value)
        # Dot segments would be resolved away, quoted or not.
        if text.strip() in ("", ".", "..") or len(text) > 512:
            return Route(template, "")
        try:
            quoted[name] = quote(text, safe=_PLAIN)
        except UnicodeEncodeError:
            return Route(template, "")
    return Route(template, template.format_map(quoted))


def check_address(url: str, what: str, *, insecure: bool) -> None:
    """ConfigError unless `url` is https, or http to this machine (or `insecure`), without a user or query in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError(tr("{key}: {url!r} is not an address", key=what, url=url)) from None
    if parts.username or parts.password:
        raise ConfigError(tr("{key}: write the credentials under auth, not into the address", key=what))
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable():
        raise ConfigError(tr("{key}: {url!r} is not an https:// address", key=what, url=url))
    if parts.query or parts.fragment:
        raise ConfigError(tr("{key}: {url!r} must end before ? and #", key=what, url=url))
    if parts.scheme == "http" and not insecure and not is_loopback(host):
        raise ConfigError(
            tr("{key}: http:// to {host} would send the credentials in plain text", key=what, host=host),
            hint=tr("write https://, or insecure = true"),
        )


def is_loopback(host: str) -> bool:
    """Whether the name or number means the machine itself."""
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def redirect_sentence(location: str, base: str) -> str:
    """Where a redirect, which is never followed, would have led."""
    try:
        there, here = urlsplit(location), urlsplit(base)
        if there.hostname and there.hostname != here.hostname:
            return tr("vendor redirects to host {host}", host=clean(there.hostname, 100))
        if there.scheme and there.scheme != here.scheme:
            return tr("vendor redirects to {scheme}://", scheme=clean(there.scheme, 10))
    except ValueError:
        return tr("vendor redirects")
    return tr("vendor redirects to another address of its own")
