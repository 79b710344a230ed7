"""Rows as the hosted PBX prints them (seed 003; public extras for calls), with its inconsistencies.

Naive UTC times, now and then with a fraction; a status that is a text in one place and an object in another; null for
what was never set; a called number that is a text or a bare number.
"""

from __future__ import annotations

from wallboard.sim.asgi import Row, unset
from wallboard.sim.engine import Engine
from wallboard.sim.model import LOGGED_OUT, Agent, Extension, Leg, Member, Queue, Tier
from wallboard.sim.pbx import Pbx
from wallboard.sim.recordings import Recording, has_voicemail
from wallboard.sim.rooms import Room


def stamp(engine: Engine, seconds: float | None, *, fraction: bool = False) -> str | None:
    """`YYYY-MM-DD HH:MM:SS[.ff]`, UTC without saying so."""
    if seconds is None:
        return None
    moment = engine.utc(seconds)
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}.{moment.microsecond // 10000:02d}" if fraction else text


def _party(extension: Extension | None) -> Row | None:
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
    return int(digits) if int(leg.id[-1], 16) % 4 == 0 else digits


def call_row(engine: Engine, leg: Leg) -> Row:
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


def member_row(engine: Engine, member: Member) -> Row:
    until = engine.now if member.visit.settled is None else member.visit.settled
    return {
        "state": member.state,
        "number": member.call.caller.number,
        "wait_time": int(until - member.joined),
        "joined_datetime": stamp(engine, member.joined, fraction=int(member.id[-1], 16) % 3 == 0),
        "call_api_id": member.id,
        "serving_agent": None if member.state == "Abandoned" else member.serving,
    }


def agent_row(engine: Engine, agent: Agent) -> Row:
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


def agent_profile(agent: Agent) -> Row:
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


def tier_row(tier: Tier) -> Row:
    return {"agent_id": tier.agent.id, "level": tier.level, "position": tier.position}


def extension_row(extension: Extension, domain: str) -> Row:
    """The extension resource of one phone, queue or room."""
    blank = "dial_rule_id dial_rule_limit message_did did_as_transfer_caller_id extra_params"
    return unset(blank) | {
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
    }


def user_row(pbx: Pbx) -> Row:
    row: Row = {"id": pbx.client_id * 10 + 1, "login": f"{pbx.name}-console", "admin": False, "dealer_id": 12}
    return row | {"client_id": pbx.client_id, "extension_group_id": None, "extension_id": None}


def registration_row(extension: Extension) -> Row:
    entry = {
        "registration_id": f"{extension.id:08x}",
        "contact": f"sip:{extension.short_name}@192.0.2.{extension.id % 250 + 1}:5060",
        "user_agent": "Deskphone 4.2",
    }
    entries = [entry] if extension.registered else []
    return {"extension_id": extension.id, "registered": extension.registered, "registrations": entries}


def queue_counts(queue: Queue) -> Row:
    states = [member.state for member in queue.members.values()]
    return {f"{state.lower()}_members": states.count(state) for state in ("Waiting", "Trying", "Answered")}


_UNSET_OF_A_PHONE = """
announce_sound_upon_incoming_call announce_sound_upon_outgoing_call append_to_cid_name_on_transfer conference_pin
external_number geo_list hold_music incoming_limit intercom network_permission_group_id record_stereo replace_pin
ringback_sound static_reg_address transfer_caller_id_number vm_greeting vm_mailto
"""


def phone_settings(phone: Extension) -> Row:
    off = "call_screening_enabled conference_announce_caller_name ignore_early_media preserve_caller_id_number_att_tr"
    return (
        unset(_UNSET_OF_A_PHONE)
        | dict.fromkeys(f"{off} record_enabled record_transfer".split(), False)
        | {"auth_type": "digest", "conference_end_on_exit": True, "hangup_timeout": 60, "record_format": "mp3"}
        | {"vm_attach_file": True, "vm_profile": "default", "vm_enabled": has_voicemail(phone)}
        | {"name": phone.name, "label": phone.label}
    )


def file_size(recording: Recording) -> int:
    """Bytes: 64 kbit/s."""
    return 8000 * recording.length


def recording_row(engine: Engine, recording: Recording, domain: str) -> Row:
    """Every field of the document; null for what does not apply. All recorded talks came in, or were passed on."""
    phone, did = recording.extension, (recording.did or "").removeprefix("+") or None
    return unset("from_domain source_domain ani_number") | {
        "record_uuid": recording.uuid,
        "call_uuid": recording.call_id,
        "extension_id": phone.id,
        "extension_name": phone.name,
        "extension_type": phone.kind,
        "extension_group_owner_id": phone.group_id,
        "client_owner_id": phone.client_id,
        "flow": recording.flow,
        "result": recording.result,
        "calls_result": recording.result,
        "hangup_disposition": recording.disposition,
        "calls_hangup_disposition": recording.disposition,
        "hangup_cause": "NORMAL_CLEARING",
        "duration": recording.length,
        "record_file_size": file_size(recording),
        "init_time_gmt": stamp(engine, recording.began, fraction=True),
        "start_time_gmt": stamp(engine, recording.answered),
        "hangup_time_gmt": stamp(engine, recording.ended),
        "from_username": recording.caller[0],
        "from_screen_name": recording.caller[1] or None,
        "source_number": recording.caller[0],
        "to_username": phone.short_name,
        "to_domain": domain,
        "dest_number": recording.destination,
        "dest_domain": domain,
        "did_number": did,
        "did_domain": domain if did else None,
        "ext_number_reg": phone.number,
        "application": "voicemail" if recording.result == "voicemail" else "bridge",
    }


def room_settings(room: Room) -> Row:
    off = dict.fromkeys(("announce_caller_name", "record_enabled", "mute_non_moderator"), False)
    return unset("moderator_pin pin music_on_hold_sound enter_sound") | off | {"max_members": room.max_members}


def room_answers(room: Room) -> Row:
    """What a room says to each question."""
    now = room.engine.now
    members = [
        {
            "member_id": member.id,
            "caller_id_number": member.number,
            "caller_id_name": member.name,
            "join_time": int(now - member.joined),
            "mute": member.mute,
            "deaf": member.deaf,
        }
        for member in room.members.values()
    ]
    return {
        "show_members": members,
        "is_locked": room.locked,
        "max_members": room.max_members,
        "count": len(members),
        "run_time": 0 if room.began is None else int(now - room.began),
    }
