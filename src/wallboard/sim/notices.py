"""The contact centre behind the configuration interface of seed 002: who and what there is, and which disruption
notices are up. It has no live counts, as the document has none.

What nobody changes here is kept as the document's rows. Ids are 32 upper-case hex digits (a GUID without dashes), the
same for the same name in every run. Times are world seconds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from uuid import NAMESPACE_OID, uuid5

from wallboard.domain.records import dataclass
from wallboard.sim.engine import Engine

Row = dict[str, object]
_HOUR = 3600.0


def guid(name: str) -> str:
    """The id of a thing that has always been there."""
    return uuid5(NAMESPACE_OID, f"wallboard/{name}").hex.upper()


@dataclass(slots=True, eq=False)
class DisruptionItem:
    """A building block of a notice; `kind` is WHY, WHERE or WHEN. `more`: further properties of its row."""

    id: str
    external_id: str
    kind: str
    name: str
    more: Row = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class DisruptionEvent:
    """A notice. Without `active_from` it is up since ever, without `active_to` until further notice.

    `extra` are properties that no document mentions; whoever replaces the event without them loses them.
    """

    id: str
    created: float
    modified: float
    items: list[DisruptionItem]
    remarks: str | None = None
    active_from: float | None = None
    active_to: float | None = None
    extra: Row = field(default_factory=dict)

    def active(self, now: float) -> bool:
        begun = self.active_from is None or self.active_from <= now
        return begun and (self.active_to is None or self.active_to > now)


@dataclass(slots=True, eq=False)
class DisruptionSet:
    id: str
    external_id: str
    name: str
    items: list[DisruptionItem] = field(default_factory=list)
    events: dict[str, DisruptionEvent] = field(default_factory=dict)

    def item(self, kind: str, wanted: str) -> DisruptionItem:
        """The item of a kind by id, external id or name. KeyError: there is none."""
        for each in self.items:
            if each.kind == kind and wanted in (each.id, each.external_id, each.name):
                return each
        raise KeyError(f"set {self.name} has no {kind} item {wanted!r}")


class ContactCenter:
    """Everything of one account.

    `rows`: kind (the first part of its path, such as `users`) → id → row. `attached`: what belongs to one of them, by
    (kind, id, the last part of the path, such as `roles`).
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.rows: dict[str, dict[str, Row]] = defaultdict(dict)
        self.attached: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        self.sets: dict[str, DisruptionSet] = {}

    def new_id(self) -> str:
        return f"{self.engine.stream('cc/ids').getrandbits(128):032X}"

    def add(self, kind: str, identity: str, **fields: object) -> Row:
        """A row, without the properties that it does not have."""
        row: Row = {"id": guid(identity)} | {name: value for name, value in fields.items() if value}
        self.rows[kind][str(row["id"])] = row
        return row

    def attach(self, kind: str, row: Row, what: str, other: Row, **more: object) -> None:
        self.attached[kind, str(row["id"]), what].append(other | more)

    def find_set(self, wanted: str) -> DisruptionSet:
        """A set by id, external id or name. KeyError: there is none."""
        for each in self.sets.values():
            if wanted in (each.id, each.external_id, each.name):
                return each
        raise KeyError(f"no disruption set {wanted!r}")

    def find_event(self, event_id: str) -> tuple[DisruptionSet, DisruptionEvent]:
        """An event wherever it is. KeyError: there is none."""
        for each in self.sets.values():
            if event_id in each.events:
                return each, each.events[event_id]
        raise KeyError(f"no disruption event {event_id!r}")

    def publish(self, set_id: str, *, why: str, where: str, remarks: str, lasts: float | None) -> str:
        """Put up a notice from now on, for `lasts` seconds (None: until further notice). Returns the event's id.

        The set goes by id, external id or name (such as "Network"), `why` and `where` likewise among its items;
        KeyError where there is none. The WHEN item is chosen after `lasts`.
        """
        chosen, now = self.find_set(set_id), self.engine.now
        items = [chosen.item("WHY", why), chosen.item("WHERE", where)]
        when = [each for each in chosen.items if each.kind == "WHEN"]
        items.append(when[0] if lasts is None else when[1])
        event = DisruptionEvent(self.new_id(), now, now, items, remarks or None, now)
        event.active_to = None if lasts is None else now + lasts
        event.extra = {"ticket": f"INC-{self.engine.stream('cc/tickets').randrange(1000, 9999)}"}
        chosen.events[event.id] = event
        return event.id

    def end(self, event_id: str) -> None:
        """Take a notice down: it ends now. One that is over, or was deleted meanwhile, stays as it is."""
        now = self.engine.now
        for each in self.sets.values():
            event = each.events.get(event_id)
            if event is not None and (event.active_to is None or event.active_to > now):
                event.active_to = event.modified = now


