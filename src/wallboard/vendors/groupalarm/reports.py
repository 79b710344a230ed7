"""What can be read of a hotline or a telephone when a person asks: call log, one call, billed records, telephones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import partial

from wallboard.domain.models import Hotline, Phone, Row, in_address
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.base import Report, Sheet
from wallboard.vendors.groupalarm.mapping import Known, instant
from wallboard.vendors.groupalarm.reading import Reader
from wallboard.vendors.groupalarm.wire import EntryWire, LogWire, RecordWire

LOG_PAGES = 3
"""Most pages of a call log: 150 calls, far beyond a day of a hotline."""
MOST_LINES = 300

Line = tuple[Clean, ...]


def reports(reader: Reader, known: Known, row: Row) -> tuple[Report, ...]:
    """() for rows that this vendor does not have. The readings raise `ReadError`s."""
    if isinstance(row, Hotline):
        identity = row.key.id
        return (
            Report("calls", "call log", partial(_calls, reader, known, identity), cost=LOG_PAGES),
            Report("call", "last call", partial(_last_call, reader, known, identity), cost=2),
            Report("records", "billed records", partial(_records, reader, known, identity), cost=LOG_PAGES),
        )
    if isinstance(row, Phone) and (user := in_address(row.address, "user")):
        return (Report("phones", "telephones", partial(_phones, reader, known, user)),)
    return ()


# ---- calls -----------------------------------------------------------------------------------------------------


async def _calls(reader: Reader, known: Known, hotline: str) -> Sheet:
    """Every entry of the newest calls: the newest call first, its entries in their own order."""
    logs, pages = await reader.logs(hotline, LOG_PAGES)
    lines = [line for log in _by_start(logs, known) for line in call_lines(log, known)]
    note = _of(len(logs), pages.total, "calls")
    return Sheet(_entry_columns(known), tuple(lines[:MOST_LINES]), note)


async def _last_call(reader: Reader, known: Known, hotline: str) -> Sheet:
    """The newest call, read again by its own id."""
    logs, _ = await reader.logs(hotline, 1)
    newest = next((log for log in _by_start(logs, known) if log.id), None)
    if newest is None:
        return Sheet(_entry_columns(known), (), clean("no call yet"))
    log = await reader.log(hotline, newest.id)
    return Sheet(_entry_columns(known), tuple(call_lines(log, known)), clean(f"call {log.id}"))


def _by_start(logs: Sequence[LogWire], known: Known) -> list[LogWire]:
    def order(log: LogWire) -> tuple[float, int]:
        return instant(log.start, known.zone) or 0.0, int(log.id or 0)

    return sorted(logs, key=order, reverse=True)


def _entry_columns(known: Known) -> Line:
    return (clean(f"time, {_zone_name(known.zone)}"), clean("action"), clean("who"), clean("phone"))


def call_lines(log: LogWire, known: Known) -> list[Line]:
    """The beginning of a call and each of its entries, in the vendor's words."""
    lines: list[Line] = [(moment(log.start, known.zone), clean("call"), NOTHING, NOTHING)]
    if not log.entries:
        lines[0] = (lines[0][0], clean("call without entries"), NOTHING, NOTHING)
    lines += [_entry(entry, known) for entry in log.entries]
    return lines


def _entry(entry: EntryWire, known: Known) -> Line:
    who = known.person(entry.user)
    return (moment(entry.start, known.zone), clean(entry.action), who, clean(entry.phone))


# ---- records ---------------------------------------------------------------------------------------------------


async def _records(reader: Reader, known: Known, hotline: str) -> Sheet:
    found, pages = await reader.records(hotline, LOG_PAGES)
    found = sorted(found, key=lambda wire: (instant(wire.start, known.zone) or 0.0, int(wire.id or 0)), reverse=True)
    columns = (clean(f"time, {_zone_name(known.zone)}"), clean("destination"), clean("length"), clean("price"))
    note = _of(len(found), pages.total, "records")
    priced = clean(f"{note}; the vendor names no currency") if found else note
    return Sheet(columns, tuple(record_line(wire, known.zone) for wire in found[:MOST_LINES]), priced)


def record_line(wire: RecordWire, zone: tzinfo) -> Line:
    """A billed leg. One without an end may still be running: the vendor does not say."""
    start, end = instant(wire.start, zone), instant(wire.end, zone)
    if start is not None and end is not None and end >= start:
        minutes, seconds = divmod(int(end - start), 60)
        lasted = f"{minutes}:{seconds:02}"
    else:
        lasted = "–" if wire.end or not wire.start else "– (may be running)"
    price = "–" if wire.price is None else f"{wire.price:g}"
    return (moment(wire.start, zone), clean(wire.destination), clean(lasted), clean(price))


# ---- telephones ------------------------------------------------------------------------------------------------


async def _phones(reader: Reader, known: Known, user: str) -> Sheet:
    wires, _, _ = await reader.phones(user)
    words = {True: "on duty", False: "off duty", None: "–"}
    rows = tuple((clean(wire.name), clean(wire.phone), clean(words[wire.is_active])) for wire in wires)
    columns = (clean("telephone"), clean("number"), clean("duty"))
    return Sheet(columns, rows, clean(f"of {known.person(user) or user}"))


# ---- words -----------------------------------------------------------------------------------------------------


def moment(text: str, zone: tzinfo) -> Clean:
    """A time of the vendor in the zone of the source; as it came where it is none."""
    at = instant(text, zone)
    if at is None:
        return clean(text)
    try:
        return clean(datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S"))
    except (ValueError, OverflowError, OSError):
        return clean(text)


def _zone_name(zone: tzinfo) -> str:
    """Zones of the config are named ones."""
    return str(zone)


def _of(count: int, total: int | None, what: str) -> Clean:
    if count == 0:
        return clean(f"no {what}")
    if total is None:
        return clean(f"{count} {what}")
    if count >= total:
        return clean(f"{count} {what}, all there are")
    return clean(f"the newest of {total} {what}")
