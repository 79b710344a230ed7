"""What a PBX account consists of: its queues, telephones and who serves where; read seldom, known by everyone else.

Lists of extensions (`/client/{client_id}/extension/`) and the client-wide call list are public extras (vendors.md §3.2,
§3.3) that not every account has; without them the config's `queues` and `phones` are all there is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import anyio

from wallboard.domain.errors import CredentialsRefused, Missing, NotPermitted, ReadError, Throttled
from wallboard.domain.text import Clean
from wallboard.domain.words import spelling
from wallboard.vendors.base import SourceSettings
from wallboard.vendors.http import HttpSource, route
from wallboard.vendors.kit.lists import lost
from wallboard.vendors.ringme.mapping import queue_name
from wallboard.vendors.ringme.scalars import ident, same_phone, status_word, whole
from wallboard.vendors.ringme.wire import ExtensionInfo, QueueSettings, Tier, many, one, rows_of

R = TypeVar("R")

CONFERENCE = "conference"
PER_PAGE = 100
MOST_PAGES = 200
DETAILS_EVERY = 3600.0
"""Seconds between two readings of queue settings, tiers and single extension names."""
AT_ONCE = 4
MOST_NAMES = 50
"""Single extensions whose names are asked for when there is no list of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """An agent's tier in a queue. `kind` is `local` or `remote`."""

    kind: str
    level: int | None
    position: int | None


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
        self.complete = False
        self._details_at: float | None = None

    # ---- looking up --------------------------------------------------------------------------------------------

    def phone_name(self, phone_id: str) -> str:
        """Its full extension name, "" if not known."""
        info = self.phones.get(phone_id)
        return "" if info is None else ident(info.name)

    @property
    def phone_names(self) -> dict[str, str]:
        return {phone_id: ident(info.name) for phone_id, info in self.phones.items() if info is not None}

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
        return queue_name(queue_id, self.queues.get(queue_id))

    def queue_id(self, name: str) -> str:
        """The id of the queue with this id, name or number; "" if there is none."""
        if name in self.queues:
            return name
        for queue_id, info in self.queues.items():
            if info is not None and (self.queue_name(queue_id) == name or same_phone(ident(info.name), name)):
                return queue_id
        return ""

    def place(self, queue_id: str, name_fs: str) -> tuple[int | None, int | None]:
        """Level and position of the agent whose internal name begins with its id (`136_local`); unknown otherwise."""
        found = self.places.get((queue_id, name_fs.split("_", 1)[0])) or self.places.get((queue_id, name_fs))
        return (None, None) if found is None else (found.level, found.position)

    # ---- reading -----------------------------------------------------------------------------------------------

    async def discover(self, now: float) -> None:
        """Read what there is. Raises a ReadError when something that the config does not give cannot be read."""
        hidden: ReadError | None = None
        if self._settings.queues is None:
            try:
                self.queues = await self.extensions("queue")
                self._learnt()
            except (NotPermitted, Missing) as error:
                hidden = error
        if self._settings.phones is None:
            await self._discover_calls()
            self._learnt()
        if hidden is not None:
            # Only now: calls need no list of queues.
            raise hidden
        details = self._details_at is None or now - self._details_at >= DETAILS_EVERY
        if details:
            await self.name_all()
            await self._details()
            self._learnt()
            self._details_at = now
        self.complete = True

    async def _discover_calls(self) -> None:
        try:
            self.phones = dict(await self.extensions("phone"))
            await self._discover_rooms()
        except (NotPermitted, Missing):
            self.phones = {}
        if self.client_calls is None:
            try:
                await self._http.get(route("/client/{client}/current_calls/", client=self.client))
                self.client_calls = True
            except (NotPermitted, Missing):
                # Without any phone the client-wide list is asked all the same, so that the pane can say why.
                self.client_calls = not self.phones

    async def _discover_rooms(self) -> None:
        """An account without conferences may refuse the word; that hides nothing else."""
        found = await self._optional(partial(self.extensions, CONFERENCE))
        if found is not None:
            self.rooms = {key: info for key, info in found.items() if info is not None and _is_room(info)}

    async def extensions(self, kind: str) -> dict[str, ExtensionInfo | None]:
        """All extensions of a type, every page."""
        found: dict[str, ExtensionInfo | None] = {}
        listed = kept = 0
        for page in range(1, MOST_PAGES + 1):
            answer = await self._http.get(
                route("/client/{client}/extension/", client=self.client),
                params={"type": kind, "page": page, "per_page": PER_PAGE},
            )
            raw = rows_of(ExtensionInfo, answer.data, "extensions")
            rows = many(ExtensionInfo, raw, "extensions")
            fresh = 0
            listed += len(raw)
            kept += sum(bool(ident(row.id)) for row in rows)
            for row in rows:
                extension_id = ident(row.id)
                if extension_id and extension_id not in found:
                    fresh += 1
                    if spelling(status_word(row.type)) in (kind, ""):
                        found[extension_id] = row
            # A server may give smaller pages than were asked for; only a tiny or repeated one is surely the last.
            if not fresh or len(raw) < 10:
                break
        why = lost(listed, kept, f"extensions of type {kind}")
        self.lost = {name: said for name, said in self.lost.items() if name != kind}
        if why:
            self.lost[kind] = f"{kind}s: {why}"
        return found

    async def name_all(self) -> None:
        """Names of extensions that the config lists: from the account's lists where it may, else one by one."""
        for kind, mine in (("queue", self.queues), ("phone", self.phones)):
            if self._settings.client and any(info is None for info in mine.values()):
                listed = await self._optional(partial(self.extensions, kind))
                for extension_id, info in (listed or {}).items():
                    if extension_id in mine:
                        mine[extension_id] = info
        wanted = [
            (mine, extension_id)
            for mine in (self.queues, self.phones)
            for extension_id, info in mine.items()
            if info is None
        ]

        async def ask(mine: dict[str, ExtensionInfo | None], extension_id: str) -> None:
            answer = await self._http.get(route("/extension/{id}/extension/", id=extension_id))
            mine[extension_id] = one(ExtensionInfo, answer.data, "extension")

        await self._all([partial(ask, mine, extension_id) for mine, extension_id in wanted[:MOST_NAMES]])
        # Rooms may stand among the phones that the config lists; a room has no calls of its own to ask for.
        for extension_id, info in list(self.phones.items()):
            if info is not None and _is_room(info):
                self.rooms[extension_id] = info
                del self.phones[extension_id]
        self._learnt()

    async def _details(self) -> None:
        places: dict[tuple[str, str], Place] = {}

        async def ask(queue_id: str) -> None:
            answer = await self._http.get(route("/extension/{id}/queue/", id=queue_id))
            self.settings[queue_id] = one(QueueSettings, answer.data, "queue settings")

        async def tiers(queue_id: str, kind: str) -> None:
            answer = await self._http.get(route("/extension/{id}/queue/agents/" + kind + "/", id=queue_id))
            for row in many(Tier, answer.data, "queue agents"):
                if ident(row.agent_id):
                    places[queue_id, ident(row.agent_id)] = Place(kind, whole(row.level), whole(row.position))

        jobs: list[Callable[[], Awaitable[None]]] = []
        for queue_id in self.queues:
            jobs.append(partial(ask, queue_id))
            for kind in ("local", "remote"):
                jobs.append(partial(tiers, queue_id, kind))
        await self._all(jobs)
        self.places = places

    async def _all(self, jobs: list[Callable[[], Awaitable[None]]]) -> None:
        """Run optional readings, a few at a time. What must stop everything is raised at the end."""
        limiter = anyio.CapacityLimiter(AT_ONCE)
        stop: list[ReadError] = []

        async def run(job: Callable[[], Awaitable[None]]) -> None:
            async with limiter:
                if stop:
                    return
                try:
                    await self._optional(job)
                except ReadError as error:
                    stop.append(error)

        async with anyio.create_task_group() as group:
            for job in jobs:
                group.start_soon(run, job)
        if stop:
            raise stop[0]

    @staticmethod
    async def _optional(job: Callable[[], Awaitable[R]]) -> R | None:
        """None when this one thing cannot be read; refused credentials and a spent budget concern everything."""
        try:
            return await job()
        except (CredentialsRefused, Throttled):
            raise
        except ReadError:
            return None


def _is_room(info: ExtensionInfo) -> bool:
    return spelling(status_word(info.type)) == CONFERENCE
