"""From RCI's answers to rows. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Address, Agent, Notice, Queue, in_address
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState, Channel
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.domain.words import spelling, vocabulary
from wallboard.vendors.kit.sheets import lines
from wallboard.vendors.kit.wire import instant
from wallboard.vendors.sinch.wire import EventWire, ExtensionWire, ItemWire, NamedWire, QueueWire, UserWire

REMARKS = 1000
"""Most characters of a notice's remarks that are shown and edited; the document names no limit."""
RECENT = 24 * 3600.0
"""A notice that ended is shown for so many seconds more: until the shift that it concerned is over."""

CLOCKS_AGREE = 5.0
"""Seconds by which the vendor's clock may seem to differ without being wrong: its `Date` holds whole seconds, and half
the time that an answer took is a guess. A notice keeps the vendor's own times then."""

NO_COUNTS, NO_STATES = mark("RCI tells no live counts"), mark("RCI tells no states")


_CHANNELS: Mapping[Channel, Sequence[str]] = {
    Channel.PHONE: ("phone",),
    Channel.CHAT: ("chat",),
    Channel.EMAIL: ("email", "e-mail"),
}


def channels(own: Mapping[str, str]) -> Mapping[str, Channel]:
    """The types of queues by their spelling; `own` are the words of the config."""
    return vocabulary(_CHANNELS, own)


@dataclass(slots=True)
class Known:
    """What the slow lists of one source have told so far. All ids are canonical."""

    source: str
    channels: Mapping[str, Channel] = field(default_factory=lambda: channels({}))
    ahead: float = 0.0
    """Seconds that the vendor's clock is ahead of ours."""
    roles: dict[str, tuple[NamedWire, ...]] = field(default_factory=dict)
    """By user."""
    groups: dict[str, tuple[NamedWire, ...]] = field(default_factory=dict)
    """By user."""
    queue_groups: dict[str, tuple[NamedWire, ...]] = field(default_factory=dict)
    """By queue."""
    extensions: dict[str, tuple[ExtensionWire, ...]] = field(default_factory=dict)
    """By queue."""
    sets: dict[str, NamedWire] = field(default_factory=dict)
    items: dict[str, dict[str, ItemWire]] = field(default_factory=dict)
    """By disruption set and item."""
    events: dict[str, frozenset[str]] = field(default_factory=dict)
    """The ids last listed, by disruption set."""


def members(of: Mapping[str, Iterable[str]], names: Mapping[str, NamedWire]) -> dict[str, tuple[NamedWire, ...]]:
    """Turned round: whoever belongs to roles or groups, with these. `of` is by role or group."""
    found: dict[str, list[NamedWire]] = {}
    for group in names:
        for identity in of.get(group, ()):
            found.setdefault(identity, []).append(names[group])
    return {identity: tuple(groups) for identity, groups in found.items()}


def ahead(offset: float | None) -> float:
    """What a measured clock offset says of the vendor's clock: nothing, unless it is more than measuring explains."""
    return 0.0 if offset is None or abs(offset) < CLOCKS_AGREE else offset


def titled(wire: NamedWire) -> str:
    return wire.name or wire.description or wire.external_id or wire.id


def _number(address: str) -> bool:
    return any(char.isdigit() for char in address) and all(char in "+0123456789*# ().-/" for char in address)


def queue(wire: QueueWire, known: Known) -> Queue:
    """One row, without counts: RCI is for configuration."""
    kind = known.channels.get(spelling(wire.type))
    extensions = known.extensions.get(wire.id, ())
    spelled = dict.fromkeys([*wire.addresses, *(extension.address for extension in extensions if extension.address)])
    addresses = sorted(spelled, key=lambda address: not _number(address))
    numbers = [address for address in addresses if _number(address)]
    return Queue(
        key=Key(known.source, Kind.QUEUE, wire.id),
        name=clean(wire.name or wire.description or wire.id),
        number=clean(numbers[0]) if kind is Channel.PHONE and numbers else NOTHING,
        channel=kind,
        strategy=clean(wire.login_type),
        addresses=tuple(clean(address) for address in addresses),
        no_counts=Clean(tr(NO_COUNTS)),
        address=(("queue", wire.id),),
        details=lines(
            (
                (tr("type"), wire.type),
                (tr("about"), wire.description),
                (tr("groups"), ", ".join(titled(group) for group in known.queue_groups.get(wire.id, ()))),
                (tr("languages"), ", ".join(f"{e.address} {e.language}" for e in extensions if e.language)),
                (tr("managed"), tr("by synchronisation") if wire.synchronised else ""),
            )
        ),
    )


def agent(wire: UserWire, known: Known) -> Agent:
    name = f"{wire.first_name} {wire.surname}".strip()
    return Agent(
        key=Key(known.source, Kind.AGENT, wire.id),
        name=clean(name or wire.chat_name or wire.login or wire.id),
        extension=clean(wire.phone),
        state=AgentState.UNKNOWN,
        no_state=Clean(tr(NO_STATES)),
        refs=(wire.id,),
        address=(("user", wire.id),),
        details=lines(
            (
                (tr("roles"), ", ".join(titled(role) for role in known.roles.get(wire.id, ()))),
                (tr("groups"), ", ".join(titled(group) for group in known.groups.get(wire.id, ()))),
                (tr("e-mail"), wire.email),
            )
        ),
    )


