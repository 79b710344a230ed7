"""Whatever JSON a PBX sends becomes clean rows or one sentence; nothing else leaves the decoders.

Hypothesis finds and shrinks the odd shapes; a seeded generator brings the numbers, because it is far cheaper.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ringme.fake import AGENTS, CALLS, MEMBERS, NOW, PHONES
from wallboard.domain.errors import BadAnswer
from wallboard.domain.models import Row
from wallboard.domain.text import clean
from wallboard.vendors.ringme import wire
from wallboard.vendors.ringme.mapping import (
    Context,
    agent_row,
    call_row,
    member_row,
    phone_row,
    queue_row,
    registrations,
)
from wallboard.vendors.ringme.scalars import status_word

CONTEXT = Context("hq", NOW, phone="022*300", phones={"32494": "022*341@pbx.example"})
RAW = ("key", "address", "refs", "agent_refs", "serving_ref", "queue_id", "whole")
"""Fields that go back to the vendor as they came, or that are no text."""
INSTANTS = ("started_at", "answered_at", "joined_at", "since", "ended_at")
PAYLOADS = 1500
"""Of the seeded generator, for each decoder."""


def check_row(row: Row) -> None:
    """Shown text is clean, instants are not in the future, and the row can be kept in a set."""
    for field in fields(row):
        value = getattr(row, field.name)
        if field.name in INSTANTS:
            assert value is None or value <= NOW
        elif field.name not in RAW:
            if isinstance(value, str):
                assert value == clean(value), field.name
            if isinstance(value, tuple):
                assert all(text == clean(text) for pair in value if isinstance(pair, tuple) for text in pair)
    assert row.key.id
    hash(row)


def decode_members(data: Any) -> None:
    for item in wire.many(wire.MemberStatus, data, "members"):
        if (row := member_row(CONTEXT, "1", clean("Q"), item)) is not None:
            check_row(row)


def decode_agents(data: Any) -> None:
    for item in wire.many(wire.AgentStatus, data, "agents"):
        if (row := agent_row(CONTEXT, "1", clean("Q"), item)) is not None:
            check_row(row)


def decode_calls(data: Any) -> None:
    for item in wire.many(wire.CurrentCall, data, "calls"):
        if (row := call_row(CONTEXT, item)) is not None:
            check_row(row)


def decode_status(data: Any) -> None:
    check_row(queue_row(CONTEXT, "1", wire.one(wire.QueueStatus, data, "status"), None, None))


def decode_extensions(data: Any) -> None:
    for item in wire.many(wire.ExtensionInfo, data, "extensions"):
        check_row(queue_row(CONTEXT, "1", None, item, None))
        check_row(phone_row("hq", "1", status_word(item.name), status_word(item.label), None))


def decode_settings(data: Any) -> None:
    check_row(queue_row(CONTEXT, "1", None, None, wire.one(wire.QueueSettings, data, "settings")))


def decode_registrations(data: Any) -> None:
    found = registrations(wire.many(wire.Registration, data, "registration"))
    assert all(key and value in (True, False, None) for key, value in found.items())


DECODERS: list[tuple[Callable[[Any], None], type[wire.Wire], dict[str, Any]]] = [
    (decode_members, wire.MemberStatus, MEMBERS[0]),
    (decode_agents, wire.AgentStatus, AGENTS[0]),
    (decode_calls, wire.CurrentCall, CALLS[0]),
    (decode_status, wire.QueueStatus, {"waiting_members": 1}),
    (decode_extensions, wire.ExtensionInfo, PHONES[0]),
    (decode_settings, wire.QueueSettings, {"strategy": "random", "max_wait_time": 300}),
    (decode_registrations, wire.Registration, {"extension_id": 1, "registered": True}),
]

ODD: list[Any] = [
    None, True, False, 0, 7, -1, 2**53 + 1, 2**63, 10**300, -0.0, 0.5, 1e308, -1e308, "", " ", "0", "7", "-1", "1e999",
    "9" * 400, "None", "null", "ring-all", "Waiting", "Trying", "Answered", "Abandoned", "in", "OUT", "\x1b]0;x\x07",
    "[/b]", "[@click=app.quit]x[/]", "\u202eevil", "\ud800", "e" + "\u0301" * 300, "\x00", "..", "a/b", "👩‍👩‍👧",
    "2026-03-02 08:05:12.98", "2026-03-02T08:05:12Z", "0000-00-00 00:00:00", "9999-12-31 23:59:59",
    "1970-01-01 00:00:00", "2026-13-40 99:99:99",
    "2026-03-02 08:05:12+99:00", 1772439247, 1772439247000, "nan", "022*300@pbx.example", "x" * 9999,
]  # fmt: skip


def some_value(chance: random.Random, depth: int = 0) -> Any:
    pick = chance.random()
    if pick < 0.85 or depth > 3:
        return chance.choice(ODD)
    if pick < 0.93:
        return [some_value(chance, depth + 1) for _ in range(chance.randrange(3))]
    return {chance.choice(["id", "name", "status", "value", "x"]): some_value(chance, depth + 1) for _ in range(3)}


def some_payload(chance: random.Random, model: type[wire.Wire], sample: dict[str, Any]) -> Any:
    """A list of rows of documented and of odd values, in any wrapping, or no list at all."""
    names = [*model.model_fields, "surplus"]
    rows: list[Any] = []
    for _ in range(chance.randrange(4)):
        row = dict(sample) if chance.random() < 0.6 else {}
        for name in chance.sample(names, chance.randrange(len(names))):
            row[name] = some_value(chance)
        rows.append(row if chance.random() < 0.95 else some_value(chance))
    return chance.choice([rows, rows, {"call_list": rows}, {"data": {"rows": rows}}, *rows[:1], some_value(chance)])


@pytest.mark.parametrize(("decode", "model", "sample"), DECODERS)
def test_seeded_payloads(decode: Callable[[Any], None], model: type[wire.Wire], sample: dict[str, Any]) -> None:
    decoded = 0
    for seed in range(PAYLOADS):
        try:
            decode(some_payload(random.Random(seed), model, sample))
            decoded += 1
        except BadAnswer as error:
            assert str(error).isprintable(), seed  # noqa: PT017  # any of them may fail or not
    assert decoded > PAYLOADS / 5, "many payloads must reach the mapping"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(("decode", "model", "sample"), DECODERS)
@settings(max_examples=40)
@given(data=st.data())
def test_any_payload(
    decode: Callable[[Any], None], model: type[wire.Wire], sample: dict[str, Any], data: st.DataObject
) -> None:
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(model.model_fields)), VALUES, max_size=4))
    try:
        decode([{**sample, **changes}, data.draw(VALUES)])
        decode(data.draw(VALUES))
    except BadAnswer as error:
        assert str(error).isprintable()  # noqa: PT017
