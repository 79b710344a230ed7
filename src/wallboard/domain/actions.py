"""Every action of the console: its id, its keys, what it does. The bindings of the screens, `wallboard keys` and the
docs read this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wallboard.domain.verbs import VERB_KEYS

Scope = Literal["board", "dialog", "picker"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a key does. `acts` marks a verb: it changes something at a vendor.

    Keys of the same scope must differ; a dialog or the picker takes all keys while it is open.
    """

    id: str
    keys: tuple[str, ...]
    does: str
    scope: Scope = "board"
    acts: bool = False


ACTIONS: tuple[Action, ...] = (
    Action("nav.up", ("up", "k"), "move up"),
    Action("nav.down", ("down", "j"), "move down"),
    Action("nav.top", ("g",), "to the first row"),
    Action("nav.bottom", ("G",), "to the last row"),
    Action("nav.page_up", ("pageup",), "a page up"),
    Action("nav.page_down", ("pagedown",), "a page down"),
    Action("nav.left", ("left", "h"), "back to the first columns; in trends a shorter span"),
    Action("nav.right", ("right", "l"), "scroll to the dropped columns; in trends a longer span"),
    *(
        Action(f"pane.{name}", (str(number),), f"to {name.title()}; again: its worst row")
        for number, name in enumerate(
            ("queues", "members", "agents", "calls", "hotlines", "notices", "receptionists", "parked"), 1
        )
    ),
    Action("pane.next", ("tab",), "to the next pane"),
    Action("nav.details", ("enter",), "details of the row; of a queue again: its settings"),
    Action("nav.explain", ("f1",), "what the figures of the row are made of"),
    Action("nav.back", ("escape",), "one step back: dialog, details, marks, zoom, filter, follow"),
    Action("view.filter", ("/",), "filter the pane; Enter keeps it, Esc clears"),
    Action("view.find", ("F",), "find across all panes; hides nothing"),
    Action("view.sort", ("s",), "sort by the next column"),
    Action("view.reverse", ("S",), "reverse the order"),
    Action("view.zoom", ("z",), "zoom the pane"),
    Action("view.freeze", ("f",), "freeze the order; ends after 2 min"),
    Action("view.follow", ("v",), "follow: Members, Agents and Calls of this queue, agent or source alone; again: all"),
    Action("view.saved", ("V",), "take a saved view"),
    Action("alarm.go", ("!",), "to the alarm in the alarm line; again: the next"),
    Action("alarm.acknowledge", ("a",), "acknowledge the alarm"),
    Action("alarm.acknowledge_all", ("A",), "acknowledge all alarms that were seen"),
    Action("alarm.snooze", ("Z",), "snooze the alarm: 5, 15, 60 min or until it clears"),
    Action("alarm.bell", (), "try the bell"),
    Action("alarm.mute", ("M",), "mute the bell for 10 min; again: no longer"),
    Action("lost.list", ("L",), "callers who gave up, to call back"),
    Action("app.refresh", ("r",), "refresh now; says what it costs"),
    Action("app.repaint", ("ctrl+l",), "repaint the terminal"),
    Action("app.palette", (":", "ctrl+p"), "command palette"),
    Action("app.unlock", (), "unlock the verbs after [operator] idle_lock: your name typed"),
    Action("app.help", ("?",), "keys of this row, with reasons for the dim ones"),
    Action("mode.wall", ("f2",), "wall mode"),
    Action("mode.log", ("f3", "9"), "log: alarms, changes, actions and their outcomes"),
    Action("mode.unconfirmed", (), "unconfirmed actions: those in the log of which nobody knows yet what became"),
    Action("mode.sources", ("f4", "0"), "sources and how they fare"),
    Action("mode.alarms", ("f5",), "alarms: active, snoozed, and over but unseen"),
    Action("mode.trends", ("f6",), "trends: graphs of the queue, of all, over the hour, the day, the week"),
    Action("app.quit", ("q", "ctrl+c"), "one step back; on the bare board: quit"),
    *(Action(name, key.keys, key.does, acts=True) for name, key in VERB_KEYS.items() if name != "row.note"),
    Action("row.mark", ("space",), "mark the row: i + - and n then mean all that are marked"),
    Action("row.note", VERB_KEYS["row.note"].keys, VERB_KEYS["row.note"].does),
    Action("copy", ("Y",), "copy the row's number, or an address of its details; in the log the line"),
    Action("row.again", (".",), "reopen the last action's dialog on this row"),
    Action("row.undo", ("U",), "undo my last action that can be undone; in the log the one there; asks"),
    Action("dialog.yes", ("y",), "yes, do it", "dialog"),
    Action("dialog.no", ("n", "escape"), "no, leave it", "dialog"),
    Action("dialog.enter", ("enter",), "take what is marked or typed; in a form the next field", "dialog"),
    Action("dialog.up", ("up",), "mark the one above", "dialog"),
    Action("dialog.down", ("down",), "mark the one below", "dialog"),
    Action("dialog.next", ("tab",), "in a form the next field", "dialog"),
    Action("dialog.previous", ("shift+tab",), "in a form the field before", "dialog"),
    Action("picker.attended", ("tab",), "attended instead of blind", "picker"),
)
