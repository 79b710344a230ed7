"""What PortSIP's public document promises of every operation that the adapter may use, in our own words.

Only what this console touches is described.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.vendors.server import template_of

OPAQUE = "NzAwNTUxOTA5NzczMTQ4MTYw"


# ---- shapes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    least: int = 0
    most: int = 1 << 20
    pattern: str = ""
    words: tuple[str, ...] = ()
    example: str = "text"

    def problem(self, value: Any) -> str:
        if not isinstance(value, str):
            return "no text"
        if not self.least <= len(value) <= self.most:
            return f"length {len(value)}"
        if self.pattern and not re.fullmatch(self.pattern, value):
            return f"does not match {self.pattern}"
        return f"not one of {self.words}" if self.words and value not in self.words else ""

    def sample(self) -> Any:
        return self.words[0] if self.words else self.example


@dataclass(frozen=True)
class Whole:
    least: int = -(1 << 62)
    most: int = 1 << 62
    example: int = 30

    def problem(self, value: Any) -> str:
        if not isinstance(value, int) or isinstance(value, bool):
            return "no whole number"
        return "" if self.least <= value <= self.most else f"{value} is out of range"

    def sample(self) -> Any:
        return self.example


@dataclass(frozen=True)
class Switch:
    def problem(self, value: Any) -> str:
        return "" if isinstance(value, bool) else "no switch"

    def sample(self) -> Any:
        return True


@dataclass(frozen=True)
class Many:
    of: Any

    def problem(self, value: Any) -> str:
        if not isinstance(value, list):
            return "no list"
        return next((f"[{i}] {why}" for i, each in enumerate(value) if (why := self.of.problem(each))), "")

    def sample(self) -> Any:
        return [self.of.sample()]


@dataclass(frozen=True)
class Object:
    """Fields by name; `needs` are required. A field that is not named is a mistake."""

    fields: Mapping[str, Any]
    needs: tuple[str, ...] = ()

    def problem(self, value: Any) -> str:
        if not isinstance(value, dict):
            return "no object"
        missing = [name for name in self.needs if name not in value]
        if missing:
            return f"{missing[0]} is missing"
        for name, each in value.items():
            if name not in self.fields:
                return f"unknown field {name}"
            why = self.fields[name].problem(each)
            if why:
                return f"{name}: {why}"
        return ""

    def sample(self) -> Any:
        return {name: each.sample() for name, each in self.fields.items()}


ID = Text(example=OPAQUE)
NUMBER = Text(3, 64, "[0-9]{3,64}", example="8001")
MOMENT = Text(example="2026-03-02T08:05:12Z")


def page(item: Object) -> Object:
    return Object({"count": Whole(0, example=1), "items": Many(item)})


def items(item: Object) -> Object:
    return Object({"items": Many(item)})


# ---- the words -----------------------------------------------------------------------------------------------------

STRATEGIES = (
    "RING_SIMULTANEOUSLY",
    "PRIORITIZED_HUNT",
    "CYCLIC_HUNT",
    "LEAST_WORKED_HUNT",
    "SKILL_BASED_ROUTING_PRIORITIZED_HUNT",
    "SKILL_BASED_ROUTING_CYCLIC_HUNT",
    "SKILL_BASED_ROUTING_LEAST_WORKED_HUNT",
)
READ_STATES = (
    "READY",
    "NOT_READY",
    "QUEUE_CALL",
    "OTHER_CALL",
    "WRAP_UP",
    "BREAK",
    "LUNCH",
    "LOGGED_OUT",
    "OFFLINE",
)
WRITTEN_STATES = ("READY", "NOT_READY", "WRAP_UP", "BREAK", "LUNCH", "LOGGED_IN", "LOGGED_OUT")
FORWARDS = ("FORWARD_TO_NUMBER", "FORWARD_TO_VOICEMAIL", "REPEAT", "HANGUP")
FORWARDS_OF_A_KEY = (*FORWARDS, "DISA")
PRESENCES = ("DO_NOT_DISTURB", "AVAILABLE", "AWAY", "BUSINESS_TRIP", "LUNCH", "ON_CALL", "OFFLINE")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# ---- the objects ---------------------------------------------------------------------------------------------------

NAME = Text(1, 64)
LANGUAGE = Text(example="en-US")
TOKEN = {
    "token_type": Text(example="Bearer"),
    "access_token": Text(example="T0K3N"),
    "refresh_token": Text(example="R3FR35H"),
    "expires_in": Whole(example=1800),
}
QUEUE_SHORT = {
    "id": ID,
    "name": NAME,
    "extension_number": NUMBER,
    "ring_time": Whole(1, 65_535, 20),
    "polling_strategy": Text(words=STRATEGIES),
}
QUEUE_RULE = Object({"action": Text(words=("FORWARD_TO_NUMBER", "FORWARD_TO_VOICEMAIL", "HANGUP")), "number": Text()})
CALLER_ID = Object({"provider_id": ID, "caller_id": Text(1, 64), "description": Text(0, 1024)})
QUEUE = Object(
    {
        **QUEUE_SHORT,
        "max_callers": Whole(0),
        "moh_prompt_file_name": Text(),
        "moh_prompt_file_size": Whole(0),
        "moh_prompt_file_url": Text(),
        "intro_type": Text(words=("DISABLE", "NORMAL", "FULL")),
        "intro_prompt_file_name": Text(),
        "intro_prompt_file_size": Whole(0),
        "intro_prompt_file_url": Text(),
        "max_waiting_time": Whole(15, 65_535, 300),
        "wait_when_no_agents_online": Switch(),
        "inform_position": Text(words=("DISABLE", "PERIODICALLY", "ON_CONNECTED")),
        "inform_position_interval": Whole(10, 1800),
        "agent_auto_ready": Switch(),
        "agent_auto_not_ready_after_non_acd_call": Switch(),
        "sla_time": Whole(0, 65_536, 20),
        "language": LANGUAGE,
        "no_answer_forward_rule": QUEUE_RULE,
        "night_mode_forward_rule": QUEUE_RULE,
        "enable_callback": Switch(),
        "callback_mode": Text(words=("ACTIVE", "TIMEOUT")),
        "callback_timeout": Whole(0),
        "callback_outbound_prefix": Text(),
        "outbound_caller_ids": Many(CALLER_ID),
        "enable_sticky_routing": Switch(),
        "sticky_routing_duration": Whole(1, 365),
        "enable_paid": Switch(),
        "enable_prid": Switch(),
        "extension_number_as_to_header": Switch(),
    }
)
WAITING = Object(
    {
        "session_id": ID,
        "extension_number": NUMBER,
        "display_name": Text(),
        "waiting_time": Whole(0, (1 << 32) - 1, 73),
    }
)
AGENT_SHORT = {
    "extension_number": Text(3, 64, "[0-9]{3,64}", example="101"),
    "display_name": Text(0, 1024, example="Ada"),
    "skill_level": Whole(1, 100, 3),
}
AGENT = Object({**AGENT_SHORT, "status": Text(words=READ_STATES)})
LEG = Object(
    {
        "caller": Text(0, 256, example="00431334081002"),
        "caller_display_name": Text(0, 1024, example="T. Young"),
        "callee": Text(0, 256, example="101"),
        "trunk": Text(1, 64, example="carrier-a"),
        "started_at": MOMENT,
        "talking_time": Whole(0, (1 << 32) - 1, 187),
    }
)
SESSION = Object({"id": ID, "calls": Many(LEG)})
USER = Object(
    {
        "id": ID,
        "name": NAME,
        "enabled": Switch(),
        "email": Text(0, 128),
        "display_name": Text(0, 1024, example="Ada"),
        "role": NAME,
        "mobile_phone": Text(0, 32),
        "work_phone": Text(0, 32),
        "home_phone": Text(0, 32),
        "address": Text(0, 128),
        "department": Text(0, 128),
        "extension_number": Text(3, 64, "[0-9]{3,64}", example="101"),
        "created_at": MOMENT,
        "sync_type": Text(words=("Microsoft 365",)),
    }
)
USER_STATUS = Object(
    {
        "status": Text(words=("ONLINE", "ON_CALL", "OFFLINE")),
        "presence": Text(words=PRESENCES),
        "presence_note": Text(0, 128),
        "registration": Many(
            Object(
                {
                    "instance_id": Text(),
                    "user_agent": Text(),
                    "application": Text(),
                    "ip": Text(),
                    "enable_push": Switch(),
                    "contact_address": Text(),
                }
            )
        ),
        "enable_dnd": Switch(),
        "enable_acb": Switch(),
    }
)
DAY = Object(
    {"enabled": Switch(), "ranges": Many(Object({"from": Text(example="09:00"), "to": Text(example="17:00")}))}
)
WEEK = dict.fromkeys(DAYS, DAY)
HOURS = Object({"mode": Text(words=("GLOBAL", "CUSTOM")), **WEEK})
FORWARD = Object({"action": Text(words=FORWARDS), "number": Text(example="8001")})
FORWARD_OF_A_KEY = Object({"action": Text(words=FORWARDS_OF_A_KEY), "number": Text(example="8001")})
PATIENCE = Object(
    {"timeout": Whole(), "repeat_times": Whole(0), "action": Text(words=FORWARDS), "number": Text(example="8001")}
)
HOLIDAY = Object(
    {
        "id": ID,
        "name": NAME,
        "region": Text(example="AUT"),
        "consecutive": Switch(),
        "every_year": Switch(),
        **{f"{unit}_{side}": Whole(example=1) for unit in ("year", "month", "day", "hour", "minute")
           for side in ("start", "end")},
    }
)  # fmt: skip


def rule(holidays: Any) -> Object:
    """A rule of a receptionist; its holidays are read as objects and written as ids."""
    return Object(
        {
            "user_input": Text(example="1"),
            "office_hours": HOURS,
            "office_hours_forward_rule": FORWARD_OF_A_KEY,
            "non_office_hours_forward_rule": FORWARD_OF_A_KEY,
            "holidays": Many(holidays),
            "holiday_forward_rule": FORWARD_OF_A_KEY,
        }
    )


IVR_SHORT = {"id": ID, "name": NAME, "extension_number": NUMBER}
_IVR = {
    "name": NAME,
    "language": LANGUAGE,
    "dtmf_interval": Whole(1, example=2),
    "enable_pin": Switch(),
    "pin": Text(6, 10, example="604179"),
    "timeout_forward_rule": PATIENCE,
    "failure_forward_rule": FORWARD,
    "night_mode_forward_rule": FORWARD,
    "outbound_caller_ids": Many(CALLER_ID),
}
IVR_READ = Object(
    {
        **IVR_SHORT,
        **_IVR,
        "prompt_file_name": Text(),
        "prompt_file_size": Whole(0),
        "prompt_file_url": Text(),
        "transfer_prompt_file_name": Text(),
        "transfer_prompt_file_size": Whole(0),
        "transfer_prompt_file_url": Text(),
        "custom_forward_rules": Many(rule(HOLIDAY)),
    }
)
IVR_WRITTEN = Object(
    {**_IVR, "prompt_file_id": ID, "transfer_prompt_file_id": ID, "custom_forward_rules": Many(rule(ID))}
)
TENANT = Object(
    {
        "id": ID,
        "name": Text(1, 1024),
        "domain": Text(1, 280),
        "timezone": Text(example="Europe/Vienna"),
        "region": Text(example="AUT"),
        "enable_night_mode": Switch(),
        "office_hours": Object(WEEK),
    }
)
"""Some of the tenant's fields: those that bear on opening hours."""
CREATED = Object({"id": ID})
_STATUS = Object({"status": Text(words=WRITTEN_STATES)})
_AS = {"extension_number": NUMBER}

