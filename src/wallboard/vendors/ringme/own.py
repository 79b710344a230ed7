"""What only this console knows: which calls it has put on hold or parked. The API shows neither (vendors.md §3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import tr
from wallboard.domain.models import Call, Member, ParkedCall
from wallboard.domain.parties import number_of
from wallboard.domain.states import CallState, Direction
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.kit.held import Held, by_us
from wallboard.vendors.kit.numbers import digits
from wallboard.vendors.ringme.names import suffix

RETURNS_AFTER = 180.0
"""Seconds until the PBX gives a parked call back to whom parked it (vendors.md §3.4)."""
LINGER = 10.0
"""Seconds that a row stays after its fetch was accepted."""


def _outside_name(row: Call | Member) -> Clean:
    if isinstance(row, Call):
        return row.to_name if row.direction is Direction.OUT else row.from_name
    return row.name


class Own:
    """Marks set by accepted actions, taken away by what is read later or by time."""

    def __init__(self, source: str, operator: str) -> None:
        self._source = source
        self._by = clean(operator) or clean(tr("this console"))
        self.held = Held()
        self._parked: dict[str, ParkedCall] = {}
        self._wholes: dict[str, str] = {}
        """The whole-call ids of parked calls."""

    def park(self, row: Call | Member, slot: int | None, now: float) -> None:
        call_api_id = row.key.id
        self._wholes = {key: whole for key, whole in self._wholes.items() if key in self._parked}
        self._wholes[call_api_id] = (row.whole if isinstance(row, Call) else "") or suffix(call_api_id)
        self._parked[call_api_id] = ParkedCall(
            key=Key(self._source, Kind.PARKED, call_api_id),
            slot=NOTHING if slot is None else clean(slot),
            caller=_outside_name(row) or clean(number_of(row)),
            number=clean(number_of(row)),
            since=now,
            by=self._by,
            returns_at=now + RETURNS_AFTER,
            returns_to=row.extension if isinstance(row, Call) else row.queue,
            call_key=row.key,
            address=row.address,
        )

    def fetched(self, call_api_id: str, now: float) -> None:
        row = self._parked.get(call_api_id)
        if row is not None:
            self._parked[call_api_id] = replace(row, returns_at=min(row.returns_at or now, now + LINGER))

    def drop(self, call_api_id: str) -> None:
        self._parked.pop(call_api_id, None)
        self.held.resume(call_api_id)

    def parked(self, now: float) -> tuple[ParkedCall, ...]:
        """Rows of what is parked by us, oldest first; what the PBX has given back by now is forgotten."""
        for call_api_id, row in list(self._parked.items()):
            if row.returns_at is not None and now >= row.returns_at:
                del self._parked[call_api_id]
        return tuple(sorted(self._parked.values(), key=lambda row: row.since or 0.0))

    def is_parked(self, call_api_id: str) -> bool:
        return call_api_id in self._parked

    def free_slot(self, slots: Iterable[int], now: float) -> int | None:
        """The first slot in which none of our calls is; None: all taken."""
        taken = {row.slot for row in self.parked(now)}
        return next((slot for slot in slots if clean(slot) not in taken), None)

    def overlay(self, rows: list[Call], extension_id: str, now: float) -> list[Call]:
        """Mark the calls that we hold or parked, and forget marks of calls that a whole list no longer has.

        `extension_id` is whose list `rows` are ("" all of the account).
        """
        for parked in list(self._parked.values()):
            if any(_took_over(row, parked, self._wholes.get(parked.key.id, "")) for row in rows):
                del self._parked[parked.key.id]
        return [
            by_us(replace(row, state=CallState.PARKED), tr("parked")) if row.key.id in self._parked else marked
            for row, marked in zip(rows, self.held.marked(rows, extension_id, now), strict=True)
        ]


_CALL_ID = re.compile(r"[0-9a-f-]{8,}", re.IGNORECASE)


def slot_answer(data: object, part: str) -> bool | None:
    """Whether the call whose id holds `part` sits in the slot that was asked for; None: the answer does not tell.

    The answer to `slots` is not documented, only that it names a part of a call id (vendors.md §3.4).
    """
    if isinstance(data, dict):
        values = [value for name, value in data.items() if name not in ("slot", "action")]
    else:
        values = list(data) if isinstance(data, list) else [data]
    texts = [value for value in values if isinstance(value, str) and value]
    if any(part in text or text in part for text in texts):
        return True
    if all(value is None or value in ("", [], {}) for value in values):
        return None if data is None else False
    return False if any(_CALL_ID.fullmatch(text) for text in texts) else None


def _took_over(row: Call, parked: ParkedCall, whole: str) -> bool:
    """Whether `row` is a later leg to the parked caller: fetched, or given back."""
    if row.key.id == parked.key.id or row.started_at is None or parked.since is None:
        return False
    number = parked.number
    known = len(digits(number)) >= 5
    same = (bool(whole) and row.whole == whole) or (known and number in (row.from_number, row.to))
    return same and row.started_at > parked.since + 1 and row.state is not CallState.RINGING
