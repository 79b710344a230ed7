"""Alarms as they are read: what is wrong with one object in one breath, and each transition as a line of the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from functools import reduce

from wallboard.board.alarm import Alarm, State
from wallboard.board.alarms import AlarmBook, AlarmEvent
from wallboard.domain.language import mark, tr, trn
from wallboard.domain.records import dataclass
from wallboard.view.eventlog import Entry, source_key
from wallboard.view.filters import findable
from wallboard.view.format import local


@dataclass(frozen=True, slots=True)
class Together:
    """Alarms of one object that are one line of the screen: of one severity and state, in a flood all of its."""

    alarms: tuple[Alarm, ...]

    @property
    def lead(self) -> Alarm:
        return self.alarms[0]

    @property
    def stamp(self) -> str:
        """Which alarms these are."""
        return " ".join(alarm.id for alarm in self.alarms)

    @property
    def open(self) -> bool:
        """Whether they ask for somebody. A warning that is over does not: the alarms mode lists it."""
        return any(not alarm.acked and not alarm.snoozed for alarm in self.alarms) and not self.faded

    @property
    def faded(self) -> bool:
        return self.lead.cleared and self.lead.severity == "warn"

    @property
    def told(self) -> str:
        """What is wrong."""
        texts = [alarm.text for alarm in self.alarms]
        more = f" +{len(texts) - 3}" if len(texts) > 3 else ""
        return tr("{texts}{more}", texts=reduce(both, texts[:3]), more=more) if more else reduce(both, texts)

    @property
    def sentence(self) -> str:
        return tr("{row} {what}", row=self.lead.object, what=self.told) if self.lead.object else self.told

    def holds(self, alarm_id: str | None) -> bool:
        return any(alarm.id == alarm_id for alarm in self.alarms)


def both(one: str, other: str) -> str:
    return tr("{one} and {other}", one=one, other=other)


def together(alarms: Iterable[Alarm], flood: bool = False) -> list[Together]:
    """The alarms in lines, in the order of the first of each."""
    lines: dict[object, list[Alarm]] = {}
    for alarm in alarms:
        where = alarm.key or (alarm.source, alarm.resource)
        lines.setdefault((where, alarm.state, None if flood else alarm.severity), []).append(alarm)
    return [Together(tuple(each)) for each in lines.values()]


def lines_of(book: AlarmBook) -> Sequence[Together]:
    """Every line that there is now, snoozed ones last."""
    flood = book.flood
    return book.once(("lines", flood), lambda: together(sorted(book.listed(), key=lambda alarm: alarm.snoozed), flood))


def visited(lines: Sequence[Together]) -> list[Together]:
    """Those that are gone to one after the other, and counted in the alarm line."""
    return [line for line in lines if not line.lead.snoozed and not line.faded]


def searched(line: Together) -> str:
    """What the list of alarms is filtered by: the sentence, its source, and what became of it."""
    alarm = line.lead
    name = "over unseen" if alarm.state == "cleared" else "acknowledged acked" if alarm.acked else alarm.state
    state = f"{name} {tr(STATES[alarm.state])}"
    who = f"{alarm.acked_by} {alarm.snoozed_by}"
    return findable(f"{line.sentence} {alarm.source} {alarm.severity} {state} {who}")


def counted(book: AlarmBook) -> tuple[int, int]:
    """How many lines of alarms and of warnings are there now."""
    return book.once("counted", lambda: _counted(together(book.active())))


def _counted(lines: Sequence[Together]) -> tuple[int, int]:
    alarms = len([line for line in lines if line.lead.severity == "alarm"])
    return alarms, len(lines) - alarms


STATES: dict[State, str] = {
    "active": mark("active"),
    "acked": mark("acked"),
    "cleared": mark("over, unseen"),
    "snoozed": mark("snoozed"),
    "unknown": mark("unknown"),
    "normal": mark("normal"),
}
_WORDS = {
    "worse": mark("worse: {alarm}"),
    "milder": mark("milder: {alarm}"),
    "cleared": mark("over: {alarm}, nobody had acknowledged it"),
    "over": mark("over: {alarm}"),
    "merged": mark("part of a greater loss now: {alarm}"),
    "unknown": mark("unknown now: {alarm}"),
    "known": mark("known again: {alarm}"),
    "again": mark("asks again: {alarm}"),
    "woken": mark("no longer snoozed: {alarm}"),
}


def _words(event: AlarmEvent, sentence: str, zone: tzinfo | None) -> str:
    alarm = event.alarm
    if event.what == "acknowledged":
        return tr("acknowledged by {who}: {alarm}", who=alarm.acked_by, alarm=sentence)
    if event.what == "snoozed" and alarm.snoozed_until is None:
        return tr("snoozed by {who} until it clears: {alarm}", who=alarm.snoozed_by, alarm=sentence)
    if event.what == "snoozed":
        until = local(alarm.snoozed_until, zone)
        return tr("snoozed by {who} until {time}: {alarm}", who=alarm.snoozed_by, time=until, alarm=sentence)
    return tr(_WORDS[event.what], alarm=sentence) if event.what in _WORDS else sentence


def _style(event: AlarmEvent) -> str:
    if event.what in ("raised", "worse", "again", "woken"):
        return event.alarm.severity
    return (
        "stale"
        if event.what == "unknown"
        else "muted"
        if event.what in ("cleared", "over", "merged", "milder")
        else "text"
    )


def log_entries(events: Sequence[AlarmEvent], flood: int, zone: tzinfo | None) -> list[Entry]:
    """The transitions of a second, those of one object in one line. `flood`: the alarms of the last ten minutes where
    a flood has just begun, else 0."""
    entries: list[Entry] = []
    if flood:
        text = trn(
            "flood: {n} alarm in 10 min, so one line a queue and one bell",
            "flood: {n} alarms in 10 min, so one line a queue and one bell",
            flood,
        )
        entries.append(Entry(events[0].at if events else 0.0, "alarm", text, "alarm"))
    same: dict[object, list[AlarmEvent]] = {}
    for event in events:
        where = event.alarm.key or (event.alarm.source, event.alarm.resource)
        same.setdefault((event.what, where, event.alarm.severity), []).append(event)
    for found in same.values():
        sentence = Together(tuple(event.alarm for event in found)).sentence
        alarm = found[0].alarm
        about = (alarm.key or source_key(alarm.source),)
        entries.append(Entry(found[0].at, "alarm", _words(found[0], sentence, zone), _style(found[0]), about))
    return entries
