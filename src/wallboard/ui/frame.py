"""One frame of the console: every line outside the grids, and where the panes stand."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, markc, tr, trc, trn
from wallboard.domain.models import Row
from wallboard.domain.notation import pair
from wallboard.domain.records import dataclass
from wallboard.domain.text import cell_width
from wallboard.domain.verbs import VERB_KEYS
from wallboard.ui.console import Console
from wallboard.ui.drawn import NOTHING, Drawn, Turned
from wallboard.ui.modes import ALARMS, BOARD, HELP, LOG, SOURCES, TRENDS, WALL
from wallboard.ui.pane import PaneState
from wallboard.view.alarm_list import alarm_list
from wallboard.view.cells import ELLIPSIS, Cell
from wallboard.view.chrome import KeyHint, alarm_line, call_bar, key_bar, target_line
from wallboard.view.context import Context
from wallboard.view.details import details
from wallboard.view.eventlog import Entry, event_log
from wallboard.view.filters import parse
from wallboard.view.header import header, my_phone
from wallboard.view.layout import ALL, IN_PLACE, MINIMUM, Layout, arrange, covered, size_class, wide
from wallboard.view.layout import BOARD as BOARD_PANES
from wallboard.view.lines import Line, clip
from wallboard.view.sources import sources
from wallboard.view.target import ended, told
from wallboard.view.trends import trends
from wallboard.view.wall import wall

_MODE_NAMES = {Verb.LISTEN: mark("LISTEN"), Verb.WHISPER: mark("WHISPER"), Verb.BARGE: mark("BARGE")}


_DEEDS = {
    ALARMS: (
        *(("nav.details", markc("key", "go")), ("alarm.acknowledge", markc("key", "ack"))),
        *(("alarm.acknowledge_all", markc("key", "ack all")), ("alarm.snooze", markc("key", "snooze"))),
        *(("alarm.mute", markc("key", "mute")), ("view.filter", markc("key", "filter"))),
    ),
    LOG: (
        *(("nav.details", markc("key", "go")), ("view.filter", markc("key", "filter"))),
        ("row.undo", markc("key", "undo")),
    ),
    SOURCES: (("nav.details", markc("key", "go")),),
    TRENDS: (
        *(("nav.right", markc("key", "span")), ("nav.down", markc("key", "queue"))),
        *(("nav.page_down", markc("key", "graphs")), ("nav.details", markc("key", "go"))),
    ),
}
"""What the keys of a mode do to what is under its cursor."""
_MODE_TARGETS = {
    **{LOG: mark("log"), SOURCES: mark("sources"), ALARMS: mark("alarms"), TRENDS: mark("trends"), HELP: mark("keys")}
}


@dataclass(frozen=True, slots=True)
class Frame:
    """`top` and `bottom` lines around a body: panes by `layout`, or `body` lines where a mode fills the screen. `stamp`
    is what the top was made of, `drawn` what keys go on from."""

    top: list[Line]
    layout: Layout | None
    body: list[Line]
    bottom: list[Line]
    drawn: Drawn = NOTHING
    stamp: tuple[object, ...] = ()


def fits(width: int, height: int) -> bool:
    """Whether there is room for rows and questions."""
    return width >= MINIMUM[0] and height >= MINIMUM[1]


def frame(console: Console, width: int, height: int, last: Frame | None = None) -> Frame:
    """What the screen of `width` × `height` shows now. Changes nothing; of the `last` frame the top is taken over where
    it would read the same, which most keys leave as it is."""
    if not fits(width, height):
        least, here = f"{MINIMUM[0]}×{MINIMUM[1]}", f"{width}×{height}"
        text = tr("wallboard needs {needs}, this is {here}: make the window larger", needs=least, here=here)
        if console.dialog is not None:
            text = tr("Quit?") + f" {console.key_of('dialog.yes')}"
        return Frame([], None, _message(text, width, height), [])
    context = console.panes.context()
    if console.mode == WALL:
        moment = console.board.wall().astimezone(console.settings.zone)
        said = {"hint": console.wall_hint, "notice": console.kiosk.notice, "banner": console.replaying.banner}
        return Frame([], None, wall(context, width, height, moment, view=console.panes.view, **said).lines, [])
    stamp, top = _top(console, context, width, last)
    panel, turned, card = _panel(console, context, width, height)
    below = _bottom(console, context, width)
    bottom, room = [*panel, *below], height - len(top) - len(below)
    if console.mode == BOARD:
        if wide(width, room) and not console.panes.zoomed and (told := announcement(console, context)):
            bottom.insert(len(panel), clip([Cell(" "), *told], width))
            room -= 1
        needs, wants = console.room.needs, console.room.wants.get(size_class(width), (0, 0))
        panes = console.panes
        layout = arrange(width, room, panes.active, panes.zoomed, _summaries(console), needs, wants, panes.chosen)
        if panel:
            layout = covered(layout, room - len(panel), console.active)
        return Frame(top, layout, [], bottom, Drawn(panel=turned, card=card, room=(width, room)), stamp)
    room -= len(panel)
    if console.mode == TRENDS:
        page = trends(context, width, room, console.trends.told, console.modes.scroll.get(TRENDS, 0))
        return Frame(top, None, page.lines, bottom, Drawn(page.graphs, page.first, turned, card), stamp)
    body, scrolled, entry = _mode(console, context, width, room)
    return Frame(top, None, body, bottom, Drawn(room, scrolled, turned, card, entry=entry), stamp)


def _message(text: str, width: int, height: int) -> list[Line]:
    words = text.split()
    lines: list[str] = [""]
    for word in words:
        if len(lines[-1]) + len(word) + 1 > max(1, width):
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return [clip([Cell(line)], max(0, width)) for line in lines[: max(1, height)]]


def _summaries(console: Console) -> Sequence[Resource]:
    """The panes that stand as one line each on a narrow screen; those of 6–8 that hold something share a line."""
    chosen = [resource for resource in ALL if resource in console.panes.chosen and resource not in IN_PLACE]
    return [*chosen, *_announcing(console)[:1]]


def _announcing(console: Console) -> list[Resource]:
    """Panes 6–8 that hold something and are not open."""
    return [resource for resource in IN_PLACE if resource is not console.active and console.panes.has_rows(resource)]


def announcement(console: Console, context: Context) -> Line:
    """What is on panes 6–8: `6 Notices 1 active   8 Parked 1: 702 returns 1:48`."""
    out: Line = []
    for resource in _announcing(console):
        pane = console.panes[resource].pane
        if out:
            out.append(Cell("   ", "muted"))
        number = console.key_of(f"pane.{resource.value}")
        cells = [Cell(number, "info"), Cell(f" {tr(pane.title)} ", "text"), *pane.summary(context)]
        out += [cell._replace(press=f"pane.{resource.value}") for cell in cells]
    return out


def summary_line(console: Console, state: PaneState, context: Context, width: int) -> Line:
    """A pane as one line of a narrow screen."""
    if state.resource in IN_PLACE:
        return clip([Cell(" "), *announcement(console, context)], width)
    number = console.key_of(f"pane.{state.resource.value}")
    widest = max(10, *(cell_width(tr(console.panes[each].pane.title)) for each in BOARD_PANES))
    head = [Cell(f" {number} ", "info"), Cell(f"{tr(state.pane.title):<{widest}} ", "text")]
    return clip([*head, *state.pane.summary(context)], width)


def _top(console: Console, context: Context, width: int, last: Frame | None) -> tuple[tuple[object, ...], list[Line]]:
    frozen_now = console.panes.frozen
    locked = bool(console.idle.reason)
    alarms = (console.alarms.shown, console.alarms.fresh)
    stamp = (context, width, console.banner, *alarms, frozen_now, locked, console.panes.view)
    if last is not None and last.stamp and last.stamp[0] is context and last.stamp[1:] == stamp[1:]:
        return stamp, last.top
    settings = console.settings
    wall_time = console.board.wall().astimezone(settings.zone)
    view = console.panes.view
    held = [tr("order frozen")] if frozen_now else []
    frozen = "   ".join([*held, *([tr("view {name}", name=view.name)] if view is not None else [])])
    banners = [console.banner]
    if console.dispatcher.journal_problem and not settings.read_only:
        banners.append(tr("NO JOURNAL, NO ACTIONS"))
    if locked:
        banners.append(tr("LOCKED"))
    if console.clock.now() < console.attention.muted_until:
        banners.append(tr("BELL MUTED"))
    acks = settings.has("alarm.acknowledge")
    keys = (console.key_of("alarm.go"), console.key_of("alarm.acknowledge") if acks else "")
    phone = [] if settings.looks_only else my_phone(context)
    lines = [
        header(context, width, settings.site, wall_time, phone, frozen, " ".join(banners).strip()),
        alarm_line(context, width, console.alarms.shown, console.alarms.fresh, keys),
    ]
    return stamp, lines


def _bottom(console: Console, context: Context, width: int) -> list[Line]:
    lines = _session_bar(console, context, width)
    # A mode hides the rows, so nothing is named that a verb could hit.
    board = console.mode == BOARD
    target, freshness = _target(console, context) if board else (tr(_MODE_TARGETS[console.mode]), Cell(""))
    unconfirmed = None if console.settings.looks_only else console.board.unconfirmed
    told, fresh = console.remarks.outcome, console.remarks.fresh
    lines.append(target_line(target, freshness, told, unconfirmed, width, fresh=fresh))
    if (typed := console.asking.filter) is not None:
        filtered, enter = console.asking.filtered, console.settings.names.enter
        shown, total = filtered.counts
        asked = tr("filter {list}:", list=tr(filtered.name))
        help_ = console.mode == HELP
        said = tr("{key} keeps it   Esc back", key=enter) if help_ else tr("{key} keeps it   Esc clears", key=enter)
        if typed.text:
            counts = tr("{n} of {all}", n=shown, all=total)
            said = f"{counts}   {said}"
        reads = console.pane.pane.reads
        if filtered is console.asking.board and (unknown := parse(typed.text).unknown(reads)):
            said = tr("no {field} here, but {fields}", field=unknown, fields=" ".join(reads))
        hint = Cell(f"   {said}", "muted")
        lines.append(clip([Cell(f" {asked} ", "text bold"), typed.cell(width - cell_width(asked) - 2), hint], width))
    elif console.dialog is not None:
        lines.append(clip([Cell(" ", "muted"), Cell(tr("the keys belong to the question above"), "muted")], width))
    else:
        general = [
            _hint(console, "view.filter", trc("key", "filter")),
            _hint(console, "view.find", trc("key", "find")),
            _hint(console, "app.palette", trc("key", "command")),
            _hint(console, "app.help", trc("key", "keys") if width >= 110 else trc("key", "more")),
        ]
        back = [_hint(console, "app.palette", trc("key", "command")), _hint(console, "app.quit", trc("key", "back"))]
        leads = console.mode != SOURCES or console.modes.source.resource in console.panes
        able = {"row.undo": bool(console.undoing.offered(console.log.cursor)), "nav.details": leads}
        there = [(action, word) for action, word in _DEEDS.get(console.mode, ()) if console.settings.has(action)]
        listed = [(action, word) for action, word in there if able.get(action, True)]
        deeds = [_hint(console, action, trc("key", word)) for action, word in listed]
        lines.append(key_bar([*console.hints.now().values()] if board else deeds, general if board else back, width))
    return lines


def _hint(console: Console, action: str, text: str) -> KeyHint:
    return KeyHint(console.settings.written(action), text, action=action)


def _target(console: Console, context: Context) -> tuple[str, Cell]:
    """What a verb would hit, and how fresh that is."""
    key = console.panel.subject
    row = console.panel.known(key)
    if row is None:
        return "", Cell("")
    if console.panel.live(key):
        return told(row, context)
    quiet = console.settings.looks_only or console.remarks.outcome[0]
    works = "" if quiet else tr("details, note and call-back still work")
    return ended(row, console.pane.selection.ended_for(console.clock.now()), context), Cell(works, "stale")


def _panel(console: Console, context: Context, width: int, height: int) -> tuple[list[Line], Turned | None, Row | None]:
    """The dialog, or the details of the row: above the target line, so that the row stays in sight."""
    if console.dialog is not None:
        # A question is never cut: what is asked and what has changed stand in its last lines.
        most = max(4, height - 8)
        lines = console.dialog.dialog.lines(width, console.clock.now(), most, console.settings.names)
        return (lines if len(lines) <= most else [lines[0], *lines[1 - most :]]), None, None
    card = console.panel.card_key
    if (console.panel.details or card is not None) and console.mode == BOARD:
        row = console.panel.known(console.panel.subject)
        if row is not None:
            note = context.note(row)
            seen = console.remarks.seen(row.key)[-4:]
            pane = None if card is not None else console.pane.pane
            readings = console.panel.readings.shown
            hints, explains = [*console.hints.now().values()], console.panel.explains
            helpers, help_key = console.hints.help(row)
            lines = details(
                *(pane, row, context, hints, width, seen, note, readings),
                explains=explains,
                settings=console.panel.settings,
                helpers=helpers,
                help_key=help_key,
                gone=None
                if console.panel.live(row.key)
                else console.pane.selection.ended_for(console.clock.now()) or 0.0,
            )
            shown, turned = _scrolled(console, lines, max(3, height - 12), width)
            return shown, turned, row if card is not None else None
    return [], Turned(console.panel.turned.top), None


def _scrolled(console: Console, lines: list[Line], most: int, width: int) -> tuple[list[Line], Turned]:
    """The panel in `most` lines: its head stands, the rest turns pages, and the last line says how much there is."""
    head, body = lines[:1], lines[1:]
    room = max(1, most - 2)
    if len(lines) <= most:
        return lines, Turned(console.panel.turned.top, 0, room)
    over = len(body) - room
    top = max(0, min(console.panel.turned.top, over))
    left = over - top
    keys = " ".join(map(console.settings.written, ("nav.page_down", "nav.page_up")))
    words = trn("{n} more line", "{n} more lines", left) if left else tr("the end")
    foot = clip([Cell(f" {ELLIPSIS} {words}   ", "muted"), Cell(keys, "info")], width)
    return [*head, *body[top : top + room], foot], Turned(top, over, room)


def _session_bar(console: Console, context: Context, width: int) -> list[Line]:
    lines: list[Line] = []
    for session in console.dispatcher.sessions[-1:]:
        mode = tr(_MODE_NAMES[session.mode])
        if not session.live:
            text = tr("{mode} ended: {why}", mode=mode, why=session.why)
            lines.append(clip([Cell(f" {text}", "muted")], width))
            continue
        shown = mode if session.state == session.mode.value else tr(session.state).upper()
        keys = [
            _hint(console, action, trc("verb", VERB_KEYS[action].short))
            for action in ("call.listen", "call.whisper", "call.barge", "call.end")
            if session.mode not in VERB_KEYS[action].verbs
        ]
        clock = context.since(session.started_at)
        cautions = [view.info.caution for view in context.views() if view.info.name == session.source]
        caution = "" if session.mode is Verb.BARGE else "".join(cautions)
        told = (session.phone, pair(session.parties, context.region(session.source)), session.hears, session.proof)
        lines.append(call_bar(shown, clock, *told, keys, width, caution))
    return lines


def _mode(console: Console, context: Context, width: int, room: int) -> tuple[list[Line], int, Entry | None]:
    top = console.modes.scroll.get(console.mode, 0)
    match console.mode:
        case "log":
            log, key = console.log, console.key_of("row.undo")
            undo = f"{key} {offered}" if (offered := console.undoing.offered(log.cursor)) else ""
            listed, told = log.entries(), (len(console.remarks.entries), log.filter, log.cursor, log.row, undo)
            found = event_log(listed, width, room, console.settings.zone, *told)
            return found.lines, found.row, found.entry
        case "sources":
            rights = console.ports.rights()
            phones = [
                tr("{source}: phone {phone}", source=view.info.name, phone=view.info.phone)
                if view.info.phone
                else tr("{source}: no phone set, so no e w b u c", source=view.info.name)
                for view in (() if console.settings.looks_only else context.views())
            ]
            if console.dispatcher.allowed is not None:
                names = " ".join(verb.value for verb in Verb if verb in console.dispatcher.allowed)
                phones.append(tr("may {verbs} ([operator] may)", verbs=names))
            page = sources(context, width, rights, phones, console.modes.source, console.ports.troubles())
            lines = page.lines
            if page.marked is not None and SOURCES not in console.modes.scroll:
                top = max(0, page.marked - room // 3)
        case "alarms":
            alarms = alarm_list(context, width, console.alarms.listed(), console.alarms.shown, console.alarms.filter)
            lines = alarms.lines
            if alarms.marked is not None:
                # The cursor stays in sight with the heads above it, and the page where it is as long as that is so.
                top = max(0, min(max(top, alarms.marked - room + 2), alarms.marked - 2))
        case _:
            lines = console.keys.lines(width)
    top = min(top, max(0, len(lines) - room))
    return lines[top : top + room], top, None
