"""Rows as the configuration interface prints them (seed 002), with its inconsistencies.

Lists wrapped as XML would have them; a queue's type capitalised though the schema has it in lower case; ids with and
without dashes; `externalId` and `externalid`; times with and without milliseconds; absent rather than null.
"""

from __future__ import annotations

import re

from wallboard.sim.asgi import HttpError
from wallboard.sim.engine import Engine
from wallboard.sim.notices import (
    CustomIvr,
    DisruptionEvent,
    DisruptionItem,
    DisruptionSet,
    NetworkQueue,
    PresenceProfile,
    QueueAddress,
    QueueGroup,
    Role,
    Skill,
    User,
    UserGroup,
)

Row = dict[str, object]

_HEX = re.compile(r"[0-9A-Fa-f]{32}\Z")
_DASHES = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\Z")


def canonical(text: object) -> str:
    """An id in the form in which it is kept. Raises the 400 of the document for what is no GUID."""
    if not isinstance(text, str) or not (_HEX.match(text) or _DASHES.match(text)):
        raise HttpError(400, f"Invalid GUID: '{text}'")
    return text.replace("-", "").upper()


def dashed(identity: str) -> str:
    parts = (identity[:8], identity[8:12], identity[12:16], identity[16:20], identity[20:])
    return "-".join(parts)


def stamp(engine: Engine, seconds: float, *, milliseconds: bool = True) -> str:
    moment = engine.utc(seconds)
    whole = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{moment.microsecond // 1000:03d}Z" if milliseconds else f"{whole}Z"


def _given(**values: object) -> Row:
    return {name: value for name, value in values.items() if value not in (None, "")}


def named(row: Row, *more: str) -> Row:
    """The short form of lists: id, name and what else a list of that kind has."""
    return {name: row[name] for name in ("id", "name", *more) if name in row}


def user_row(user: User) -> Row:
    return {"id": user.id, "firstName": user.first, "surname": user.last} | user.fields


def group_row(group: UserGroup) -> Row:
    return {"id": group.id, "name": group.name, "synchronised": group.synchronised}


def role_row(role: Role) -> Row:
    return {"id": role.id, "name": role.name, "description": role.description}


def skill_row(skill: Skill) -> Row:
    return {"id": skill.id, "name": skill.name, "description": skill.description}


def profile_row(profile: PresenceProfile) -> Row:
    return {"id": profile.id, "name": profile.name, "reason": profile.reason}


def queue_row(queue: NetworkQueue) -> Row:
    row: Row = {"id": queue.id, "type": queue.channel, "name": queue.name, "description": queue.description}
    row["loginType"] = queue.login
    if queue.addresses:
        row["addresses"] = {"address": [each.address for each in queue.addresses]}
    if queue.synchronised:
        row["synchronised"] = True
    return row


def address_row(address: QueueAddress) -> Row:
    """The schema calls the number `name`, every sample `address`."""
    return _given(id=address.id, address=address.address, language=address.language, priority=address.priority)


def queue_group_row(group: QueueGroup, *, in_list: bool) -> Row:
    identity = dashed(group.id) if group.dashed and in_list else group.id
    return {"id": identity, "description": group.description, "name": group.name}


def ivr_row(ivr: CustomIvr) -> Row:
    row: Row = {"addresses": {"address": list(ivr.addresses)}} if ivr.addresses else {}
    row |= _given(name=ivr.name, description=ivr.description, currentSourceCodeVersionId=ivr.source)
    return row | {"active": ivr.active, "id": ivr.id}


def set_row(group: DisruptionSet) -> Row:
    return {"name": group.name, "externalId": group.external_id, "id": group.id}


def item_row(item: DisruptionItem) -> Row:
    row: Row = {}
    if item.attributes:
        values = [{"language": each[1], "name": each[0], "value": each[2]} for each in item.attributes]
        row["attributes"] = {"attribute": values}
    row |= _given(description=item.description)
    row |= {"type": item.kind, "externalId": item.external_id}
    if item.prompt is not None:
        row |= {"promptExternalId": item.prompt[2], "promptId": item.prompt[0], "promptName": item.prompt[1]}
    return row | {"name": item.name, "id": item.id}


def _event_item(item: DisruptionItem) -> Row:
    """The schema spells it `externalid`, the samples `externalId`; this server does both."""
    spelling = "externalid" if item.kind == "WHERE" else "externalId"
    return {"id": item.id, spelling: item.external_id, "type": item.kind}


def event_row(engine: Engine, event: DisruptionEvent) -> Row:
    row: Row = {
        "id": event.id,
        "modified": stamp(engine, event.modified),
        "created": stamp(engine, event.created, milliseconds=False),
    }
    if event.active_from is not None:
        row["activeFrom"] = stamp(engine, event.active_from)
    if event.active_to is not None:
        row["activeTo"] = stamp(engine, event.active_to)
    if event.remarks is not None:
        row["remarks"] = event.remarks
    return row | event.extra | {"items": {"item": [_event_item(item) for item in event.items]}}
