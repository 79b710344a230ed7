"""Ways to a row or a command that is not under the fingers: find, the palette, and the alarm of the alarm line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wallboard.domain.keys import RESOURCE_OF, Key, Resource
from wallboard.ui.idle import UNLOCK
from wallboard.ui.modes import ANYWHERE, BOARD, SOURCES
from wallboard.view.dialogs import Answer, Choice, Chooser, Confirm
from wallboard.view.directory import Entry, Searched
from wallboard.view.finder import Finder, choice, elsewhere, searched_row
from wallboard.view.format import plural

SNOOZES = (5, 15, 60)
"""Minutes."""

if TYPE_CHECKING:
    from wallboard.ui.console import Console
    from wallboard.view.alarm_words import Together


class Seeking:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._back: tuple[Resource, object, str] | None = None

    # ---- jumps ----------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """The user went elsewhere: Esc no longer leads back."""
        self._back = None

    def back(self) -> bool:
        """To where the last jump began, once."""
        if self._back is None:
            return False
        console = self._console
        console.active, cursor, console.mode = self._back
        self._back = None
        if cursor is not None:
            console.pane.selection.to(cursor, console.clock.now())
        console.demand()
        return True

    def jump(self, key: Key) -> None:
        """To a row wherever it is; a filter that hides it is cleared."""
        console = self._console
        now = console.clock.now()
        resource = RESOURCE_OF[key.kind]
        if resource not in console.panes:
            return
        self._remember()
        console.mode = BOARD
        console.active = resource
        selection = console.pane.selection
        if key in selection.hidden_keys:
            selection.set_filter("", now)
        selection.to(key, now)
        console.demand()

    def _remember(self) -> None:
        if self._back is None:
            console = self._console
            self._back = console.active, console.pane.selection.cursor, console.mode

    def to_alarm(self, line: Together | None = None) -> None:
        """To the row of the alarm in the alarm line, or of `line`; one of a list or a whole source has none, so to that
        source."""
        console = self._console
        alarm = console.alarms.next(console.clock.now()) if line is None else line.lead
        if alarm is None:
            console.remarks.say("no alarm", "warn")
        elif alarm.key is not None and console.board.row(alarm.key) is not None:
            self.jump(alarm.key)
        else:
            self._remember()
            console.source_mark = alarm.source, alarm.resource
            console.mode = SOURCES
            console.scroll.pop(SOURCES, None)
            console.demand()

    def acknowledge_all(self) -> None:
        """Asks first. What comes up while the question stands is not answered with it."""
        console = self._console
        asked_at = console.clock.now()
        count = len([alarm for alarm in console.board.alarms.listed() if not alarm.acked and not alarm.snoozed])
        if not count:
            console.remarks.say("no alarm to acknowledge", "warn")
            return

        def done(answer: Answer) -> None:
            if answer.value:
                console.remarks.say(console.alarms.acknowledge_all(console.settings.operator or "me", asked_at), "text")

        title = f"ACKNOWLEDGE {plural(count, 'alarm')}?"
        console.open(
            Confirm(title, "all that were in sight for a second", asked_at, console.keys_of("dialog.yes")), done
        )

    def snooze(self) -> None:
        """Asks for how long. It needs a name, and what became worse meanwhile is not put aside with it."""
        console = self._console
        line = console.alarms.line
        if line is None or line.lead.cleared:
            console.remarks.say("no alarm to snooze", "warn")
            return
        if not console.settings.operator:
            console.remarks.say('a snooze needs a name: [operator] name = "…"', "warn")
            return

        def done(answer: Answer) -> None:
            if isinstance(answer.value, float):
                seconds = answer.value or None
                told = console.alarms.snooze(line.alarms, console.settings.operator, seconds)
                console.remarks.say(told or "it is over", "text" if told else "warn")

        choices = [*(Choice(minutes * 60.0, f"{minutes} min") for minutes in SNOOZES), Choice(0.0, "until it clears")]
        console.open(Chooser(f"SNOOZE {line.sentence}", choices, console.clock.now()), done)

    # ---- find and palette -----------------------------------------------------------------------------------

    def find(self) -> None:
        console = self._console
        context = console.context()
        regions = console.settings.regions
        choices: list[Choice] = []
        texts: list[Searched] = []
        for resource, state in console.panes.items():
            for row in state.pane.rows(context):
                label, search = state.pane.label(row), state.pane.search(row)
                choices.append(Choice(row.key, label, f"{resource.value} {row.key.source}"))
                texts.append(searched_row(row, label, search, f"{resource.value} {row.key.source}", regions))
        for entry, text in elsewhere(console.board, console.settings.favourites, regions):
            choices.append(choice(entry))
            texts.append(text)
        title = "FIND across all panes; nothing is hidden"
        finder = Finder(title, choices, console.clock.now() - 1, searching=True, texts=texts, region=_common(regions))
        console.open(finder, self._found)

    def _found(self, answer: Answer) -> None:
        console = self._console
        match answer.value:
            case Key() as key if RESOURCE_OF[key.kind] in console.panes:
                self.jump(key)
            case Key() as key:
                console.card(key)
            case Entry() as entry:
                where = f" of {entry.source}" if entry.source else ""
                console.remarks.say(f"{entry.name}: {entry.number}{where}; no row of the board", "text")

    def palette(self) -> None:
        console = self._console
        choices = [
            Choice(action.id, action.does, f"{action.id}  {' '.join(action.keys)}")
            for action in console.settings.actions
            if action.scope == "board"
            and not action.id.startswith("nav.")
            and (action.id != UNLOCK or console.idle.reason)
        ]
        choices += [Choice(f"theme {name}", f"theme {name}", "colours") for name in console.settings.themes]
        console.open(Chooser("COMMANDS", choices, console.clock.now() - 1, searching=True), self._chosen)

    def _chosen(self, answer: Answer) -> None:
        console = self._console
        if not isinstance(answer.value, str):
            return
        if answer.value.startswith("theme "):
            console.ports.set_theme(answer.value.removeprefix("theme "))
        elif answer.value in ("app.quit", "nav.back"):
            console.step_back(answer.value == "app.quit")
        elif console.mode != BOARD and not answer.value.startswith(ANYWHERE):
            # No row is in sight here, so nothing may be done to one.
            console.mode = BOARD
            console.demand()
            console.remarks.say("back on the board; press it there", "warn")
        else:
            console.run(answer.value)


def _common(regions: Mapping[str, str]) -> str:
    """The country in which somebody looks for a number: the one of all sources, "" where they differ."""
    found = set(regions.values())
    return found.pop() if len(found) == 1 else ""
