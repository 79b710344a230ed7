"""The state beside each destination, in the signs of the board."""

from __future__ import annotations

from wallboard.domain.language import tr, trn
from wallboard.domain.models import Agent, Call, Hotline, Member, Phone, Queue, Receptionist, Row
from wallboard.domain.notation import written
from wallboard.view import glyphs
from wallboard.view.context import Context
from wallboard.view.figures import caller_clock
from wallboard.view.format import DASH, span
from wallboard.view.panes.calls import call_clock
from wallboard.view.panes.others import RECEPTIONIST


def live(row: Row | None, context: Context) -> tuple[str, str]:
    """(text, token): what is known of the destination now and for how long; old data says that it is old."""
    glyph, text, style, clock = ("", "", "", None) if row is None else _state(row, context)
    if row is None or not text:
        return f"{DASH} {tr('no live state')}", "muted"
    if context.dim(row.key):
        return f"{glyphs.STALE} {tr('{state} stale', state=text)}", "stale"
    return f"{glyph} {text}" if clock is None else f"{glyph} {text} {clock}", style


def _state(row: Row, context: Context) -> tuple[str, str, str, str | None]:
    """(glyph, words, token, clock); no words where nothing is known."""
    match row:
        case Agent() if not row.no_state:
            glyph, word, token = glyphs.AGENT[row.state]
            return glyph, tr(word), token, _clock(row, row.since, context)
        case Queue():
            return _queue(row, context)
        case Call():
            glyph, word, token = glyphs.CALL[row.state]
            return glyph, tr(word), token, _told(call_clock(row, context))
        case Member():
            glyph, word, token = glyphs.MEMBER[row.state]
            return glyph, tr(word), token, _told(caller_clock(row, context))
        case Receptionist() if row.open is not None:
            places = list(dict.fromkeys(entry.to for entry in row.sends_to if entry.open is row.open and entry.to))
            to = f" {glyphs.TO} {written(places[0], context.region(row.key.source))}" if places else ""
            more = f" +{len(places) - 1}" if len(places) > 1 else ""
            glyph, word, token = RECEPTIONIST[row.open]
            return glyph, f"{tr(word)}{to}{more}", token, None
        case Hotline():
            glyph, word, token = glyphs.HOTLINE[row.state]
            return glyph, tr(word), token, _clock(row, row.since, context)
        case Phone() if row.use == "conference":
            return glyphs.WAITING, tr("conference"), "text", None
        case Phone() if row.registered is not None:
            # Of a responder's telephone it means that they are on duty, of any other that it is there to ring.
            if row.registered:
                return glyphs.READY, tr("reachable"), "ok", None
            return glyphs.WARN, tr("not there"), "warn", None
    return "", "", "muted", None


def _queue(row: Queue, context: Context) -> tuple[str, str, str, str | None]:
    stats = context.stats(row.key)
    if row.no_counts or stats.waiting is None:
        return "", "", "muted", None
    longest = stats.longest(context.now) if stats.waiting else None
    style = {"alarm": "alarm", "warn": "warn"}.get(context.severities.get(row.key, ""), "text")
    waiting = trn("{n} waiting", "{n} waiting", stats.waiting)
    return glyphs.WAITING, waiting, style, None if longest is None else span(longest)


def _clock(row: Agent | Hotline, since: float | None, context: Context) -> str | None:
    return _told(context.elapsed(row.key, since))


def _told(seconds: float | None) -> str | None:
    return None if seconds is None else span(seconds)
