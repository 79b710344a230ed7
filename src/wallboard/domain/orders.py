"""A command on its way to who carries it out: what `domain.codec` makes of it, with bounds, and without a clock.

Two machines' clocks differ. So instants travel as the writer has them, beside the writer's own time, and are moved to
the reader's clock by the difference of the two: what the way took makes everything younger by so much, which makes a
row that was painted another one before it could make an old order look new (`share.orders` bounds that by a ticket).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wallboard.domain.codec import LONGEST, Unreadable, of_json, to_json
from wallboard.domain.command import Command
from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean

VERSION = 1
MOST = 64 << 10
"""Bytes of an order."""
ARGUMENTS = 100
_ID = re.compile(r"[0-9A-Z]{26}")
_NODE = re.compile(r"[0-9A-Za-z._-]{1,80}")
NAMED = 80
"""Characters of a person's name."""


@dataclass(frozen=True, slots=True)
class Order:
    """`phone` is the telephone of who asks, on the source of the command's target; who that is, is what `command.by`
    and `command.node` say, and nobody has proven it."""

    command: Command
    phone: str = ""


def packed(order: Order, now: float) -> dict[str, Any]:
    """As JSON. Unreadable, with the reason as a sentence, where it is more than anybody reads."""
    made = {"v": VERSION, "t": now, "command": to_json(order.command), "phone": order.phone}
    _bounded(made)
    return made


def unpacked(found: dict[str, Any], now: float) -> Order:
    """Unreadable where it is no order that this program understands in full."""
    if found.get("v") is True or found.get("v") != VERSION:
        raise Unreadable("this was written by another version")
    sent = found.get("t")
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise Unreadable("this order has no time")
    _bounded(found)
    try:
        command: Command = of_json(Command, found.get("command"), now - float(sent))
    except (TypeError, ValueError, OverflowError) as error:
        raise Unreadable(f"this is no command: {error}") from error
    phone = found.get("phone", "")
    names = [name for name, _ in command.args]
    if not _ID.fullmatch(command.id) or not isinstance(phone, str) or len(set(names)) != len(names):
        raise Unreadable("this is no command")
    if command.node and not _NODE.fullmatch(command.node):
        raise Unreadable("this is no node")
    target = replace(command.target, label=clean(command.target.label))
    destination = command.destination and replace(command.destination, label=clean(command.destination.label))
    by = clean(command.by, NAMED)
    return Order(replace(command, target=target, destination=destination, by=by, origin="bus"), phone)


def _bounded(value: Any) -> None:
    """No text is cut: half a text that is written is another text."""
    if len(json.dumps(value)) > MOST:
        raise Unreadable(tr("this is too long to be sent"))
    command = value.get("command")
    args = command.get("args", ()) if isinstance(command, dict) else ()
    if isinstance(args, Sequence) and len(args) > ARGUMENTS:
        raise Unreadable(tr("this is too much to be sent"))
    _texts(value, 0)


def _texts(value: Any, depth: int) -> None:
    if depth > 12:
        raise Unreadable("this is too deep to be read")
    if isinstance(value, str) and len(value) > LONGEST:
        raise Unreadable(
            tr("a text of {n} characters is too long to be sent (at most {most})", n=len(value), most=LONGEST)
        )
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _texts(each, depth + 1)


def row_packed(row: Row, now: float) -> dict[str, Any]:
    return {"t": now, "row": to_json(row, of=Row)}


def row_unpacked(found: Any, now: float) -> Row | None:
    """Unreadable; None for a kind of row that is new."""
    try:
        row: Row | None = of_json(Row, found["row"], now - float(found["t"]))
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise Unreadable(f"this is no row: {error}") from error
    return row
