"""Payloads that no vendor should send: recorded good ones, damaged by somebody who knows the grammar. All by one seeded
generator, so a run can be had again; and what has to be true of a row whatever it was made from."""

from __future__ import annotations

import copy
import json
import math
import random
from dataclasses import fields, is_dataclass
from typing import Any

from wallboard.domain.keys import Key
from wallboard.domain.models import Row
from wallboard.domain.text import clean


class Raw(str):
    """JSON text that stands for itself: numbers that cannot be dumped, constants that are none."""


BLANK: tuple[Any, ...] = (None, "", " ", True, False, [], {}, "None", "null")
ODD: tuple[Any, ...] = (
    *(0, 7, -1, 1.5, 7.0, -0.0, 2**31, 2**53 + 1, 2**63, 10**300, 1e308, -1e308, 0.5, 1e-9),
    *("0", "7", "-1", "0.5", "1e999", "9" * 400, "nan", "inf", "x" * 2000, "+49 30 111222", "022*300@pbx.example"),
    *("true", "FALSE", "yes", "maybe", "in", "OUT", "ring-all", "Waiting", "Trying", "Answered", "Abandoned"),
    *("Available", "Logged Out", "On Break", "In a queue call", "Idle", "READY", "QUEUE_CALL", "Online", "LUNCH"),
    *("active", "paused", "just created", "error", "some-new-status", "unpaused", "Phone", "Chat", "E-Mail", "WHY"),
    *("CUSTOM", "GLOBAL", "HANGUP", "FORWARD_TO_NUMBER", "accepted", "hangup", "normal/callback", "agent_answered"),
    *("\x1b]0;x\x07", "\x1b[2J", "\x9b31m", "[/b]", "[@click=app.quit]x[/]", "\u202eevil", "\u2066x", "\ud800"),
    *("e" + "\u0301" * 300, "\x00", "a\r\nAction: Logoff", "..", "a/b", "%2e%2e", "👩‍👩‍👧", "\ufeff"),
    *("\u3164", "İ", "ß"),
    *("2026-03-02 08:05:12.98", "2026-03-02T08:05:12Z", "0000-00-00 00:00:00", "9999-12-31 23:59:59", "0001-01-01"),
    *("9999-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2026-03-02 08:05:12+23:59", "2026-13-40 99:99:99"),
    *("25:00", "24:00", "09:60", "2026-02-30", 1772439247, 1772439247000, 4102444800, "4102444800", -62135596800),
    *([None], ["x", 7], {"x": 1}, {"id": "1"}, {"name": {"name": "x"}}, [[[]]], {"status": "x", "value": None}),
)  # fmt: skip
BROKEN = (
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, "01", "+1", "0x10", "tru", "'x'", '"\\ud800"'),
    *('"\\x"', "[" * 40 + "]" * 40, '{"a":' * 40 + "1" + "}" * 40, "[" * 3000, '{"id":1,"id":2}', "/* x */ 1"),
)


