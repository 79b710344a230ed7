"""Ways to a row or a command that is not under the fingers: find, the palette, and the alarm of the alarm line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from anyio.lowlevel import checkpoint

from wallboard.domain.keys import RESOURCE_OF, Key, Kind, Resource
from wallboard.domain.language import mark, tr, trn
from wallboard.domain.notation import written
from wallboard.domain.text import clean
from wallboard.ui.alarms import AlarmPointer
from wallboard.ui.asking import Asking
from wallboard.ui.modes import ALARMS, BOARD, SOURCES, Modes
from wallboard.ui.panel import Panel
from wallboard.ui.panes import Panes
from wallboard.ui.settings import Station
from wallboard.view.alarm_words import Together
from wallboard.view.dialogs import Answer, Choice, Chooser, Confirm
from wallboard.view.directory import Entry, Searched
from wallboard.view.eventlog import Entry as Logged
from wallboard.view.finder import SLICE, Finder, Lines, choice, elsewhere, searched_row
from wallboard.view.sources import Place

SNOOZES = (5, 15, 60)
"""Minutes."""
_GONE = {
    Kind.QUEUE: mark("queue {id} is gone"),
    Kind.MEMBER: mark("member {id} is gone"),
    Kind.AGENT: mark("agent {id} is gone"),
    Kind.CALL: mark("call {id} is gone"),
    Kind.HOTLINE: mark("hotline {id} is gone"),
    Kind.NOTICE: mark("notice {id} is gone"),
    Kind.RECEPTIONIST: mark("receptionist {id} is gone"),
    Kind.PARKED: mark("parked {id} is gone"),
    Kind.PHONE: mark("phone {id} is gone"),
}


class Seeking:
    def __init__(
        self,
        at: Station,
        panes: Panes,
        modes: Modes,
        panel: Panel,
        alarms: AlarmPointer,
        asking: Asking,
        seen: Callable[[str | None], bool],
    ) -> None:
        self._at = at
        self._panes = panes
        self._modes = modes
        self._panel = panel
        self._alarms = alarms
        self._asking = asking
        self._seen = seen
        self._back: tuple[Resource, object, str] | None = None

    def forget(self) -> None:
        """The user went elsewhere: Esc no longer leads back."""
        self._back = None

    def back(self) -> bool:
        """To where the last jump began, once."""
        if self._back is None:
            return False
        self._panes.active, cursor, mode = self._back
        self._back = None
        if cursor is not None:
            self._panes.pane.selection.to(cursor, self._at.clock.now())
        self._modes.to(mode)
        return True

    def jump(self, key: Key) -> None:
        """To a row wherever it is; a filter that hides it is cleared."""
        now = self._at.clock.now()
        resource = RESOURCE_OF[key.kind]
        if resource not in self._panes:
            return
        self._remember()
        self._panes.active = resource
        selection = self._panes.pane.selection
        selection.reveal(key, now)
        selection.to(key, now)
        self._modes.to(BOARD)

    def to_row(self, key: Key | None) -> None:
        """The same, where there may be none any more."""
        if key is not None and self._at.board.row(key) is not None:
            self.jump(key)
        elif key is not None:
            self._at.remarks.say(tr(_GONE[key.kind], id=clean(key.id)))

    def to_list(self, resource: Resource | None) -> None:
        """To the pane of a list of a source, if it has one."""
        if resource is not None and resource in self._panes:
            self._remember()
            self._panes.enter(resource)
            self._modes.to(BOARD)
        else:
            self._at.remarks.say(tr("this line is about no row"))

    def card(self, key: Key) -> None:
        """Show a row that stands in no pane (a telephone, a conference room) in the details panel; its keys act on it.
        A row of a pane is gone to instead, with its details."""
        if RESOURCE_OF.get(key.kind) in self._panes:
            self.jump(key)
            self._panel.details = True
            self._panel.look()
        else:
            self._panel.card(key)

    def _remember(self) -> None:
        if self._back is None:
            self._back = self._panes.active, self._panes.pane.selection.cursor, self._modes.now

    def to_alarm(self, line: Together | None = None) -> None:
        """To the row of the alarm in the alarm line, or of `line`; one of a list or a whole source has none, so to that
        source."""
        at = self._at
        alarm = self._alarms.next(at.clock.now()) if line is None else line.lead
        if alarm is None:
            at.warn(tr("no alarm"))
        elif alarm.key is not None and at.board.row(alarm.key) is not None:
            self.jump(alarm.key)
        else:
            self._to_source(alarm.source, alarm.resource)

    def to_entry(self, entry: Logged | None) -> None:
        """To what a line of the log is about: its row, or the source that it names."""
        if entry is None or not entry.about:
            said = tr("this line is about no row") if entry is not None else tr("nothing is logged yet")
            self._at.remarks.say(said)
            return
        for key in entry.about:
            if key.kind is Kind.SOURCE:
                self._to_source(key.source, None)
                return
            if self._at.board.row(key) is not None:
                self.card(key)
                return
        gone = entry.about[0]
        self._at.remarks.say(tr(_GONE[gone.kind], id=clean(self._at.board.spelled(gone.id))))

    def _to_source(self, source: str, resource: Resource | None) -> None:
        self._remember()
        modes = self._modes
        modes.source = Place(source, resource)
        modes.scroll.pop(SOURCES, None)
        modes.to(SOURCES)

    def acknowledge(self) -> None:
        """The alarm in the alarm line, if somebody can have read it there."""
        at = self._at
        if at.dispatcher.locked:
            at.warn(at.dispatcher.locked)
        elif not self._seen(self._alarms.shown):
            at.warn(tr("another alarm is in the line, press again"))
        else:
            done = self._alarms.acknowledge(at.settings.operator or "me", stay=self._modes.now == ALARMS)
            other = self._alarms.shown and tr("another alarm is in the line, press again")
            at.remarks.say(done or other or tr("no alarm to acknowledge"), "text" if done else "warn")

    def acknowledge_all(self) -> None:
        """Asks first. What comes up while the question stands is not answered with it."""
        at = self._at
        asked_at = at.clock.now()
        listed = (alarm for line in self._alarms.listed() for alarm in line.alarms)
        count = len([alarm for alarm in listed if not alarm.acked and not alarm.snoozed])
        if at.dispatcher.locked or not count:
            at.warn(at.dispatcher.locked or tr("no alarm to acknowledge"))
            return

        def done(answer: Answer) -> None:
            if answer.value:
                at.remarks.say(self._alarms.acknowledge_all(at.settings.operator or "me", asked_at), "text")

        title = trn("ACKNOWLEDGE {n} alarm?", "ACKNOWLEDGE {n} alarms?", count)
        which = tr("all that were in sight for a second")
        if wanted := self._alarms.filter:
            which = tr('all with "{filter}" that were in sight for a second', filter=wanted)
        self._asking.ask(Confirm(title, which, asked_at), done)

    def snooze(self) -> None:
        """Asks for how long. It needs a name, and what became worse meanwhile is not put aside with it."""
        at, line = self._at, self._alarms.line
        if at.dispatcher.locked or line is None or line.lead.cleared:
            at.warn(at.dispatcher.locked or tr("no alarm to snooze"))
            return
        if not self._seen(self._alarms.shown):
            at.warn(tr("another alarm is in the line, press again"))
            return
        if not at.settings.operator:
            at.warn(tr('a snooze needs a name: [operator] name = "…"'))
            return

        def done(answer: Answer) -> None:
            if isinstance(answer.value, float):
                told = self._alarms.snooze(line.alarms, at.settings.operator, answer.value or None)
                at.remarks.say(told or tr("it is over"), "text" if told else "warn")

        choices = [Choice(minutes * 60.0, tr("{n} min", n=minutes)) for minutes in SNOOZES]
        choices.append(Choice(0.0, tr("until it clears")))
        title = tr("SNOOZE {alarm}", alarm=line.sentence)
        self._asking.ask(Chooser(title, choices, at.clock.now()), done)

    def find(self) -> None:
        at = self._at
        context = self._panes.context()
        regions = at.settings.regions
        rows = [row for state in self._panes.values() for row in state.pane.rows(context)]
        others = elsewhere(at.board, at.settings.favourites, regions)

        def line(place: int) -> Choice:
            if place >= len(rows):
                return choice(others[place - len(rows)][0], regions)
            row = rows[place]
            resource = RESOURCE_OF[row.key.kind]
            return Choice(
                row.key, self._panes[resource].pane.called(row, context), f"{tr(resource.value)} {row.key.source}"
            )

        def text(place: int) -> Searched:
            if place >= len(rows):
                return others[place - len(rows)][1]
            row = rows[place]
            resource = RESOURCE_OF[row.key.kind]
            state = self._panes[resource]
            words = " ".join({resource.value: None, tr(resource.value): None})
            label = state.pane.called(row, context)
            return searched_row(row, label, state.told(row, context), f"{words} {row.key.source}", regions)

        title = tr("FIND across all panes; nothing is hidden")
        lines = Lines(len(rows) + len(others), line)
        finder = Finder(title, lines, at.clock.now() - 1, searching=True, text=text, region=_common(regions))
        self._asking.ask(finder, self._found)
        at.ports.start(partial(_read, finder))

    def _found(self, answer: Answer) -> None:
        at = self._at
        match answer.value:
            case Key() as key if RESOURCE_OF[key.kind] in self._panes:
                self.jump(key)
            case Key() as key:
                self._panel.card(key)
            case Entry() as entry:
                source, number = entry.source, written(entry.number, at.settings.regions.get(entry.source, ""))
                said = tr("{name}: {number}; no row of the board", name=entry.name, number=number)
                if source:
                    known = {"name": entry.name, "number": number, "source": source}
                    said = tr("{name}: {number} of {source}; no row of the board", **known)
                at.remarks.say(said, "text")


async def _read(finder: Finder) -> None:
    """While somebody begins to type."""
    while finder.read(SLICE):
        await checkpoint()


def _common(regions: Mapping[str, str]) -> str:
    """The country in which somebody looks for a number: the one of all sources, "" where they differ."""
    found = set(regions.values())
    return found.pop() if len(found) == 1 else ""
