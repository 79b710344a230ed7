"""The truth about every caller in every queue, whatever a vendor's face shows of it and a board makes of that.

It is what figures are compared with: for a queue and a span of time, `waiting + answered + lost + flowed + pulled` is
what was offered, always.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator

from wallboard.domain.records import dataclass
from wallboard.sim.engine import Engine

WAITING, ANSWERED, LOST, FLOWED, PULLED = "waiting", "answered", "lost", "flowed", "pulled"


@dataclass(slots=True, eq=False)
class Visit:
    """One caller in one queue, from coming in to being gone. Times are world seconds.

    `queue` and `caller` are numbers. `offered`: came into the queue; `rung`: an agent was first rung for the caller;
    `settled`: the wait ended, by what `outcome` says; `left`: out of the queue, which for who was answered is the end
    of the talk with the agent. `agent` as FreeSWITCH names it (`136_local`), "" if none answered.

    Outcomes: `waiting` (or ringing; still there), `answered` (by an agent of the queue), `lost` (gave up or was hung
    up), `flowed` (sent on or parked while waiting, by anybody), `pulled` (taken over by a phone that the queue did not
    ring). A caller who comes back, such as from a slot, is a visit of its own.
    """

    queue: str
    caller: str
    offered: float
    rung: float | None = None
    outcome: str = WAITING
    settled: float | None = None
    left: float | None = None
    agent: str = ""

    def settle(self, outcome: str, now: float, agent: str = "") -> None:
        """The wait is over; only the first outcome counts."""
        if self.outcome == WAITING:
            self.outcome, self.settled, self.agent = outcome, now, agent


class History:
    """The visits of one site's queues, oldest first; so many as the scale keeps."""

    def __init__(self, engine: Engine) -> None:
        self.visits: deque[Visit] = deque(maxlen=engine.scale.kept)

    def of(self, queue: str, since: float = float("-inf"), until: float = float("inf")) -> Iterator[Visit]:
        """Who was offered to a queue (its number) from a world second on, and before another."""
        return (each for each in self.visits if each.queue == queue and since <= each.offered < until)

    def outcomes(self, queue: str, since: float = float("-inf"), until: float = float("inf")) -> Counter[str]:
        """How many of them there were of each outcome; the total is what was offered."""
        return Counter(each.outcome for each in self.of(queue, since, until))
