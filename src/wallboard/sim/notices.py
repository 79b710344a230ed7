"""The contact centre behind the configuration interface of seed 002: who and what there is, and which disruption
notices are up. It has no live counts, as the document has none.

Ids are 32 upper-case hex digits (a GUID without dashes), the same for the same name in every run. Times are world
seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, uuid5

from wallboard.sim.engine import Engine

_HOUR = 3600.0


def guid(name: str) -> str:
    """The id of a thing that has always been there."""
    return uuid5(NAMESPACE_OID, f"wallboard/{name}").hex.upper()


@dataclass(slots=True, eq=False)
class QueueAddress:
    """One address of a queue: a number, or a chat or e-mail address."""

    id: str
    address: str
    language: str | None = None
    priority: int | None = None


@dataclass(slots=True, eq=False)
class QueueGroup:
    """`dashed`: lists print its id with dashes, as one of the samples has it."""

    id: str
    name: str
    description: str
    dashed: bool = False


@dataclass(slots=True, eq=False)
class NetworkQueue:
    """A queue of the contact centre; `channel` is Phone, Chat or Email, `login` AutoAllocation or HuntGroup."""

    id: str
    channel: str
    name: str
    description: str
    login: str
    addresses: list[QueueAddress] = field(default_factory=list)
    groups: list[QueueGroup] = field(default_factory=list)
    synchronised: bool = False


@dataclass(slots=True, eq=False)
class UserGroup:
    id: str
    name: str
    synchronised: bool = False


@dataclass(slots=True, eq=False)
class Role:
    id: str
    name: str
    description: str


@dataclass(slots=True, eq=False)
class Skill:
    id: str
    name: str
    description: str


@dataclass(slots=True, eq=False)
class PresenceProfile:
    id: str
    name: str
    reason: str


@dataclass(slots=True, eq=False)
class User:
    """A person of the contact centre. `fields` holds the optional properties by their names in the document."""

    id: str
    first: str
    last: str
    fields: dict[str, object]
    groups: list[UserGroup] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    skills: list[tuple[Skill, int]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class CustomIvr:
    id: str
    name: str
    description: str
    addresses: tuple[str, ...]
    active: bool
    source: str | None = None
    attributes: tuple[tuple[str, str, str], ...] = ()


@dataclass(slots=True, eq=False)
class DisruptionItem:
    """A building block of a notice; `kind` is WHY, WHERE or WHEN. `attributes`: (name, language, value)."""

    id: str
    external_id: str
    kind: str
    name: str
    description: str = ""
    prompt: tuple[str, str, str] | None = None
    attributes: tuple[tuple[str, str, str], ...] = ()


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
    extra: dict[str, object] = field(default_factory=dict)

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
    """Everything of one account, each kind by id, in the order in which it was made."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.queues: dict[str, NetworkQueue] = {}
        self.queue_groups: dict[str, QueueGroup] = {}
        self.users: dict[str, User] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.roles: dict[str, Role] = {}
        self.skills: dict[str, Skill] = {}
        self.profiles: dict[str, PresenceProfile] = {}
        self.ivrs: dict[str, CustomIvr] = {}
        self.sets: dict[str, DisruptionSet] = {}

    def new_id(self) -> str:
        return f"{self.engine.stream('cc/ids').getrandbits(128):032X}"

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
        chosen = self.find_set(set_id)
        items = [chosen.item("WHY", why), chosen.item("WHERE", where)]
        when = [each for each in chosen.items if each.kind == "WHEN"]
        if when:
            items.append(when[0] if lasts is None or len(when) == 1 else when[1])
        now = self.engine.now
        until = None if lasts is None else now + lasts
        event = DisruptionEvent(self.new_id(), now, now, items, remarks or None, now, until)
        event.extra = {"ticket": f"INC-{self.engine.stream('cc/tickets').randrange(1000, 9999)}"}
        chosen.events[event.id] = event
        return event.id

    def end(self, event_id: str) -> None:
        """Take a notice down: it ends now. One that is over, or was deleted meanwhile, stays as it is."""
        try:
            _, event = self.find_event(event_id)
        except KeyError:
            return
        now = self.engine.now
        if event.active_to is None or event.active_to > now:
            event.active_to = now
            event.modified = now

    def active_events(self) -> list[DisruptionEvent]:
        now = self.engine.now
        return [event for each in self.sets.values() for event in each.events.values() if event.active(now)]

    def add_queue(
        self, channel: str, name: str, description: str, *addresses: str, login: str = "AutoAllocation"
    ) -> NetworkQueue:
        rows = [QueueAddress(guid(f"address/{each}"), each) for each in addresses]
        queue = NetworkQueue(guid(f"queue/{name}"), channel, name, description, login, rows)
        self.queues[queue.id] = queue
        return queue

    def add_set(self, external_id: str, name: str, items: Iterable[tuple[str, str, str, str]]) -> DisruptionSet:
        """`items`: (kind, external id, name, description)."""
        made = DisruptionSet(guid(f"set/{external_id}"), external_id, name)
        for kind, external, title, description in items:
            identity = guid(f"item/{external_id}/{kind}/{external}")
            made.items.append(DisruptionItem(identity, external, kind, title, description))
        self.sets[made.id] = made
        return made


