"""What can be read of a hotline or a telephone when a person asks: call log, one call, billed records, telephones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import partial

from wallboard.domain.language import mark, tr
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
_COUNTED = {
    "calls": (
        *(mark("no calls"), mark("{n} calls")),
        *(mark("{n} calls, all there are"), mark("the newest of {all} calls")),
    ),
    "records": (
        *(mark("no records"), mark("{n} records")),
        *(mark("{n} records, all there are"), mark("the newest of {all} records")),
    ),
}
"""None, so many of a total that is not told, all of them, and not all."""


def reports(reader: Reader, known: Known, row: Row) -> tuple[Report, ...]:
    """() for rows that this vendor does not have. The readings raise `ReadError`s."""
    if isinstance(row, Hotline):
        identity = row.key.id
        return (
            Report("calls", tr("call log"), partial(_calls, reader, known, identity), cost=LOG_PAGES),
            Report("call", tr("last call"), partial(_last_call, reader, known, identity), cost=2),
            Report("records", tr("billed records"), partial(_records, reader, known, identity), cost=LOG_PAGES),
        )
    if isinstance(row, Phone) and (user := in_address(row.address, "user")):
        return (Report("phones", tr("telephones"), partial(_phones, reader, known, user)),)
    return ()


async def _calls(reader: Reader, known: Known, hotline: str) -> Sheet:
    """Every entry of the newest calls: the newest call first, its entries in their own order."""
    logs, pages = await reader.logs(hotline, LOG_PAGES)
    lines = [line for log in _newest_first(logs, known) for line in call_lines(log, known)]
    return sheet(_columns(known), lines[:MOST_LINES], _of(len(logs), pages.total, "calls"))


async def _last_call(reader: Reader, known: Known, hotline: str) -> Sheet:
    logs, _ = await reader.logs(hotline, 1)
    newest = next((log for log in _newest_first(logs, known) if log.id), None)
    if newest is None:
        return sheet(_columns(known), (), tr("no call yet"))
    log = await reader.log(hotline, newest.id)
    return sheet(_columns(known), call_lines(log, known), tr("call {id}", id=log.id))


def _columns(known: Known) -> tuple[str, ...]:
    return (tr("time, {zone}", zone=known.zone), tr("action"), tr("who"), tr("phone"))


def _newest_first(found: Sequence[Dated], known: Known) -> list[Dated]:
    return sorted(found, key=lambda each: (instant(each.start, known.zone) or 0.0, number(each)), reverse=True)


def call_lines(log: LogWire, known: Known) -> list[Line]:
    """The beginning of a call and each of its entries, in the vendor's words."""
    call = tr("call") if log.entries else tr("call without entries")
    lines: list[Line] = [(moment(log.start, known.zone), clean(call), NOTHING, NOTHING)]
    lines += [_entry(entry, known) for entry in log.entries]
    return lines


def _entry(entry: EntryWire, known: Known) -> Line:
    who = known.person(entry.user)
    return (moment(entry.start, known.zone), clean(entry.action), who, clean(entry.phone))


async def _records(reader: Reader, known: Known, hotline: str) -> Sheet:
    found, pages = await reader.records(hotline, LOG_PAGES)
    lines = [record_line(wire, known.zone) for wire in _newest_first(found, known)[:MOST_LINES]]
    note = _of(len(found), pages.total, "records")
    if found:
        note = tr("{counted}; the vendor names no currency", counted=note)
    columns = (tr("time, {zone}", zone=known.zone), tr("destination"), tr("length"), tr("price"))
    return sheet(columns, lines, note)


def record_line(wire: RecordWire, zone: tzinfo) -> Line:
    """A billed leg. One without an end may still be running: the vendor does not say."""
    start, end = instant(wire.start, zone), instant(wire.end, zone)
    lasted = UNKNOWN if wire.end or not wire.start else clean(tr("– (may be running)"))
    if start is not None and end is not None and end >= start:
        lasted = length(end - start)
    price = UNKNOWN if wire.price is None else clean(f"{wire.price:g}")
    return (moment(wire.start, zone), clean(wire.destination), lasted, price)


async def _phones(reader: Reader, known: Known, user: str) -> Sheet:
    wires, _ = await reader.phones(user)
    words = {True: tr("on duty"), False: tr("off duty"), None: None}
    rows = [(wire.name, wire.phone, words[wire.is_active]) for wire in wires]
    columns = (tr("telephone"), tr("number"), tr("duty"))
    return sheet(columns, rows, tr("of {person}", person=known.person(user) or user))


def moment(text: str, zone: tzinfo) -> Clean:
    """A time of the vendor in the zone of the source; as it came where it is none."""
    return clock(instant(text, zone), zone) or clean(text)


def _of(count: int, total: int | None, what: str) -> str:
    none, some, whole, newest = _COUNTED[what]
    said = none if count == 0 else some if total is None else whole if count >= total else newest
    return tr(said, n=count, all=total)
