"""Webhooks of the hosted PBX (seed 003, "Extension event"): which are ours, that they are there, and what came by them.

By the vendor's advice (vendors.md §3.5) telephones announce all four events of a call, and queues hangup alone: who
joins one is announced by the telephones that ring, or not at all. So calls are announced whole, and nothing else is.

Ours are the subscriptions whose address is below ours, which holds a secret of this installation. Whatever else stands
in the lists is somebody's, and stays; deleting "all events" of an extension is never asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from itertools import accumulate, takewhile
from urllib.parse import urlsplit

import anyio

from wallboard.domain.clock import Clock
from wallboard.domain.errors import (
    ActionError,
    BadAnswer,
    Missing,
    NotPermitted,
    ReadError,
    Rejected,
    TargetGone,
    Throttled,
)
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.vendors.base import Secret
from wallboard.vendors.http.client import Answer, HttpSource, Route, route
from wallboard.vendors.kit.gather import WHOLE_SOURCE, gather
from wallboard.vendors.kit.wire import identity, one
from wallboard.vendors.ringme.announced import Announcements
from wallboard.vendors.ringme.directory import Directory
from wallboard.vendors.ringme.wire import Event, many

OF_PHONE = ("dial-in", "dial-out", "answer", "hangup")
OF_QUEUE = ("hangup",)
METHOD = "POST"
"""In the address of a GET the callers' numbers would stand in the log of every proxy on the way."""
AT_A_TIME = 10
"""Requests of one turn, about."""
AT_FIRST, LATER = 10.0, 300.0
"""Seconds from one turn to the next while some are missing, and then."""
LOOK_AGAIN = 1800.0
"""Seconds after which an extension that sent nothing is asked whether ours are still there."""
AT_THE_END = 8
"""Extensions that are cleared at once."""
OLD = 300.0
"""Seconds after which an event says nothing any more."""
REMEMBERED = 4096
"""Events, so that one that comes again is known."""
_LIST = "/extension/{extension_id}/event/"
_ONE = _LIST + "{id}"


@dataclass(slots=True)
class _Place:
    """An extension: ours there, by their ids, and when they were last proven to be there; `sure`: they are all."""

    ids: dict[str, str] = field(default_factory=dict)
    proven_at: float = float("-inf")
    sure: bool = False


