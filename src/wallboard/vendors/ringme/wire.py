"""The hosted PBX "extension" API as it comes over the wire.

Written from seed 003 ("Resource fields"), which never says whether an answer is an object or an array, and from the
public extras of vendors.md §3.2 and §3.3. What `Any` is depends on whether it is there at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any

from pydantic import PlainValidator

from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.kit import wire
from wallboard.vendors.kit.lists import listed, rows
from wallboard.vendors.kit.wire import Count, Identity, Row, Switch, Text, Wire, objects, text

WEEK = 7 * 86_400
"""Seconds; a longer duration is not one."""


def shown(value: object) -> Clean:
    """Cleaned text; the vendor's "None" is nothing (vendors.md §3.7, 10)."""
    found = text(value)
    return _short(found) if len(found) <= 64 else clean(found)


@lru_cache(maxsize=8192)
def _short(value: str) -> Clean:
    # The same names and numbers come with every poll.
    return NOTHING if value == "None" else clean(value)


def word(value: object) -> str:
    """The text of a status that comes as text or as an object (vendors.md §3.7, 3)."""
    if isinstance(value, dict):
        return next((value[name] for name in ("status", "name", "value") if isinstance(value.get(name), str)), "")
    return value if isinstance(value, str) else ""


def _seconds(value: object) -> int | None:
    return wire.count(value, WEEK)


Shown = Annotated[Clean, PlainValidator(shown)]
Word = Annotated[str, PlainValidator(word)]
Seconds = Annotated[int | None, PlainValidator(_seconds)]


class QueueStatus(Wire):
    """GET …/queue/status/"""

    waiting_members: Count = None
    trying_members: Count = None
    answered_members: Count = None


class MemberStatus(Wire):
    """One of GET …/queue/status/members/"""

    call_api_id: Identity = ""
    number: Shown = NOTHING
    state: Word = ""
    wait_time: Seconds = None
    joined_datetime: Any = None
    serving_agent: Word = ""


class AgentStatus(Wire):
    """One of GET …/queue/status/agents/; `status` is text here and an object in agent profiles."""

    name_fs: Identity = ""
    name: Text = ""
    extension_name: Identity = ""
    status: Word = ""
    state: Word = ""
    call_duration: Seconds = None


class ExtensionRef(Wire):
    id: Identity = ""
    name: Identity = ""


def _party(value: object) -> ExtensionRef | None:
    """An array or an object of the extension at one end, as the public documents have it."""
    found = [ExtensionRef.model_validate(each) for each in objects(value)[:1]]
    return found[0] if found and (found[0].id or found[0].name) else None


Party = Annotated[ExtensionRef | None, PlainValidator(_party)]


class CurrentCall(Wire):
    """One call of GET …/current_calls/"""

    call_api_id: Identity = ""
    call_id: Identity = ""
    extension_id: Identity = ""
    call_flow: Word = ""
    caller_id_number: Text = ""
    caller_id_name: Shown = NOTHING
    called_number: Text = ""
    called_did: Shown = NOTHING
    init_time_gmt: Any = None
    answer_time_gmt: Any = None
    real_call: Switch = None
    record_uuid: Any = None
    callback_id: Identity = ""
    caller_extension: Party = None
    called_extension: Party = None


class QueueSettings(Wire):
    """GET …/queue/"""

    strategy: Shown = NOTHING
    max_wait_time: Seconds = None
    max_wait_time_with_no_agent: Seconds = None
    record_enabled: Switch = None
    timeout_transfer_dst: Shown = NOTHING


class ExtensionInfo(Wire):
    """GET …/extension/, and one of GET /client/{client_id}/extension/"""

    id: Identity = ""
    name: Identity = ""
    label: Shown = NOTHING
    type: Word = ""


class AgentProfile(Wire):
    """One of GET …/agent/"""

    id: Identity = ""
    name: Word = ""
    extension_id: Identity = ""


class Tier(Wire):
    """One of GET …/queue/agents/local/ or remote/"""

    agent_id: Identity = ""
    level: Count = None
    position: Count = None


class Registration(Wire):
    """One of GET /extension/registration/"""

    extension_id: Identity = ""
    registered: Switch = None


class Recording(Wire):
    """One of GET …/record/; times are UTC, `duration` seconds, `record_file_size` bytes."""

    record_uuid: Identity = ""
    init_time_gmt: Any = None
    start_time_gmt: Any = None
    duration: Seconds = None
    flow: Shown = NOTHING
    result: Shown = NOTHING
    calls_result: Shown = NOTHING
    hangup_disposition: Shown = NOTHING
    hangup_cause: Shown = NOTHING
    source_number: Shown = NOTHING
    from_username: Shown = NOTHING
    from_screen_name: Shown = NOTHING
    dest_number: Shown = NOTHING
    to_username: Shown = NOTHING
    record_file_size: Count = None


class RecordStats(Wire):
    """GET …/record/stats/; the seed calls it a list and describes one object."""

    records_count: Count = None
    files_size: Count = None


class Event(Wire):
    """One of GET …/event/: a subscription"""

    id: Identity = ""
    url: Text = ""
    event_type: Word = ""
    method: Word = ""


class User(Wire):
    """GET /user/"""

    login: Shown = NOTHING
    client_id: Identity = ""
    extension_id: Identity = ""


def rows_of(model: type[Row], data: object, what: str) -> Sequence[Any]:
    """The rows of a list answer as they came: an array, an object that wraps one array, or one bare row."""
    return listed(data, what, model=model)[0]


def many(model: type[Row], data: object, what: str) -> list[Row]:
    return rows(rows_of(model, data, what), model)