_USERS = (
    # first name, surname, phone, groups, roles, skills (name, value)
    ("Mira", "Laine", "4801", ("Sales",), ("CC Agent",), (("English", 5), ("Deutsch", 4))),
    ("Otto", "Berg", "4802", ("Sales",), ("CC Agent",), (("Deutsch", 5),)),
    ("Samira", "Haddad", "4803", ("Sales", "Service desk"), ("CC Agent",), (("English", 4), ("Français", 5))),
    ("Tomasz", "Novak", "4804", ("Service desk",), ("CC Agent",), (("English", 3), ("Networks", 4))),
    ("Ingrid", "Dahl", "4805", ("Service desk",), ("CC Agent",), (("Deutsch", 4), ("Networks", 5))),
    ("Kwame", "Mensah", "+4930231254806", ("Service desk",), ("CC Agent",), (("English", 5), ("Networks", 3))),
    ("Aiko", "Tanaka", "4807", ("Service desk", "Back office"), ("CC Agent",), (("English", 3),)),
    ("Paloma", "Reyes", "4808", ("Back office",), ("CC Agent",), (("Français", 3),)),
    ("Jürgen", "Weiß", "4809", ("Back office",), ("CC Agent", "Office User"), (("Deutsch", 5),)),
    ("Leila", "Farouk", "4810", ("Sales", "Back office"), ("CC Agent",), (("English", 4), ("Français", 4))),
    ("Henrik", "Lindqvist", "4811", ("Service desk",), ("CC Supervisor",), (("English", 5), ("Networks", 2))),
    ("Oksana", "Petrova", None, (), ("Office User",), ()),
)
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
    _queues(center)
    _people(center)
    ivr = CustomIvr(guid("ivr/menu"), "Queue selection", "Queue selection IVR", ("4700", "+4930231254700"), True)
    ivr.source, ivr.attributes = guid("ivr/menu/source"), (("Name", "EN", "Main menu"), ("Name", "DE", "Hauptmenü"))
    callback = CustomIvr(guid("ivr/callback"), "Callback", "IVR to leave callbacks", ("4790",), False)
    for each in (ivr, callback):
        center.ivrs[each.id] = each
    network, sites = center.add_set("network", "Network", _NETWORK), center.add_set("sites", "Sites", _SITES)
    spoken = network.item("WHERE", "00100")
    spoken.attributes = (("SayAsDatatype", "EN", "digits"), ("SayAsValue", "EN", "00100"))
    network.item("WHY", "55").prompt = (guid("prompt/55"), "WHY_12", "WHY_55")
    now = engine.now
    over = [sites.item("WHY", "Lift out of order"), sites.item("WHERE", "Potsdam"), sites.item("WHEN", "Until noon")]
    work = [network.item("WHY", "Planned work"), network.item("WHERE", "All sites"), network.item("WHEN", "Tonight")]
    past = DisruptionEvent(guid("event/lift"), now - 30 * _HOUR, now - 26 * _HOUR, over, "Technician was there")
    past.active_from, past.active_to = now - 30 * _HOUR, now - 26 * _HOUR
    planned = DisruptionEvent(guid("event/switches"), now - 50 * _HOUR, now - 50 * _HOUR, work, "New core switches")
    planned.active_from, planned.active_to = now + 9 * _HOUR, now + 15 * _HOUR
    planned.extra = {"ticket": "CHG-1187"}
    sites.events[past.id], network.events[planned.id] = past, planned
    return center


