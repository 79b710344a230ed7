"""Who gave up and is still to be called back: one entry for each number, whatever queues it tried.

An entry closes when the return call was proven, when somebody closes it with a reason, or when the caller has tried
again and was answered. What is done to it is written down, and read again by this console and by others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from wallboard.board.caller_history import line_of, whose
from wallboard.domain.records import dataclass
from wallboard.history.records import CallBack, Caller, Record

KEPT = 24 * 3600.0
"""Seconds for which a caller who gave up is waited for."""
MOST = 500
"""Entries; then the oldest go."""
OVER = frozenset({"done", "closed"})
"""After which nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Who gave up: the `caller` of the last time, of `times` in all; `tries` return calls, the last `at`, `by` whom
    (UTC epoch seconds)."""

    caller: Caller
    times: int = 1
    tries: int = 0
    at: int = 0
    by: str = ""


_Line = tuple[str, str]


class CallBacks:
    """See the module. `add` writes records, `now` is UTC epoch seconds."""

    def __init__(self, add: Callable[[Record], None], now: Callable[[], float]) -> None:
        self._add = add
        self._now = now
        self.catch_up: Callable[[], None] = lambda: None
        """Takes in whose wait is over since the last look: the board must not show more of them than the list."""
        self._callers: dict[_Line, dict[tuple[str, str, str], Caller]] = {}
        self._backs: dict[tuple[str, str, str], CallBack] = {}
        self._forget_at = 0.0

    def open(self) -> list[Lost]:
        """Those still to be called back, who gave up first first."""
        self.catch_up()
        before = self._now() - KEPT
        found = [lost for callers in self._callers.values() if (lost := self._lost(callers.values(), before))]
        return sorted(found, key=lambda lost: lost.caller.ended_at)[-MOST:]

    def take(self, caller: Caller) -> None:
        """What is known of a caller now; who had given up may turn out not to have."""
        line = line_of(caller.number)
        if not line or caller.outcome == "unseen":
            return
        callers = self._callers.setdefault(whose(caller.source, line), {})
        if caller.outcome in ("lost", "answered"):
            callers[_id(caller)] = caller
        else:
            callers.pop(_id(caller), None)
        self._forget()

    def restore(self, callers: Iterable[Caller], backs: Iterable[CallBack]) -> bool:
        """What was written down, by whomever. Whether anything was done that was not known."""
        for caller in callers:
            self.take(caller)
        return any([self._restore(back) for back in backs])

    def take_back(self, back: CallBack) -> None:
        """What was done at another console; what was not known here is kept."""
        if self._restore(back):
            self._add(back)

    def backs(self) -> Iterable[CallBack]:
        """The last that was done about each caller."""
        return self._backs.values()

    def tried(self, lost: Lost, by: str) -> None:
        """A return call is on its way."""
        self._note(lost, "tried", by, tries=lost.tries + 1)

    def done(self, lost: Lost, by: str) -> None:
        """It was proven that they were called."""
        self._note(lost, "done", by, tries=lost.tries)

    def close(self, lost: Lost, by: str, reason: str) -> None:
        self._note(lost, "closed", by, tries=lost.tries, reason=reason)

    # ---- inside ----------------------------------------------------------------------------------------------

    def _note(
        self, lost: Lost, state: Literal["tried", "done", "closed"], by: str, *, tries: int, reason: str = ""
    ) -> None:
        of = lost.caller
        known = self._backs.get(_id(of))
        # Of two in one second the later counts, whatever the clock of whoever did the first.
        at = max(int(self._now()), 0 if known is None else known.at + 1)
        self.take_back(CallBack(of.source, of.queue, of.id, of.joined_at, state, tries, at, by, reason))

    def _restore(self, back: CallBack) -> bool:
        known = self._backs.get(_of(back))
        new = known is None or _rank(known) < _rank(back)
        if new:
            self._backs[_of(back)] = back
        return new

    def _lost(self, callers: Iterable[Caller], before: float) -> Lost | None:
        """The entry of one line; None where there is nothing to do."""
        listed = sorted(callers, key=lambda caller: caller.joined_at)
        answered = max((each.joined_at for each in listed if each.outcome == "answered"), default=0)
        backs = [back for each in listed if (back := self._backs.get(_id(each)))]
        over = max((back.at for back in backs if back.state in OVER), default=0)
        since = max(answered, over, before)
        left = [each for each in listed if each.outcome == "lost" and each.ended_at > since]
        if not left:
            return None
        tried = max((back for back in backs if back.state == "tried" and back.at > since), key=_at, default=None)
        lost = Lost(left[-1], len(left))
        return lost if tried is None else replace(lost, tries=tried.tries, at=tried.at, by=tried.by)

    def _forget(self) -> None:
        """Now and then, drop those of whom nothing is left to do."""
        now = self._now()
        if now < self._forget_at:
            return
        self._forget_at = now + 600.0
        self._callers = {
            line: callers for line, callers in self._callers.items() if self._lost(callers.values(), now - KEPT)
        }
        known = {each for callers in self._callers.values() for each in callers}
        self._backs = {key: back for key, back in self._backs.items() if key in known}


def _id(caller: Caller) -> tuple[str, str, str]:
    return (caller.source, caller.queue, caller.id)


def _of(back: CallBack) -> tuple[str, str, str]:
    return (back.source, back.queue, back.id)


def _rank(back: CallBack) -> tuple[bool, int, str]:
    """What closes an entry stands against a try that another console, cut off meanwhile, made later."""
    return (back.state in OVER, back.at, back.by)


def _at(back: CallBack) -> int:
    return back.at
