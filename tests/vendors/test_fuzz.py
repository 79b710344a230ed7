"""Whatever a vendor sends becomes clean rows, or one sentence: nothing else leaves, and no row is lost in silence.

Each vendor's real adapter reads from a stand that answers with damaged payloads, through HTTP bodies, decoding and
mapping; what is pushed and AMI are fed as bytes. At least `BYTES` of damaged payload a vendor and run. The seed is
fixed, and another one is taken from `WALLBOARD_FUZZ_SEED`; a failure names seed, round and payload.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from functools import partial
from typing import Any

import httpx
import pytest

from tests.vendors.asterisk.server import START, Pbx
from tests.vendors.garbage import Garbage, check_row
from tests.vendors.portsip.test_push_messages import NOW, STATUS, caller, scene
from tests.vendors.suite.groupalarm import GroupalarmStand
from tests.vendors.suite.portsip import PortsipStand
from tests.vendors.suite.ringme import RingmeStand
from tests.vendors.suite.sinch import SinchStand
from tests.vendors.suite.stand import SOURCE, Listed
from tests.vendors.suite.web import WebSession, WebStand
from wallboard.board.board import Board
from wallboard.domain.command import FORMS
from wallboard.domain.errors import ReadError
from wallboard.domain.keys import Resource
from wallboard.domain.models import Row
from wallboard.domain.text import clean
from wallboard.domain.update import SourceInfo, Update
from wallboard.vendors.asterisk.facts import Lists
from wallboard.vendors.asterisk.mapping import Mapper
from wallboard.vendors.asterisk.protocol import AmiGarbled, Message, Parser
from wallboard.vendors.asterisk.state import Switchboard
from wallboard.vendors.base import Feed, Ticket
from wallboard.vendors.portsip.push_messages import decode
from wallboard.vendors.portsip.pushed import Pushed
from wallboard.view.context import Context, severities
from wallboard.view.panes import PANES
from wallboard.view.panes.base import cell_of
from wallboard.view.snapshot import snapshot

SEED = int(os.environ.get("WALLBOARD_FUZZ_SEED", "20260302"))
BYTES = 200_000
ROUNDS = 1350
FRESH = 45
"""Rounds after which the adapter is a new one, and what it has learned of garbage is forgotten."""
LOST = re.compile(r"(\d+) rows? without an id")


class Tally:
    """What has been fed, and the round that is on."""

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor
        self.chance = random.Random(f"{SEED} {vendor}")
        self.garbage = Garbage(self.chance)
        self.round = self.payloads = self.bytes = self.rows = self.refused = 0
        self.last = b""

    def feed(self, body: bytes) -> bytes:
        self.payloads += 1
        self.bytes += len(body)
        self.last = body
        return body

    @contextmanager
    def one(self) -> Iterator[None]:
        """A round: what leaves it beside a `ReadError` fails, with all that is needed to have it again."""
        self.round += 1
        try:
            yield
        except ReadError as error:
            self.refuse(error)
        except Exception as error:
            raise AssertionError(f"{self}: {error!r}, fed {self.last[:600]!r}") from error

    def refuse(self, error: Exception) -> None:
        """Note what could not be read, which has to be said in a clean sentence."""
        self.refused += 1
        if not str(error) or str(error) != clean(str(error), 4000):
            raise AssertionError(f"{self}: {error!r} is no clean sentence")

    def __str__(self) -> str:
        return f"{self.vendor}, seed {SEED}, round {self.round}"

    def end(self) -> None:
        said = f"{self}: {self.payloads} payloads of {self.bytes} bytes, {self.rows} rows, {self.refused} refused"
        print(said)  # noqa: T201  # how much was fed is part of the result
        assert self.bytes >= BYTES, f"{self}: only {self.bytes} bytes were fed"
        assert self.rows > self.round, "most payloads must reach the mapping"


def look(board: Board, now: float) -> None:
    """Everything is drawn, sorted by every column and written as JSON."""
    board.tick()
    json.dumps(snapshot(board, now), allow_nan=False)
    context = Context(board, now, UTC, severities=severities(board, now))
    for pane in PANES.values():
        rows = pane.rows(context)
        for sort in pane.sortable():
            sorted(pane.fact(row, context, sort).rank for row in rows)
        for row in rows:
            for cells in (pane.cells(row, context), pane.ended(row, 3.0, context)):
                for name in cells:
                    assert cell_of(cells, name, 4) is not None
        pane.summary(context)


# ---- vendors that speak HTTP -------------------------------------------------------------------------------------


class Fuzz:
    """One stand whose answers can be damaged, and its session."""

    def __init__(self, stand: WebStand, tally: Tally) -> None:
        self.stand, self.tally = stand, tally
        self.share = 0.0
        """How much of what is read is damaged."""
        self.asked = 0
        self.served: set[str] = set()
        """The lists that were asked for since this was emptied."""
        whole = stand._handle

        async def handle(request: httpx.Request) -> httpx.Response:
            try:
                response = await whole(request)
            except (ValueError, KeyError, TypeError):
                # An id of garbage is no address that a stand knows.
                response = httpx.Response(404, json={"message": "Not found"})
            path = request.url.path.removeprefix(httpx.URL(stand.url).path)
            self.served |= {each.name for each in stand.lists if re.fullmatch(stand.paths[each.name], path)}
            chance = tally.chance
            told = response.status_code == 200 and response.headers.get("content-type", "").endswith("json")
            if request.method != "GET" or not told or chance.random() >= self.share:
                return response
            good = json.loads(response.content) if response.content else None
            kind = chance.choice(("application/json", "application/json; charset=latin-1", "text/plain", ""))
            headers = {"Content-Type": kind}
            if chance.random() < 0.03:
                headers["Content-Encoding"] = chance.choice(("gzip", "br", "identity"))
            return Garbled(headers, tally.feed(tally.garbage.body(good)))

        stand._handle = handle  # type: ignore[method-assign]


def Garbled(headers: dict[str, str], body: bytes) -> httpx.Response:
    """Bytes that the client must not have decoded before they are read."""

    class Stream(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            yield body

    return httpx.Response(200, headers=headers, stream=Stream())


async def fetched(session: WebSession, feed: Feed, fuzz: Fuzz, board: Board) -> list[Update]:
    fuzz.asked += 1
    session.stand.clock.advance(1.0)
    updates = list(await feed.fetch(Ticket(1, fuzz.asked, session.stand.clock.now())))
    for update in updates:
        now = session.stand.clock.now()
        for row in update.rows:
            check_row(row, now)
        assert update.approximate == clean(update.approximate, 4000)
        fuzz.tally.rows += len(update.rows)
        board.apply(update)
    return updates


def identity(listed: Listed, row: Any, vendor: str) -> str | None:
    """What tells this row from others, roughly; "" where it has no id, None where the row may be passed over: someone
    who has hung up, a user without a telephone, a notice that is long over."""
    if not isinstance(row, dict):
        return ""
    given = row.get(listed.identity, row.get(listed.identity.casefold()))
    if vendor == "ringme" and listed.resource is Resource.MEMBERS and row.get("state") == "Abandoned":
        return None
    if vendor == "portsip" and listed.resource is Resource.PHONES:
        return None
    if vendor == "sinch" and listed.resource is Resource.NOTICES and ("activeTo" in row or "activeto" in row):
        return None
    if vendor == "portsip" and listed.resource is Resource.RECEPTIONISTS and given and not str(given).isdecimal():
        # Each is read by its id; one whose id stands for another address is not there.
        return None
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return ""
    text = str(given).strip().replace("-", "").casefold()
    return text.removesuffix(".0")


async def one_list(session: WebSession, fuzz: Fuzz, board: Board) -> None:
    """A list whose rows are damaged: those whose ids were left alone are shown, and what is not shown is counted."""
    stand, chance = fuzz.stand, fuzz.tally.chance
    listed = chance.choice([each for each in stand.lists if session.feeds(each.resource, each.scope)])
    (feed,) = session.feeds(listed.resource, listed.scope)
    sent = [fuzz.tally.garbage.row(listed.make(number)) for number in range(1, chance.randint(2, 9))]
    way = chance.choice(list(listed.ways.values()))
    stand.instead = {listed.name: way(sent, len(sent))}
    before, stand.rows[listed.name] = (
        stand.rows[listed.name],
        [row for row in sent if isinstance(row, dict) and "id" in row],
    )
    fuzz.served.clear()
    fuzz.tally.feed(json.dumps(stand.instead[listed.name]).encode())
    try:
        updates = await fetched(session, feed, fuzz, board)
    finally:
        stand.instead, stand.rows[listed.name] = {}, before
        asked = listed.name in fuzz.served
        # What was learned from it must not stand in the way of the next list.
        await fetched(session, feed, fuzz, board)
    told = [identity(listed, row, stand.name) for row in sent]
    if not asked or None in told or sent in ([""], [None], [[]]) or any(_wraps(row) for row in sent):
        # One element that is nothing, or that may be a wrapping, is how some write an empty list.
        return
    (update,) = [each for each in updates if (each.resource, each.scope) == (listed.resource, listed.scope)]
    keys = {row.key.id for row in update.rows}
    missing = sum(int(found[1]) for found in LOST.finditer(update.approximate))
    twice = sum(map(bool, told)) - len(set(filter(None, told)))
    assert len(keys) + missing + twice >= len(sent), f"{listed.name}: {len(sent)} sent, {keys}, {update.approximate!r}"
    whole = {listed.key(n) for n, row in enumerate(sent, 1) if told[n - 1] and row == listed.make(n)}
    assert whole <= keys, f"{listed.name}: {whole - keys} not shown"


def _wraps(row: Any) -> bool:
    return isinstance(row, dict) and len(row) <= 1


async def any_answer(session: WebSession, fuzz: Fuzz, board: Board, rows: list[Row]) -> None:
    """Feeds, discoveries, single rows, reports and forms, of which some answers are damaged."""
    chance, adapter = fuzz.tally.chance, session.adapter
    fuzz.share = chance.choice((0.2, 0.5, 1.0))
    try:
        match chance.randrange(4):
            case 0:
                row = chance.choice(rows)
                if (again := await adapter.refresh(row)) is not None:
                    check_row(again, fuzz.stand.clock.now())
                    assert again.key == row.key, "another row than was asked for"
            case 1:
                row = chance.choice(rows)
                reports = adapter.reports(row)
                if reports:
                    sheet = await chance.choice(reports).read()
                    cells = [*sheet.columns, sheet.note, *(cell for line in sheet.rows for cell in line)]
                    assert all(cell == clean(cell, 4000) for cell in cells)
            case _:
                await fetched(session, chance.choice(list(adapter.feeds())), fuzz, board)
    finally:
        fuzz.share = 0.0
    for verb in FORMS:
        for form in adapter.forms(verb, chance.choice(rows)):
            assert form.title == clean(form.title, 4000)


@pytest.mark.anyio
@pytest.mark.parametrize("make", [RingmeStand, GroupalarmStand, SinchStand, PortsipStand], ids=lambda make: make.name)
async def test_no_answer_breaks_a_reading_and_no_row_is_lost_in_silence(make: Callable[[], WebStand]) -> None:
    tally = Tally(make.name)  # type: ignore[attr-defined]
    while tally.round < ROUNDS:
        stand = make()
        fuzz = Fuzz(stand, tally)
        async with stand.open() as session:
            rows = await session.all_rows()
            board = Board(stand.clock)
            board.source(SourceInfo(SOURCE, stand.name))
            for number in range(FRESH):
                with tally.one():
                    if number % 2:
                        await any_answer(session, fuzz, board, rows)
                    else:
                        await one_list(session, fuzz, board)
                if number % 15 == 14:
                    with tally.one():
                        look(board, stand.clock.now())
    tally.end()


# ---- what is pushed ----------------------------------------------------------------------------------------------

AGENTS = {"event_type": "queue_agent_status", "queue_id": STATUS["queue_id"], "updated_agents": STATUS["agents"]}
BREACH = {"event_type": "queue_sla_breached", "queue_number": "8001", "caller": "555", "sla_time_secs": "20"}
FRAMES: tuple[Any, ...] = (
    *(STATUS, [STATUS, AGENTS], {**AGENTS, "removed_agents": ["102", {"extension_number": "101"}]}, BREACH),
    *(caller(reason) for reason in ("enqueue", "agent_answered", "overflow", "hangup", "callback", "xyzzy")),
    *({"command": "auth", "status": 0}, {"command": "subscribe", "status": -1, "error": "no"}),
)


def test_no_frame_breaks_what_is_pushed() -> None:
    tally = Tally("portsip push")
    while tally.bytes < 3 * BYTES:
        pushed = Pushed(scene())
        for number in range(30):
            now = NOW + number
            with tally.one():
                frame = tally.feed(tally.garbage.body(tally.chance.choice(FRAMES)))
                text: str | bytes = frame
                if tally.chance.random() < 0.5:
                    text = frame.decode("utf-8", "replace")
                try:
                    messages = decode(text)
                except ValueError as error:
                    tally.refuse(error)
                    messages = []
                for update in [part for message in messages for part in pushed.take(message, now)] + pushed.lists(now):
                    for row in update.rows:
                        check_row(row, now)
                    tally.rows += len(update.rows)
                pushed.doubtful()
    tally.end()


# ---- the manager interface ---------------------------------------------------------------------------------------


def shift() -> Pbx:
    """Everything that happens at a small switchboard within a few minutes."""
    pbx = Pbx()
    for number in range(4):
        pbx.now += 10
        first = pbx.arrive("sales", f"+1555{number}", f"Ann {number}")
        second = pbx.arrive("support", f"+1666{number}", "Bo")
        pbx.answer(first, pbx.ring(first, "PJSIP/1001"))
        pbx.now += 5
        pbx.answer(second, pbx.ring(second, "PJSIP/1002"))
        pbx.pause("PJSIP/1002", number % 2)
        if number % 2:
            pbx.park(first, f"70{number}")
            pbx.end(second)
        else:
            pbx.end(first)
            pbx.hang_up(second)
        pbx.arrive("sales", "+1777", "Eve\r")
    return pbx


def wire(message: Message) -> bytes:
    return "".join(f"{key}: {value}\r\n" for key, value in message.pairs).encode() + b"\r\n"


class Ami(Garbage):
    """Damages messages by their fields, and the stream by its bytes."""

    def message(self, good: Message) -> Message:
        pairs = list(good.pairs)
        for _ in range(self.chance.randrange(4)):
            place = self.chance.randrange(len(pairs)) if pairs else 0
            match self.chance.randrange(5):
                case 0 if pairs:
                    del pairs[place]
                case 1 if pairs:
                    pairs.insert(place, pairs[place])
                case 2 if pairs:
                    pairs[place] = (pairs[place][0], str(self.value()))
                case 3 if pairs:
                    pairs[place] = (self.chance.choice((pairs[place][0].lower(), "", " ", "X: Y")), pairs[place][1])
                case _:
                    pairs.append(
                        (self.chance.choice(("Uniqueid", "Queue", "ChannelState", "Event")), str(self.value()))
                    )
        return Message([(key, value.encode("utf-8", "replace").decode()) for key, value in pairs])


LISTED = {"QueueParams": 0, "QueueMember": 0, "QueueEntry": 0, "CoreShowChannel": 1, "DeviceStateChange": 3}


def test_no_message_of_the_manager_interface_breaks_a_row() -> None:
    tally = Tally("asterisk")
    garbage = Ami(tally.chance)
    pbx = shift()
    events = [message for message, _ in pbx.events]
    lists = [*pbx.queue_status(), *pbx.channels(), *pbx.parked_calls()]
    lists += [Message([("Event", "DeviceStateChange"), ("Device", "PJSIP/1001"), ("State", "INUSE")])]
    while tally.bytes < 5 * BYTES:
        parser, board = Parser(), Switchboard()
        mapper = Mapper(source="lab", wrap_up=10.0, phone="PJSIP/2001")
        parser.feed(b"Asterisk Call Manager/11.0.0\r\n")
        for _ in range(20):
            with tally.one():
                chosen = lists if tally.chance.random() < 0.3 else tally.chance.sample(events, 12)
                body = b"".join(wire(garbage.message(message)) for message in chosen)
                body = tally.feed(garbage.cut(body) if tally.chance.random() < 0.2 else body)
                cut = tally.chance.randrange(len(body) + 1)
                try:
                    messages = [*parser.feed(body[:cut]), *parser.feed(body[cut:]), *parser.feed(b"\r\n\r\n")]
                except AmiGarbled as error:
                    tally.refuse(error)
                    break
                at = START + 60.0 + tally.round
                if chosen is lists:
                    parts: tuple[list[Message], ...] = ([], [], [], [])
                    for message in messages:
                        parts[LISTED.get(message.event, 2)].append(message)
                    board.load(Lists(at, *map(tuple, parts)))
                else:
                    for message in messages:
                        board.apply(message, at)
                found = mapper.rows(board, at, partial(min, at))
                for rows in found.values():
                    for row in rows.values():
                        check_row(row, at)
                    tally.rows += len(rows)
    tally.end()
