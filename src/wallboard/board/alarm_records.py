"""Alarms as plain records, for whatever keeps them over a restart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any, get_args

from wallboard.board.alarm import Alarm
from wallboard.board.verdicts import HIGH, LOW, NORMAL, Severity
from wallboard.domain.keys import Key, Resource
from wallboard.domain.text import clean

Record = dict[str, Any]
_SEVERITIES = get_args(Severity)
_NAMES = tuple(field.name for field in fields(Alarm))
_TEXTS = ("id", "source", "object", "condition", "text", "acked_by", "snoozed_by", "acted_by")
_NUMBERS = ("since", "changed_at")
_PERHAPS = ("value", "limit", "acked_at", "acked_value", "snoozed_until", "cleared_at", "acted_at")


def record(alarm: Alarm) -> Record:
    """The alarm as JSON can hold it."""
    return asdict(alarm) | {
        "key": None if alarm.key is None else str(alarm.key),
        "resource": None if alarm.resource is None else alarm.resource.value,
    }


def alarm_of(found: Mapping[str, Any]) -> Alarm | None:
    """The alarm of a record; None if it is none."""
    try:
        # Older consoles keep no more of what people did than what still stands.
        acted_at = found["changed_at"] if found["snoozed_by"] else found["acked_at"]
        acted = {"acted_at": acted_at, "acted_by": found["snoozed_by"] or found["acked_by"]}
        values: Record = {
            name: acted.get(name) if name in acted and name not in found else found[name] for name in _NAMES
        }
        values |= {name: str(clean(_text(values[name]))) for name in _TEXTS if name != "id"}
        values |= {name: _number(values[name]) for name in _NUMBERS}
        values |= {name: None if values[name] is None else _number(values[name]) for name in _PERHAPS}
        values["id"] = _text(values["id"])
        values["key"] = None if values["key"] is None else Key.parse(_text(values["key"]))
        values["resource"] = None if values["resource"] is None else Resource(values["resource"])
        values["unknown"] = values["unknown"] is True
        known = (
            values["severity"] in _SEVERITIES
            and values["acked_severity"] in (*_SEVERITIES, None)
            and values["priority"] in (HIGH, NORMAL, LOW)
        )
        return Alarm(**values) if known else None
    except (KeyError, TypeError, ValueError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return float(value)


def merged(ours: Iterable[Alarm], theirs: Iterable[Alarm], forget_before: float) -> list[Alarm]:
    """Of each alarm the newest state; what has not changed since `forget_before` (steady UTC seconds) and is normal, or
    is only theirs, goes."""
    kept = {alarm.id: alarm for alarm in theirs if alarm.changed_at >= forget_before}
    for alarm in ours:
        other = kept.get(alarm.id)
        if other is None or other.changed_at <= alarm.changed_at:
            kept[alarm.id] = alarm
    return [alarm for alarm in kept.values() if alarm.state != "normal" or alarm.changed_at >= forget_before]
