"""The evening of the look document as a board: five panes with known rows, for text pictures of the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Any

from tests.support.adapters import FakeAdapter
from tests.support.past import Past
from tests.support.typing import edit
from wallboard.board import Timing
from wallboard.board.board import Board
from wallboard.board.settings import BoardSettings
from wallboard.config import keymap
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.journal import Journal
from wallboard.control.outcome import Phase
from wallboard.domain.actions import winds
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Verb
from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.models import (
    Agent,
    Call,
    DutyAgent,
    DutyPhone,
    Hotline,
    HotlineCall,
    LastCall,
    Member,
    Membership,
    Queue,
    Row,
)
from wallboard.domain.rules import Limits, QueueRule
from wallboard.domain.states import AgentState, CallState, Direction, HotlineState, MemberState, Wanted
from wallboard.domain.text import cell_width, clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.history.call_backs import CallBacks
from wallboard.history.notes import Notes
from wallboard.history.records import Record
from wallboard.ui.console import Console
from wallboard.ui.frame import fits, frame, summary_line
from wallboard.ui.restraint import REST_SECONDS
from wallboard.ui.settings import ConsoleSettings, Ports
from wallboard.view.cells import Cell, place, runs
from wallboard.view.directory import Favourite
from wallboard.view.layout import Layout, upright_line

NOW = 1_770_000_000.0
HANDSET = "handset keys 1–3 may open your microphone"
HQ, LAB, RESPONDERS = "hq", "lab", "responders"
AT_ONCE = Timing(on_delay=0.0, off_delay=0.0, deadband=0.0)


def queue(source: str, ident: str, name: str, waiting: int, ringing: int, talking: int) -> Queue:
    return Queue(
        Key(source, Kind.QUEUE, ident), clean(name), clean(ident), waiting=waiting, ringing=ringing, talking=talking
    )


def member(
    ident: str,
    queue_id: str,
    queue_name: str,
    state: MemberState,
    waited: float,
    name: str,
    number: str,
    *,
    by: str = "",
    position: int | None = None,
    source: str = HQ,
) -> Member:
    return Member(
        Key(source, Kind.MEMBER, ident),
        queue_id,
        clean(queue_name),
        clean(name),
        clean(number),
        state,
        NOW - waited,
        answered_at=NOW - waited if state is MemberState.TALKING else None,
        position=position,
        serving_ref=by,
    )


def agent(
    ident: str,
    name: str,
    extension: str,
    state: AgentState,
    since: float | None,
    *queues: tuple[str, str],
    source: str = HQ,
) -> Agent:
    return Agent(
        Key(source, Kind.AGENT, ident),
        clean(name),
        clean(extension),
        state,
        since=None if since is None else NOW - since,
        memberships=tuple(Membership(queue_id, clean(queue_name)) for queue_id, queue_name in queues),
        refs=(ident,),
    )


def call(
    ident: str,
    state: CallState,
    direction: Direction,
    name: str,
    number: str,
    to: str,
    seconds: float,
    by: str = "",
    recording: bool | None = False,
) -> Call:
    return Call(
        Key(HQ, Kind.CALL, ident),
        clean(by),
        direction,
        clean(number),
        clean(name),
        clean(to),
        state=state,
        started_at=NOW - seconds - 5,
        answered_at=None if state is CallState.RINGING else NOW - seconds,
        recording=recording,
        agent_refs=(by,) if by else (),
    )


def rows() -> dict[tuple[str, Resource], tuple[Row, ...]]:
    sales, support, emergency = ("601", "Sales"), ("602", "Support"), ("603", "Emergency")
    return {
        (HQ, Resource.QUEUES): (
            queue(HQ, "601", "Sales", 2, 1, 1),
            queue(HQ, "602", "Support", 1, 0, 1),
            queue(HQ, "603", "Emergency", 0, 0, 1),
        ),
        (HQ, Resource.MEMBERS): (
            member("m1", *sales, MemberState.WAITING, 192, "Eve Lund", "+49 30 111 222", position=1),
            member("m2", *sales, MemberState.RINGING, 160, "", "+49 30 333 444", by="ada", position=2),
            member("m3", *support, MemberState.WAITING, 41, "Ben Hale", "+1 555 100 7919", position=1),
            member("m4", *sales, MemberState.TALKING, 80, "Mia Sand", "+49 30 555 666", by="bo"),
        ),
        (HQ, Resource.AGENTS): (
            agent("bo", "Bo Quist", "202", AgentState.TALKING, 80, sales, support),
            agent("ada", "Ada Orwell", "201", AgentState.RINGING, 4, sales),
            agent("cy", "Cy Reed", "203", AgentState.BREAK, 760, sales),
            agent("di", "Di Novak", "204", AgentState.UNREACHABLE, None, support),
            agent("jo", "Jo Alder", "205", AgentState.READY, 33, support, emergency),
            agent("an", "Anna Vogt", "206", AgentState.OFF, None, emergency),
        ),
        (HQ, Resource.CALLS): (
            call("c1", CallState.TALKING, Direction.IN, "Mia Sand", "+49 30 555 666", "601 Sales", 80, "bo", True),
            call("c2", CallState.HELD, Direction.OUT, "Cy Reed", "203", "+49 40 777 123", 242, "cy"),
            call("c3", CallState.RINGING, Direction.IN, "", "+49 30 333 444", "601 Sales", 4, "ada"),
        ),
        (LAB, Resource.QUEUES): (queue(LAB, "help", "Helpdesk", 0, 0, 0),),
        (RESPONDERS, Resource.HOTLINES): (
            Hotline(
                Key(RESPONDERS, Kind.HOTLINE, "311"),
                clean("Mountain rescue"),
                clean("+49 241 55660"),
                Wanted.OPEN,
                HotlineState.OPEN,
                clean("active"),
                NOW - 7300,
                10,
                10,
                (DutyAgent("5", clean("K. Roth"), (DutyPhone("80", clean("mobile"), clean("+49170"), True),)),),
                LastCall(NOW - 300, clean("K. Roth"), 2),
                tuple(HotlineCall(NOW - 300 - 900 * i, True, 6.0 + 2.5 * i) for i in range(5)),
            ),
            Hotline(
                Key(RESPONDERS, Kind.HOTLINE, "312"),
                clean("Water rescue"),
                clean("+49 241 55661"),
                Wanted.OPEN,
                HotlineState.ERROR,
                clean("error"),
                NOW - 360,
                4,
                6,
                (),
                None,
                (HotlineCall(NOW - 900, False),),
            ),
        ),
    }


def board(clock: ManualClock) -> Board:
    rules = (QueueRule("Sales*", None, Limits(3, 60), Limits(6, 120, 0)),)
    made = Board(clock, BoardSettings(rules, timing=AT_ONCE))
    # The books were opened a minute ago: what they counted is a number.
    clock.advance(-60.0)
    for name, vendor, phone in ((HQ, "ringme", "2001"), (LAB, "asterisk", ""), (RESPONDERS, "groupalarm", "")):
        made.source(SourceInfo(name, vendor, phone=phone, caution=HANDSET if vendor == "ringme" else ""))
    clock.advance(60.0)
    read(made, rows(), clock.now(), 1)
    made.tick()
    return made


def read(made: Board, lists: dict[tuple[str, Resource], tuple[Row, ...]], at: float, seq: int) -> None:
    """Give the board a whole reading of `lists`."""
    for (source, resource), found in lists.items():
        made.status(FeedStatus(source, resource, "", 5.0, 8.0, last_ok=at, next_at=at + 5, successes=20))
        made.apply(Update(source, resource, "", UpdateKind.SNAPSHOT, 1, seq, at, found))


async def inline(work: Callable[[], None]) -> None:
    work()


Started = list[Callable[[], Awaitable[None]]]


@dataclass
class Desk:
    """A console with everything around it: what was sent is in `commands`, what the runtime was asked in `asked`."""

    clock: ManualClock
    board: Board
    adapters: dict[str, FakeAdapter]
    dispatcher: Dispatcher
    console: Console
    started: Started
    commands: list[Command]
    asked: list[str]
    reads: Started
    """What the details panel and the trends want to read, not begun yet."""
    past: Past
    seq: int = 1

    def press(self, *keys: str) -> None:
        """Type `keys`; a key of one character types it. What was refused is read before the next."""
        for key in keys:
            if self.console.restraint.resting(self.clock.now()):
                self.clock.advance(REST_SECONDS)
            self.key(key, " " if key == "space" else key if len(key) == 1 else None)

    def key(self, key: str, character: str | None = None) -> None:
        """One key that came through the gate."""
        press(self.console, key, character)

    def type(self, text: str) -> None:
        self.press(*("space" if char == " " else char for char in text))

    def paint(self, width: int = 160, height: int = 50) -> list[str]:
        return picture(self.console, width, height)

    def wait(self, seconds: float) -> None:
        """Let time pass while the sources are read on."""
        self.clock.advance(seconds)
        for (source, resource), found in self.lists.items():
            self.read({(source, resource): found})
        self.console.tick()

    def read(self, lists: dict[tuple[str, Resource], tuple[Row, ...]]) -> None:
        """A new reading of some lists, on the screen at once."""
        self.seq += 1
        self.lists.update(lists)
        read(self.board, lists, self.clock.now(), self.seq)
        self.console.reload(frozenset(resource for _, resource in lists))

    def change(self, source: str, resource: Resource, change: Callable[[Row], Row | None]) -> None:
        """Read a list again with each row changed, or gone where `change` gives None."""
        found = (change(row) for row in self.lists[source, resource])
        self.read({(source, resource): tuple(row for row in found if row is not None)})

    def drop(self, key: Key) -> None:
        self.change(key.source, RESOURCE_OF[key.kind], lambda row: None if row.key == key else row)

    @property
    def lists(self) -> dict[tuple[str, Resource], tuple[Row, ...]]:
        return self._lists

    def __post_init__(self) -> None:
        self._lists = rows()

    @property
    def said(self) -> str:
        return self.console.remarks.outcome[0]

    @property
    def sent(self) -> list[tuple[Verb, str]]:
        """(verb, id of its target) of every command so far."""
        return [(command.verb, command.target.key.id) for command in self.commands]


def desk(
    folder: Path,
    *,
    empty: bool = False,
    settings: Mapping[str, Any] | None = None,
    made: Board | None = None,
    make: Callable[[ManualClock], Board] = board,
) -> Desk:
    """The sample evening, or the board that is made at its clock; `empty`: sources that have never answered; `settings`
    replace those of the console."""
    clock = ManualClock(NOW)
    shown = made or (unread(clock) if empty else make(clock))
    started: Started = []
    commands: list[Command] = []
    asked: list[str] = []
    troubles: list[str] = []
    phones = {HQ: "2001", LAB: "2001", RESPONDERS: "", "cc": "", "front": ""}
    adapters = {name: FakeAdapter(clock, name, phone) for name, phone in phones.items()}
    journal = Journal(folder / "audit.jsonl", clock, sync=lambda descriptor: None)
    dispatcher = Dispatcher(shown, adapters, journal, clock, hurry=_nothing, start=started.append, offload=inline)
    dispatcher.subscribe(lambda out: commands.append(out.command) if out.phase is Phase.REQUESTED else None)
    wanted: dict[str, Any] = {
        "actions": [action for action in keymap.ACTIONS if not winds(action)],
        "favourites": [Favourite("Night desk", "8100", HQ), Favourite("Old line", "8200", "gone")],
        "themes": ["control-room", "mono"],
        "zone": UTC,
    }
    chosen = ConsoleSettings("north", **({"operator": "Mira"} | wanted | dict(settings or {})))
    if chosen.regions:
        # One configuration tells both.
        shown.settings = replace(shown.settings, regions=chosen.regions)

    def refresh() -> str:
        asked.append("refresh")
        return "asked all sources: 9 requests"

    def copy(text: str) -> str:
        asked.append(f"copy {text}")
        return ""

    reads: Started = []

    def start(work: Callable[[], Awaitable[None]]) -> Callable[[], None]:
        reads.append(work)

        def cancel() -> None:
            if work in reads:
                reads.remove(work)
            asked.append("cancel")

        return cancel

    kept: list[Record] = []
    backs, notes, past = CallBacks(kept.append, clock.now), Notes(kept.append, "Mira"), Past([])
    ports = Ports(
        refresh=refresh,
        demand=lambda resources, active: asked.append("demand " + " ".join(sorted(resources))),
        set_theme=lambda name: asked.append(f"theme {name}"),
        quit=lambda: asked.append("quit"),
        bell=lambda times: asked.extend(["bell"] * times),
        title=lambda text: asked.append(f"title {text}"),
        notify=lambda text: asked.append(f"notify {text}"),
        copy=copy,
        can_dial=lambda source, destination: (destination.number.lstrip("+").isdigit(), "not a number"),
        rights=lambda: {HQ: ("can  t p u x e w b i c   cannot  H: hold state not readable",)},
        troubles=lambda: troubles,
        reports=lambda row: adapters[row.key.source].reports(row),
        start=start,
        repaint=lambda: asked.append("repaint"),
        redraw=lambda: asked.append("redraw"),
        call_backs=backs,
        notes=notes,
        past=past,
        search=lambda text, found: None,
        scroll_columns=lambda step: asked.append(f"scroll {step}"),
    )
    console = Console(shown, dispatcher, clock, chosen, ports)
    console.tick()
    # What came with the first reading has settled.
    clock.advance(0.5)
    out = Desk(clock, shown, adapters, dispatcher, console, started, commands, asked, reads, past)
    out.paint()
    return out


def unread(clock: ManualClock) -> Board:
    """Sources that are configured and have never been read."""
    made = Board(clock, BoardSettings(timing=AT_ONCE))
    for name, vendor, phone in ((HQ, "ringme", "2001"), (LAB, "asterisk", ""), (RESPONDERS, "groupalarm", "")):
        made.source(SourceInfo(name, vendor, phone=phone))
    for source, resource in rows():
        made.status(FeedStatus(source, resource, "", 5.0, 8.0))
    made.tick()
    return made


def _nothing(source: str, resources: Iterable[Resource]) -> None:
    return None


def press(console: Console, key: str, character: str | None = None) -> None:
    """One key to a console without a terminal, looked up as the app has Textual do it (`tests/ui/test_app.py` holds the
    two to each other)."""
    with console.pressed(key, character) as goes:
        if not goes:
            return
        asking = console.asking
        action = next((each.id for each in console.settings.actions if each.scope == "board" and key in each.keys), "")
        if action and (not asking.asks or (action == "app.repaint" and character is None)):
            console.run(action)
        elif asking.asks and asking.name(key) is None and asking.field is not None and character is None:
            if edit(asking.field, key):
                asking.typed()
        elif asking.asks:
            asking.key(key, character)


def picture(shown: Console, width: int, height: int, show: Callable[[str], str] = str) -> list[str]:
    """The frame as text, without styles: what a person reads. `show` turns each piece into what the terminal gets."""
    shown.see(fits(width, height))
    made = frame(shown, width, height)
    shown.drew(made.drawn)
    room = height - len(made.top) - len(made.bottom)
    out = [_text(line) for line in made.top]
    if made.layout is None:
        out += [_text(line) for line in made.body[:room]]
        out += [" " * width for _ in range(room - len(made.body))]
    else:
        out += _panes(shown, made.layout, width, room)
    out += [_text(line) for line in made.bottom]
    return [show(line) for line in out]


def _text(line: Sequence[Cell]) -> str:
    return "".join(cell.text for cell in line)


def _panes(shown: Console, layout: Layout, width: int, room: int) -> list[str]:
    glass = [[" "] * width for _ in range(room)]
    context = shown.panes.context()
    if layout.divider is not None:
        start, _ = layout.divider_rows
        for y, sign in enumerate(upright_line(layout)[:room], start):
            glass[y][layout.divider] = sign
    for spot in layout.places:
        state = shown.panes[spot.resource]
        if spot.summary:
            _put(glass, spot.x, spot.y, _text(summary_line(shown, state, context, spot.width)))
            continue
        placed = place(state.choose_columns(layout.size_class, context, spot.width), spot.width)
        columns = [(p.x, p.width, p.column) for p in placed]
        active = spot.resource is shown.active
        lines = state.lines = spot.height - len(state.title(spot.width, columns, active))
        order = state.order()
        cursor = state.cursor_index() or 0
        top = max(0, min(cursor - lines + 1, len(order) - lines))
        below = max(0, len(order) - top - lines)
        head = state.title(spot.width, columns, active, top, below)
        for index, line in enumerate(head):
            _put(glass, spot.x, spot.y + index, _text(line))
        state.drew(order[top : top + lines])
        for index, key in enumerate(order[top : top + lines]):
            text = "".join(run for run, _ in runs(placed, state.cells(key, shown.clock.now()), spot.width))
            sign = "▌" if key == state.selection.cursor else "*" if key in state.selection.marks else " "
            _put(glass, spot.x, spot.y + len(head) + index, sign + text)
    return ["".join(row) for row in glass]


def _put(glass: list[list[str]], x: int, y: int, text: str) -> None:
    """Put `text` on the glass: a wide character takes its place and leaves none for the next."""
    for char in text:
        width = cell_width(char)
        if width:
            glass[y][x] = char
        else:
            glass[y][x - 1] += char
        for covered in range(x + 1, x + width):
            glass[y][covered] = ""
        x += width
