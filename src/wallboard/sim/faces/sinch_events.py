"""Disruption events of the configuration interface: what a body may hold, and which of them a query means (seed 002).

A body that is wrong in any way is refused whole, with 400 and a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wallboard.sim.asgi import HttpError, Request
from wallboard.sim.engine import Engine
from wallboard.sim.faces.sinch_rows import canonical
from wallboard.sim.notices import DisruptionEvent, DisruptionItem, DisruptionSet

_UNMENTIONED = ("ticket",)
_UNWRITTEN = ("created", "modified")
_ITEM_FIELDS = frozenset(["id", "externalId", "externalid", "type"])
_KINDS = ("WHY", "WHERE", "WHEN")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z\Z")

Keep = Callable[[DisruptionEvent], bool]


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as a body has it. What the body leaves out is not there afterwards."""

    items: list[DisruptionItem]
    remarks: str | None
    active_from: float | None
    active_to: float | None
    extra: dict[str, object]


def _moment(engine: Engine, name: str, value: object) -> float:
    """A UTC time such as `2021-03-29T12:01:00.000Z`, with milliseconds or without."""
    if not isinstance(value, str) or not _TIME.match(value):
        raise HttpError(400, f"{name}: UTC time expected, such as 2021-03-29T12:01:00.000Z")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise HttpError(400, f"{name}: no such time") from None
    return (moment - engine.start).total_seconds()


def _item(group: DisruptionSet, value: object) -> DisruptionItem:
    """ "Either id or externalId and type are required for items"."""
    if not isinstance(value, dict) or not value.keys() <= _ITEM_FIELDS:
        raise HttpError(400, "items.item: objects of id, or of externalId and type")
    external, kind = value.get("externalId", value.get("externalid")), value.get("type")
    if kind is not None and kind not in _KINDS:
        raise HttpError(400, "type: one of WHY, WHERE, WHEN")
    found = group.items
    if "id" in value:
        identity = canonical(value["id"])
        found = [each for each in found if each.id == identity]
    elif external is None or kind is None:
        raise HttpError(400, "Either id or externalId and type are required for items")
    found = [each for each in found if external in (None, each.external_id) and kind in (None, each.kind)]
    if not found:
        raise HttpError(400, "items.item: no such item in this disruption set")
    return found[0]


def read_draft(engine: Engine, group: DisruptionSet, body: object, event: DisruptionEvent | None) -> Draft:
    """The event that a POST (`event` None) or a PUT asks for."""
    if not isinstance(body, dict):
        raise HttpError(400, "JSON object expected")
    known = {"remarks", "activeFrom", "activeTo", "items", *_UNMENTIONED} | ({"id", *_UNWRITTEN} if event else set())
    for name in body:
        if name not in known:
            raise HttpError(400, f"Unrecognized property '{name}'")
    if event is not None and "id" in body and canonical(body["id"]) != event.id:
        raise HttpError(400, "id: not that of the event")
    wrapped = body.get("items")
    listed = wrapped.get("item") if isinstance(wrapped, dict) and wrapped.keys() == {"item"} else None
    if not isinstance(listed, list) or not listed:
        raise HttpError(400, 'items: required, {"item": [...]}')
    items = [_item(group, each) for each in listed]
    if len({each.id for each in items}) != len(items):
        raise HttpError(400, "items: the same item twice")
    for name in ("remarks", *_UNMENTIONED):
        if name in body and not isinstance(body[name], str):
            raise HttpError(400, f"{name}: text expected")
    begin = _moment(engine, "activeFrom", body["activeFrom"]) if "activeFrom" in body else None
    end = _moment(engine, "activeTo", body["activeTo"]) if "activeTo" in body else None
    if begin is not None and end is not None and end < begin:
        raise HttpError(400, "activeTo: before activeFrom")
    remarks = body.get("remarks")
    extra: dict[str, object] = {name: body[name] for name in _UNMENTIONED if name in body}
    return Draft(items, remarks if isinstance(remarks, str) else None, begin, end, extra)


_TIMES: dict[str, Callable[[DisruptionEvent], float | None]] = {
    "activeFrom": lambda event: event.active_from,
    "activeTo": lambda event: event.active_to,
    "created": lambda event: event.created,
    "modified": lambda event: event.modified,
}


def _limit(of: Callable[[DisruptionEvent], float | None], bound: float, *, until: bool) -> Keep:
    def keep(event: DisruptionEvent) -> bool:
        value = of(event)
        return value is not None and (value <= bound if until else value >= bound)

    return keep


def _up(now: float, active: bool) -> Keep:
    return lambda event: event.active(now) == active


def wanted(engine: Engine, request: Request) -> Keep:
    """What a list of events is asked for: `active`, and for each time `name` (after it) and `nameEnd` (before it).

    The document gives this list no `sort`, `offset` or `limit`: they change nothing. An event without the time asked
    about is not meant.
    """
    tests: list[Keep] = []
    for name in request.query:
        value = request.parameter(name)
        if name == "active":
            if value not in ("true", "false"):
                raise HttpError(400, "active: boolean expected")
            tests.append(_up(engine.now, value == "true"))
        elif name.removesuffix("End") in _TIMES:
            field = name.removesuffix("End")
            tests.append(_limit(_TIMES[field], _moment(engine, name, value), until=name.endswith("End")))
        elif name not in ("sort", "offset", "limit"):
            raise HttpError(400, f"Unknown query parameter '{name}'")
    return lambda event: all(test(event) for test in tests)