def dumped(value: Any) -> str:
    """`value` as JSON, `Raw` parts as they are."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(name))}: {dumped(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumped, value)) + "]"
    return json.dumps(value)


class Garbage:
    """Damages what it is given, as `chance` has it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def value(self) -> Any:
        chance = self.chance
        if chance.random() < 0.25:
            return copy.deepcopy(chance.choice(BLANK))
        return copy.deepcopy(chance.choice(ODD))

    def row(self, sample: dict[str, Any]) -> Any:
        """A row in which some fields are odd, missing or too many; now and then no row at all."""
        if self.chance.random() < 0.1:
            return self.value()
        row = copy.deepcopy(sample)
        for _ in range(self.chance.randrange(4)):
            name = self.chance.choice([*row, "surplus"]) if row else "surplus"
            if self.chance.random() < 0.3:
                row.pop(name, None)
            else:
                row[name] = self.value()
        return row

    def tree(self, value: Any) -> Any:
        """`value` with some of its parts replaced, left out, doubled or wrapped, at any depth."""
        value = copy.deepcopy(value)
        for _ in range(self.chance.randint(1, 3)):
            value = self._change(value)
        return value

    def _change(self, value: Any) -> Any:
        chance = self.chance
        if chance.random() < 0.75:
            if isinstance(value, dict) and value:
                name = chance.choice(list(value))
                pick = chance.random()
                if pick < 0.1:
                    del value[name]
                elif pick < 0.15:
                    value[str(name).upper()] = value.pop(name)
                else:
                    value[name] = self._change(value[name])
                return value
            if isinstance(value, list) and value:
                place = chance.randrange(len(value))
                pick = chance.random()
                if pick < 0.1:
                    del value[place]
                elif pick < 0.2:
                    value.append(copy.deepcopy(value[place]))
                else:
                    value[place] = self._change(value[place])
                return value
        pick = chance.random()
        if pick < 0.08:
            return Raw(chance.choice(BROKEN))
        if pick < 0.14:
            return [value]
        if pick < 0.2:
            return {chance.choice(("data", "errors", "id", "name", "x")): value}
        return self.value()

    def cut(self, body: bytes) -> bytes:
        """`body` cut, flipped, stuttering or in the wrong encoding."""
        chance = self.chance
        pick = chance.randrange(8)
        at = chance.randrange(len(body) + 1)
        end = min(len(body), at + chance.randint(1, 12))
        match pick:
            case 0:
                return body[:at]
            case 1:
                return body[:at] + bytes((byte ^ (1 << chance.randrange(8))) for byte in body[at:end]) + body[end:]
            case 2:
                return body[:at] + body[end:]
            case 3:
                return body[:end] + body[at:]
            case 4:
                return body[:at] + bytes(chance.randrange(256) for _ in range(chance.randint(1, 6))) + body[at:]
            case 5:
                return body.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-7", "utf-32")))
            case 6:
                return chance.choice((b"\xef\xbb\xbf", b"\x00", b"<html>", b")]}',\n", b"\xff\xfe")) + body
            case _:
                return body + body[at:end]

    def body(self, good: Any) -> bytes:
        """The bytes of a damaged answer: its values, its bytes, or both."""
        text = dumped(self.tree(good) if self.chance.random() < 0.8 else good)
        body = text.encode("utf-8", "surrogatepass")
        return self.cut(body) if self.chance.random() < 0.35 else body


# ---- what must be true of a row ----------------------------------------------------------------------------------

RAW = frozenset({"key", "address", "refs", "agent_refs", "serving_ref", "queue_id", "whole", "user", "id"})
"""Names that go back to the vendor as they came."""
INSTANTS = ("started_at", "answered_at", "joined_at", "ended_at", "since", "held_since", "longest_since")
COUNTS = ("waiting", "ringing", "talking", "answered", "abandoned", "waited", "service_seconds")


def check_row(row: Row, now: float) -> None:
    """It has an id, can be kept in a set, shows clean text alone and is of no age below nothing."""
    assert row.key.id, "no id"
    hash(row)
    _check(row, now)


def _check(part: Any, now: float, name: str = "") -> None:
    if isinstance(part, Key) or name in RAW:
        return
    if is_dataclass(part):
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name in INSTANTS and value is not None and type(part).__name__ != "LastCall":
                assert math.isfinite(value), f"{field.name} {value}"
                assert value <= now + 1e-3, f"{field.name} lies {value - now} s ahead"
            if field.name in COUNTS and value is not None:
                assert value >= 0, f"{field.name} {value}"
            _check(value, now, field.name)
    elif isinstance(part, tuple):
        for each in part:
            _check(each, now)
    elif isinstance(part, str):
        assert part == clean(part, 4000), f"{name}: {part!r} is not clean"
    elif isinstance(part, float):
        assert math.isfinite(part), f"{name} {part}"
