"""Whatever PortSIP answers can be shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.text import clean
from wallboard.vendors.kit.wire import Wire
from wallboard.vendors.portsip import mapping
from wallboard.vendors.portsip.scene import QueueKnown, Scene
from wallboard.vendors.portsip.wire import (
    AgentWire,
    QueueWire,
    SessionWire,
    UserStatusWire,
    UserWire,
    WaitingWire,
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


@given(st.dictionaries(st.sampled_from(NAMES), json))
def test_any_object_is_a_row_that_can_be_shown(data: dict[str, object]) -> None:
    known = Scene("front", "109")
    queue = known.queues["q1"] = QueueKnown("q1", "8001", clean("Sales"))
    session = SessionWire.model_validate(data)
    call = mapping.call(known, session, 1_772_438_800.0)
    assert (call is None) is (not session.id)
    waits = WaitingWire.model_validate(data)
    member = mapping.member(
        known, queue, session=waits.session_id or "s", number=waits.extension_number, name=waits.display_name
    )
    phone = mapping.phone(known, UserWire.model_validate(data), UserStatusWire.model_validate(data))
    wire = AgentWire.model_validate(data)
    known.put("101", "q1", at=1.0, status=wire.status, name=clean(wire.display_name), level=wire.skill_level)
    agent = mapping.agent(known, "101")
    assert agent is not None
    for text in (member.name, member.number, phone.name, agent.name, agent.raw_status):
        assert text.isprintable()
