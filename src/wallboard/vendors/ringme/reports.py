"""What can be read about one row when a person asks: recordings, voicemail, registration, profiles, settings, rooms.

Sound is not played here: a recording is named by the vendor's storage link and by the exact address of its file, which
the account's own sign-in opens (seed 003; vendors.md §3.4, §3.6).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from functools import partial

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.errors import Missing, Throttled
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Address, Agent, Call, Phone, Queue, Row, in_address
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.base import Report, Sheet, SourceSettings
from wallboard.vendors.http.client import Answer, HttpSource, Params, Route, route
from wallboard.vendors.kit.gather import ONE_READING, gather, some
from wallboard.vendors.kit.sheets import Line, clock, length, sheet
from wallboard.vendors.kit.wire import identity, one
from wallboard.vendors.ringme import sheets
from wallboard.vendors.ringme.actions import call_route
from wallboard.vendors.ringme.directory import Directory
from wallboard.vendors.ringme.rooms import is_room
from wallboard.vendors.ringme.sheets import facts, sheet_of_facts, whole_object
from wallboard.vendors.ringme.wire import AgentStatus, CurrentCall, Recording, RecordStats, Tier, many, shown

DAY = 86_400.0
MOST_RECORDINGS = 50
OWN_PAGES = (10, 20, 25, 30, 40)
"""Lengths of a list at which a vendor may have cut it, whatever was asked for."""
MOST_LINKS = 5
"""Recordings whose links are asked for at once: a request each."""
KEPT = 30.0
"""Seconds for which a list of recordings serves the other reports: the account may read one history at a time."""
HISTORY_DEADLINE = 20.0
MOST_PROFILES = 3
ROOM_QUESTIONS = ("show_members", "is_locked", "max_members", "count", "run_time")
"""All that can be asked of a running room (seed 003)."""

_NONE_FILED = {
    ("record", True): mark("no recordings among the newest {n} recordings"),
    ("record", False): mark("no recordings of the last 24 hours"),
    ("voicemail", True): mark("no voicemail messages among the newest {n} recordings"),
    ("voicemail", False): mark("no voicemail messages of the last 24 hours"),
}
"""By kind, and whether there may be older ones beyond a full list."""

Where = Callable[[], Awaitable[str]]
"""Finds the extension id that a report is about."""


class Reports:
    def __init__(
        self, settings: SourceSettings, http: HttpSource, steady: Clock, directory: Directory, zone: tzinfo
    ) -> None:
        self._settings = settings
        self._http = http
        self._clock = steady
        self._directory = directory
        self._zone = zone
        self._time = clean(tr("time, {zone}", zone=settings.timezone or "UTC"))
        self._history = anyio.Lock()
        self._kept: dict[str, tuple[float, list[Recording]]] = {}

    def of(self, row: Row) -> Sequence[Report]:
        match row:
            case Phone() if is_room(row):
                return self._of_room(row.key.id)
            case Phone():
                where = partial(_known, row.key.id)
                return (
                    *self._of_phone(where),
                    Report("agent", tr("agent profile"), partial(self._profiles, where), cost=2),
                )
            case Agent() if in_address(row.address, "extension_name"):
                return (
                    *self._of_phone(partial(self._directory.phone_of, row.address)),
                    Report("agent", tr("agent profile"), partial(self._profile, row.address), cost=2),
                    Report("places", tr("places in queues"), partial(self._places, row), cost=1 + len(row.memberships)),
                )
            case Call():
                return self._of_call(row)
            case Queue():
                where = partial(_known, row.key.id)
                settings = partial(self._told, route("/extension/{id}/queue/", id=row.key.id))
                return (
                    Report("settings", tr("settings"), settings),
                    Report("tiers", tr("agents by tier"), partial(self._tiers, row.key.id), cost=3),
                    *self._recorded(where),
                )
            case _:
                return ()

    def _recorded(self, where: Where) -> tuple[Report, ...]:
        cost = 1 + MOST_LINKS
        files = partial(self._filed, "record", where)
        messages = partial(self._filed, "voicemail", where)
        return (
            Report("recordings", tr("recordings"), partial(self._list, where)),
            Report("recording-links", tr("recording files"), files, cost=cost),
            Report("voicemail", tr("voicemail"), messages, cost=cost),
            Report("recording-totals", tr("recording totals"), partial(self._totals, where)),
        )

    def _of_phone(self, where: Where) -> tuple[Report, ...]:
        return (
            *self._recorded(where),
            Report("registration", tr("registration"), partial(self._registration, where)),
            Report("telephone", tr("telephone settings"), partial(self._telephone, where), cost=3),
        )

    def _of_call(self, call: Call) -> tuple[Report, ...]:
        extension_id = in_address(call.address, "extension_id") or ""
        if not extension_id:
            return ()
        found = [Report("call", tr("call"), partial(self._call, extension_id, call.key.id))]
        if call.recording:
            running = partial(self._running_recording, extension_id, call.key.id)
            found.append(Report("recording", tr("this recording"), running, cost=2))
        return (*found, *self._recorded(partial(_known, extension_id)))

    def _of_room(self, room_id: str) -> tuple[Report, ...]:
        settings = route("/extension/{id}/conference/", id=room_id)
        now = Report("room", tr("room now"), partial(self._room, room_id), cost=len(ROOM_QUESTIONS))
        return (now, Report("settings", tr("settings"), partial(self._told, settings, keep=False)))

    async def _list(self, where: Where) -> Sheet:
        recordings = await self._recordings(await where())
        columns = (self._time, tr("length"), tr("flow"), tr("result"), tr("how it ended"), tr("other party"))
        lines = [sheets.recording_line(recording, self._zone) for recording in recordings]
        return sheet(columns, lines, _bound(len(recordings)))

    async def _filed(self, kind: str, where: Where) -> Sheet:
        """The newest recordings of a kind with the addresses of their files; voicemail is told by the result."""
        extension_id = await where()
        read = await self._recordings(extension_id)
        found = [each for each in read if sheets.is_voicemail(each) is (kind == "voicemail")]
        full = len(read) >= MOST_RECORDINGS
        columns = (self._time, clean(tr("recording")))
        if not found:
            return sheet(columns, (), tr(_NONE_FILED[kind, full], n=len(read)))
        rows: list[Line] = []
        for recording in found[:MOST_LINKS]:
            rows += await self._files(extension_id, recording, kind)
        note = tr("a file is opened with this account's own sign-in")
        if len(found) > MOST_LINKS:
            counts = {"n": MOST_LINKS, "all": len(found)}
            older = (
                tr("the newest {n} of {all} among the newest {read} recordings", **counts, read=len(read))
                if full
                else tr("the newest {n} of {all} of the last 24 hours", **counts)
            )
            note = f"{older}; {note}"
        return Sheet(columns, tuple(rows), clean(note))

    async def _files(self, extension_id: str, recording: Recording, kind: str) -> list[Line]:
        """A line that names the recording, its storage link, and the addresses of its file."""
        seconds = length(recording.duration)
        party = clean(f"{seconds} {sheets.other_party(recording)}")
        head = (clock(sheets.began(recording) or None, self._zone), party)
        return [head, *await self._addresses(extension_id, recording.record_uuid, kind, recording)]

    async def _addresses(self, extension_id: str, uuid: str, kind: str, recording: Recording | None) -> list[Line]:
        where = f"/extension/{{extension_id}}/{kind}/{{record_uuid}}"
        file = route(where, extension_id=extension_id, record_uuid=uuid)
        if not file.path:
            return [(clean(tr("file")), clean(tr("the vendor does not name it")))]
        try:
            answer = await self._http.get(
                Route(where + "/storage_url/", file.path + "/storage_url/"), plain=True, keep=False
            )
            link = sheets.link_in(answer.data, answer.text) or clean(tr("the answer holds no link"))
        except ONE_READING as error:
            link = clean(tr("not given: {why}", why=str(error)))
        address = f"GET {self._settings.url.rstrip('/')}{file.path}"
        size = recording.record_file_size if recording is not None else None
        of_size = f" ({sheets.size(size)})" if size else ""
        file_at = clean(f"{address}{of_size}", sheets.LINK)
        lines: list[Line] = [(clean(tr("link")), link), (clean(tr("file")), file_at)]
        if kind == "record":
            lines.append((clean(tr("file, by user and password")), clean(f"{address}/download/", sheets.LINK)))
        return lines

    async def _totals(self, where: Where) -> Sheet:
        extension_id = await where()
        async with self._history:
            answer = await self._past(route("/extension/{id}/record/stats/", id=extension_id), self._day())
        found = many(RecordStats, answer.data, tr("recording totals"))
        count = _sum(row.records_count for row in found)
        rows = [(tr("recordings"), count), (tr("size"), sheets.size(_sum(row.files_size for row in found)))]
        return sheet((tr("of the last 24 hours"), tr("value")), rows)

    async def _recordings(self, extension_id: str) -> list[Recording]:
        """The newest recordings of the last day, newest first. One history at a time: the vendor refuses a second."""
        async with self._history:
            kept = self._kept.get(extension_id)
            if kept is not None and 0 <= self._clock.now() - kept[0] < KEPT:
                return kept[1]
            found = sorted(await self._pages(extension_id), key=sheets.began, reverse=True)
            if len(self._kept) >= 16:
                self._kept.clear()
            self._kept[extension_id] = (self._clock.now(), found[:MOST_RECORDINGS])
            return self._kept[extension_id][1]

    async def _pages(self, extension_id: str) -> list[Recording]:
        """One page as a rule. The greatest `per_page` is not documented: where what came may be a vendor's own page,
        the following ones are asked for in that size."""
        day, found, size = self._day(), list[Recording](), MOST_RECORDINGS
        for page in range(1, MOST_RECORDINGS // min(OWN_PAGES) + 1):
            params: Params = {**day, "order": "desc", "page": page, "per_page": size}
            answer = await self._past(route("/extension/{id}/record/", id=extension_id), params)
            came = many(Recording, answer.data, tr("recordings"))
            fresh = [recording for recording in came if recording not in found]
            found += fresh
            size = len(came) if page == 1 else size
            if size not in OWN_PAGES or len(fresh) < size or len(found) >= MOST_RECORDINGS:
                break
        return found

    def _day(self) -> dict[str, str]:
        """The last 24 hours on the vendor's clock, as naive times of the source's zone."""
        now = self._clock.now() + (self._http.clock_offset or 0.0)
        start, end = (datetime.fromtimestamp(at, self._zone).strftime("%Y-%m-%d %H:%M:%S") for at in (now - DAY, now))
        return {"start_datetime": start, "end_datetime": end}

    async def _past(self, where: Route, params: Params) -> Answer:
        try:
            return await self._http.get(where, params=params, timeout=self._settings.timeout or HISTORY_DEADLINE)
        except Throttled as error:
            if error.scope != "alone":
                raise
            why = tr(
                "the vendor reads one history of this account at a time, and somebody is reading one; try again soon"
            )
            raise Throttled(why, error.retry_after, "endpoint") from None

    async def _told(self, where: Route, note: str = "", *, keep: bool = True) -> Sheet:
        """An object of which nothing has to be understood."""
        answer = await self._http.get(where, keep=keep)
        return sheet_of_facts(facts(whole_object(answer.data)), note)

    async def _registration(self, where: Where) -> Sheet:
        place = route("/extension/{id}/registration/", id=await where())
        return await self._told(place, tr("who is registered now, in the vendor's words"), keep=False)

    async def _telephone(self, where: Where) -> Sheet:
        extension_id = await where()
        labels = {"extension": tr("extension settings"), "phone": tr("phone settings"), "ani": tr("outgoing number")}

        async def read(path: str) -> Answer:
            return await self._http.get(route(f"/extension/{{id}}/{path}/", id=extension_id), keep=False)

        found, failed = await some(labels, read)
        lines: list[Line] = []
        for path, label in labels.items():
            if path in found:
                lines += facts(whole_object(found[path].data), label if path == "ani" else "")
            else:
                lines.append((clean(label), clean(tr("not read: {why}", why=str(failed[path])))))
        return sheet_of_facts(lines)

    async def _profiles(self, where: Where) -> Sheet:
        extension_id = await where()
        ids = list(await self._directory.profiles(extension_id))
        if not ids:
            return sheet((), (), tr("this telephone is no agent's"))
        lines: list[Line] = []
        for agent_id in ids[:MOST_PROFILES]:
            lines += await self._one_profile(extension_id, agent_id)
        return sheet_of_facts(lines)

    async def _profile(self, address: Address) -> Sheet:
        agent = await self._directory.agent(address)
        return sheet_of_facts(await self._one_profile(agent.phone_id, agent.agent_id))

    async def _one_profile(self, extension_id: str, agent_id: str) -> list[Line]:
        where = route("/extension/{id}/agent/{agent_id}", id=extension_id, agent_id=agent_id)
        return facts(whole_object((await self._http.get(where)).data))

    async def _places(self, agent: Agent) -> Sheet:
        found = await self._directory.agent(agent.address)
        template = f"/extension/{{queue}}/queue/agents/{found.kind}/{{agent_id}}"

        async def read(queue_id: str) -> Tier:
            where = route(template, queue=queue_id, agent_id=found.agent_id)
            return one((await self._http.get(where)).data, Tier, tr("place in the queue"))

        tiers, failed = await gather([place.queue_id for place in agent.memberships], read)
        rows: list[tuple[object, ...]] = []
        for place in agent.memberships:
            tier = tiers.get(place.queue_id)
            if tier is None:
                rows.append((place.queue, tr("not read: {why}", why=str(failed[place.queue_id])), "", ""))
            else:
                rows.append((place.queue, found.kind, tier.level, tier.position))
        return sheet((tr("queue"), tr("list"), tr("level"), tr("position")), rows)

    async def _call(self, extension_id: str, call_api_id: str) -> Sheet:
        return sheet_of_facts(facts(whole_object((await self._read_call(extension_id, call_api_id)).data)))

    async def _running_recording(self, extension_id: str, call_api_id: str) -> Sheet:
        answer = await self._read_call(extension_id, call_api_id)
        uuid = identity(one(answer.data, CurrentCall, tr("call")).record_uuid)
        if not uuid:
            return sheet((), (), tr("the call is not being recorded"))
        return sheet_of_facts(
            await self._addresses(extension_id, uuid, "record", None), tr("the call is still being recorded")
        )

    async def _read_call(self, extension_id: str, call_api_id: str) -> Answer:
        try:
            return await self._http.get(call_route(extension_id, call_api_id))
        except Missing:
            raise Missing(tr("the call is over")) from None

    async def _tiers(self, queue_id: str) -> Sheet:
        """Both lists of a queue's agents in the order in which they are rung; names from the live list."""
        names = await self._names(queue_id)

        async def read(kind: str) -> list[Tier]:
            where = route(f"/extension/{{id}}/queue/agents/{kind}/", id=queue_id)
            return many(Tier, (await self._http.get(where)).data, tr("queue agents"))

        found, failed = await some(("local", "remote"), read)
        tiers = [(kind, tier) for kind, listed in found.items() for tier in listed]
        tiers.sort(key=lambda pair: (pair[1].level or 0, pair[1].position or 0))
        rows = [(names.get(tier.agent_id) or tier.agent_id, kind, tier.level, tier.position) for kind, tier in tiers]
        notes = [tr("one of the two lists was not read: {why}", why=str(error)) for error in failed.values()]
        return sheet((tr("agent"), tr("list"), tr("level"), tr("position")), rows, "".join(notes))

    async def _names(self, queue_id: str) -> dict[str, Clean]:
        """Agents' names by the id with which their internal names begin; empty where the live list cannot be read."""
        try:
            answer = await self._http.get(route("/extension/{id}/queue/status/agents/", id=queue_id))
            agents = many(AgentStatus, answer.data, tr("queue agents"))
        except ONE_READING:
            return {}
        return {agent.name_fs.split("_", 1)[0]: shown(agent.name) for agent in agents}

    async def _room(self, room_id: str) -> Sheet:
        """Each question with the answer as it came: what it looks like is not documented."""
        where = route("/extension/{id}/conference/status/", id=room_id)

        async def ask(question: str) -> list[Clean]:
            answer = await self._http.get(where, params={"action": question}, plain=True)
            return sheets.raw_lines(answer.data, answer.text)

        found, failed = await some(ROOM_QUESTIONS, ask)
        rows: list[Line] = []
        for question in ROOM_QUESTIONS:
            lines = found.get(question) or [clean(tr("not answered: {why}", why=str(failed[question])))]
            asked = clean(question.replace("_", " "))
            rows += [(asked if line is lines[0] else NOTHING, line) for line in lines]
        return Sheet((clean(tr("asked")), clean(tr("answer"))), tuple(rows), clean(tr("the vendor's own words")))


async def _known(extension_id: str) -> str:
    return extension_id


def _sum(numbers: Iterable[int | None]) -> int | None:
    told = [number for number in numbers if number is not None]
    return sum(told) if told else None


def _bound(count: int) -> str:
    if count == 0:
        return tr("no recordings of the last 24 hours")
    if count < MOST_RECORDINGS:
        return tr("of the last 24 hours")
    return tr("the newest {n} of the last 24 hours; there may be more", n=count)
