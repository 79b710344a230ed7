"""Who gave up and is to be called back, as a list to choose from, in the order in which to call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import mark, tr, trc, trn
from wallboard.domain.models import Member
from wallboard.domain.notation import written
from wallboard.domain.records import dataclass
from wallboard.domain.states import MemberState
from wallboard.domain.text import clean
from wallboard.history.call_backs import Lost
from wallboard.view.context import Context
from wallboard.view.dialogs import Answer, Choice, Chooser
from wallboard.view.format import local, ordinal, span
from wallboard.view.glyphs import STAR

REASONS = (mark("reached in another way"), mark("wrong number"), mark("does not want a call"))
"""Why no call is needed, to be chosen, kept as it stands here and told with `tr`; any other is typed."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to become of an entry. `reason`: why it closes, "" for one that is still to be typed."""

    does: Literal["call", "close"]
    reason: str = ""


def in_order(entries: Sequence[Lost], context: Context, priority: Callable[[Key], int]) -> list[Lost]:
    """High priority first, then those with a star, then who gave up first."""

    def rank(lost: Lost) -> tuple[int, bool, int]:
        caller = lost.caller
        known = context.board.caller(caller.source, caller.number)
        starred = known is not None and known.star
        return priority(Key(caller.source, Kind.QUEUE, caller.queue)), not starred, caller.ended_at

    return sorted(entries, key=rank)


def row(lost: Lost) -> Member:
    """The row that a return call is made from: as it was when they gave up."""
    caller = lost.caller
    return Member(
        Key(caller.source, Kind.MEMBER, caller.id),
        caller.queue,
        clean(caller.queue_name),
        clean(caller.name),
        clean(caller.number),
        MemberState.ABANDONED,
        float(caller.joined_at),
        ended_at=float(caller.ended_at),
    )


@dataclass(slots=True)
class LostList(Chooser):
    """`call_key` calls the marked one at once; Enter asks what to do."""

    call_key: str = ""

    def press(self, key: str, now: float) -> Answer | None:
        if key == self.call_key and self.choices:
            answer = Chooser.press(self, "enter", now)
            return None if answer is None else Answer((answer.value, Step("call")))
        return Chooser.press(self, key, now)


def lost_list(entries: Sequence[Lost], context: Context, now: float, call_key: str) -> LostList:
    choices = [Choice(lost, _who(lost, context), _story(lost, context)) for lost in entries]
    title = trn("CALL BACK {n} caller who gave up", "CALL BACK {n} callers who gave up", len(entries))
    return LostList(f"{title}   {call_key} {trc('verb', 'call')}", choices, now, call_key=call_key)


def _who(lost: Lost, context: Context) -> str:
    caller = lost.caller
    known = context.board.caller(caller.source, caller.number)
    star = STAR if known is not None and known.star else ""
    name = known.name if known is not None else caller.name
    return " ".join(part for part in (star, number(lost, context), name) if part)


def number(lost: Lost, context: Context) -> str:
    """The caller's number as people read it."""
    return written(lost.caller.number, context.region(lost.caller.source))


def _story(lost: Lost, context: Context) -> str:
    caller = lost.caller
    parts = [caller.queue_name or caller.queue]
    if caller.wait is not None:
        parts.append(tr("waited {time}", time=span(caller.wait)))
    parts.append(tr("gave up {time}", time=local(caller.ended_at, context.zone, seconds=False)))
    if lost.times > 1:
        parts.append(tr("{ordinal} time", ordinal=ordinal(lost.times)))
    parts += [each.sentence for each in context.board.colleagues({row(lost).key})]
    if lost.tries:
        tried = trn("tried", "tried {n} times", lost.tries)
        parts.append(tr("{tried} by {who}", tried=tried, who=lost.by) if lost.by else tried)
    return " · ".join(parts)


def what_now(lost: Lost, context: Context, now: float) -> Chooser:
    """What to do about one of them."""
    choices = [
        Choice(Step("call"), tr("call {number} from my phone", number=number(lost, context))),
        *(Choice(Step("close", reason), tr("close: {reason}", reason=tr(reason))) for reason in REASONS),
        Choice(Step("close"), tr("close for another reason …")),
    ]
    return Chooser(f"{_who(lost, context)} · {_story(lost, context)}", choices, now)
