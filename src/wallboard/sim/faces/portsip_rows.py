"""The rows of the PortSIP resources, field by field as the vendor's contract has them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from wallboard.sim.asgi import Row, unset
from wallboard.sim.engine import Engine
from wallboard.sim.faces.tokens import Person
from wallboard.sim.model import Call, Extension, Member, Queue, Tier
from wallboard.sim.receptionists import Tenant
from wallboard.sim.sessions import session_id
from wallboard.sim.sites import TRUNK, resource_id


def printed(number: int) -> str:
    """An id as the resources print it."""
    return base64.b64encode(str(number).encode()).decode()


def identity(text: str) -> int | None:
    """The number behind an id in either form; None if it is no id."""
    if not text.isdecimal():
        try:
            text = base64.b64decode(text, validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            return None
    return int(text) if text.isdecimal() and len(text) <= 30 else None


def shown_number(number: str) -> str:
    """As the vendor's samples print numbers: `0049…` for `+49…`."""
    return "00" + number[1:] if number.startswith("+") else number


def tenant_row(tenant: Tenant) -> Row:
    """The tenant, without what concerns billing, mail and storage."""
    row: Row = {"id": printed(tenant.id), "name": tenant.name, "domain": tenant.domain, "website": None}
    row |= {"timezone": tenant.timezone, "currency": "EUR", "region": tenant.region, "enable_night_mode": False}
    row |= {"max_extensions": 1000, "max_concurrent_calls": 60, "max_virtual_receptionists": 20, "max_call_queues": 20}
    return row | {"office_hours": tenant.office_hours, "outbound_caller_ids": []}


def user_row(phone: Extension, person: Person | None) -> Row:
    """A user; whoever cannot sign in here gets a name made of the extension."""
    name = person.username if person else f"user{phone.number}"
    blank = "mobile_phone work_phone home_phone address department avatar_file_name avatar_file_url sync_type"
    return unset(blank) | {
        "id": printed(resource_id(phone.id)),
        "name": name,
        "enabled": True,
        "email": f"{name}@front.example",
        "display_name": phone.label,
        "role": person.role if person else "User",
        "extension_number": phone.number,
        "created_at": "2024-05-06T07:08:09Z",
        "avatar_file_size": 0,
    }


def user_status(phone: Extension) -> Row:
    on_call = any(leg.answered is not None for leg in phone.legs.values())
    status = "OFFLINE" if not phone.registered else "ON_CALL" if on_call else "ONLINE"
    address = f"192.0.2.{phone.id % 250 + 1}"
    registration: Row = {"instance_id": f"urn:uuid:{phone.id:08d}", "user_agent": "Desk phone", "application": None}
    registration |= {"ip": address, "enable_push": False, "contact_address": f"sip:{phone.number}@{address}:5060"}
    return {
        "status": status,
        "presence": "AVAILABLE" if status == "ONLINE" else status,
        "presence_note": None,
        "registration": [registration] if phone.registered else [],
        "enable_dnd": False,
        "enable_acb": False,
    }


def queue_name(queue: Queue) -> Row:
    return {"id": printed(resource_id(queue.id)), "name": queue.label, "extension_number": queue.extension.number}


def queue_summary(queue: Queue) -> Row:
    return queue_name(queue) | {name: queue.settings[name] for name in ("ring_time", "polling_strategy")}


def queue_status(queue: Queue) -> Row:
    """A queue takes calls as long as it is there."""
    return {"status": "ONLINE"}


_UNSET_OF_A_QUEUE = """
moh_prompt_file_name moh_prompt_file_url intro_prompt_file_name intro_prompt_file_url night_mode_forward_rule
callback_outbound_prefix
"""


def queue_row(queue: Queue) -> Row:
    """A queue in full: what was set, and the documented defaults."""
    off = "enable_callback enable_sticky_routing enable_paid enable_prid extension_number_as_to_header"
    on = "wait_when_no_agents_online agent_auto_ready agent_auto_not_ready_after_non_acd_call"
    return (
        queue_name(queue)
        | unset(_UNSET_OF_A_QUEUE)
        | dict.fromkeys(off.split(), False)
        | dict.fromkeys(on.split(), True)
        | {
            "moh_prompt_file_size": 0,
            "intro_prompt_file_size": 0,
            "intro_type": "DISABLE",
            "inform_position": "DISABLE",
        }
        | {"inform_position_interval": 10, "callback_mode": "ACTIVE", "callback_timeout": 600}
        | {"no_answer_forward_rule": {"action": "HANGUP", "number": None}, "outbound_caller_ids": []}
        | {"sticky_routing_duration": 30, **queue.settings}
    )


def waiting(queue: Queue) -> list[Member]:
    """Who waits or is being offered, the longest first."""
    present = [member for member in queue.members.values() if member.state in ("Waiting", "Trying")]
    return sorted(present, key=lambda member: member.joined)


def waiting_row(engine: Engine, member: Member) -> Row:
    caller = member.call.caller
    row: Row = {"session_id": printed(session_id(member.call)), "extension_number": shown_number(caller.number)}
    return row | {"display_name": caller.name, "waiting_time": int(engine.now - member.joined)}


def agent_row(tier: Tier) -> Row:
    assert tier.agent.extension is not None
    number = tier.agent.extension.number
    return {"extension_number": number, "display_name": tier.agent.name, "skill_level": tier.level}


def session_row(engine: Engine, call: Call) -> Row:
    return {"id": printed(session_id(call)), "calls": [_call(engine, call, *each) for each in _parties(call)]}


def _parties(call: Call) -> Iterator[tuple[str, float | None]]:
    """Whom the caller talks to, or who is rung, or where the call waits: number, and since when it is answered."""
    own = call.caller.leg
    if call.callee is not None:
        leg = call.callee.leg or own
        yield call.callee.number, call.started if leg is None or leg.answered is None else leg.answered
        return
    if call.member is not None:
        yield call.member.queue.extension.number, None
    elif call.menu is not None:
        yield call.menu.number, call.started
    for leg in call.legs:
        if leg is not own and leg.role == "talk":
            # A phone that is rung first for a call of its own dials somebody; any other is the one that is rung.
            dials = leg.flow == "out" or leg.extension is None
            yield leg.called_number if dials else leg.extension.number if leg.extension else "", None
    if own is not None and call.legs == [own] and call.member is None and call.menu is None:
        yield own.called_number, None


def _call(engine: Engine, call: Call, callee: str, answered: float | None) -> Row:
    outside = call.counted or (call.callee is not None and call.callee.leg is None)
    return {
        "caller": shown_number(call.caller.number),
        "caller_display_name": call.caller.name or None,
        "callee": shown_number(callee),
        "trunk": TRUNK if outside else None,
        "started_at": engine.utc(call.started).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "talking_time": int(engine.now - answered) if answered is not None else 0,
    }