class Hooks:
    """Those of one source; nothing until `begin`."""

    def __init__(self, name: str, http: HttpSource, directory: Directory, clock: Clock) -> None:
        self._http = http
        self._directory = directory
        self._clock = clock
        self._address: Secret | None = None
        self._places: dict[str, _Place] = {}
        self._lately: dict[tuple[str, ...], None] = {}
        self._refused = ""
        self._asked = 0
        """Requests so far."""
        self._ending = False
        self._turn = anyio.Lock()
        self.calls = Announcements(name)

    def begin(self, address: Secret) -> None:
        self._address = address

    @property
    def begun(self) -> bool:
        return self._address is not None and not self._ending

    def _wanted(self) -> dict[str, tuple[str, ...]]:
        if not self.begun:
            return {}
        return dict.fromkeys(self._directory.phones, OF_PHONE) | dict.fromkeys(self._directory.queues, OF_QUEUE)

    def _kinds(self, extension_id: str) -> tuple[str, ...]:
        """What this extension is to announce."""
        directory = self._directory
        known = OF_PHONE if extension_id in directory.phones else OF_QUEUE if extension_id in directory.queues else ()
        return known if self.begun else ()

    def _whole(self, extension_id: str, kinds: tuple[str, ...]) -> bool:
        place = self._places.get(extension_id)
        fresh = place is not None and self._clock.now() - place.proven_at < 2 * LOOK_AGAIN
        return place is not None and fresh and set(kinds) <= set(place.ids.values())

    @property
    def whole(self) -> bool:
        """Whether all telephones announce their calls."""
        phones = self._directory.phones if self.begun else {}
        return bool(phones) and all(self._whole(phone_id, OF_PHONE) for phone_id in phones)

    @property
    def trusted(self) -> bool:
        """Whether every call is announced, as far as is known."""
        return self.whole and self.calls.trusted(self._clock.now())

    def said(self) -> str:
        """How it stands, as a clause; "" where there are to be none."""
        if not self.begun:
            return ""
        if self._refused:
            return tr("webhooks: {why}; polled as before", why=self._refused)
        phones = self._directory.phones
        there = sum(self._whole(phone_id, OF_PHONE) for phone_id in phones)
        if there < len(phones) or not phones:
            return tr("webhooks of {n} of {all} phones", n=there, all=len(phones))
        if not self.calls.trusted(self._clock.now()):
            return tr("webhooks: a call came without its event; polled as before")
        return tr("webhooks of {n} phones", n=there)

    # ---- that they are there -----------------------------------------------------------------------------------

    @property
    def every(self) -> float:
        """Seconds from one turn to the next."""
        return LATER if all(self._whole(*each) for each in self._wanted().items()) else AT_FIRST

    @property
    def cost(self) -> int:
        """Requests of the next turn."""
        return max(1, sum(self._cost(extension_id) for extension_id in self._due(AT_A_TIME)))

    def _cost(self, extension_id: str) -> int:
        kinds, ids = self._kinds(extension_id), self._places.get(extension_id, _Place()).ids
        return 1 + (len(set(kinds).difference(ids.values())) if kinds else len(ids))

    def _due(self, requests: int) -> list[str]:
        """The next extensions, for so many requests: those where ours are no more to be, and those to look at."""
        wanted, now = self._wanted(), self._clock.now()
        over = [each for each, place in self._places.items() if each not in wanted and place.ids]
        new = [each for each in wanted if each not in self._places]
        known = sorted((place.proven_at, each) for each, place in self._places.items() if each in wanted)
        due = [*over, *new, *(each for at, each in known if now - at >= LOOK_AGAIN)]
        spent = accumulate(map(self._cost, due))
        return due[: max(1, sum(1 for _ in takewhile(requests.__ge__, spent)))]

    async def keep(self) -> None:
        """One turn: look at some extensions, and make there what is missing. Raises the first ReadError."""
        async with self._turn:
            end = self._asked + AT_A_TIME
            failed: dict[str, ReadError] = {}
            try:
                # After a restart most are there already, and cost less than was thought.
                while not failed and self._asked < end and (due := self._due(end - self._asked)):
                    _, failed = await gather(due, self._look, ends=(*WHOLE_SOURCE, NotPermitted))
                self._refused = ""
            except NotPermitted as error:
                self._refused = str(error)
                raise
            finally:
                self.calls.expect(self._clock.now() if self.whole else None)
        if failed:
            raise next(iter(failed.values()))

    async def _look(self, extension_id: str) -> None:
        if self._ending:
            return
        kinds, place = self._kinds(extension_id), self._places.setdefault(extension_id, _Place())
        now, found = self._clock.now(), await self._ours(extension_id)
        first = {each.event_type: each for each in reversed(found) if each.event_type in kinds}
        place.ids, place.sure = {each.id: kind for kind, each in first.items()}, True
        for each in found:
            if each.id not in place.ids:
                await self._remove(extension_id, each.id)
            elif (each.url, each.method) != (self._url(extension_id), METHOD):
                asked = {"url": self._url(extension_id), "method": METHOD}
                await self._change("PUT", route(_ONE, extension_id=extension_id, id=each.id), asked)
        for kind in kinds:
            if kind not in place.ids.values() and not self._ending:
                await self._add(extension_id, kind)
        place.proven_at = now if place.sure else float("-inf")

    async def _ours(self, extension_id: str) -> list[Event]:
        """As the vendor lists them."""
        self._asked += 1
        answer = await self._http.get(route(_LIST, extension_id=extension_id), keep=False)
        return [each for each in many(Event, answer.data, tr("webhooks")) if each.id and self._is_ours(each.url)]

    def _url(self, extension_id: str) -> str:
        assert self._address is not None
        return f"{self._address.reveal()}{route('/{id}', id=extension_id).path}"

    def _is_ours(self, url: str) -> bool:
        """Below our secret and name, wherever the site's proxy stood when it was made."""
        assert self._address is not None
        ending = "/".join(urlsplit(self._address.reveal()).path.split("/")[-2:])
        try:
            return f"/{ending}/" in urlsplit(url).path
        except ValueError:
            return False

    async def _add(self, extension_id: str, kind: str) -> None:
        place = self._places[extension_id]
        sure, place.sure = place.sure, False
        asked = {"url": self._url(extension_id), "event_type": kind, "method": METHOD}
        answer = await self._change("POST", route(_LIST, extension_id=extension_id), asked)
        with suppress(BadAnswer):
            # Without an id in the answer the list tells it, the next time.
            made = one(answer.data, Event, tr("webhook"))
            if made.id:
                place.ids[made.id], place.sure = kind, sure

    async def _remove(self, extension_id: str, hook: str) -> None:
        with suppress(Missing):
            await self._change("DELETE", route(_ONE, extension_id=extension_id, id=hook))
        self._places[extension_id].ids.pop(hook, None)

    async def _change(self, method: str, where: Route, asked: Mapping[str, str] | None = None) -> Answer:
        self._asked += 1
        try:
            return await self._http.act(method, where, json=asked, upkeep=True)
        except TargetGone as error:
            raise Missing(str(error)) from None
        except Rejected as error:
            if error.status == "429":
                raise Throttled(str(error)) from None
            raise NotPermitted(tr("the vendor takes no more: {why}", why=str(error))) from None
        except ActionError as error:
            raise BadAnswer(str(error)) from None

    async def end(self) -> None:
        """Take ours back, one by one. Raises a ReadError where some are left; they are known again the next time."""

        async def clear(extension_id: str) -> None:
            place = self._places[extension_id]
            ids = list(place.ids) if place.sure else [each.id for each in await self._ours(extension_id)]
            for hook in ids:
                await self._remove(extension_id, hook)
            del self._places[extension_id]

        self._ending = True
        async with self._turn:
            _, failed = await gather(list(self._places), clear, at_once=AT_THE_END)
        if failed:
            raise next(iter(failed.values()))

    # ---- what came by them -------------------------------------------------------------------------------------

    def news(self, extension_id: str, fields: Mapping[str, str]) -> bool:
        """Whether this is an event that says something; ValueError where it is none at all."""
        kind, moment = fields.get("EventType", "").strip().lower(), _moment(fields.get("EventTime", ""))
        if not kind:
            raise ValueError("no EventType")
        now = self._clock.now()
        if kind not in self._kinds(extension_id):
            return False
        ahead = self._http.clock_offset or 0.0
        if moment is not None and abs(now + ahead - moment) > OLD:
            return False
        leg, whole = identity(fields.get("CallAPIID")), identity(fields.get("CallID"))
        told = (extension_id, kind, leg, whole, fields.get("EventTime", ""))
        if moment is not None and told in self._lately:
            return False
        self._lately[told] = None
        while len(self._lately) > REMEMBERED:
            del self._lately[next(iter(self._lately))]
        self.calls.told(extension_id, leg, whole, now)
        place = self._places.get(extension_id)
        if place is not None and place.sure:
            place.proven_at = now
        return True


def _moment(text: str) -> float | None:
    """Seconds since 1970, of microseconds or of what else has so many digits; None where none are given. ValueError."""
    moment = float(int(text[:20])) if text else None
    while moment is not None and moment > 1e11:
        moment /= 1000
    return moment
