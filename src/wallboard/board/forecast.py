"""How likely a limit is to be passed soon: a small simulation of one queue from where it stands now.

Callers arrive as in the last ten minutes (Poisson), talk as long as lately (those times, drawn again), give up as
lately (exponential patience, fitted to waits that ended in an answer as well as to those that did not). Agents take the
next caller as soon as they are free, from whatever queue of theirs. Both questions, as it is and with one agent more,
are asked of the same chances, so their difference is the agent's. What no model knows (agents who are ready and take no
call) stands in the waits of the last half hour: the limit is passed by the one or by the other. Pure; about 5 ms for a
busy queue, for both questions.
"""

from __future__ import annotations

import random
from bisect import bisect_right, insort
from collections.abc import Sequence
from heapq import heapify, heapreplace

from wallboard.domain.language import tr
from wallboard.domain.records import dataclass

AHEAD = 360.0
"""Seconds that are looked ahead."""
LOOKED_BACK = 600.0
"""Seconds of arrivals that the next ones are taken from."""
ENOUGH = 10
"""With fewer arrivals and talk times than this nothing is said."""
RUNS = 50
CLUSTER = 0.25
PATIENT = 3600.0
"""Mean patience in seconds where nobody gave up."""


@dataclass(frozen=True, slots=True)
class QueueNow:
    """A queue as it stands. Seconds throughout: `waits` of who waits now, `talking` how long each agent on a call has
    been at it, `wrap_up` until those agents are free, `talks` for which a caller kept an agent lately, `answered_after`
    and `lost_after` the waits that ended so; `arrivals` in the last ten minutes. `others` are the waits of callers in
    other queues of the same agents, `others_arrivals` how many of them came."""

    waits: Sequence[float]
    ready: int
    talking: Sequence[float]
    wrap_up: Sequence[float]
    arrivals: int
    talks: Sequence[float]
    answered_after: Sequence[float] = ()
    lost_after: Sequence[float] = ()
    others: Sequence[float] = ()
    others_arrivals: float = 0.0


@dataclass(frozen=True, slots=True)
class Soon:
    """Likelihoods 0..1, `n` what they are made of; both None with the `reason`."""

    likely: float | None
    with_one_more: float | None
    n: int
    reason: str = ""


def soon(now: QueueNow, *, longest: float | None = None, waiting: int | None = None, seed: int = 0) -> Soon:
    """How likely it is that within `AHEAD` somebody waits over `longest` seconds, or `waiting` callers wait at once."""
    n = min(now.arrivals, len(now.talks))
    if n < ENOUGH:
        return Soon(None, None, n, tr("only {n} of {enough} callers and talk times needed", n=n, enough=ENOUGH))
    if not now.ready and not now.talking and not now.wrap_up:
        return Soon(None, None, n, tr("nobody is there to answer"))
    chance = random.Random(seed)
    passed = more = 0
    for _ in range(RUNS):
        free = [
            *(0.0 for _ in range(now.ready)),
            *now.wrap_up,
            *(_rest(now.talks, done, chance) for done in now.talking),
        ]
        callers = _callers(now, chance)
        passed += _passes(callers, free, longest, waiting)
        more += _passes(callers, [*free, 0.0], longest, waiting)
    model, with_more = passed / RUNS, more / RUNS
    seen = 0.0 if longest is None else _seen(now, longest)
    return Soon(_either(model, seen), _either(with_more, seen * with_more / model if model else seen), n)


def _seen(now: QueueNow, longest: float) -> float:
    """How likely it is by the waits of lately alone: what keeps agents from taking callers is in no model. Long waits
    come in clusters, so they count as a quarter as many."""
    waits = [*now.answered_after, *now.lost_after]
    share = sum(wait > longest for wait in waits) / len(waits) if waits else 0.0
    return 1.0 - float((1.0 - share) ** (CLUSTER * now.arrivals * AHEAD / LOOKED_BACK))


def _either(one: float, other: float) -> float:
    return 1.0 - (1.0 - one) * (1.0 - other)


def word(likelihood: float) -> str:
    if likelihood >= 0.6:
        return tr("likely")
    return tr("unlikely") if likelihood <= 0.4 else tr("as likely as not")


_Caller = tuple[float, float, float, bool]
"""When they joined, when they give up, how long they keep an agent (seconds from now), and whether they are the queue's
own."""


def _callers(now: QueueNow, chance: random.Random) -> list[_Caller]:
    """Who waits and who will come, in the order of joining."""
    patience, talks = _patience(now), now.talks

    def caller(joined: float, own: bool) -> _Caller:
        gives_up = max(0.0, joined) + chance.expovariate(1.0 / patience)
        return joined, gives_up, talks[int(chance.random() * len(talks))], own

    found = [caller(-wait, own) for waits, own in ((now.waits, True), (now.others, False)) for wait in waits]
    for arrivals, own in ((now.arrivals, True), (now.others_arrivals, False)):
        rate, at = arrivals / LOOKED_BACK, 0.0
        while rate and (at := at + chance.expovariate(rate)) < AHEAD:
            found.append(caller(at, own))
    return sorted(found)


def _patience(now: QueueNow) -> float:
    """The mean, from all who waited: whoever was answered shows only that theirs was longer."""
    lost = len(now.lost_after)
    waited = sum(now.lost_after) + sum(now.answered_after) + sum(now.waits)
    return max(5.0, waited / lost) if lost else PATIENT


def _rest(talks: Sequence[float], done: float, chance: random.Random) -> float:
    """How long a talk goes on that has lasted `done`: drawn from those that lasted longer."""
    longer = [talk for talk in talks if talk > done]
    return chance.choice(longer) - done if longer else chance.choice(talks)


def _passes(callers: Sequence[_Caller], free: list[float], longest: float | None, waiting: int | None) -> bool:
    free = list(free)
    heapify(free)
    ends: list[float] = []
    for joined, gives_up, talk, own in callers:
        begin = max(joined, free[0], 0.0)
        end = min(begin, gives_up)
        if own and longest is not None and min(end, AHEAD) - joined > longest:
            return True
        if own and waiting is not None and end > max(joined, 0.0):
            insort(ends, end)
            if len(ends) - bisect_right(ends, max(joined, 0.0)) >= waiting:
                return True
        if begin <= gives_up and begin < AHEAD:
            heapreplace(free, begin + talk)
    return False
