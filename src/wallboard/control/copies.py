"""How a record of the journal is written elsewhere: for systemd's journal, for syslog, for a stream of the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from wallboard.control.journal_reader import Record, canonical, sentence
from wallboard.domain.text import clean

_INFO, _AUTHPRIV = 6, 10
"""Severity, and the facility that distributions keep from everybody's eyes: there are callers' numbers in it."""
MESSAGE_ID = "6a3c5f0a5e0f4f3f9a2b7c41d86f2e95"
"""By which a record is found among all messages of systemd's journal."""


def for_journald(record: Record) -> bytes:
    """The record as systemd's native protocol has it: a sentence, its chief fields, and the whole of it in
    `WALLBOARD_RECORD`."""
    fields: dict[str, object] = {
        "MESSAGE": sentence(record),
        "MESSAGE_ID": MESSAGE_ID,
        "PRIORITY": _INFO,
        "SYSLOG_FACILITY": _AUTHPRIV,
        "SYSLOG_IDENTIFIER": "wallboard",
        **{f"WALLBOARD_{name.upper()}": record.get(name, "") for name in _FIELDS},
        "WALLBOARD_RECORD": canonical(record).decode("ascii"),
    }
    return b"".join(f"{name}={clean(str(value), _LONGEST)}\n".encode() for name, value in fields.items())


def for_syslog(record: Record) -> bytes:
    """The record as a message of RFC 5424 whose text is the JSON of the file."""
    head = (
        f"<{8 * _AUTHPRIV + _INFO}>1",
        *(_word(record.get(name), length) for name, length in (("ts", 64), ("host", 255))),
        "wallboard",
        *(_word(record.get(name), length) for name, length in (("pid", 128), ("phase", 32))),
        "-",
    )
    return " ".join(head).encode("ascii") + b" " + canonical(record)


class Kind(NamedTuple):
    """Where copies go: the usual socket ("": it has none), and how a record is written for it."""

    socket: str
    written: Callable[[Record], bytes]


NATS = "nats"
"""Of these, what is reached by the bus of the site."""
KINDS: Mapping[str, Kind] = {
    "journald": Kind("/run/systemd/journal/socket", for_journald),
    "syslog": Kind("/dev/log", for_syslog),
    NATS: Kind("", canonical),
}
"""By `[audit] forward`."""
_FIELDS = ("hash", "prev", "phase", "id", "verb", "source", "operator", "user", "run")
_LONGEST = 64 * 1024
"""Characters; twice those of the longest record."""


def short(record: Record) -> Record:
    """What must be known of a record that is too long for where it goes: that it is in the file."""
    return {name: record[name] for name in ("ts", "host", "pid", *_FIELDS) if name in record} | {"too_long": True}


def _word(value: object, most: int) -> str:
    return re.sub(r"[^!-~]", "_", str(value or ""))[:most] or "-"
