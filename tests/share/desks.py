"""Desks of one site: consoles without sources, on a bus that a test holds in its hand or on a real one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import cast

from wallboard.board import Board, BoardSettings, Timing
from wallboard.board.acts import AlarmActs, PullActs
from wallboard.board.colleagues import Doing
from wallboard.board.verdicts import Verdict, so
from wallboard.domain.clock import Clock
from wallboard.domain.command import Command, Fingerprint, Target, Verb, new_id
from wallboard.domain.keys import Key, Kind
from wallboard.history.acts import CallBackActs, NoteActs
from wallboard.history.call_backs import CallBacks, Lost
from wallboard.history.notes import Notes
from wallboard.history.records import Caller, Record
from wallboard.share.bucket import Refused
from wallboard.share.bus import Bus
from wallboard.share.desk import Desk
from wallboard.share.names import Names
from wallboard.share.shared_source import ShareSettings

ACCOUNTS = {"hq": "hq-0123456789"}
CALL = Key("hq", Kind.CALL, "c1")


def queue(ident: str) -> Key:
    return Key("hq", Kind.QUEUE, ident)


class Store:
    """A bucket that is there for whoever is not cut off."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[bytes, int]] = {}
        self.revision = 0
        self.hear: list[Callable[[bytes], Awaitable[None]]] = []
        """Who hears what is written, as it comes."""
        self.made = 1


class Line:
    """What one console has of the bus and of its bucket."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.connected = True

    @property
    def made(self) -> int:
        return self.store.made

    def _there(self) -> None:
        if not self.connected:
            raise OSError("cut off")

    async def bucket(self, name: str, *, ttl: float, make: bool = True) -> Line:
        self._there()
        return self

    async def since(self, revision: int) -> list[tuple[bytes, int]]:
        self._there()
        return sorted((each for each in self.store.values.values() if each[1] > revision), key=lambda each: each[1])

    async def get(self, key: str) -> tuple[bytes, int] | None:
        self._there()
        return self.store.values.get(key)

    async def revision(self, key: str) -> int:
        self._there()
        return self.store.values.get(key, (b"", 0))[1]

    async def update(self, key: str, value: bytes, last: int, *, lasts: float) -> int:
        self._there()
        if self.store.values.get(key, (b"", 0))[1] != last:
            raise Refused(key)
        return await self.put(key, value, lasts=lasts)

    async def put(self, key: str, value: bytes, *, lasts: float) -> int:
        self._there()
        self.store.revision += 1
        self.store.values[key] = value, self.store.revision
        for hear in self.store.hear:
            await hear(value)
        return self.store.revision


class Post:
    """One console's part of the desk: on `store`, or on a real `bus`."""

    def __init__(
        self, clock: Clock, who: str, *, store: Store | None = None, bus: Bus | None = None, role: str = "auto"
    ) -> None:
        self.clock, self.who = clock, who
        self.line = None if store is None else Line(store)
        settings = ShareSettings(ACCOUNTS, {}, "north", f"node-{who}", role, who=who, looks=role == "view")
        self.desk = Desk(bus or cast(Bus, self.line), Names("north"), settings, clock, Random(who))
        self.board = Board(clock, BoardSettings(timing=Timing(on_delay=0.0, again=1e6)))
        self.kept: list[Record] = []
        self.notes = Notes(self._add, who)
        self.backs = CallBacks(self._add, clock.now)
        self.at_work: dict[Key, Doing] = {}
        self.problems: list[str] = []
        for acts in (
            AlarmActs(self.board.alarms),
            PullActs(self.board),
            NoteActs(self.notes),
            CallBackActs(self.backs),
        ):
            self.desk.keep(acts)
        self.desk.attend(self._at_work, self.board.colleague)
        self.desk.subscribe(self.problems.append)
        self.board.alarms.subscribe(lambda _event: self.desk.changed())
        if store is not None:
            store.hear.append(self._hear)

    async def _hear(self, value: bytes) -> None:
        if self.line is not None and self.line.connected:
            await self.desk._heard(value)

    def _at_work(self) -> Mapping[Key, Doing]:
        return dict(self.at_work)

    def _add(self, record: Record) -> None:
        self.kept.append(record)
        self.desk.changed()

    def see(self, *queues: str) -> None:
        """An alarm stands on each of the queues."""
        verdicts = [
            Verdict("hq", ident, "waiting", queue(ident), reading=so("alarm", "9 wait, limit 6")) for ident in queues
        ]
        self.board.alarms.update(verdicts, self.clock.now(), lambda _alarm: False)

    def note(self, on: Key, text: str) -> None:
        target = Target(on, "row", Fingerprint(("row",), None, ""))
        self.notes.write(Command(new_id(), Verb.NOTE, target, args=(("text", text),)), self.clock.now())

    def facts(self) -> dict[str, object]:
        """What a supervisor sees of the desk."""
        return {
            "alarms": [
                (each.id, each.state, each.acked_by, each.snoozed_by, each.snoozed_until)
                for each in self.board.alarms.listed()
            ],
            "notes": sorted((each.row, each.by, each.text, each.at) for each in self.notes.last()),
            "lost": sorted((each.id, each.state, each.by, each.reason) for each in self.backs.backs()),
        }


def lost(ident: str, ended_at: float) -> Lost:
    number = "+4930111" + "".join(str(ord(char) % 10) for char in ident).rjust(4, "7")
    return Lost(
        Caller("hq", ident, "601", "Sales", number, "Eve Lund", int(ended_at) - 60, int(ended_at), "lost", wait=60.0)
    )
