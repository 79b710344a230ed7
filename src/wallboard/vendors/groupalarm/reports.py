"""What can be read of a hotline or a telephone when a person asks: call log, one call, billed records, telephones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import partial

from wallboard.domain.models import Hotline, Phone, Row, in_address
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.base import Report, Sheet
from wallboard.vendors.groupalarm.mapping import Known
from wallboard.vendors.groupalarm.reading import Dated, Reader, number
from wallboard.vendors.groupalarm.wire import EntryWire, LogWire, RecordWire
from wallboard.vendors.kit.sheets import UNKNOWN, Line, clock, length, sheet
from wallboard.vendors.kit.wire import instant

LOG_PAGES = 3
"""Most pages of a call log: 150 calls, far beyond a day of a hotline."""
MOST_LINES = 300
_ENTRY = ("action", "who", "phone")


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


async def _calls(reader: Reader, known: Known, hotline: str) -> Sheet:
    """Every entry of the newest calls: the newest call first, its entries in their own order."""
    logs, pages = await reader.logs(hotline, LOG_PAGES)
    lines = [line for log in _newest_first(logs, known) for line in call_lines(log, known)]
    return sheet((f"time, {known.zone}", *_ENTRY), lines[:MOST_LINES], _of(len(logs), pages.total, "calls"))


async def _last_call(reader: Reader, known: Known, hotline: str) -> Sheet:
    logs, _ = await reader.logs(hotline, 1)
    newest = next((log for log in _newest_first(logs, known) if log.id), None)
    if newest is None:
        return sheet((f"time, {known.zone}", *_ENTRY), (), "no call yet")
    log = await reader.log(hotline, newest.id)
    return sheet((f"time, {known.zone}", *_ENTRY), call_lines(log, known), f"call {log.id}")


def _newest_first(found: Sequence[Dated], known: Known) -> list[Dated]:
    return sorted(found, key=lambda each: (instant(each.start, known.zone) or 0.0, number(each)), reverse=True)


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


async def _records(reader: Reader, known: Known, hotline: str) -> Sheet:
    found, pages = await reader.records(hotline, LOG_PAGES)
    lines = [record_line(wire, known.zone) for wire in _newest_first(found, known)[:MOST_LINES]]
    currency = "; the vendor names no currency" if found else ""
    note = f"{_of(len(found), pages.total, 'records')}{currency}"
    return sheet((f"time, {known.zone}", "destination", "length", "price"), lines, note)


def record_line(wire: RecordWire, zone: tzinfo) -> Line:
    """A billed leg. One without an end may still be running: the vendor does not say."""
    start, end = instant(wire.start, zone), instant(wire.end, zone)
    lasted = UNKNOWN if wire.end or not wire.start else clean("– (may be running)")
    if start is not None and end is not None and end >= start:
        lasted = length(end - start)
    price = UNKNOWN if wire.price is None else clean(f"{wire.price:g}")
    return (moment(wire.start, zone), clean(wire.destination), lasted, price)


async def _phones(reader: Reader, known: Known, user: str) -> Sheet:
    wires, _ = await reader.phones(user)
    words = {True: "on duty", False: "off duty", None: None}
    rows = [(wire.name, wire.phone, words[wire.is_active]) for wire in wires]
    return sheet(("telephone", "number", "duty"), rows, f"of {known.person(user) or user}")


def moment(text: str, zone: tzinfo) -> Clean:
    """A time of the vendor in the zone of the source; as it came where it is none."""
    return clock(instant(text, zone), zone) or clean(text)


def _of(count: int, total: int | None, what: str) -> str:
    if count == 0:
        return f"no {what}"
    if total is None:
        return f"{count} {what}"
    return f"{count} {what}, all there are" if count >= total else f"the newest of {total} {what}"
