"""What `wallboard check` says of a source, in one dialect: reach, sign-in, rights by reading, verbs, clock, budget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from wallboard.domain.command import Verb
from wallboard.domain.errors import CredentialsRefused, Late, Missing, NotPermitted, ReadError, Throttled, Unreachable
from wallboard.vendors.base import CheckLine, SourceSettings

if TYPE_CHECKING:
    from wallboard.vendors.http.client import HttpSource

CLOCK_TOLERANCE = 5.0
"""Seconds: clocks that differ by more make waits and talk times of two sources incomparable."""
UNTRIED = "shows only when used"
READ_ONLY = "this source is read-only"

NOTHING_SAID: Mapping[Verb, str] = {}


class Check:
    """Gathers the lines. Nothing raises a ReadError; only reads are tried."""

    def __init__(self) -> None:
        self.lines: list[CheckLine] = []

    def say(self, name: str, ok: bool | None, text: str, *, right: bool = False) -> None:
        self.lines.append(CheckLine(name, ok, text, right=right))

    async def reach(self, question: Callable[[], Awaitable[tuple[str, float]]]) -> bool:
        """Reach and sign-in by the first request, which answers who we are ("" not told) and the seconds that it took.
        Whether it makes sense to go on: any answer at all is reach."""
        try:
            who, took = await question()
        except (Unreachable, Late, Throttled) as error:
            self.say("reach", False, str(error))
            return False
        except ReadError as error:
            self.say("reach", True, "answers")
            if isinstance(error, CredentialsRefused) or str(error).startswith("sign-in"):
                self.say("sign-in", False, str(error))
                return False
            let_in = isinstance(error, NotPermitted | Missing)
            self.say("sign-in", True if let_in else None, "accepted" if let_in else f"does not show: {error}")
            return True
        self.say("reach", True, f"answered in {took * 1000:.0f} ms")
        self.say("sign-in", True, f"as {who}" if who else "accepted")
        return True

    async def ask(self, name: str, question: Callable[[], Awaitable[str]], missing: str = "") -> bool:
        """One reading, and whether it came; `missing` is what is lost without it."""
        try:
            self.say(name, True, await question())
        except ReadError as error:
            lost = f": {missing} will be missing" if missing else ""
            self.say(name, False, f"{error}{lost}", right=isinstance(error, NotPermitted))
            return False
        return True

    def verbs(
        self,
        settings: SourceSettings,
        verbs: Iterable[Verb],
        said: Mapping[Verb, str] = NOTHING_SAID,
        cannot: Mapping[Verb, str] = NOTHING_SAID,
    ) -> None:
        """What can be done shows only when it is; `said` adds to that, `cannot` is why it cannot be done."""
        for verb in verbs:
            why = READ_ONLY if settings.read_only else cannot.get(verb, "")
            more = f"{UNTRIED}; {said[verb]}" if verb in said else UNTRIED
            self.say(verb.value, False if why else None, why or more)

    def account(self, http: HttpSource) -> None:
        self.lines.append(clock(http.clock_offset))
        budget = http.budget
        if budget is None or budget.remaining is None:
            self.say("budget", None, "the vendor names none")
        else:
            self.say("budget", budget.remaining > 0, f"{budget.remaining} of {budget.limit} requests left this hour")


def clock(offset: float | None) -> CheckLine:
    """How far the vendor's clock is ahead of ours."""
    if offset is None:
        return CheckLine("clock", None, "the vendor tells no time")
    return CheckLine("clock", abs(offset) <= CLOCK_TOLERANCE, f"{offset:+.1f} s")