def token(item: ItemWire, items: Mapping[str, ItemWire]) -> str:
    """One word for an item of an event: its id, also where the event names it by external id and type alone."""
    if item.id:
        return item.id
    for each in items.values():
        if each.id and each.external_id == item.external_id and item.kind in ("", each.kind):
            return each.id
    return f"{item.kind or 'ITEM'}/{item.external_id}"


def item_text(item: ItemWire, items: Mapping[str, ItemWire]) -> str:
    """What an item says, as well as it is known."""
    known = items.get(token(item, items))
    for each in (known, item):
        if each is not None and (each.name or each.description):
            return each.name or each.description
    external = item.external_id or (known.external_id if known else "")
    return external or tr("item {id}", id=item.id[:8])


def item_kind(item: ItemWire, items: Mapping[str, ItemWire]) -> str:
    """Its type, from the set's list where the event does not tell."""
    known = items.get(token(item, items))
    return item.kind or (known.kind if known else "")


def notice(wire: EventWire, disruption_set: str, known: Known) -> Notice:
    """One row. `address` carries what the vendor wrote, byte for byte, for forms and comparison."""
    items = known.items.get(disruption_set, {})
    words: dict[str, list[str]] = {}
    for item in wire.items:
        words.setdefault(item_kind(item, items), []).append(item_text(item, items))
    why, where, when = (", ".join(words.get(kind, ())) for kind in ("WHY", "WHERE", "WHEN"))
    named = known.sets.get(disruption_set)
    set_name = titled(named) if named else disruption_set
    others = [
        f"{kind.casefold() or tr('item')}: {', '.join(texts)}" for kind, texts in words.items() if kind not in _KINDS
    ]
    first = [words[kind][0] for kind in ("WHY", "WHERE") if words.get(kind)]
    return Notice(
        key=Key(known.source, Kind.NOTICE, wire.id),
        set=clean(set_name),
        title=clean(" · ".join(first) or when or wire.remarks or set_name, 80),
        active_from=instant(wire.active_from, ahead=known.ahead),
        active_to=instant(wire.active_to, ahead=known.ahead),
        why=clean(why),
        where=clean(where),
        when=clean(when),
        remarks=clean(wire.remarks, REMARKS),
        address=(
            ("set", disruption_set),
            ("event", wire.id),
            ("from", wire.active_from),
            ("to", wire.active_to),
            ("modified", wire.modified),
            ("created", wire.created),
            *((f"item {item_kind(item, items)}", token(item, items)) for item in wire.items),
            ("rest", _rest(wire)),
        ),
        details=lines(
            (
                (tr("other"), "; ".join(others)),
                (tr("created"), wire.created),
                (tr("modified"), wire.modified),
                (tr("external ids"), ", ".join(item.external_id for item in wire.items if item.external_id)),
                (tr("set id"), named.external_id if named else ""),
            )
        ),
    )


_KINDS = ("WHY", "WHERE", "WHEN")
_MOVING = frozenset(
    {"modified", "modifiedby", "lastmodified", "lastmodifiedby", "updated", "updatedat", "updatedby", "lastupdated"}
    | {"version", "revision", "etag"}
)
"""Names of fields that a vendor itself sets anew with each write; in lower case, as `EventWire` holds all names."""


def _rest(wire: EventWire) -> str:
    """The fields that no form shows, as one text to compare."""
    extra = wire.model_extra or {}
    return json.dumps({name: value for name, value in extra.items() if name not in _MOVING}, sort_keys=True)


def items_of(address: Address) -> dict[str, str]:
    """The items of a notice, as `token` spells them, and their types ("" where not told)."""
    return {value: name.removeprefix("item ") for name, value in address if name.startswith("item ")}


def set_of(row: Notice) -> str:
    """The disruption set of a notice, "" if the row is not one of ours."""
    return in_address(row.address, "set") or ""


def begun(row: Notice, now: float) -> bool:
    return row.active_from is None or row.active_from <= now


def over(row: Notice, now: float) -> bool:
    return row.active_to is not None and row.active_to <= now


def notices(wires: Sequence[EventWire], disruption_set: str, known: Known, now: float) -> list[Notice]:
    """The notices of one set that concern now: active, beginning later, or ended less than `RECENT` ago.

    Where the vendor lists an event twice with different content, the one that is not over counts, then the newest.
    """
    found: dict[Key, Notice] = {}
    ranks: dict[Key, tuple[bool, float]] = {}
    for wire in wires:
        row = notice(wire, disruption_set, known)
        if row.active_to is not None and row.active_to < now - RECENT:
            continue
        rank = (not over(row, now), instant(wire.modified or wire.created) or 0.0)
        if row.key not in found or rank > ranks[row.key]:
            found[row.key], ranks[row.key] = row, rank
    return list(found.values())
