"""Pane 1: queues."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from wallboard.board import ServiceLevel
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, markc, tr
from wallboard.domain.models import Queue
from wallboard.domain.states import Channel
from wallboard.view import glyphs
from wallboard.view.cells import Cell
from wallboard.view.context import Context
from wallboard.view.figures import aged, level_cell
from wallboard.view.filters import Value, words
from wallboard.view.format import DASH, count, span, sparkline
from wallboard.view.panes.base import SOURCE, Cells, Field, Pane, Rank, with_sign

_TREND = 6
"""Minutes of the trend."""


class QueuesPane(Pane):
    resource = Resource.QUEUES
    title = mark("Queues")
    empty = ""
    lacks = mark("without counts")
    reads: ClassVar[Mapping[str, Callable[[Queue, Context], Value]]] = {
        "name": lambda row, context: row.name,
        "number": lambda row, context: row.number,
        "source": lambda row, context: row.key.source,
        "channel": lambda row, context: words(row.channel.value, row.channel.value) if row.channel else None,
        "wait": lambda row, context: context.counts(row.key).waiting,
        "longest": lambda row, context: context.counts(row.key).longest(context.now),
        "ready": lambda row, context: context.counts(row.key).counts.ready,
        "talk": lambda row, context: context.counts(row.key).talking,
        "sl": lambda row, context: _percent(context.stats(row.key).service_level.value),
        "lost": lambda row, context: context.stats(row.key).lost,
        "alarm": lambda row, context: context.severities.get(row.key),
    }
    fields = (
        Field("name", "", sort=lambda row, context: row.name.casefold(), most=32),
        Field("wait", mark("wait"), "right", lambda row, context: -(context.counts(row.key).waiting or 0)),
        Field("longest", mark("longest"), "right", lambda row, context: _longest_rank(row, context)),
        Field("ready", mark("ready"), "right", lambda row, context: _ready(row, context)),
        Field("ring", mark("ring"), "right"),
        Field("talk", mark("talk"), "right", lambda row, context: -(context.counts(row.key).talking or 0)),
        Field("sl", mark("SL n"), "right", lambda row, context: _service(row, context), short=mark("SL"), most=8),
        Field("trend", mark("trend")),
        Field(
            "lost",
            markc("column", "lost"),
            "right",
            lambda row, context: -(context.stats(row.key).lost or 0),
            context="column",
        ),
        SOURCE,
    )
    widths: ClassVar[Mapping[int, str]] = {
        160: "name 15, wait 4, longest 7, ready 6, ring 4, talk 4, sl 8, trend 6, lost 4",
        120: "name 14, wait 4, longest 7, ready 6, talk 4, sl 4",
        80: "name 20, wait 4, longest 7, ready 6, ring 4, talk 4, sl 8, trend 6, lost 4, src 6",
    }

    def urgency(self, row: Queue, context: Context) -> Rank:
        severity = {"alarm": 0, "warn": 1}.get(context.severities.get(row.key, ""), 2)
        waiting = -(context.counts(row.key).waiting or 0)
        return (severity, bool(row.no_counts), _longest_rank(row, context), waiting, row.name.casefold(), row.key)

    def roster(self, row: Queue) -> bool:
        return bool(row.no_counts)

    def search(self, row: Queue) -> str:
        channel = words(row.channel.value, row.channel.value) if row.channel else ""
        return f"{row.name} {row.number} {channel} {row.key.source}"

    def stamp(self, row: Queue, context: Context, sort: str) -> object:
        # The figures of the day go on with the clock, who is there does not.
        return context.now if sort in ("sl", "lost") else context.board.queue_stats(row.key, level=False)

    def label(self, row: Queue) -> str:
        return row.name

    def own(self, row: Queue, context: Context) -> Cells:
        stats = context.stats(row.key)
        style = "stale" if context.dim(row.key) else "muted" if row.no_counts else "text"
        sign, sign_style = glyphs.SEVERITY[context.cause(row.key, "longest", "known")]
        waits = aged(span(stats.longest(context.now)), stats.old("longest"))
        busy = "stale" if style == "stale" or stats.old("longest") else sign_style
        level, no_level = stats.service_level, context.cause(row.key, "service")
        ready = DASH if stats.staffed is None else f"{stats.counts.ready}/{stats.staffed}"
        number = "digits" if style == "text" else style
        # One scale for the column, so that a long bar is a long queue.
        most = context.once("trend", partial(context.board.peak, _TREND))
        return {
            "name": Cell(_named(row), style),
            "wait": _number(stats.waiting, number, stats.old("waiting"), context.cause(row.key, "waiting")),
            "longest": Cell(f"{waits} {sign}", busy if waits != DASH or sign != " " else "muted"),
            "ready": _figure(ready, style, stats.old("ready"), context.cause(row.key, "ready")),
            "ring": _number(stats.ringing, style, stats.old("ringing")),
            "talk": _number(stats.talking, style, stats.old("talking")),
            "sl": lambda width: _level(level, width, style, stats.old("service"), no_level),
            "trend": Cell(sparkline(stats.trend, _TREND, most), "muted"),
            "lost": _number(stats.lost, style, stats.old("lost"), context.cause(row.key, "lost_percent")),
        }

    def when_ended(self, ago: str) -> Cells:
        return {"wait": Cell(tr("ended {age}", age=ago), "muted", span=2)}

    def brief(self, rows: Sequence[Queue], context: Context) -> Sequence[Cell]:
        cells: list[Cell] = []
        quiet = unknown = roster = 0
        for row in sorted(rows, key=lambda row: self.urgency(row, context)):
            stats = context.counts(row.key)
            if row.no_counts:
                roster += 1
            elif stats.waiting is None and stats.longest_since is None:
                unknown += 1
            elif (stats.waiting or stats.ringing or context.severities.get(row.key)) and len(cells) < 8:
                sign, token = glyphs.SEVERITY[context.severities.get(row.key, "")]
                waits = span(stats.longest(context.now))
                cells.append(Cell(f"{row.name} {count(stats.waiting)} {waits}{sign.strip()}", token))
                if stats.staffed is not None:
                    ready = tr("{n}/{all} ready", n=stats.counts.ready, all=stats.staffed)
                    cells.append(Cell(f" {ready} · ", "muted"))
            else:
                quiet += 1
        tail = ((quiet, tr("quiet")), (unknown, tr("no data")), (roster, tr(self.lacks)))
        return (*cells, Cell(" · ".join(f"{number} {word}" for number, word in tail if number), "muted"))


def _named(row: Queue) -> str:
    """The queue's name, with the channel where it is not the telephone and the name does not say so."""
    name = row.name or DASH
    if row.channel in (None, Channel.PHONE):
        return name
    plain = name.casefold().replace("-", "")
    return name if row.channel.value in plain else f"{name} {tr(row.channel.value)}"


def _number(value: int | None, style: str, old: bool = False, severity: str = "") -> Cell:
    return _figure(count(value), style if value or severity else "muted", old, severity)


def _figure(text: str, style: str, old: bool = False, severity: str = "") -> Cell:
    """A number with the sign of what it causes; one that a list is too old for is marked as that."""
    token = "muted" if text == DASH else "stale" if old else severity or style
    return Cell(with_sign(aged(text, old), severity), token)


def _level(level: ServiceLevel, width: int, style: str, old: bool, severity: str) -> Cell:
    """The service level; one that misses its goal for certain is said so by its colour, and by `F1` in words."""
    missed = "warn" if level.missed and style == "text" else style
    return _figure(level_cell(level, width - old - bool(severity)), missed, old, severity)


def _longest_rank(row: Queue, context: Context) -> float:
    since = context.counts(row.key).longest_since
    return float("inf") if since is None else since


def _ready(row: Queue, context: Context) -> int:
    ready = context.counts(row.key).counts.ready
    return 1_000_000 if ready is None else ready


def _service(row: Queue, context: Context) -> float:
    value = context.stats(row.key).service_level.value
    return 2.0 if value is None else value


def _percent(value: float | None) -> float | None:
    return None if value is None else 100.0 * value
