"""PortSIP's answers as they come over the wire (public OpenAPI document of PBX 22)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from wallboard.vendors.kit.wire import Count, Identified, Identity, Number, Switch, Text, Wire, objects


class QueueWire(Identified):
    """One of GET /call_queues, and the same with more of GET /call_queues/{id}."""

    name: Text = ""
    extension_number: Number = ""
    polling_strategy: Text = ""
    max_callers: Count = None
    max_waiting_time: Count = None
    sla_time: Count = None
    agent_auto_ready: Switch = None


class StatusWire(Wire):
    status: Text = ""


class WaitingWire(Wire):
    session_id: Identity = ""
    extension_number: Number = ""
    display_name: Text = ""
    waiting_time: Count = None

    @property
    def usable(self) -> bool:
        return bool(self.session_id)


class AgentWire(Wire):
    """One of GET /call_queues/{id}/agents; `status` only where one agent is asked for."""

    extension_number: Number = ""
    display_name: Text = ""
    skill_level: Count = None
    status: Text = ""

    @property
    def usable(self) -> bool:
        return bool(self.extension_number)


class LegWire(Wire):
    caller: Number = ""
    caller_display_name: Text = ""
    callee: Number = ""
    trunk: Text = ""
    started_at: Text = ""
    talking_time: Count = None


class SessionWire(Identified):
    calls: Annotated[tuple[LegWire, ...], BeforeValidator(objects)] = ()


class CreatedWire(Wire):
    id: Identity = ""


class UserWire(Identified):
    name: Text = ""
    display_name: Text = ""
    extension_number: Number = ""
    role: Text = ""
    department: Text = ""
    enabled: Switch = None


class RegistrationWire(Wire):
    user_agent: Text = ""
    application: Text = ""
    ip: Text = ""


class UserStatusWire(Wire):
    status: Text = ""
    presence: Text = ""
    registration: Annotated[tuple[RegistrationWire, ...], BeforeValidator(objects)] = ()


class MembershipWire(Wire):
    """One of GET /users/{id}/call_queues."""

    id: Identity = ""
    name: Text = ""
    extension_number: Number = ""
