"""What a `[[source]]` of each vendor may and must say."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

COMMON = frozenset(
    {"name", "vendor", "url", "auth", "phone", "every", "budget", "timeout", "timezone", "region", "ca_file"}
    | {"insecure", "read_only"}
)
Type = Literal["bool", "str", "int", "float"]


@dataclass(frozen=True, slots=True)
class VendorRules:
    """`fields` beyond the common ones; `auth` kinds; `example` url; `url` default ("" none); `options` by type."""

    auth: tuple[str, ...]
    schemes: tuple[str, ...]
    example: str
    fields: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    url: str = ""
    options: Mapping[str, Type] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    """What `words` may mean, where the documents leave the vendor's vocabulary open."""
    phone: re.Pattern[str] | None = None
    phone_example: str = ""


RULES: Mapping[str, VendorRules] = {
    "ringme": VendorRules(
        auth=("oauth", "bearer", "basic", "header", "none"),
        schemes=("https", "http"),
        example="https://pbx.example.net/api/ver1.0",
        fields=frozenset({"client", "queues", "phones", "park_slots", "words", "options"}),
        words=("ready", "break", "off", "waiting", "ringing", "talking", "abandoned"),
        # Documents differ on whether hold, park and the like need a destination (vendors.md §3.4).
        # Recognised speech is posted to an address of one's own (seed 003).
        options={"always_send_dst": "bool", "mark_legs": "bool", "speech_url": "str"},
        phone=re.compile(r"[0-9A-Za-z_.*#+@-]+"),
        phone_example="2001",
    ),
    "groupalarm": VendorRules(
        auth=("header", "none"),
        schemes=("https", "http"),
        example="https://app.groupalarm.com/api/v1/first-responder",
        url="https://app.groupalarm.com/api/v1/first-responder",
        fields=frozenset({"organization", "people", "words"}),
        # States of a hotline, and whether an entry of its call log says that somebody took the call.
        words=("open", "starting", "paused", "error", "taken", "not_taken"),
        required=frozenset({"organization"}),
    ),
    "sinch": VendorRules(
        auth=("basic", "bearer", "header", "none"),
        schemes=("https", "http"),
        example="https://contact.example.net/RI/rci",
        fields=frozenset({"queues", "words"}),
        # Types of queues.
        words=("phone", "chat", "email"),
    ),
    "portsip": VendorRules(
        auth=("login", "bearer"),
        schemes=("https", "http"),
        example="https://pbx.example.net:8887/api",
        fields=frozenset({"queues", "words", "options"}),
        words=("ready", "ringing", "talking", "other_call", "wrap_up", "break", "off", "unreachable"),
        # The push address differs between releases (vendors.md §4.4); push can be turned off where it is not allowed.
        options={"push": "bool", "push_url": "str"},
        phone=re.compile(r"[0-9]{3,64}"),
        phone_example="2001",
    ),
    "asterisk": VendorRules(
        auth=("ami",),
        schemes=("tls", "tcp"),
        example="tls://pbx.example.net:5039",
        fields=frozenset({"queues", "transfer_context", "park_lot", "wrap_up"}),
        phone=re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9_.@/:-]+"),
        phone_example="PJSIP/2001",
    ),
}
ANY_AUTH = ("bearer", "oauth", "basic", "header", "login", "ami", "none")
GROUPALARM_HEADERS = ("API-TOKEN", "Personal-Access-Token")


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
