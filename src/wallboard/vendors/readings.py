"""Evidence out of lists: what one reading says may be a list that flapped, lacked a page or was half an answer."""

from __future__ import annotations

from collections.abc import Callable

from wallboard.vendors.base import Trial

Test = Callable[[Trial], bool]


class TwiceRunning:
    """A test that holds when two readings in a row, both begun after the vendor's answer, say the same.

    `read_at` is when the list behind `test` was last asked for (steady UTC seconds; None: never, or not whole). Holds
    state of one action, so each verification makes its own.
    """

    def __init__(self, test: Test, read_at: Callable[[Trial], float | None]) -> None:
        self._test = test
        self._read_at = read_at
        self._first: float | None = None

    def __call__(self, trial: Trial) -> bool:
        at = self._read_at(trial)
        if at is None or at <= trial.receipt.answered_at or not self._test(trial):
            self._first = None
            return False
        if self._first is None:
            self._first = at
        return at > self._first


def oldest(*times: float | None) -> float | None:
    """The age of what several lists say together: of the oldest; None if one of them was not read."""
    known = [at for at in times if at is not None]
    return min(known) if known and len(known) == len(times) else None


def was_so(text: str, already: bool) -> str:
    """`text`, and where it was so before the action, that it shows no change."""
    return f"{text} (it was so before)" if already else text
