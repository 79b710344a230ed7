"""A simulated account that sends webhooks, the rooms that read it and the door between them; a clock held by hand."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from tests.acceptance.scene import Stage, settle, staged
from wallboard.domain.states import CallState, MemberState
from wallboard.domain.update import FeedStatus
from wallboard.serve.hooks import Door, announced
from wallboard.serve.listener import Request
from wallboard.sim import Knobs
from wallboard.sim.faces.ringme_events import Delivery, EventOffice, Hook
from wallboard.vendors.base import SourceSettings

URL = "https://hooks.example.net/wb"
STRANGER = "https://crm.example.net/calls"
HOUR = 3600.0
WORDS = {MemberState.WAITING: "Waiting", MemberState.RINGING: "Trying", MemberState.TALKING: "Answered"}


class Site:
    """`answers` are the statuses that the vendor got from the door."""

    def __init__(self, stage: Stage, door: Door | None) -> None:
        self.stage = stage
        self.door = door
        self.answers: list[int] = []

    @property
    def office(self) -> EventOffice:
        return self.stage.server.ringme["hq"].events

    def now(self) -> float:
        return self.stage.clock.now()

    def ours(self) -> list[Hook]:
        return [hook for hook in self.office.hooks.values() if hook.url.startswith(f"{URL}/")]

    def detail(self) -> str:
        return str(self.stage.rooms.adapters["hq"].info().detail)

    def feeds(self, resource: object) -> list[FeedStatus]:
        """The lists of a resource as the board knows how they fare, without what finds out what there is."""
        (view,) = [view for view in self.stage.board.source_views() if view.info.name == "hq"]
        feeds = [feed.status for part in view.resources if part.name is resource for feed in part.feeds]
        return [status for status in feeds if status is not None and status.scope != "discovery"]

    def truth(self) -> dict[str, bool | str]:
        """The legs of all telephones as they are, and whether they were answered."""
        phones = self.stage.hq.phones()
        return {leg.id: leg.answered is not None for phone in phones for leg in phone.legs.values()}

    def shown(self) -> dict[str, bool | str]:
        """The same as the board has it."""
        return {row.key.id: row.state is not CallState.RINGING for row in self.stage.calls()}

    def callers(self) -> dict[str, bool | str]:
        """The callers of Sales who are there."""
        members = self.stage.hq.queues[601].members.values()
        return {each.id: each.state for each in members if each.state != "Abandoned"}

    def shown_callers(self) -> dict[str, bool | str]:
        return {row.key.id: WORDS[row.state] for row in self.stage.members() if row.state in WORDS}

    def requests(self, since: int = 0) -> int:
        return len(self.stage.server.made(account="hq")) - since

    async def post(self, delivery: Delivery) -> None:
        parts = urlsplit(delivery.url)
        if self.door is None or not delivery.url.startswith(f"{URL}/"):
            return
        answer = await self.door.answer(Request(delivery.method, parts.path, parts.query, {}, delivery.body))
        self.answers.append(answer.status)

    async def pass_(self, seconds: float, watch: Callable[[], None] = lambda: None, step: float = 0.25) -> None:
        """Let time pass, with what happens announced as it does."""
        end = self.now() + seconds
        while True:
            await settle()
            await self.office.deliver(self.post)
            await settle()
            watch()
            if self.now() >= end:
                return
            self.stage._advance(min(step, end - self.now()))

    async def until(self, condition: Callable[[], object], within: float = 120.0) -> float:
        began = self.now()
        while not condition():
            assert self.now() - began < within, f"it did not come about in {within:g} s"
            await self.pass_(0.25)
        return self.now() - began

    def strangers(self) -> list[Hook]:
        return [hook for hook in self.office.hooks.values() if not hook.url.startswith(f"{URL}/")]

    def theirs(self, extension: int, kind: str, url: str = STRANGER) -> Hook:
        """Somebody else's subscription."""
        self.office._last += 1
        owner = self.stage.hq.extensions[extension]
        hook = self.office.hooks[self.office._last] = Hook(self.office._last, owner, url, kind, "GET")
        self.office._begin(owner)
        return hook


@dataclass(slots=True)
class Hour:
    """What an hour of callers came to: for each change of a leg or caller that the board showed, the seconds until it
    did; how many it never showed as they were; requests at the vendor."""

    lags: list[float] = field(default_factory=list)
    changes: int = 0
    requests: int = 0

    @property
    def unseen(self) -> int:
        return self.changes - len(self.lags)


async def hour(at: Site, callers: int) -> Hour:
    """The next whole hour of the vendor's allowance, with so many callers of Sales and four agents for them."""
    at.stage.only(136, 137, 138, 139)
    await at.pass_(HOUR - at.stage.server.clock.elapsed() % HOUR + 1)
    dice, began, before, made = random.Random(3), at.now(), at.requests(), Hour()
    arrivals = sorted(began + dice.random() * 3400 for _ in range(callers))
    was = at.truth() | at.callers()
    waiting: dict[str, float] = {}

    def watch() -> None:
        nonlocal was
        if arrivals and arrivals[0] <= at.now():
            arrivals.pop(0)
            at.stage.arrive(number=f"+4930{dice.randrange(10**7, 10**8)}")
        true, seen = at.truth() | at.callers(), at.shown() | at.shown_callers()
        changed = [key for key in true.keys() | was.keys() if true.get(key) != was.get(key)]
        made.changes += len(changed)
        waiting.update(dict.fromkeys(changed, at.now()))
        was = true
        for key in [key for key in waiting if seen.get(key) == true.get(key)]:
            made.lags.append(at.now() - waiting.pop(key))

    await at.pass_(HOUR - 2, watch)
    made.requests = at.requests(before)
    return made


@asynccontextmanager
async def site(
    folder: Path,
    *,
    hooks: bool = True,
    limit: int = 30000,
    queues: Sequence[str] = ("601",),
    state: Path | None = None,
    prepare: Callable[[EventOffice], None] = lambda office: None,
    knobs: Knobs | None = None,
) -> AsyncIterator[Site]:
    """`state` is where the secret lies."""

    def edit(source: SourceSettings) -> SourceSettings:
        return replace(source, queues=tuple(queues), read_only=True)

    async with staged(
        folder,
        knobs=knobs,
        limits={"hq": limit},
        edit=edit,
        sources=("hq",),
        prepare=lambda server: prepare(server.ringme["hq"].events),
    ) as stage:
        rooms = stage.rooms
        if not hooks:
            yield Site(stage, None)
            return
        async with announced(rooms.adapters, rooms.scheduler.announced, URL, state or folder) as door:
            yield Site(stage, door)