# First name, surname, phone, groups, roles, skills with their levels.
_USERS: tuple[tuple[str, str, str, str, str, dict[str, int]], ...] = (
    ("Mira", "Laine", "4801", "Sales", "CC Agent", {"English": 5, "Deutsch": 4}),
    ("Otto", "Berg", "4802", "Sales", "CC Agent", {"Deutsch": 5}),
    ("Samira", "Haddad", "4803", "Sales,Service desk", "CC Agent", {"English": 4, "Français": 5}),
    ("Tomasz", "Novak", "4804", "Service desk", "CC Agent", {"English": 3, "Networks": 4}),
    ("Ingrid", "Dahl", "4805", "Service desk", "CC Agent", {"Deutsch": 4, "Networks": 5}),
    ("Kwame", "Mensah", "+4930231254806", "Service desk", "CC Agent", {"English": 5, "Networks": 3}),
    ("Aiko", "Tanaka", "4807", "Service desk,Back office", "CC Agent", {"English": 3}),
    ("Paloma", "Reyes", "4808", "Back office", "CC Agent", {"Français": 3}),
    ("Jürgen", "Weiß", "4809", "Back office", "CC Agent,Office User", {"Deutsch": 5}),
    ("Leila", "Farouk", "4810", "Sales,Back office", "CC Agent", {"English": 4, "Français": 4}),
    ("Henrik", "Lindqvist", "4811", "Service desk", "CC Supervisor", {"English": 5, "Networks": 2}),
    ("Oksana", "Petrova", "", "", "Office User", {}),
)
_SKILLS = {
    "English": "English language skill",
    "Deutsch": "German language skill",
    "Français": "French language skill",
    "Networks": "Lines, switches and what hangs on them",
}
_PROFILES = {"Default": "NONE", "Lunch": "NONE", "Vacation": "VACATION", "Meeting / Deny calls": "MEETING"}
# Channel, name, description, addresses.
_QUEUES = (
    ("Phone", "Sales Europe", "Takes what headquarters' Sales cannot", ("4711",)),
    ("Phone", "Service desk", "Service desk phone", ("+4930231254711", "4712")),
    ("Phone", "Fault reports", "Faults of lines and sites", ("4720", "+4930231254720")),
    ("Phone", "Complaints", "Complaints phone", ("4730",)),
    ("Chat", "Sales chat", "Sales chat", ("sales.chat@cc.example",)),
    ("Chat", "Service chat", "Service desk chat", ("service.chat@cc.example",)),
    ("Email", "Sales e-mail", "Sales e-mail", ("sales@cc.example",)),
    ("Email", "Service e-mail", "Service desk e-mail", ("service@cc.example",)),
)
_QUEUE_GROUPS = {
    "CC Sales": "Sales chat,Sales e-mail,Sales Europe",
    "CC Service": "Complaints,Fault reports,Service chat,Service desk,Service e-mail",
    "CC Phones": "Complaints,Fault reports,Sales Europe,Service desk",
}
# Kind, external id, name, description.
_NETWORK = (
    ("WHY", "05", "Fibre cut", "A line is cut; the carrier is on site"),
    ("WHY", "06", "Power failure", "No mains power"),
    ("WHY", "55", "Planned work", "Announced maintenance"),
    ("WHERE", "00100", "Headquarters", "Headquarters and its data room"),
    ("WHERE", "00200", "Branch", "Branch office"),
    ("WHERE", "00900", "All sites", ""),
    ("WHEN", "14", "Until further notice", ""),
    ("WHEN", "19", "About one hour", ""),
    ("WHEN", "21", "Tonight", "22:00 to 04:00"),
)
_SITES = (
    ("WHY", "01", "Building closed", ""),
    ("WHY", "02", "Water damage", ""),
    ("WHY", "03", "Lift out of order", "Rescue goes through the hotline"),
    ("WHERE", "1.00.100", "Berlin", "Headquarters"),
    ("WHERE", "1.00.200", "Potsdam", "Branch office"),
    ("WHEN", "14", "Until further notice", ""),
    ("WHEN", "30", "Until noon", ""),
)


def demo_center(engine: Engine) -> ContactCenter:
    """The account `cc` of the demonstration: 8 queues, 12 users, 2 sets, one notice that is over and one to come."""
    center = ContactCenter(engine)
    _add_queues(center)
    _add_people(center)
    menu = {"addresses": {"address": ["4700", "+4930231254700"]}, "currentSourceCodeVersionId": guid("ivr/menu/source")}
    center.add("customIvrs", "ivr/menu", name="Queue selection", description="Queue selection IVR", active=True, **menu)
    callback = center.add("customIvrs", "ivr/callback", name="Callback", description="IVR to leave callbacks")
    callback |= {"addresses": {"address": ["4790"]}, "active": False}
    _add_notices(center)
    return center