def _queues(center: ContactCenter) -> None:
    sales = center.add_queue("Phone", "Sales Europe", "Takes what headquarters' Sales cannot", "4711")
    desk = center.add_queue("Phone", "Service desk", "Service desk phone", "+4930231254711", "4712")
    faults = center.add_queue("Phone", "Fault reports", "Faults of lines and sites", "4720", "+4930231254720")
    complaints = center.add_queue("Phone", "Complaints", "Complaints phone", "4730", login="HuntGroup")
    sales_chat = center.add_queue("Chat", "Sales chat", "Sales chat", "sales.chat@cc.example")
    desk_chat = center.add_queue("Chat", "Service chat", "Service desk chat", "service.chat@cc.example")
    sales_mail = center.add_queue("Email", "Sales e-mail", "Sales e-mail", "sales@cc.example")
    desk_mail = center.add_queue("Email", "Service e-mail", "Service desk e-mail", "service@cc.example")
    for queue in (sales, desk, faults):
        queue.synchronised = True
    desk.addresses[1].language, desk.addresses[1].priority = "EN", 5
    for name, description, queues in (
        ("CC Sales", "CC Sales queue group", (sales, sales_chat, sales_mail)),
        ("CC Service", "CC Service queue group", (desk, faults, complaints, desk_chat, desk_mail)),
        ("CC Phones", "CC Phones queue group", (sales, desk, faults, complaints)),
    ):
        group = QueueGroup(guid(f"queue group/{name}"), name, description, dashed=name == "CC Sales")
        center.queue_groups[group.id] = group
        for queue in queues:
            queue.groups.append(group)


def _people(center: ContactCenter) -> None:
    groups = {name: UserGroup(guid(f"group/{name}"), name) for name in ("Sales", "Service desk", "Back office")}
    groups["Sales"].synchronised = True
    roles = {
        name: Role(guid(f"role/{name}"), name, f"{name} Role") for name in ("CC Agent", "CC Supervisor", "Office User")
    }
    languages = {
        "English": "English language skill",
        "Deutsch": "German language skill",
        "Français": "French language skill",
        "Networks": "Lines, switches and what hangs on them",
    }
    skills = {name: Skill(guid(f"skill/{name}"), name, description) for name, description in languages.items()}
    profiles = (("Default", "NONE"), ("Lunch", "NONE"), ("Vacation", "VACATION"), ("Meeting / Deny calls", "MEETING"))
    for name, reason in profiles:
        profile = PresenceProfile(guid(f"profile/{name}"), name, reason)
        center.profiles[profile.id] = profile
    center.user_groups = {each.id: each for each in groups.values()}
    center.roles = {each.id: each for each in roles.values()}
    center.skills = {each.id: each for each in skills.values()}
    for first, last, phone, in_groups, has_roles, can in _USERS:
        address = f"{first}.{last}@cc.example"
        fields: dict[str, object] = {
            "login": f"{first}.{last}",
            "externalId": f"{first}{last}{len(center.users) + 100}",
            "phone": phone,
            "chat": address,
            "chatName": first,
            "email": address,
            "uiLanguage": "EN",
            "promptLanguage": "DE",
            "timeZone": "Europe/Berlin",
            "synchronised": phone is not None,
        }
        user = User(guid(f"user/{first} {last}"), first, last, {name: value for name, value in fields.items() if value})
        user.groups = [groups[name] for name in in_groups]
        user.roles = [roles[name] for name in has_roles]
        user.skills = [(skills[name], value) for name, value in can]
        center.users[user.id] = user
