"""What a PBX account consists of: its queues, telephones and who serves where; read seldom, known by everyone else.

Lists of extensions (`/client/{client_id}/extension/`) and the client-wide call list are public extras (vendors.md §3.2,
§3.3) that not every account has; without them the config's `queues` and `phones` are all there is. The live list names
an agent only by names (vendors.md §3.7, 16); ids come from the profiles of the agent's telephone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import product

from wallboard.domain.errors import Missing, NotPermitted
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Address, in_address
from wallboard.domain.records import dataclass
from wallboard.domain.text import Clean, clean
from wallboard.domain.words import spelling
from wallboard.vendors.base import SourceSettings
from wallboard.vendors.http.client import HttpSource, Route, route
from wallboard.vendors.kit.gather import gather, optional
from wallboard.vendors.kit.lists import lost, rows
from wallboard.vendors.kit.numbers import digits
from wallboard.vendors.kit.paging import Page, pages
from wallboard.vendors.kit.wire import one
from wallboard.vendors.ringme.mapping import extension_title
from wallboard.vendors.ringme.names import same_phone
from wallboard.vendors.ringme.wire import AgentProfile, ExtensionInfo, QueueSettings, Tier, many, rows_of

QUEUE, PHONE, CONFERENCE, CALLS = "queue", "phone", "conference", "calls"
_LOST = {
    QUEUE: mark("queues: {why}"),
    PHONE: mark("phones: {why}"),
    CONFERENCE: mark("conferences: {why}"),
}
PER_PAGE = 100
MOST_PAGES = 200
SHORT_NUMBER = 6
"""Longer numbers are outside ones."""
MOST_NAMES = 50
"""Single extensions whose names are asked for when there is no list of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """An agent's tier in a queue. `kind` is `local` or `remote`."""

    kind: str
    level: int | None
    position: int | None


_REMOTE = re.compile(r"[0-9]+_remote", re.IGNORECASE)
"""The internal name of an agent of another client."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`kind` is `local` or `remote`: which of the two lists of a queue the agent stands in."""

    phone_id: str
    agent_id: str
    kind: str


