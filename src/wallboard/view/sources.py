"""The sources mode: per source and endpoint its state, age, cadence, latency, budget and last cause in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wallboard.board.freshness import CONNECTING, FeedView, SourceView, pace
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Queue
from wallboard.domain.records import dataclass
from wallboard.domain.states import OLD, ResourceState, SourceState
from wallboard.domain.text import cell_width
from wallboard.view import glyphs
from wallboard.view.cells import At, Cell, fit
from wallboard.view.context import Context
from wallboard.view.format import DASH, age
from wallboard.view.lines import Line, clip, line_width, pressing, rule, wrapped

_SIGN: dict[str, tuple[str, str]] = {
    "live": (glyphs.READY, "ok"),
    "late": (glyphs.STALE, "stale"),
    "stale": (glyphs.STALE, "stale"),
    "gone": (glyphs.ALARM, "alarm"),
    "down": (glyphs.ALARM, "alarm"),
    CONNECTING: (glyphs.WAITING, "muted"),
    "refused": (glyphs.ALARM, "alarm"),
    "never": (glyphs.OFF, "muted"),
    "unavailable": (glyphs.OFF, "muted"),
}
_HEAD = (
    *(mark("source · endpoint"), mark("state"), mark("age"), mark("every"), mark("next"), mark("ok/20"), "p95"),
    mark("budget / cause"),
)
_SHORT_ID = 8
_WIDTHS = (24, 11, 7, 7, 7, 6, 6)
_NARROW = (18, 11, 6, 6, 6, 5, 5)


class Place(NamedTuple):
    """A line: of a source, or of a list of it. `scope` None: of the part of the list that is as bad as the whole."""

    source: str = ""
    resource: Resource | None = None
    scope: str | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Page:
    """The page, and the line of the source (or of its resource) that it was opened on."""

    lines: list[Line]
    marked: int | None = None


def sources(
    context: Context,
    width: int,
    rights: Mapping[str, Sequence[str]],
    phones: Sequence[str],
    here: Place = NOWHERE,
    troubles: Sequence[str] = (),
) -> Page:
    """All sources and their endpoints, the worst first. `rights`: each source's lines on what it can do; `phones`: my
    own telephones; `here`: where the cursor stands; `troubles`: of what stands between them and this console."""
    order = list(SourceState)
    views = sorted(context.views(), key=lambda view: (view.connecting, -order.index(view.state)))
    counts: dict[str, int] = {}
    for view in views:
        counts[view.word] = counts.get(view.word, 0) + 1
    title = f"{tr('SOURCES')} {len(views)}: " + ", ".join(f"{n} {tr(state)}" for state, n in counts.items())
    head = [tr(each) for each in (_HEAD if width >= 110 else (*_HEAD[:-1], mark("cause below")))]
    # Before the first answer nobody is blind yet.
    known = [view for view in views if not view.connecting]
    blind = sorted({r.name.value for view in known for r in view.resources if r.wanted and r.state in OLD})
    told = tr("blind: {lists}", lists=", ".join(tr(name) for name in blind)) if blind else ""
    lines = [rule(title, told, width), *_row(head, "muted", width)]
    for trouble in troubles:
        for index, text in enumerate(wrapped(trouble, max(10, width - 4))):
            lines.append(clip([Cell(f" {' ' if index else glyphs.ALARM} {text}", "alarm")], width))
    marked: int | None = None
    for view in views:
        name = view.info.name
        sought = name == here.source
        if sought:
            marked = len(lines)
        lines += _placed(_source(view, context, width), Place(name))
        for part in view.resources:
            for feed in part.feeds:
                right = feed.state is part.state if here.scope is None else feed.scope == here.scope
                if sought and part.name is here.resource and right:
                    marked, sought = len(lines), False
                fares = _feed(name, tr(part.name.value), feed, context, width)
                lines += _placed(fares, Place(name, part.name, feed.scope))
        for text in rights.get(view.info.name, ()):
            lines.append(clip([Cell(f"   {text}", "muted")], width))
        lines.append(clip([], width))
    if marked is not None:
        first = lines[marked][0]
        lines[marked] = [first._replace(text=f"{glyphs.CURSOR}{first.text[1:]}"), *lines[marked][1:]]
    for index, text in enumerate(phones):
        lines.append(clip([Cell(f" {fit('' if index else tr('me'), 6)} ", "muted"), Cell(text)], width))
    return Page(lines, marked)


def _placed(lines: Sequence[Line], place: Place) -> list[Line]:
    return [pressing(line, At(place)) for line in lines]


def _row(texts: Sequence[str], style: str, width: int, sign: str = " ") -> list[Line]:
    """One line; a cause that does not fit beside the numbers stands below them, whole."""
    widths = _WIDTHS if width >= 110 else _NARROW
    cells = [Cell(f" {sign} ", style)]
    for index, text in enumerate(texts[:-1]):
        cells.append(Cell(fit(text, widths[index], "left" if index < 2 else "right") + " ", style))
    cause = texts[-1]
    if line_width(cells) + 1 + cell_width(cause) <= width:
        return [clip([*cells, Cell(f" {cause}", "muted")], width)]
    below = [clip([Cell(f"     {part}", "muted")], width) for part in wrapped(cause, max(10, width - 6))]
    return [clip(cells, width), *below]


def _source(view: SourceView, context: Context, width: int) -> list[Line]:
    sign, token = _SIGN[view.word]
    budget = view.budget
    tail = view.detail
    if budget is not None and budget.limit is not None:
        left = DASH if budget.remaining is None else str(budget.remaining)
        told = [tr("{left}/{limit} requests", left=left, limit=budget.limit)]
        if budget.resets_at is not None:
            told.append(tr("{time} to reset", time=age(max(0.0, budget.resets_at - context.now))))
        told.append(tr("{n} kept for actions", n=budget.reserve))
        if budget.others:
            feeds = (feed for part in view.resources for feed in part.feeds)
            paced = any(feed.status is not None and feed.status.paced for feed in feeds)
            said = mark("paced; others use ~{n} an hour") if paced else mark("others use ~{n} an hour")
            told.append(tr(said, n=budget.others))
        tail = f"{', '.join(told)} · {tail}".rstrip(" ·")
    if view.info.clock_offset is not None and abs(view.info.clock_offset) > 2:
        tail = f"{tr('clock {seconds:+.0f} s', seconds=view.info.clock_offset)} · {tail}".rstrip(" ·")
    state = tr(view.word) if view.connecting or view.state is SourceState.LIVE else tr(view.word).upper()
    texts = (f"{view.info.name}  {view.info.vendor}", state, age(view.age), "", "", "", "", tail or view.info.detail)
    return _row(texts, f"{token} bold", width, sign)


def _called(source: str, scope: str, context: Context) -> str:
    """A queue by its name, behind an id that people may know."""
    queue = context.board.row(Key(source, Kind.QUEUE, scope))
    if not isinstance(queue, Queue) or not queue.name:
        return scope
    return queue.name if len(scope) > _SHORT_ID else f"{scope} {queue.name}"


def _feed(source: str, name: str, feed: FeedView, context: Context, width: int) -> list[Line]:
    sign, token = _SIGN[feed.state.value]
    word = tr("not yet") if feed.state is ResourceState.NEVER else tr(feed.state.value)
    status = feed.status
    label = f"  {name} {_called(source, feed.scope, context)}".rstrip()
    if status is None:
        return _row((label, word, age(feed.age), "", "", "", "", feed.detail), token, width, sign)
    wait = DASH if status.next_at is None else tr("now")
    if status.next_at is not None and status.next_at > context.now:
        wait = age(status.next_at - context.now)
    slow = sorted(status.latencies)
    p95 = f"{slow[min(len(slow) - 1, int(len(slow) * 0.95))]:.1f}s" if slow else DASH
    every = tr("push") if status.push else age(status.interval)
    told = feed.detail or (pace(status) if status.events else "")
    cause = status.cause if status.failures or status.unavailable else told
    good = DASH if status.push else str(status.successes)
    style = "text" if feed.state is ResourceState.LIVE else token
    return _row((label, word, age(feed.age), every, wait, good, p95, cause), style, width, sign)
