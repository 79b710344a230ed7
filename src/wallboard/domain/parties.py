"""Who is at the other end of a row."""

from __future__ import annotations

from wallboard.domain.models import Agent, Call, Hotline, Member, ParkedCall, Phone, Queue, Receptionist, Row
from wallboard.domain.states import Direction


def number_of(row: Row | None) -> str:
    """The number that calling this row's party dials: of the other side, or the row's own; "" where it has none."""
    match row:
        case Call():
            # Of a call in or inside, whoever called; of a call out, whoever was called.
            return row.to if row.direction is Direction.OUT else row.from_number
        case Member() | ParkedCall() | Queue() | Hotline() | Receptionist():
            return row.number
        case Agent() | Phone():
            return row.extension
    return ""