class Directory:
    """Filled by `discover`; empty but usable before. `learnt` is called when there is more to name rows by."""

    def __init__(self, settings: SourceSettings, http: HttpSource, learnt: Callable[[], None] = lambda: None) -> None:
        self._settings = settings
        self._learnt = learnt
        self._http = http
        self.client = settings.client or "@me"
        self.queues: dict[str, ExtensionInfo | None] = dict.fromkeys(settings.queues or ())
        self.phones: dict[str, ExtensionInfo | None] = dict.fromkeys(settings.phones or ())
        self.rooms: dict[str, ExtensionInfo] = {}
        """Conference rooms."""
        self.settings: dict[str, QueueSettings] = {}
        self.places: dict[tuple[str, str], Place] = {}
        """By queue id and agent id."""
        self.client_calls: bool | None = False if settings.phones is not None else None
        """Whether calls come from the client-wide list; None: not tried yet."""
        self.lost: dict[str, str] = {}
        """What of the lists of extensions could not be used, by type."""
        self.complete = self.described = False

    def phone_name(self, phone_id: str) -> str:
        info = self.phones.get(phone_id)
        return "" if info is None else info.name

    @property
    def phone_names(self) -> dict[str, str]:
        return {phone_id: info.name for phone_id, info in self.phones.items() if info is not None}

    def phone_id(self, name: str) -> str:
        """The id of the telephone that is called `name` in any spelling; "" if none or more than one is."""
        if not name:
            return ""
        found = [phone_id for phone_id, full in self.phone_names.items() if same_phone(full, name)]
        if len(found) > 1:
            found = [phone_id for phone_id in found if self.phone_name(phone_id) == name]
        if not found and name in self.phones and "*" not in name:
            return name
        return found[0] if len(found) == 1 else ""

    def queue_name(self, queue_id: str) -> Clean:
        return extension_title(queue_id, self.queues.get(queue_id))

    def queue_id(self, name: str) -> str:
        """The id of the queue with this id, name or number; "" if there is none."""
        if name in self.queues:
            return name
        for queue_id, info in self.queues.items():
            if info is not None and (self.queue_name(queue_id) == name or same_phone(info.name, name)):
                return queue_id
        return ""

    def place(self, queue_id: str, name_fs: str) -> tuple[int | None, int | None]:
        """Level and position of the agent whose internal name begins with its id (`136_local`); unknown otherwise."""
        found = self.places.get((queue_id, name_fs.split("_", 1)[0])) or self.places.get((queue_id, name_fs))
        return (None, None) if found is None else (found.level, found.position)

    def calls_scope(self, extension_id: str) -> str:
        """The scope of the feed that shows the calls of an extension."""
        return extension_id if self.client_calls is False else ""

    def calls_route(self, scope: str) -> Route:
        if scope:
            return route("/extension/{extension_id}/current_calls/", extension_id=scope)
        return route("/client/{client}/current_calls/", client=self.client)

    def sees_phone(self, name: str) -> bool:
        """Whether the calls of a telephone show in our lists. Until they are read nobody knows; then one that is in
        none of them cannot be seen."""
        hoped = self.client_calls is not False and not self.phone_names
        return bool(name) and (bool(self.phone_id(name)) or hoped or name in self.phones)

    def hides(self, number: str) -> str:
        """ "" when a call that arrives at `number` shows in our lists, else why it does not."""
        if not number or self.phone_id(number) or self.queue_id(number):
            return ""
        if number.startswith("+") or len(digits(number)) > SHORT_NUMBER:
            return tr("where a call to an outside number went is in no list of this vendor")
        if not self.phone_names:
            return ""
        return tr("the calls at {number} are not in this account's lists", number=clean(number, 40))

    async def discover(self) -> None:
        """Read which queues, telephones and rooms there are, as far as the config does not say. Raises a ReadError when
        something of it cannot be read; what can is known then."""
        wanted = [QUEUE] if self._settings.queues is None else []
        if self._settings.phones is None:
            wanted += [PHONE, CONFERENCE, *([CALLS] if self.client_calls is None else [])]
        found, failed = await gather(wanted, self._look)
        refused = {kind for kind, error in failed.items() if isinstance(error, NotPermitted | Missing)}
        self.queues = found.get(QUEUE, self.queues)
        self.phones = found.get(PHONE, {} if PHONE in refused else self.phones)
        # An account without conferences may refuse the word; that hides nothing else.
        rooms = found.get(CONFERENCE, self.rooms)
        self.rooms = {key: info for key, info in rooms.items() if info is not None and _is_room(info)}
        if CALLS in found:
            self.client_calls = True
        elif CALLS in refused:
            # Without any phone the client-wide list is asked all the same, so that the pane can say why.
            self.client_calls = not self.phones
        self._learnt()
        for kind in (QUEUE, PHONE, CALLS):
            if kind in failed and (kind == QUEUE or kind not in refused):
                raise failed[kind]
        self.complete = True

    async def _look(self, kind: str) -> dict[str, ExtensionInfo | None]:
        if kind != CALLS:
            return await self.extensions(kind)
        await self._http.get(self.calls_route(""))
        return {}

    async def describe(self) -> None:
        """Read what nothing waits for: names of what the config lists, settings of queues, who serves where."""
        await self.name_all()
        await self._details()
        self._learnt()
        self.described = True

    async def extensions(self, kind: str) -> dict[str, ExtensionInfo | None]:
        """All of a type, every page."""
        what = tr("extensions")

        async def ask(number: int, got: int) -> Page:
            where = route("/client/{client}/extension/", client=self.client)
            answer = await self._http.get(where, params={"type": kind, "page": number + 1, "per_page": PER_PAGE})
            return answer, rows_of(ExtensionInfo, answer.data, what), None

        # A server may give smaller pages than were asked for; only a tiny one is surely the last.
        read = await pages(ask, what, full=range(10, PER_PAGE + 1), most=MOST_PAGES)
        found = [row for row in rows(read.items, ExtensionInfo) if row.id]
        why = lost(len(read.items), len(found), tr("extensions of type {kind}", kind=kind))
        self.lost = {name: said for name, said in self.lost.items() if name != kind}
        if why:
            self.lost[kind] = tr(_LOST[kind], why=why)
        return {row.id: row for row in found if spelling(row.type) in (kind, "")}

    async def name_all(self) -> None:
        """Names of extensions that the config lists: from the account's lists where it may, else one by one."""
        for kind, mine in (("queue", self.queues), ("phone", self.phones)):
            if self._settings.client and any(info is None for info in mine.values()):
                listed = await optional(partial(self.extensions, kind)) or {}
                mine.update((extension_id, listed[extension_id]) for extension_id in mine if extension_id in listed)

        async def ask(extension_id: str) -> ExtensionInfo:
            answer = await self._http.get(route("/extension/{id}/extension/", id=extension_id))
            return one(answer.data, ExtensionInfo, tr("extension"))

        nameless = [
            extension_id for mine in (self.queues, self.phones) for extension_id, info in mine.items() if info is None
        ]
        found, _ = await gather(nameless[:MOST_NAMES], ask)
        for mine in (self.queues, self.phones):
            mine.update((extension_id, found[extension_id]) for extension_id in mine if extension_id in found)
        # Rooms may stand among the phones that the config lists; a room has no calls of its own to ask for.
        for extension_id, info in list(self.phones.items()):
            if info is not None and _is_room(info):
                self.rooms[extension_id] = info
                del self.phones[extension_id]
        self._learnt()

    async def _details(self) -> None:
        async def settings(queue_id: str) -> QueueSettings:
            answer = await self._http.get(route("/extension/{id}/queue/", id=queue_id))
            return one(answer.data, QueueSettings, tr("queue settings"))

        async def tiers(place: tuple[str, str]) -> list[Tier]:
            queue_id, kind = place
            answer = await self._http.get(route("/extension/{id}/queue/agents/" + kind + "/", id=queue_id))
            return many(Tier, answer.data, tr("queue agents"))

        told = self.settings | (await gather(self.queues, settings))[0]
        self.settings = {queue_id: told[queue_id] for queue_id in self.queues if queue_id in told}
        found, _ = await gather(product(self.queues, ("local", "remote")), tiers)
        self.places = {
            (queue_id, tier.agent_id): Place(kind, tier.level, tier.position)
            for (queue_id, kind), listed in found.items()
            for tier in listed
            if tier.agent_id
        }

    async def find_phone(self, name: str) -> str:
        """The extension id of a telephone, also one that has come since the lists were read; "" if there is none."""
        found = self.phone_id(name)
        if not found and self._settings.phones is None:
            self.phones.update(await self.extensions("phone"))
            found = self.phone_id(name)
        elif not found and None in self.phones.values():
            await self.name_all()
            found = self.phone_id(name)
        return found

    async def phone_of(self, address: Address) -> str:
        """The extension id of the telephone of the agent with this address."""
        extension_name = in_address(address, "extension_name") or ""
        phone_id = await self.find_phone(extension_name)
        if not phone_id:
            name, name_fs = in_address(address, "name") or "", in_address(address, "name_fs") or ""
            phone_id = await self._phone_by_profile(name, name_fs)
        if not phone_id:
            raise Missing(tr("the agent's phone {phone} is not among the phones of this account", phone=extension_name))
        return phone_id

    async def agent(self, address: Address) -> Profile:
        """The agent with this address, read now from the profiles of the agent's phone."""
        name_fs = in_address(address, "name_fs") or ""
        name = in_address(address, "name") or ""
        phone_id = await self.phone_of(address)
        profiles = await self.profiles(phone_id)
        if len(profiles) > 1:
            profiles = _matching(profiles, name, name_fs)
        if len(profiles) != 1:
            raise Missing(tr("the phone has no agent profile that matches this agent"))
        agent_id = next(iter(profiles))
        return Profile(phone_id, agent_id, self._kind(agent_id, name_fs, in_address(address, "extension_name") or ""))

    async def profiles(self, phone_id: str) -> dict[str, AgentProfile]:
        answer = await self._http.get(route("/extension/{extension_id}/agent/", extension_id=phone_id))
        profiles = {profile.id: profile for profile in many(AgentProfile, answer.data, tr("agent profiles"))}
        profiles.pop("", None)
        return profiles

    async def _phone_by_profile(self, name: str, name_fs: str) -> str:
        """The one phone, of those that the vendor does not name, which has this agent's profile; "" if none has."""
        nameless = [phone_id for phone_id, info in self.phones.items() if info is None]
        found: list[str] = []
        for phone_id in nameless[:MOST_NAMES]:
            with suppress(Missing, NotPermitted):
                if _matching(await self.profiles(phone_id), name, name_fs):
                    found.append(phone_id)
        return found[0] if len(found) == 1 else ""

    def _kind(self, agent_id: str, name_fs: str, extension_name: str) -> str:
        for (_, known), place in self.places.items():
            if known == agent_id:
                return place.kind
        if _REMOTE.fullmatch(name_fs):
            return "remote"
        prefixes = {name.split("*", 1)[0] for name in self.phone_names.values() if "*" in name}
        foreign = "*" in extension_name and bool(prefixes) and extension_name.split("*", 1)[0] not in prefixes
        return "remote" if foreign else "local"


def _is_room(info: ExtensionInfo) -> bool:
    return spelling(info.type) == CONFERENCE


def _matching(profiles: dict[str, AgentProfile], name: str, name_fs: str) -> dict[str, AgentProfile]:
    """By the agent's name, else by the id with which its internal name begins (`136_local`)."""
    return {key: found for key, found in profiles.items() if name and found.name == name} or {
        key: found for key, found in profiles.items() if name_fs.split("_", 1)[0] == key
    }
