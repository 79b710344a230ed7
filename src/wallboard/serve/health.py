"""Whether the poller does its work, and what it says of that at /healthz.

It is ill where its reader has stopped, and where nobody reads a source: neither this one nor another of the site. A
vendor that fails or refuses does not make it ill: it is asked in its time, and starting anew would change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from wallboard.board.freshness import SourceView
from wallboard.domain.language import english
from wallboard.domain.redaction import redact_all
from wallboard.runtime.rooms import Headless
from wallboard.serve.listener import Request, Response

STUCK = 30.0
"""Seconds without a turn over the sources after which the reader does not live: it makes one each ten."""
UNREAD = 60.0
"""Seconds for which a source may be read by nobody: more than a hand-over or the loss of the bus ever takes."""


class Health:
    """Of these rooms. `look` each second. `beside`: what else is asked for a problem, as a sentence."""

    def __init__(self, rooms: Headless, *beside: Callable[[], str]) -> None:
        self._rooms = rooms
        self._beside = beside
        self._read_at: dict[str, float] = dict.fromkeys(rooms.adapters, rooms.clock.now())

    def look(self) -> None:
        now = self._rooms.clock.now()
        for name in self._read_at:
            if self.reader(name):
                self._read_at[name] = now

    def reader(self, source: str) -> str:
        """Who reads it: a node of the site, "here" for this one, "" for nobody."""
        sharing = self._rooms.sharing
        if sharing is None:
            return "here"
        node = sharing.reader_of(source)
        return "here" if node == sharing.node else node

    @property
    def alive(self) -> bool:
        """Whether the reader makes its turns."""
        turned = self._rooms.scheduler.turned_at
        return turned is not None and self._rooms.clock.now() - turned < STUCK

    def unwell(self) -> str:
        """Why it is ill, as a sentence in English; "" where it is not."""
        now = self._rooms.clock.now()
        if not self.alive:
            return "the reader does not turn"
        unread = [name for name, at in self._read_at.items() if now - at >= UNREAD]
        return f"nobody reads {', '.join(unread)}" if unread else ""

    def problems(self) -> list[str]:
        """What goes wrong beside the reading."""
        rooms = self._rooms
        troubled = [rooms.keeper.problem, rooms.forwarder.problem if rooms.forwarder is not None else ""]
        if rooms.sharing is not None:
            troubled += rooms.sharing.problems
        troubled += [problem() for problem in self._beside]
        return [problem for problem in troubled if problem]

    async def answer(self, _request: Request) -> Response:
        """200 where it is well, else 503; both as JSON."""
        why = self.unwell()
        told = {
            "healthy": not why,
            "why": why,
            "problems": [english(problem) for problem in self.problems()],
            "sources": [self._source(view) for view in self._rooms.board.source_views()],
        }
        body = json.dumps(redact_all(told), indent=2) + "\n"
        return Response(503 if why else 200, "application/json", body.encode())

    def _source(self, view: SourceView) -> Mapping[str, Any]:
        return {
            "name": view.info.name,
            "vendor": view.info.vendor,
            "state": english(view.word),
            "age": None if view.age is None else round(view.age, 1),
            "reader": self.reader(view.info.name) or None,
            "cause": english(view.cause),
            "detail": english(view.info.detail),
        }
