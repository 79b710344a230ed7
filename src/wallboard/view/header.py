"""Line 1: the board in a handful of numbers, the sources that are not live by name, and my own telephone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wallboard.board.freshness import CONNECTING, SourceView
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr, trc, trn
from wallboard.domain.models import Agent, Call, Hotline, Notice, Phone, Queue, Row
from wallboard.domain.notation import prose
from wallboard.domain.records import dataclass
from wallboard.domain.states import TRUSTED, AgentState, CallState, HotlineState, ResourceState, SourceState
from wallboard.vendors.base import rows_of
from wallboard.view import glyphs
from wallboard.view.alarm_words import counted
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.format import DASH, age, span
from wallboard.view.layout import NUMBER
from wallboard.view.lines import Line, clip, joined, line_width, pressing
from wallboard.view.panes.hotlines import phones_on_duty, phones_told
from wallboard.view.panes.others import active, place_of

_IDLE = mark("idle")
_OFF_DUTY = (AgentState.OFF, AgentState.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Totals:
    """The board in a handful of numbers; None where nothing is known."""

    waiting: int | None
    longest: float | None
    longest_queue: str
    old_wait: bool
    """A list that `waiting` is made of is too old to be true."""
    old_longest: bool
    ready: int
    staffed: int
    agents_known: bool
    hotlines_open: int
    hotlines: int
    phones: int | None


def totals(context: Context) -> Totals:
    board = context.board
    waiting: int | None = None
    longest: float | None = None
    name = ""
    old_wait = old_longest = False
    for row in rows_of(Queue, board):
        stats = context.counts(row.key)
        here = stats.waiting
        if here is not None:
            waiting = (waiting or 0) + here
        old_wait = old_wait or (here is not None and stats.old("waiting"))
        clock = stats.longest(context.now)
        old_longest = old_longest or (clock is not None and stats.old("longest"))
        if clock is not None and (longest is None or clock > longest):
            longest, name = clock, row.name
    at_work = context.made_of(_at_work, board.rows(Resource.AGENTS), _at_work)
    hotlines = rows_of(Hotline, board)
    return Totals(
        waiting,
        longest,
        name,
        old_wait,
        old_longest,
        *at_work,
        len([row for row in hotlines if row.state is HotlineState.OPEN]),
        len(hotlines),
        phones_on_duty(hotlines),
    )


def _at_work(rows: Sequence[Row]) -> tuple[int, int, bool]:
    """Who is ready, who is staffed, and whether that is known. A roster says who there is, not who is there."""
    states = [row.state for row in rows if isinstance(row, Agent) and not row.no_state]
    return states.count(AgentState.READY), len([each for each in states if each not in _OFF_DUTY]), bool(states)


def _old(context: Context, resource: Resource) -> str:
    """The sign before a number of which some part is too old to be true."""
    state = context.pane(resource).state
    return glyphs.STALE if state in (ResourceState.STALE, ResourceState.GONE) else ""


def blind(context: Context) -> bool:
    """Whether nothing is known: silence is no good news then."""
    return not any(view.state in (SourceState.LIVE, SourceState.LATE) for view in context.views())


def my_phone(context: Context) -> Line:
    """My own telephone and what it does. With one in several sources: the first that does anything but stand idle."""
    found = [(view.info.phone, *_phone_state(context, view)) for view in context.views() if view.info.phone]
    if not found:
        return []
    phone, glyph, word, token = next((entry for entry in found if entry[2] != _IDLE), found[0])
    return [Cell(f"{tr('my phone')} ", "muted"), Cell(f"{phone} "), Cell(f"{glyph} {tr(word)}".strip(), token)]


def _phone_state(context: Context, view: SourceView) -> tuple[str, str, str]:
    """(glyph, word, token) of the operator's phone at one source, the word told with `tr`; the dash where its calls
    cannot be seen."""
    board, name, phone = context.board, view.info.name, view.info.phone
    calls_here, phones_here = board.rows(Resource.CALLS, name), board.rows(Resource.PHONES, name)
    mine = context.made_of(("mine", name), calls_here, _mine)
    if any(call.state in (CallState.TALKING, CallState.HELD) for call in mine):
        return glyphs.TALKING, mark("on a call"), "info"
    if any(call.state is CallState.RINGING for call in mine):
        return glyphs.RINGING, mark("ringing"), "ring"
    same = context.made_of(("phone", name), phones_here, lambda rows: _registered(rows, phone))
    if same and not any(registered is not False for registered in same):
        return glyphs.WARN, mark("not registered"), "warn"
    calls = board.resource_view(name, Resource.CALLS)
    if calls is None or calls.state not in TRUSTED:
        return "", DASH, "muted"
    return (glyphs.READY, _IDLE, "text") if any(same) else (glyphs.OFF, _IDLE, "muted")


def _mine(rows: Sequence[Row]) -> Sequence[Call]:
    return [row for row in rows if isinstance(row, Call) and row.mine]


def _registered(rows: Sequence[Row], phone: str) -> Sequence[bool | None]:
    phones = [row for row in rows if isinstance(row, Phone)]
    return [row.registered for row in phones if phone in (row.extension, row.key.id, *row.refs)]


def sources_in_words(views: Sequence[SourceView], label: str) -> list[Line]:
    """How many sources are live and which are not, longest first: all named, those that were never reached with their
    cause; all named; the worst named; only counted."""
    live = len([view for view in views if view.state is SourceState.LIVE])
    count = [Cell(f"{label} ", "muted"), Cell(f"{live}/{len(views)}", "digits" if live == len(views) else "stale")]
    order = list(SourceState)
    broken = sorted(
        (view for view in views if view.state is not SourceState.LIVE and not view.connecting),
        key=lambda view: (-order.index(view.state), view.info.name),
    )
    named: list[Cell] = []
    told: list[Cell] = []
    for index, view in enumerate(broken):
        glyph = glyphs.STALE if view.state in (SourceState.LATE, SourceState.STALE) else glyphs.ALARM
        since = f" {age(view.age)}" if view.age is not None else ""
        named.append(Cell(f"{',' if index else ':'} {view.info.name} {glyph} {tr(view.word)}{since}", "stale"))
        cause = view.cause if view.state is SourceState.DOWN and view.age is None else ""
        told.append(Cell(f"{named[-1].text}: {cause}", "stale") if cause else named[-1])
    connecting = [view.info.name for view in views if view.connecting]
    if connecting:
        who = connecting[0] if len(connecting) == 1 else str(len(connecting))
        named.append(Cell(f"{',' if broken else ':'} {who} {glyphs.WAITING} {tr(CONNECTING)}", "muted"))
        told.append(named[-1])
    more = [Cell(f" +{len(broken) + len(connecting) - 1}", "stale")] if len(named) > 1 else []
    return [[*count, *told], [*count, *named], [*count, *named[:1], *more], count]


# What gives way on a narrow screen, first to last. A source that is not live is named as long as anything can go.
# A notice shrinks before anything else: what stands here without one is not pushed out by it.
_YIELDS = (
    "sources",
    *("notice", "notice", "notice", "hotlines", "phone", "notice", "longest", "sources", "sources", "hotlines"),
    *("ready", "sources", "clock", "site"),
)


def header(
    context: Context, width: int, site: str, wall: datetime, phone: Sequence[Cell], frozen: str = "", banner: str = ""
) -> Line:
    """Line 1. Wide, it speaks in words; narrow, it keeps the numbers."""
    numbers = totals(context)
    views = context.views()
    middle = width >= 100
    old_queues, old_agents = _old(context, Resource.QUEUES), _old(context, Resource.AGENTS)
    old_wait = old_queues or (glyphs.STALE if numbers.old_wait else "")
    old_longest = old_queues or (glyphs.STALE if numbers.old_longest else "")
    waiting = DASH if numbers.waiting is None else f"{old_wait}{numbers.waiting}"
    longest: Line = [
        Cell(f"{tr('longest')} ", "muted"),
        Cell(old_longest + span(numbers.longest), "stale" if old_longest else "digits bold"),
    ]
    ready = f"{old_agents}{numbers.ready}/{numbers.staffed}" if numbers.agents_known else DASH
    # Each part from its longest form to its shortest; an empty last form means that it may go.
    parts: dict[str, list[Line]] = {
        "site": [[Cell(site, "text bold")], []],
        "clock": [[Cell(wall.strftime("%H:%M:%S"), "digits")], []],
        "banner": [[Cell(banner, "warn")] if banner else []],
        "frozen": [[Cell(frozen, "warn")] if frozen else []],
        "counts": [_counts(context)],
        "wait": [[Cell(f"{trc('header', 'wait')} ", "muted"), Cell(waiting, "stale" if old_wait else "digits bold")]],
        "longest": [[*longest, Cell(f" {numbers.longest_queue}")] if numbers.longest_queue else longest, longest],
        "ready": [[Cell(f"{tr('ready')} ", "muted"), Cell(ready, "stale" if old_agents else "digits")], []],
        "hotlines": [*_hotlines(context, numbers, tr("hotlines") if middle else tr("hotl")), []],
        "notice": [*_notices(context), []],
        "sources": [*sources_in_words(views, tr("sources") if middle else tr("src")), []],
        "phone": [list(phone), []],
    }
    gap = "   "

    def fits() -> bool:
        return line_width(joined((forms[0] for forms in parts.values()), gap)) < width

    while not fits() and len(gap) > (2 if middle else 1):
        gap = gap[1:]
    given: list[tuple[str, Line]] = []
    for name in _YIELDS:
        if fits():
            break
        if len(parts[name]) > 1:
            given.append((name, parts[name].pop(0)))
    # What gave way before something larger did may find room after it.
    for name, form in reversed(given):
        parts[name].insert(0, form)
        if not fits():
            parts[name].pop(0)
    shown = {name: pressing(forms[0], _LEADS_TO.get(name, "")) for name, forms in parts.items()}
    return clip([Cell(" "), *joined(shown.values(), gap)], width)


_LEADS_TO = {
    **{"counts": "mode.alarms", "sources": "mode.sources", "wait": "pane.members", "longest": "pane.queues"},
    **{"ready": "pane.agents", "hotlines": "pane.hotlines", "notice": "pane.notices", "frozen": "view.freeze"},
}
"""Where a click on a part goes."""


def _counts(context: Context) -> Line:
    alarms, warnings = counted(context.board.alarms)
    out: Line = []
    if alarms:
        out.append(Cell(f"{glyphs.ALARM}{alarms}", "alarm"))
    if warnings:
        out.append(Cell(f"{' ' if alarms else ''}{glyphs.WARN}{warnings}", "warn"))
    if not out:
        out.append(Cell(tr("alarms –") if blind(context) else tr("no alarms"), "muted"))
    return out


def window_title(context: Context) -> str:
    """The board in the terminal's title: `■2 wait 7`."""
    numbers = totals(context)
    waiting = DASH if numbers.waiting is None else f"{_old(context, Resource.QUEUES)}{numbers.waiting}"
    signs = "".join(cell.text for cell in _counts(context) if cell.style != "muted")
    return f"{signs} {trc('header', 'wait')} {waiting}".strip()