# ---- the operations ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Operation:
    """`query` and `body` are what may be sent, `answer` what comes back with `status` (None: no content)."""

    answer: Object | None
    status: int = 200
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Object | None = None
    form: Object | None = None
    open: bool = False
    """Needs no token."""


PAGED = {
    "skip": Whole(0),
    "top": Whole(1, 100),
    "filter": Text(),
    "search": Text(),
    "orderby": Text(),
}
_LOGIN = Object({"username": NAME, "password": Text(), "domain": Text(1, 280)}, ("username", "password"))

OPERATIONS: dict[tuple[str, str], Operation] = {
    # The document leaves the answer of a sign-in open; this is what its introduction shows.
    ("POST", "/login"): Operation(Object(TOKEN), body=_LOGIN, open=True),
    ("POST", "/auth/refresh_token"): Operation(
        Object(TOKEN), body=Object({"refresh_token": Text()}, ("refresh_token",)), open=True
    ),
    ("GET", "/tenant"): Operation(TENANT),
    ("GET", "/users"): Operation(page(USER), query=PAGED),
    ("GET", "/users/{id}/status"): Operation(USER_STATUS),
    ("GET", "/users/{id}/call_queues"): Operation(
        items(Object({"id": ID, "name": NAME, "extension_number": NUMBER})),
    ),
    ("GET", "/call_queues"): Operation(page(Object(QUEUE_SHORT)), query=PAGED),
    ("GET", "/call_queues/{id}"): Operation(QUEUE),
    ("GET", "/call_queues/{id}/status"): Operation(Object({"status": Text(words=("ONLINE", "OFFLINE"))})),
    ("GET", "/call_queues/{id}/waiting"): Operation(items(WAITING)),
    ("POST", "/call_queues/{id}/waiting/{session_id}/pickup"): Operation(None),
    ("GET", "/call_queues/{id}/agents"): Operation(items(Object(AGENT_SHORT))),
    ("GET", "/call_queues/{id}/agents/{agent_number}"): Operation(AGENT),
    ("POST", "/call_queues/{id}/agents/{agent_number}"): Operation(None, body=_STATUS),
    ("GET", "/sessions"): Operation(page(SESSION), 201),
    ("POST", "/sessions"): Operation(
        CREATED,
        201,
        body=Object(
            {
                "caller": Text(0, 256),
                "caller_display_name": Text(0, 1024),
                "callee": Text(0, 256),
                "send_sdp": Switch(),
                "trunk": Text(1, 64),
            },
            ("caller", "callee", "send_sdp"),
        ),
    ),
    ("GET", "/sessions/{id}"): Operation(SESSION),
    ("POST", "/sessions/{id}/hold"): Operation(None, body=Object(_AS, ("extension_number",))),
    ("POST", "/sessions/{id}/unhold"): Operation(None, body=Object(_AS, ("extension_number",))),
    ("POST", "/sessions/{id}/refer"): Operation(
        None, body=Object({**_AS, "refer_to": Text()}, ("extension_number", "refer_to"))
    ),
    ("POST", "/sessions/{id}/attended_refer"): Operation(
        None,
        body=Object(
            {**_AS, "refer_to_1": Text(), "session_1": ID, "refer_to_2": Text(), "session_2": ID},
            ("extension_number", "refer_to_1", "refer_to_2"),
        ),
    ),
    ("POST", "/sessions/{id}/destroy"): Operation(None, 204),
    ("GET", "/holidays"): Operation(page(HOLIDAY), query=PAGED),
    ("GET", "/ivrs"): Operation(page(Object(IVR_SHORT)), query=PAGED),
    ("GET", "/ivrs/{id}"): Operation(IVR_READ),
    ("POST", "/ivrs/{id}"): Operation(None, body=IVR_WRITTEN),
    ("GET", "/ivrs/{id}/status"): Operation(Object({"status": Text(words=("ONLINE", "OFFLINE"))})),
}

OAUTH = Object(
    {
        "grant_type": Text(words=("password", "refresh_token")),
        "username": Text(),
        "password": Text(),
        "domain": Text(),
        "scope": Text(words=("all",)),
        "client_id": Text(36, 36),
        "refresh_token": Text(),
    },
    ("grant_type", "client_id"),
)
BESIDE_THE_DOCUMENT: dict[tuple[str, str], Operation] = {
    # The vendor's page on authentication; not in the OpenAPI document.
    ("POST", "/login/oauth/token"): Operation(Object(TOKEN), form=OAUTH, open=True),
}
EVERYTHING = {**OPERATIONS, **BESIDE_THE_DOCUMENT}
_LITERAL_FIRST = sorted(EVERYTHING, key=lambda each: each[1].count("{"))


def operation_of(method: str, path: str) -> str:
    """The template of a path below /api. Raises Refused where there is none."""
    return template_of(method, path, _LITERAL_FIRST)
