"""The hosted PBX "extension" API as it comes over the wire: models of its answers, and lists in any wrapping.

Written from seed 003 ("Resource fields"), which never says whether an answer is an object or an array, and from the
public extras of vendors.md §3.2 and §3.3. Unknown fields are ignored, ids come as numbers or text, and a field of a
wrong type is unset instead of costing its row; what is not the promised kind of answer at all is a BadAnswer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from wallboard.domain.errors import BadAnswer
from wallboard.vendors.kit.lists import TALK, only_list

# Wide on purpose and checked in compiled code; `mapping` turns it into text, numbers and instants.
Scalar = str | bool | int | float | None


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class QueueStatus(Wire):
    """GET …/queue/status/"""

    waiting_members: Scalar = None
    trying_members: Scalar = None
    answered_members: Scalar = None


class MemberStatus(Wire):
    """One of GET …/queue/status/members/"""

    call_api_id: Scalar = None
    number: Scalar = None
    state: Scalar = None
    wait_time: Scalar = None
    joined_datetime: Scalar = None
    serving_agent: Scalar = None


class AgentStatus(Wire):
    """One of GET …/queue/status/agents/; `status` is text here and an object in agent profiles."""

    name_fs: Scalar = None
    name: Scalar = None
    extension_name: Scalar = None
    status: Scalar | dict[str, Any] = None
    state: Scalar = None
    call_duration: Scalar = None


class ExtensionRef(Wire):
    id: Scalar = None
    name: Scalar = None
    type: Scalar = None


class CurrentCall(Wire):
    """One call of GET …/current_calls/; the public documents say array or object of the two extensions."""

    call_api_id: Scalar = None
    call_id: Scalar = None
    extension_id: Scalar = None
    call_flow: Scalar = None
    caller_id_number: Scalar = None
    caller_id_name: Scalar = None
    called_number: Scalar = None
    called_did: Scalar = None
    init_time_gmt: Scalar = None
    answer_time_gmt: Scalar = None
    real_call: Scalar = None
    record_uuid: Scalar = None
    callback_id: Scalar = None
    caller_extension: ExtensionRef | list[ExtensionRef] | None = None
    called_extension: ExtensionRef | list[ExtensionRef] | None = None


class QueueSettings(Wire):
    """GET …/queue/"""

    strategy: Scalar = None
    max_wait_time: Scalar = None
    max_wait_time_with_no_agent: Scalar = None
    record_enabled: Scalar = None
    timeout_transfer_dst: Scalar = None


class ExtensionInfo(Wire):
    """GET …/extension/, and one of GET /client/{client_id}/extension/"""

    id: Scalar = None
    name: Scalar = None
    label: Scalar = None
    type: Scalar = None
    status: Scalar = None


class AgentProfile(Wire):
    """One of GET …/agent/"""

    id: Scalar = None
    name: Scalar = None
    status: Scalar | dict[str, Any] = None
    extension_id: Scalar = None
    wrap_up_time: Scalar = None
    call_timeout: Scalar = None


class Tier(Wire):
    """One of GET …/queue/agents/local/ or remote/"""

    agent_id: Scalar = None
    level: Scalar = None
    position: Scalar = None


class Registration(Wire):
    """One of GET /extension/registration/"""

    extension_id: Scalar = None
    registered: Scalar = None


class Recording(Wire):
    """One of GET …/record/; times are UTC, `duration` seconds, `record_file_size` bytes."""

    record_uuid: Scalar = None
    init_time_gmt: Scalar = None
    start_time_gmt: Scalar = None
    duration: Scalar = None
    flow: Scalar = None
    result: Scalar = None
    calls_result: Scalar = None
    hangup_disposition: Scalar = None
    hangup_cause: Scalar = None
    source_number: Scalar = None
    from_username: Scalar = None
    from_screen_name: Scalar = None
    dest_number: Scalar = None
    to_username: Scalar = None
    record_file_size: Scalar = None


class RecordStats(Wire):
    """GET …/record/stats/; the seed calls it a list and describes one object."""

    records_count: Scalar = None
    files_size: Scalar = None


class User(Wire):
    """GET /user/"""

    login: Scalar = None
    client_id: Scalar = None
    extension_id: Scalar = None


T = TypeVar("T", bound=Wire)

_lists: dict[type[Wire], TypeAdapter[Any]] = {}


def many(model: type[T], data: object, what: str) -> list[T]:
    """The rows of a list answer: an array, an object that wraps one array, or one bare row.

    Raises BadAnswer with `what` in it when there is no list to be found.
    """
    items = [item for item in rows_of(model, data, what) if isinstance(item, dict)]
    return [row for row in models(model, items) if row is not None]


def models(model: type[T], items: Sequence[dict[str, Any]]) -> Sequence[T | None]:
    """Each of `items` as a model; None for one that cannot be."""
    adapter = _lists.get(model)
    if adapter is None:
        adapter = _lists[model] = TypeAdapter(list[model])  # type: ignore[valid-type]
    try:
        found: list[T] = adapter.validate_python(items)
    except ValidationError:
        return [_tolerant(model, item) for item in items]
    return found


def one(model: type[T], data: object, what: str) -> T:
    """The object of a single answer: bare, in an array of one, or wrapped. Raises BadAnswer when it has none of the
    promised fields: an unknown number must not become a zero."""
    found = _object(model, data)
    row = None if found is None else _tolerant(model, found)
    if row is None:
        raise BadAnswer(f"{what}: the answer holds none of the documented fields")
    return row


def _known(model: type[Wire], data: Mapping[str, Any]) -> bool:
    return not model.model_fields.keys().isdisjoint(data.keys())


def rows_of(model: type[Wire], data: object, what: str) -> Sequence[Any]:
    """The rows of a list answer as they came, out of any wrapping. Raises BadAnswer."""
    if isinstance(data, list):
        return data
    if isinstance(data, dict):
        if _known(model, data):
            return [data]
        if (found := only_list(data)) is not None:
            return found
        if len(data) == 1:
            ((name, inner),) = data.items()
            if str(name).casefold() not in TALK:
                return [] if inner is None else rows_of(model, inner, what)
    raise BadAnswer(f"{what}: the answer holds no list")


def _object(model: type[Wire], data: object) -> Mapping[str, Any] | None:
    for _ in range(4):
        if isinstance(data, dict) and _known(model, data):
            return data
        if isinstance(data, dict) and len(data) == 1:
            data = next(iter(data.values()))
        elif isinstance(data, list) and len(data) == 1:
            data = data[0]
        else:
            return None
    return None


def _tolerant(model: type[T], item: object) -> T | None:
    """The row without the fields that have a wrong type; None if it is no object."""
    if not isinstance(item, dict):
        return None
    try:
        return model.model_validate(item)
    except ValidationError as error:
        wrong = {fault["loc"][0] for fault in error.errors(include_url=False, include_input=False) if fault["loc"]}
        try:
            return model.model_validate({name: value for name, value in item.items() if name not in wrong})
        except ValidationError:
            return None
