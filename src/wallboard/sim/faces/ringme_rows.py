"""Rows as the hosted PBX prints them (seed 003; public extras for calls), with its inconsistencies.

Naive UTC times, now and then with a fraction; a status that is a text in one place and an object in another; null for
what was never set; a called number that is a text or a bare number.
"""

from __future__ import annotations

from wallboard.sim.engine import Engine
from wallboard.sim.model import LOGGED_OUT, Agent, Extension, Leg, Member, Queue, Tier
from wallboard.sim.recordings import has_voicemail


def stamp(engine: Engine, seconds: float | None, *, fraction: bool = False) -> str | None:
    """`YYYY-MM-DD HH:MM:SS[.ff]`, UTC without saying so."""
    if seconds is None:
        return None
    moment = engine.utc(seconds)
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}.{moment.microsecond // 10000:02d}" if fraction else text


def _party(extension: Extension | None) -> dict[str, object] | None:
    if extension is None:
        return None
    return {
        "id": extension.id,
        "name": extension.name,
        "client_id": extension.client_id,
        "type": extension.kind,
        "extension_group_id": extension.group_id,
    }


def _did(leg: Leg) -> object:
    if leg.did is None:
        return None
    digits = leg.did.removeprefix("+")
    return int(digits) if int(leg.hex[-1], 16) % 4 == 0 else digits


def call_row(engine: Engine, leg: Leg) -> dict[str, object]:
    """One leg. `answer_time_gmt` null: it rings. Hold and park are not in the vendor's answer."""
    assert leg.extension is not None
    out = leg.flow == "out"
    return {
        "call_api_id": leg.id,
        "call_id": leg.call_id,
        "subcall_id": leg.hex[:8],
        "extension_id": leg.extension.id,
        "call_flow": leg.flow,
        "caller_id_number": leg.caller_number,
        "caller_id_name": leg.caller_name,
        "called_number": leg.called_number,
        "called_did": _did(leg),
        "caller_extension": _party(leg.extension if out else leg.caller_extension),
        "called_extension": None if out else _party(leg.extension),
        "init_time_gmt": stamp(engine, leg.started, fraction=True),
        "answer_time_gmt": stamp(engine, leg.answered),
        "real_call": leg.real,
        "record_uuid": leg.recording if leg.answered is not None else None,
        "callback_id": leg.callback_id,
    }


def member_row(engine: Engine, member: Member) -> dict[str, object]:
    until = member.settled if member.settled is not None else engine.now
    return {
        "state": member.state,
        "number": member.call.caller.number,
        "wait_time": int(until - member.joined),
        "joined_datetime": stamp(engine, member.joined, fraction=int(member.hex[-1], 16) % 3 == 0),
        "call_api_id": member.id,
        "serving_agent": None if member.state == "Abandoned" else member.serving,
    }


def agent_row(engine: Engine, agent: Agent) -> dict[str, object]:
    """One row of a queue's live agents; remote agents come with their status wrapped."""
    duration: int | None = int(engine.now - agent.call_started) if agent.call_started is not None else 0
    if agent.call_started is None and agent.calls_answered == 0:
        duration = None
    status: object = agent.status
    if agent.kind == "remote":
        status = {"name": "logged_out" if agent.status == LOGGED_OUT else agent.status}
    return {
        "status": status,
        "state": agent.state,
        "name": agent.name,
        "name_fs": agent.name_fs,
        "extension_name": agent.extension_name,
        "call_duration": duration,
    }


def agent_profile(agent: Agent) -> dict[str, object]:
    """The agent resource. It knows only the two states that can be written; a break looks available."""
    return {
        "id": agent.id,
        "name": agent.name,
        "extension_id": agent.extension.id if agent.extension else None,
        "status": {"name": "logged_out" if agent.status == LOGGED_OUT else "available"},
        "agent_sound_id": None,
        "busy_delay_time": agent.busy_delay_time,
        "no_answer_delay_time": agent.no_answer_delay_time,
        "reject_delay_time": agent.reject_delay_time,
        "call_timeout": agent.call_timeout,
        "wrap_up_time": agent.wrap_up_time,
        "extra_params": None,
    }


def tier_row(tier: Tier) -> dict[str, object]:
    return {"agent_id": tier.agent.id, "level": tier.level, "position": tier.position}


def extension_row(extension: Extension, domain: str) -> dict[str, object]:
    """The extension resource of one phone, queue or room."""
    return {
        "id": extension.id,
        "name": extension.name,
        "type": extension.kind,
        "label": extension.label,
        "status": "active",
        "domain": domain,
        "client_id": extension.client_id,
        "extension_group_id": extension.group_id,
        "caller_id_name": extension.label,
        "create_date": "2019-04-02 09:11:45",
        "ani_rfc3325": False,
        "dial_rule_id": None,
        "dial_rule_limit": None,
        "message_did": None,
        "did_as_transfer_caller_id": None,
        "extra_params": None,
    }


def registration_row(extension: Extension) -> dict[str, object]:
    entries: list[dict[str, object]] = []
    if extension.registered:
        entries.append(
            {
                "registration_id": f"{extension.id:08x}",
                "contact": f"sip:{extension.short_name}@192.0.2.{extension.id % 250 + 1}:5060",
                "user_agent": "Deskphone 4.2",
            }
        )
    return {"extension_id": extension.id, "registered": extension.registered, "registrations": entries}


def queue_counts(queue: Queue) -> dict[str, object]:
    states = [member.state for member in queue.members.values()]
    return {
        "waiting_members": states.count("Waiting"),
        "trying_members": states.count("Trying"),
        "answered_members": states.count("Answered"),
    }


_PHONE_SETTINGS: dict[str, object] = {
    "announce_sound_upon_incoming_call": None,
    "announce_sound_upon_outgoing_call": None,
    "append_to_cid_name_on_transfer": None,
    "auth_type": "digest",
    "call_screening_enabled": False,
    "conference_announce_caller_name": False,
    "conference_end_on_exit": True,
    "conference_pin": None,
    "external_number": None,
    "geo_list": None,
    "hangup_timeout": 60,
    "hold_music": None,
    "ignore_early_media": False,
    "incoming_limit": None,
    "intercom": None,
    "network_permission_group_id": None,
    "preserve_caller_id_number_att_tr": False,
    "record_enabled": False,
    "record_format": "mp3",
    "record_stereo": None,
    "record_transfer": False,
    "replace_pin": None,
    "ringback_sound": None,
    "static_reg_address": None,
    "transfer_caller_id_number": None,
    "vm_attach_file": True,
    "vm_enabled": False,
    "vm_greeting": None,
    "vm_mailto": None,
    "vm_profile": "default",
}


def phone_settings(phone: Extension) -> dict[str, object]:
    return _PHONE_SETTINGS | {"name": phone.name, "label": phone.label, "vm_enabled": has_voicemail(phone)}
