"""The rows of the PortSIP resources, field by field as the vendor's contract has them."""

from __future__ import annotations

from collections.abc import Iterator

from wallboard.sim.engine import Engine
from wallboard.sim.faces.portsip_ivrs import office_hours
from wallboard.sim.faces.portsip_tokens import Person
from wallboard.sim.faces.portsip_wire import Row, printed
from wallboard.sim.front import TRUNK, resource_id
from wallboard.sim.model import Call, Extension, Member, Queue, Tier
from wallboard.sim.receptionists import Tenant
from wallboard.sim.sessions import session_id


def shown_number(number: str) -> str:
    """As the vendor's samples print numbers: `0049…` for `+49…`."""
    return "00" + number[1:] if number.startswith("+") else number


def _stamp(engine: Engine, seconds: float) -> str:
    return engine.utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def tenant_row(tenant: Tenant) -> Row:
    """The tenant, without what concerns billing, mail and storage."""
    return {
        "id": printed(tenant.id),
        "name": tenant.name,
        "domain": tenant.domain,
        "website": None,
        "timezone": tenant.timezone,
        "currency": "EUR",
        "region": tenant.region,
        "enable_night_mode": False,
        "max_extensions": 1000,
        "max_concurrent_calls": 60,
        "max_virtual_receptionists": 20,
        "max_call_queues": 20,
        "office_hours": office_hours(tenant.office_hours),
        "outbound_caller_ids": [],
    }


def user_row(phone: Extension, person: Person | None) -> Row:
    """A user; whoever cannot sign in here gets a name made of the extension."""
    name = person.username if person else f"user{phone.number}"
    return {
        "id": printed(resource_id(phone.id)),
        "name": name,
        "enabled": True,
        "email": f"{name}@front.example",
        "display_name": phone.label,
        "role": person.role if person else "User",
        "mobile_phone": None,
        "work_phone": None,
        "home_phone": None,
        "address": None,
        "department": None,
        "extension_number": phone.number,
        "created_at": "2024-05-06T07:08:09Z",
        "avatar_file_name": None,
        "avatar_file_size": 0,
        "avatar_file_url": None,
        "sync_type": None,
    }


def user_status(phone: Extension) -> Row:
    on_call = any(leg.answered is not None for leg in phone.legs.values())
    status = "OFFLINE" if not phone.registered else "ON_CALL" if on_call else "ONLINE"
    registration: Row = {
        "instance_id": f"urn:uuid:{phone.id:08d}",
        "user_agent": "Desk phone",
        "application": None,
        "ip": f"192.0.2.{phone.id % 250 + 1}",
        "enable_push": False,
        "contact_address": f"sip:{phone.number}@192.0.2.{phone.id % 250 + 1}:5060",
    }
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
    settings = queue.settings
    return queue_name(queue) | {
        "ring_time": settings["ring_time"],
        "polling_strategy": settings["polling_strategy"],
    }


def queue_row(queue: Queue) -> Row:
    """A queue in full: what was set, and the documented defaults."""
    defaults: Row = {
        "max_callers": 0,
        "moh_prompt_file_name": None,
        "moh_prompt_file_size": 0,
        "moh_prompt_file_url": None,
        "intro_type": "DISABLE",
        "intro_prompt_file_name": None,
        "intro_prompt_file_size": 0,
        "intro_prompt_file_url": None,
        "max_waiting_time": 300,
        "wait_when_no_agents_online": True,
        "inform_position": "DISABLE",
        "inform_position_interval": 10,
        "agent_auto_ready": True,
        "agent_auto_not_ready_after_non_acd_call": True,
        "sla_time": 0,
        "language": "en-US",
        "no_answer_forward_rule": {"action": "HANGUP", "number": None},
        "night_mode_forward_rule": None,
        "enable_callback": False,
        "callback_mode": "ACTIVE",
        "callback_timeout": 600,
        "callback_outbound_prefix": None,
        "outbound_caller_ids": [],
        "enable_sticky_routing": False,
        "sticky_routing_duration": 30,
        "enable_paid": False,
        "enable_prid": False,
        "extension_number_as_to_header": False,
    }
    return queue_name(queue) | defaults | queue.settings


def waiting(queue: Queue) -> list[Member]:
    """Who waits or is being offered, the longest first."""
    present = [member for member in queue.members.values() if member.state in ("Waiting", "Trying")]
    return sorted(present, key=lambda member: member.joined)


def waiting_row(engine: Engine, member: Member) -> Row:
    caller = member.call.caller
    return {
        "session_id": printed(session_id(member.call)),
        "extension_number": shown_number(caller.number),
        "display_name": caller.name,
        "waiting_time": int(engine.now - member.joined),
    }


def agent_row(tier: Tier) -> Row:
    assert tier.agent.extension is not None
    return {
        "extension_number": tier.agent.extension.number,
        "display_name": tier.agent.name,
        "skill_level": tier.level,
    }


def session_row(engine: Engine, call: Call) -> Row:
    return {"id": printed(session_id(call)), "calls": [_call(engine, call, *each) for each in _parties(call)]}


def _parties(call: Call) -> Iterator[tuple[str, float | None]]:
    """Whom the caller talks to, or who is rung, or where the call waits: number, and since when it is answered."""
    own = call.caller.leg
    if call.callee is not None:
        leg = call.callee.leg
        answered = leg.answered if leg is not None else own.answered if own is not None else None
        yield call.callee.number, answered if answered is not None else call.started
        return
    if call.member is not None:
        yield call.member.queue.extension.number, None
    elif call.menu is not None:
        yield call.menu.number, call.started
    for leg in call.legs:
        if leg is own or leg.role != "talk":
            continue
        # A phone that is rung first for a call of its own dials somebody; any other is the one that is rung.
        dials = leg.flow == "out" or leg.extension is None
        yield leg.called_number if dials else leg.extension.number if leg.extension else "", None
    if own is not None and not any(leg is not own for leg in call.legs) and call.member is None and call.menu is None:
        yield own.called_number, None


def _call(engine: Engine, call: Call, callee: str, answered: float | None) -> Row:
    outside = call.counted or (call.callee is not None and call.callee.leg is None)
    return {
        "caller": shown_number(call.caller.number),
        "caller_display_name": call.caller.name or None,
        "callee": shown_number(callee),
        "trunk": TRUNK if outside else None,
        "started_at": _stamp(engine, call.started),
        "talking_time": int(engine.now - answered) if answered is not None else 0,
    }
