"""Every action of the console: its id, its keys, what it does. The bindings of the screens, `wallboard keys` and the
docs read this.
"""

from __future__ import annotations

from typing import Literal

from wallboard.domain.language import mark
from wallboard.domain.records import dataclass
from wallboard.domain.verbs import VERB_KEYS

Scope = Literal["board", "dialog", "picker"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a key does; `does` is told with `tr`. `acts` marks a verb: it changes something at a vendor.

    Keys of the same scope must differ; a dialog or the picker takes all keys while it is open.
    """

    id: str
    keys: tuple[str, ...]
    does: str
    scope: Scope = "board"
    acts: bool = False


ACTIONS: tuple[Action, ...] = (
    Action("nav.up", ("up", "k"), mark("move up")),
    Action("nav.down", ("down", "j"), mark("move down")),
    Action("nav.top", ("g",), mark("to the first row")),
    Action("nav.bottom", ("G",), mark("to the last row")),
    Action("nav.page_up", ("pageup",), mark("a page up")),
    Action("nav.page_down", ("pagedown",), mark("a page down")),
    Action("nav.left", ("left", "h"), mark("back to the first columns; in trends a shorter span")),
    Action("nav.right", ("right", "l"), mark("scroll to the dropped columns; in trends a longer span")),
    *(
        Action(f"pane.{name}", (str(number),), does)
        for number, (name, does) in enumerate(
            (
                ("queues", mark("to Queues; again: its worst row")),
                ("members", mark("to Members; again: its worst row")),
                ("agents", mark("to Agents; again: its worst row")),
                ("calls", mark("to Calls; again: its worst row")),
                ("hotlines", mark("to Hotlines; again: its worst row")),
                ("notices", mark("to Notices; again: its worst row")),
                ("receptionists", mark("to Receptionists; again: its worst row")),
                ("parked", mark("to Parked; again: its worst row")),
            ),
            1,
        )
    ),
    Action("pane.next", ("tab",), mark("to the next pane")),
    Action("nav.details", ("enter",), mark("details of the row; of a queue again: its settings")),
    Action("nav.explain", ("f1",), mark("what the figures of the row are made of")),
    Action("nav.back", ("escape",), mark("one step back: dialog, details, marks, zoom, filter, follow")),
    Action("view.filter", ("/",), mark("filter the pane; Enter keeps it, Esc clears")),
    Action("view.find", ("F",), mark("find across all panes; hides nothing")),
    Action("view.sort", ("s",), mark("sort by the next column")),
    Action("view.reverse", ("S",), mark("reverse the order")),
    Action("view.zoom", ("z",), mark("zoom the pane")),
    Action("view.freeze", ("f",), mark("freeze the order; ends after 2 min")),
    Action(
        "view.follow",
        ("v",),
        mark("follow: Members, Agents and Calls of this queue, agent or source alone; again: all"),
    ),
    Action("view.saved", ("V",), mark("take a saved view")),
    Action("alarm.go", ("!",), mark("to the alarm in the alarm line; again: the next")),
    Action("alarm.acknowledge", ("a",), mark("acknowledge the alarm")),
    Action("alarm.acknowledge_all", ("A",), mark("acknowledge all alarms that were seen")),
    Action("alarm.snooze", ("Z",), mark("snooze the alarm: 5, 15, 60 min or until it clears")),
    Action("alarm.bell", (), mark("try the bell")),
    Action("alarm.mute", ("M",), mark("mute the bell for 10 min; again: no longer")),
    Action("lost.list", ("L",), mark("callers who gave up, to call back")),
    Action("replay.back", ("[",), mark("a minute back in a replay")),
    Action("replay.on", ("]",), mark("a minute on in a replay")),
    Action("app.refresh", ("r",), mark("refresh now; says what it costs")),
    Action("app.repaint", ("ctrl+l",), mark("repaint the terminal")),
    Action("app.palette", (":", "ctrl+p"), mark("command palette")),
    Action("app.unlock", (), mark("unlock the verbs after [operator] idle_lock: your name typed")),
    Action("app.help", ("?",), mark("keys of this row, with reasons for the dim ones")),
    Action("mode.wall", ("f2",), mark("wall mode")),
    Action("mode.log", ("f3", "9"), mark("log: alarms, changes, actions and their outcomes")),
    Action("mode.unconfirmed", (), mark("unconfirmed actions: those in the log of which nobody knows yet what became")),
    Action("mode.sources", ("f4", "0"), mark("sources and how they fare")),
    Action("mode.alarms", ("f5",), mark("alarms: active, snoozed, and over but unseen")),
    Action("mode.trends", ("f6",), mark("trends: graphs of the queue, of all, over the hour, the day, the week")),
    Action("app.quit", ("q", "ctrl+c"), mark("one step back; on the bare board: quit")),
    *(Action(name, key.keys, key.does, acts=True) for name, key in VERB_KEYS.items() if name != "row.note"),
    Action("row.mark", ("space",), mark("mark the row: i + - and n then mean all that are marked")),
    Action("row.note", VERB_KEYS["row.note"].keys, VERB_KEYS["row.note"].does),
    Action("copy", ("Y",), mark("copy the row's number, or an address of its details; in the log the line")),
    Action("row.again", (".",), mark("reopen the last action's dialog on this row")),
    Action("row.undo", ("U",), mark("undo my last action that can be undone; in the log the one there; asks")),
    Action("dialog.yes", ("y",), mark("yes, do it"), "dialog"),
    Action("dialog.no", ("n", "escape"), mark("no, leave it"), "dialog"),
    Action("dialog.enter", ("enter",), mark("take what is marked or typed; in a form the next field"), "dialog"),
    Action("dialog.up", ("up",), mark("mark the one above"), "dialog"),
    Action("dialog.down", ("down",), mark("mark the one below"), "dialog"),
    Action("dialog.next", ("tab",), mark("in a form the next field"), "dialog"),
    Action("dialog.previous", ("shift+tab",), mark("in a form the field before"), "dialog"),
    Action("picker.attended", ("tab",), mark("attended instead of blind"), "picker"),
)

_REACHES_OUT = frozenset(
    {
        *("alarm.acknowledge", "alarm.acknowledge_all", "alarm.snooze", "alarm.bell", "alarm.mute", "lost.list"),
        *("app.refresh", "app.unlock", "mode.unconfirmed", "row.mark", "row.note", "row.again", "row.undo", "copy"),
    }
)
"""What is no verb, and is told to others, asked of a vendor, or of use to verbs alone."""


def looks(action: Action) -> bool:
    """Whether it changes nothing but this screen: what there is where people only look."""
    return not action.acts and action.id not in _REACHES_OUT


def winds(action: Action) -> bool:
    """Whether it is there at a recording alone."""
    return action.id.startswith("replay.")
