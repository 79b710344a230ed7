"""What `wallboard check` says of a source, in one dialect: reach, sign-in, rights by reading, verbs, clock, budget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from wallboard.domain.command import Verb
from wallboard.domain.errors import CredentialsRefused, Late, Missing, NotPermitted, ReadError, Throttled, Unreachable
from wallboard.domain.language import english, mark, tr, trc
from wallboard.vendors.base import CheckLine, SourceSettings

if TYPE_CHECKING:
    from wallboard.vendors.http.client import HttpSource

CLOCK_TOLERANCE = 5.0
"""Seconds: clocks that differ by more make waits and talk times of two sources incomparable."""

NOTHING_SAID: Mapping[Verb, str] = {}


class Check:
    """Gathers the lines, whose names are `mark`ed. Nothing raises a ReadError; only reads are tried."""

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
            self.say(mark("reach"), False, str(error))
            return False
        except ReadError as error:
            self.say(mark("reach"), True, trc("vendor", "answers"))
            if isinstance(error, CredentialsRefused) or english(str(error)).startswith("sign-in"):
                self.say(mark("sign-in"), False, str(error))
                return False
            let_in = isinstance(error, NotPermitted | Missing)
            said = tr("accepted") if let_in else tr("does not show: {why}", why=str(error))
            self.say(mark("sign-in"), True if let_in else None, said)
            return True
        self.say(mark("reach"), True, tr("answered in {milliseconds:.0f} ms", milliseconds=took * 1000))
        self.say(mark("sign-in"), True, tr("as {name}", name=who) if who else tr("accepted"))
        return True

    async def ask(self, name: str, question: Callable[[], Awaitable[str]], missing: str = "") -> bool:
        """One reading, and whether it came; `missing` is what is lost without it."""
        try:
            self.say(name, True, await question())
        except ReadError as error:
            why = str(error)
            said = tr("{why}: {what} will be missing", why=why, what=missing) if missing else why
            self.say(name, False, said, right=isinstance(error, NotPermitted))
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
            why = tr("this source is read-only") if settings.read_only else cannot.get(verb, "")
            more = said.get(verb, "")
            untried = tr("shows only when used; {more}", more=more) if more else tr("shows only when used")
            self.say(verb.value, False if why else None, why or untried)

    def account(self, http: HttpSource) -> None:
        self.lines.append(clock(http.clock_offset))
        budget = http.budget
        if budget is None or budget.remaining is None:
            self.say(mark("budget"), None, tr("the vendor names none"))
        else:
            said = tr("{left} of {all} requests left this hour", left=budget.remaining, all=budget.limit)
            self.say(mark("budget"), budget.remaining > 0, said)


def clock(offset: float | None) -> CheckLine:
    """How far the vendor's clock is ahead of ours."""
    if offset is None:
        return CheckLine(mark("clock"), None, tr("the vendor tells no time"))
    return CheckLine(mark("clock"), abs(offset) <= CLOCK_TOLERANCE, f"{offset:+.1f} s")
