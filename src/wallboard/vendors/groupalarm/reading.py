"""Reading GroupAlarm: whole lists over all their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from wallboard.domain.errors import BadAnswer
from wallboard.domain.language import mark, tr
from wallboard.vendors.groupalarm.wire import HotlineWire, LogWire, PhoneWire, RecordWire
from wallboard.vendors.http.client import HttpSource, Params, Route, route
from wallboard.vendors.kit.lists import listed, rows, used
from wallboard.vendors.kit.paging import Page, Pages, pages
from wallboard.vendors.kit.wire import count, one, raw_object

Dated = TypeVar("Dated", LogWire, RecordWire)

PAGE = 50
"""The largest page (seed 001)."""
PAGES = 40
"""Most pages of a list of hotlines: 2,000 hotlines."""


_WHAT = {"hotlines": mark("hotlines"), "callLogs": mark("callLogs"), "records": mark("records")}
"""What the lists are called, by their fields."""


class Reader:
    """The GET requests of one organisation. All raise `ReadError`s only."""

    def __init__(self, http: HttpSource, organization: int | None) -> None:
        self._http = http
        self.organization: Params = {} if organization is None else {"organization_id": organization}

    async def hotlines(self) -> tuple[list[HotlineWire], Pages]:
        """All hotlines; rows without an id are dropped and counted."""
        read = await self._pages(route("/hotlines"), "hotlines", self.organization)
        found, lost = used(read.items, HotlineWire, tr("hotlines"))
        return found, replace(read, lost=lost)

    async def first_page(self) -> tuple[str, float]:
        """How long the smallest request there is takes; it does not tell who we are."""
        answer = await self._http.get(route("/hotlines"), params={**self.organization, "limit": 1, "offset": 0})
        return "", answer.took

    async def hotline(self, identity: str) -> dict[str, Any]:
        answer = await self._http.get(route("/hotlines/{hotlineID}", hotlineID=identity))
        return raw_object(answer.data, HotlineWire, tr("hotline"))

    async def phones(self, user: str) -> tuple[list[PhoneWire], Sequence[object]]:
        """A user's telephones, those without an id left out; all as they came. NotPermitted where the user forbids."""
        answer = await self._http.get(route("/agents"), params={"owner_id": user, **self.organization})
        items, _ = listed(answer.data, tr("agents"), "agents")
        return list({wire.id: wire for wire in rows(items, PhoneWire)}.values()), items

    async def logs(self, hotline: str, most: int) -> tuple[list[LogWire], Pages]:
        """The newest call logs: at most `most` pages, from whichever end of the list the newest stand."""
        where = route("/hotlines/{hotlineID}/logs", hotlineID=hotline)
        return await self._newest(where, "callLogs", LogWire, most)

    async def log(self, hotline: str, identity: str) -> LogWire:
        """One call log. Missing where there is none."""
        where = route("/hotlines/{hotlineID}/logs/{logID}", hotlineID=hotline, logID=identity)
        found = one((await self._http.get(where)).data, LogWire, tr("call log"))
        if found.id != identity:
            raise BadAnswer(tr("the vendor's answer is another call log"))
        return found

    async def records(self, hotline: str, most: int) -> tuple[list[RecordWire], Pages]:
        """The newest billed legs, as with the call logs."""
        where = route("/hotlines/{hotlineID}/records", hotlineID=hotline)
        return await self._newest(where, "records", RecordWire, most)

    async def _newest(self, where: Route, name: str, model: type[Dated], most: int) -> tuple[list[Dated], Pages]:
        first: Pages = await self._pages(where, name, part=1)
        found, got = rows(first.items, model), len(first.items)
        if first.total is None or first.total <= got:
            return found, first
        part, after = max(1, most - 1), got
        if _oldest_first(found):
            # Oldest first, which the documents leave open: the newest are on the last pages.
            after = max(got, first.total - part * PAGE)
        elif most == 1:
            return found, first
        rest: Pages = await self._pages(where, name, part=part, after=after)
        if after > got:
            # With a gap between them the oldest would only pretend that everything since was read.
            return rows(rest.items, model), rest
        return found + rows(rest.items, model), replace(rest, items=(*first.items, *rest.items))

    async def _pages(
        self, where: Route, name: str, params: Params | None = None, *, part: int = 0, after: int = 0
    ) -> Pages:
        what = tr(_WHAT[name])

        async def ask(number: int, got: int) -> Page:
            asked = {**(params or {}), "limit": PAGE, "offset": after + got}
            answer = await self._http.get(where, params=asked)
            items, total = listed(answer.data, what, name)
            return answer, items, total

        return await pages(ask, what, full=(PAGE,), most=PAGES, part=part, before=after)


def newest_cover(logs: Sequence[LogWire], read: Pages) -> bool:
    """Whether every log that there is was read."""
    return read.total is None or len(logs) >= read.total


def _oldest_first(found: Sequence[Dated]) -> bool:
    """By the times; where there are none, by the ids, which count up."""
    starts = [each.start for each in found if each.start]
    if len(starts) > 1:
        return starts[0] < starts[-1]
    ids = [number(each) for each in found if each.id]
    return bool(ids) and ids[0] < ids[-1]


def number(each: LogWire | RecordWire) -> int:
    """Its id, which counts up; 0 where it has none."""
    return count(each.id) or 0
