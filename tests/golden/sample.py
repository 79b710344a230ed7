"""The evening of the look document as a board: five panes with known rows, for text pictures of the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from wallboard.board.board import Board
from wallboard.board.settings import BoardSettings, Limits, QueueRule
from wallboard.config import keymap
from wallboard.control.dispatcher import Dispatcher
from wallboard.control.journal import Journal
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import (
    Agent,
    Call,
    DutyAgent,
    DutyPhone,
    Hotline,
    LastCall,
    Member,
    Membership,
    Queue,
    Row,
)
from wallboard.domain.states import AgentState, CallState, Direction, HotlineState, MemberState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.ui.console import ActionInfo, Console, ConsoleSettings, Ports
from wallboard.ui.frame import frame
from wallboard.view.cells import place, runs
from wallboard.view.directory import Favourite

NOW = 1_770_000_000.0
HQ, LAB, RESPONDERS = "hq", "lab", "responders"


def queue(source: str, ident: str, name: str, waiting: int, ringing: int, talking: int) -> Queue:
    return Queue(Key(source, Kind.QUEUE, ident), clean(name), clean(ident), waiting=waiting, ringing=ringing, talking=talking)


def member(
    ident: str, queue_id: str, queue_name: str, state: MemberState, waited: float, name: str, number: str, *, by: str = "",
    position: int | None = None, source: str = HQ,
) -> Member:  # fmt: skip
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
    ident: str, name: str, extension: str, state: AgentState, since: float | None, *queues: tuple[str, str], source: str = HQ
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
    ident: str, state: CallState, direction: Direction, name: str, number: str, to: str, seconds: float, by: str = "",
    recording: bool | None = False,
) -> Call:  # fmt: skip
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
                0,
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
                1,
            ),
        ),
    }


def board(clock: ManualClock) -> Board:
    made = Board(clock, BoardSettings((QueueRule("Sales*", None, Limits(3, 60), Limits(6, 120, 0)),)))
    for name, vendor, phone in ((HQ, "ringme", "2001"), (LAB, "asterisk", ""), (RESPONDERS, "groupalarm", "")):
        made.source(SourceInfo(name, vendor, phone=phone))
    read(made, rows(), clock.now(), 1)
    made.tick()
    return made


def read(made: Board, lists: dict[tuple[str, Resource], tuple[Row, ...]], at: float, seq: int) -> None:
    """Give the board a whole reading of `lists`."""
    for (source, resource), found in lists.items():
        made.status(FeedStatus(source, resource, "", 5.0, 8.0, last_ok=at, next_at=at + 5, successes=20))
        made.apply(Update(source, resource, "", UpdateKind.SNAPSHOT, 1, seq, at, found))


def console(clock: ManualClock, folder: Path, started: list[Callable[[], Awaitable[None]]]) -> Console:
    made = board(clock)
    dispatcher = Dispatcher(
        made, {}, Journal(folder / "audit.jsonl", clock), clock, operator="Mira", hurry=_nothing, start=started.append
    )
    actions = [ActionInfo(a.id, a.keys, a.does, a.scope, a.acts) for a in keymap.ACTIONS]
    settings = ConsoleSettings("north", "Mira", actions, [Favourite("Night desk", "8100", HQ)], themes=["control-room"])
    ports = Ports(
        refresh=lambda: "asked all sources: 9 requests",
        demand=lambda wanted: None,
        set_theme=lambda name: None,
        quit=lambda: None,
        bell=lambda: None,
        can_dial=lambda source, destination: (True, ""),
        rights=lambda: {},
    )
    made_console = Console(made, dispatcher, clock, settings, ports)
    made_console.tick()
    return made_console


def _nothing(source: str, resources: Iterable[Resource]) -> None:
    return None


def picture(shown: Console, width: int, height: int) -> list[str]:
    """The frame as text, without styles: what a person reads."""
    made = frame(shown, width, height)
    out = ["".join(cell.text for cell in line) for line in made.top]
    if made.layout is None:
        out += ["".join(cell.text for cell in line).ljust(width) for line in made.body]
    else:
        room = max(spot.y + spot.height for spot in made.layout.places)
        glass = [[" "] * width for _ in range(room)]
        context = shown.context()
        for spot in made.layout.places:
            state = shown.panes[spot.resource]
            if spot.summary:
                cells = state.pane.summary(context)
                _put(glass, spot.x, spot.y, f" {state.pane.title:<13} " + "".join(cell.text for cell in cells), spot.width)
                continue
            state.choose_columns(made.layout.size_class, context)
            placed = place(state.columns, spot.width)
            titles = state.title(spot.width, [(p.x, p.width, p.column) for p in placed], spot.resource is shown.active)
            _put(glass, spot.x, spot.y, "".join(cell.text for cell in titles), spot.width)
            for index, key in enumerate(state.order()[: spot.height - 1]):
                text = "".join(run for run, _ in runs(placed, state.cells(key, shown.clock.now()), spot.width))
                mark = "▌" if key == state.selection.cursor else " "
                _put(glass, spot.x, spot.y + 1 + index, mark + text, spot.width)
        if made.layout.divider is not None:
            for y in range(made.layout.divider_rows[1] + 1):
                glass[y][made.layout.divider] = "│"
        out += ["".join(row) for row in glass]
    out += ["".join(cell.text for cell in line) for line in made.bottom]
    return out


def _put(glass: list[list[str]], x: int, y: int, text: str, width: int) -> None:
    for offset, char in enumerate(text[:width]):
        glass[y][x + offset] = char