def _add_notices(center: ContactCenter) -> None:
    for name, items in (("Network", _NETWORK), ("Sites", _SITES)):
        external = name.lower()
        made = DisruptionSet(guid(f"set/{external}"), external, name)
        for kind, code, title, about in items:
            more: Row = {"description": about} if about else {}
            made.items.append(DisruptionItem(guid(f"item/{external}/{kind}/{code}"), code, kind, title, more))
        center.sets[made.id] = made
        center.add("disruptionSets", f"set/{external}", name=name, externalId=external)
    network, sites = center.sets.values()
    said = (("SayAsDatatype", "digits"), ("SayAsValue", "00100"))
    spoken = [{"language": "EN", "name": name, "value": value} for name, value in said]
    network.item("WHERE", "00100").more["attributes"] = {"attribute": spoken}
    prompt: Row = {"promptExternalId": "WHY_55", "promptId": guid("prompt/55"), "promptName": "WHY_12"}
    network.item("WHY", "55").more.update(prompt)
    now = center.engine.now
    begun, ended = now - 30 * _HOUR, now - 26 * _HOUR
    over = [sites.item("WHY", "Lift out of order"), sites.item("WHERE", "Potsdam"), sites.item("WHEN", "Until noon")]
    past = DisruptionEvent(guid("event/lift"), begun, ended, over, "Technician was there", begun, ended)
    made_at, begins, ends = now - 50 * _HOUR, now + 9 * _HOUR, now + 15 * _HOUR
    work = [network.item("WHY", "Planned work"), network.item("WHERE", "All sites"), network.item("WHEN", "Tonight")]
    planned = DisruptionEvent(guid("event/switches"), made_at, made_at, work, "New core switches", begins, ends)
    planned.extra = {"ticket": "CHG-1187"}
    sites.events[past.id], network.events[planned.id] = past, planned


def _add_queues(center: ContactCenter) -> None:
    queues: dict[str, Row] = {}
    for channel, name, description, addresses in _QUEUES:
        row = center.add("queues", f"queue/{name}", type=channel, name=name, description=description)
        row |= {"addresses": {"address": list(addresses)}}
        row["loginType"] = "HuntGroup" if name == "Complaints" else "AutoAllocation"
        if name in ("Sales Europe", "Service desk", "Fault reports"):
            row["synchronised"] = True
        for each in addresses:
            more = {"language": "EN", "priority": 5} if each == "4712" else {}
            center.attach("queues", row, "extensions", {"id": guid(f"address/{each}"), "address": each}, **more)
        queues[name] = row
    for name, members in _QUEUE_GROUPS.items():
        group = center.add("queueGroups", f"queue group/{name}", name=name, description=f"{name} queue group")
        for member in members.split(","):
            center.attach("queueGroups", group, "queues", queues[member])
            center.attach("queues", queues[member], "queueGroups", group)


def _add_people(center: ContactCenter) -> None:
    groups = {
        name: center.add("userGroups", f"group/{name}", name=name) for name in ("Sales", "Service desk", "Back office")
    }
    for name, group in groups.items():
        group["synchronised"] = name == "Sales"
    roles = {
        name: center.add("roles", f"role/{name}", name=name, description=f"{name} Role")
        for name in ("CC Agent", "CC Supervisor", "Office User")
    }
    skills = {
        name: center.add("skills", f"skill/{name}", name=name, description=each) for name, each in _SKILLS.items()
    }
    for name, reason in _PROFILES.items():
        center.add("prsProfiles", f"profile/{name}", name=name, reason=reason)
    for number, (first, last, phone, in_groups, has_roles, can) in enumerate(_USERS, start=100):
        address = f"{first}.{last}@cc.example"
        user = center.add(
            "users",
            f"user/{first} {last}",
            firstName=first,
            surname=last,
            login=f"{first}.{last}",
            externalId=f"{first}{last}{number}",
            phone=phone,
            chat=address,
            chatName=first,
            email=address,
            uiLanguage="EN",
            promptLanguage="DE",
            timeZone="Europe/Berlin",
            synchronised=bool(phone),
        )
        for kind, all_of, names in (("userGroups", groups, in_groups), ("roles", roles, has_roles)):
            for name in filter(None, names.split(",")):
                center.attach("users", user, kind, all_of[name])
                center.attach(kind, all_of[name], "users", user)
        for name, level in can.items():
            center.attach("users", user, "skills", skills[name], value=level)