def _notices(context: Context) -> list[Line]:
    """The word of a disruption while it lasts: named, named alone, only counted, counted behind its pane's number."""
    current = [row for row in rows_of(Notice, context.board) if active(row, context.now)]
    if not current:
        return []
    first = min(current, key=lambda row: (row.active_to or float("inf"), row.title.casefold(), row.key))
    token = "stale" if context.dim(first.key) else "warn"
    more = f" +{len(current) - 1}" if len(current) > 1 else ""
    label = Cell(f"{tr('notice')}: ", "muted")
    title = prose(first.title or first.why or first.set)
    named = [label, Cell(place_of(first) + more, token)], [label, Cell(title + more, token)]
    counted = (
        f"{glyphs.WARN} {trn('{n} notice', '{n} notices', len(current))}",
        f"{NUMBER[Resource.NOTICES]} {glyphs.WARN}{len(current)}",
    )
    return [*named, *([Cell(text, token)] for text in counted)]


def _hotlines(context: Context, numbers: Totals, label: str) -> list[Line]:
    if not numbers.hotlines:
        return []
    old = _old(context, Resource.HOTLINES)
    token = "stale" if old else "digits"
    some = f"{old}{numbers.hotlines_open}/{numbers.hotlines}"
    told, name = f"{tr('{n} open', n=some)}, {phones_told(numbers.phones)}", Cell(f"{label} ", "muted")
    return [[name, Cell(told, token)], [name, Cell(some, token)]]
