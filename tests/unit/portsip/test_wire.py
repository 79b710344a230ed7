"""Whatever PortSIP answers is rows or a BadAnswer, and never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.errors import BadAnswer
from wallboard.domain.text import clean
from wallboard.vendors.portsip import mapping
from wallboard.vendors.portsip.scene import QueueKnown, Scene
from wallboard.vendors.portsip.wire import (
    AgentWire,
    QueueWire,
    SessionWire,
    UserStatusWire,
    UserWire,
    WaitingWire,
    Wire,
    listed,
    one,
    rows,
)

MODELS: tuple[type[Wire], ...] = (AgentWire, QueueWire, SessionWire, UserStatusWire, UserWire, WaitingWire)
NAMES = sorted({name for model in MODELS for name in model.model_fields} | {"caller", "callee", "talking_time", "x"})
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=20)
    | st.sampled_from(["NaN", "1e999", "-1", "2026-03-02T08:05:12Z", "READY", "\x1b[31m"])
)
json = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)


@given(json)
def test_any_json_is_a_list_or_a_bad_answer(data: object) -> None:
    try:
        items, total = listed(data)
    except BadAnswer:
        return
    assert total is None or total >= 0
    for model in MODELS:
        assert len(rows(items, model)) <= len(items)


@given(st.dictionaries(st.sampled_from(NAMES), json))
def test_any_object_is_a_row_that_can_be_shown(data: dict[str, object]) -> None:
    known = Scene("front", "109")
    queue = known.queues["q1"] = QueueKnown("q1", "8001", clean("Sales"))
    session = one(data, SessionWire, "session")
    call = mapping.call(known, session, 1_772_438_800.0)
    assert (call is None) is (not session.id)
    waits = one(data, WaitingWire, "caller")
    member = mapping.member(
        known, queue, session=waits.session_id or "s", number=waits.extension_number, name=waits.display_name
    )
    phone = mapping.phone(known, one(data, UserWire, "user"), one(data, UserStatusWire, "status"))
    wire = one(data, AgentWire, "agent")
    known.put("101", "q1", at=1.0, status=wire.status, name=clean(wire.display_name), level=wire.skill_level)
    agent = mapping.agent(known, "101")
    assert agent is not None
    for text in (member.name, member.number, phone.name, agent.name, agent.raw_status):
        assert text.isprintable()


@pytest.mark.parametrize("data", [None, 7, "text", [], [1]])
def test_what_is_no_object_is_a_bad_answer(data: object) -> None:
    with pytest.raises(BadAnswer, match="no queue"):
        one(data, QueueWire, "queue")
