"""Reading GroupAlarm: whole lists over all their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from wallboard.domain.errors import BadAnswer
from wallboard.vendors.groupalarm.wire import HotlineWire, LogWire, PhoneWire, RecordWire, listed, one, rows
from wallboard.vendors.http import HttpSource, Params, Route, route
from wallboard.vendors.lists import CHANGED, lost, together

Dated = TypeVar("Dated", LogWire, RecordWire)

PAGE = 50
"""The largest page (seed 001)."""
PAGES = 40
"""Most pages of a list of hotlines: 2,000 hotlines."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The items of all pages read, in the vendor's order. `started_at` in steady UTC seconds of the first request;
    `total` as the vendor told it last; `changed`: the list moved while it was read."""

    items: tuple[object, ...]
    started_at: float
    requests: int
    total: int | None
    changed: bool
    lost: str = ""
    """Which rows could not be used."""

    @property
    def approximate(self) -> str:
        return together(CHANGED if self.changed else "", self.lost)


class Reader:
    """The GET requests of one organisation. All raise `ReadError`s only."""

    def __init__(self, http: HttpSource, organization: int | None) -> None:
        self._http = http
        self._organization: Params = {} if organization is None else {"organization_id": organization}

    async def hotlines(self) -> tuple[list[HotlineWire], Pages]:
        """All hotlines; rows without an id are dropped and counted."""
        pages = await self._pages(route("/hotlines"), "hotlines", self._organization, PAGES)
        found = [wire for wire in rows(pages.items, HotlineWire) if wire.id]
        # A list that moved between two pages shows a hotline on both: the later reading counts.
        pages = replace(pages, lost=lost(len(pages.items), len(found), "hotlines"))
        return list({wire.id: wire for wire in found}.values()), pages

    async def first_page(self) -> tuple[int, float]:
        """How many hotlines there are, and how long the answer took, by the smallest request there is."""
        answer = await self._http.get(route("/hotlines"), params={**self._organization, "limit": 1, "offset": 0})
        items, total = listed(answer.data, "hotlines")
        return (len(items) if total is None else total), answer.took

    async def hotline(self, identity: str) -> dict[str, Any]:
        """One hotline exactly as the vendor returns it."""
        answer = await self._http.get(route("/hotlines/{hotlineID}", hotlineID=identity))
        return one(answer.data, "hotline")

    async def phones(self, user: str) -> tuple[list[PhoneWire], list[object], float]:
        """A user's telephones, those without an id left out; all as they came; when they were asked for. NotPermitted
        where the user forbids it."""
        answer = await self._http.get(route("/agents"), params={"owner_id": user, **self._organization})
        items = listed(answer.data, "agents")[0]
        found = {wire.id: wire for wire in rows(items, PhoneWire) if wire.id}
        return list(found.values()), list(items), answer.started_at

    async def logs(self, hotline: str, pages: int) -> tuple[list[LogWire], Pages]:
        """The newest call logs: at most `pages` pages, from whichever end of the list the newest stand."""
        where = route("/hotlines/{hotlineID}/logs", hotlineID=hotline)
        return await self._newest(where, "callLogs", LogWire, pages)

    async def log(self, hotline: str, identity: str) -> LogWire:
        """One call log. Missing where there is none."""
        where = route("/hotlines/{hotlineID}/logs/{logID}", hotlineID=hotline, logID=identity)
        found = rows([one((await self._http.get(where)).data, "callLog")], LogWire)
        if not found or found[0].id != identity:
            raise BadAnswer("the vendor's answer is no call log")
        return found[0]

    async def records(self, hotline: str, pages: int) -> tuple[list[RecordWire], Pages]:
        """The newest billed legs, as with the call logs."""
        where = route("/hotlines/{hotlineID}/records", hotlineID=hotline)
        return await self._newest(where, "records", RecordWire, pages)

    async def _newest(self, where: Route, name: str, model: type[Dated], pages: int) -> tuple[list[Dated], Pages]:
        first: Pages = await self._pages(where, name, {}, 1)
        found = rows(first.items, model)
        if first.total is None or first.total <= len(first.items):
            return found, first
        rest: Pages
        if _oldest_first(found):
            # Oldest first, which the documents leave open: the newest are on the last pages.
            most = max(1, pages - 1)
            offset = max(len(first.items), first.total - most * PAGE)
            rest = await self._pages(where, name, {}, most, offset)
            if offset > len(first.items):
                # With a gap between them the oldest would only pretend that everything since was read.
                return rows(rest.items, model), rest
        elif pages > 1:
            rest = await self._pages(where, name, {}, pages - 1, len(first.items))
        else:
            return found, first
        items = (*first.items, *rest.items)
        return found + rows(rest.items, model), Pages(items, first.started_at, 2, rest.total, rest.changed)

    async def _pages(self, where: Route, name: str, params: Params, most: int, offset: int = 0) -> Pages:
        """Pages from `offset` on until a page that is not full reaches the total, or an empty one."""
        items: list[object] = []
        seen: set[str] = set()
        totals: set[int] = set()
        started, repeated, total = None, False, None
        for number in range(most):
            answer = await self._http.get(where, params={**params, "limit": PAGE, "offset": offset + len(items)})
            started = answer.started_at if started is None else started
            page, total = listed(answer.data, name)
            ids = [str(item.get("id")) for item in page if isinstance(item, dict)]
            fresh = [identity for identity in ids if identity not in seen]
            if total is not None:
                totals.add(total)
            if not page or (number and not fresh):
                break
            repeated = repeated or len(fresh) < len(ids)
            seen.update(ids)
            items.extend(page)
            # A full page may have another behind it, whatever the total says.
            if len(page) != PAGE and (total is None or offset + len(items) >= total):
                break
        else:
            if most == PAGES:
                raise BadAnswer(f"the list of {name} has no end")
        short = total is not None and most == PAGES and len(seen) != total
        return Pages(tuple(items), started or 0.0, number + 1, total, repeated or len(totals) > 1 or short)


def newest_cover(logs: Sequence[LogWire], pages: Pages) -> bool:
    """Whether every log that there is was read."""
    return pages.total is None or len(logs) >= pages.total


def _oldest_first(found: Sequence[Dated]) -> bool:
    """By the times; where there are none, by the ids, which count up."""
    starts = [each.start for each in found if each.start]
    if len(starts) > 1:
        return starts[0] < starts[-1]
    ids = [int(each.id) for each in found if each.id]
    return bool(ids) and ids[0] < ids[-1]
