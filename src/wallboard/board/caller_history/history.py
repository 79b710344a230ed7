"""The books of one source: each list that is read adds to what is proven of its callers, and takes back what it
contradicts.

The rules are those of wallboards §2.4. A caller who is not listed any more is *unseen* until the lists that can tell
have been read: the calls (they talk, or ring elsewhere) and the other queues (they went there). Who cannot be found
gave up, unless the list was not read in time (a gap), or everything has gone with them (a restart), or the vendor keeps
those who give up in its list and did not (then they left in another way).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Container, Iterable

from wallboard.board.caller_history.legs import Leg, Legs, line_of, whose
from wallboard.board.caller_history.stay import GRAIN, SLACK, Outcome, Stay
from wallboard.domain.keys import Key
from wallboard.domain.models import Agent, Call, Member, Queue
from wallboard.domain.states import AgentState, MemberState

PULL = 15.0
"""Seconds within which a departure belongs to our own pull."""
PATIENCE = 60.0
"""Seconds to wait for the lists that tell what became of a caller."""
KEPT = 180.0
"""Seconds for which what was concluded of a caller who left can still be taken back."""
REUSED = 10.0
"""Seconds by which the time of joining must differ for an id to name another caller: less is rounding."""
MOVED = 2.5
"""Seconds by which a wait must differ from what the clock would make of it to tell whether it stands still."""
ALL_AT_ONCE = 4
"""Callers who cannot all hang up between two readings, with nobody left on the PBX."""
OFTEN = 3.0
"""Seconds between two readings of the calls up to which a talk hardly falls between them."""
CLOSED = 300.0
"""Seconds after which a queue that is not listed any more is forgotten with its figures."""


_IN_QUEUE = frozenset({MemberState.WAITING, MemberState.RINGING})
_WITH_AGENT = frozenset({MemberState.RINGING, MemberState.TALKING})
_OPEN_TO_PROOF = frozenset({Outcome.LOST, Outcome.UNSEEN, Outcome.FLOWED})

Find = Callable[[Member], Agent | None]
"""The row of the agent who serves a caller, as the vendor told it last."""


class CallerHistory:
    """See the module. `opened`: when it began; who joined before is *inherited*, and counts in no service level.
    `serves`: whether an agent belongs to a queue; `queue`: the row of a queue; `changed` is told of every stay of which
    something else is known, before all of it is written in."""

    def __init__(
        self,
        opened: float,
        serves: Callable[[Key, str], bool],
        queue: Callable[[str], Queue | None],
        changed: Callable[[Stay], None],
    ) -> None:
        self.opened = opened
        self._serves, self._queue, self._changed = serves, queue, changed
        self.resets = 0
        """Restarts of the vendor that were noticed."""
        self.frozen: bool | None = None
        """Whether the vendor's wait stands still once a caller is answered; None: not settled yet."""
        self.lists_talks = False
        """Whether its lists show those who are served."""
        self._marks_lost: set[str] = set()
        """The queues whose lists keep those who gave up for a while, marked; each may be set up otherwise."""
        self.pace: dict[str, float] = {}
        """Seconds between the last two readings of each list of callers."""
        self.taken: dict[str, int] = {}
        """By queue: our own pulls since the vendor's counters began, which hold them as abandons."""
        self.versions: dict[str, int] = {}
        """By queue: rises with whatever changes its figures."""
        self.legs = Legs()
        self._queues: dict[str, list[Stay]] = {}
        self._current: dict[Key, Stay] = {}
        """By caller: the stay that their row stands for, also for a while after the row went."""
        self._here: dict[str, dict[Key, Stay]] = {}
        self._read: dict[str, float] = {}
        self.pulls: dict[Key, float] = {}
        """Whom one of us took out of a queue lately, and when."""
        self._undecided: list[Stay] = []
        self._guessed: list[Stay] = []
        """Who lately went without a mark and is taken for lost, as long as nobody was marked in the queue."""
        self._marked: list[Stay] = []
        """Who was lately marked as having given up."""
        self._on_leg: list[tuple[Stay, Leg]] = []
        """Who talks on a leg that alone tells until when."""
        self._departed: list[Stay] = []
        self._gone: dict[str, float] = {}
        self._begun: dict[str, float] = {}
        self._kept_since: dict[str, float] = {}
        self._answers_seen = False
        self._served: list[tuple[Key, str]] = []
        self._clocks: set[Key] = set()
        self._lately: deque[Stay] = deque()
        """Who came within the last minute, and from which line."""
        self.arrivals: list[Stay] = []
        """Who has newly come to a queue: taken away by whoever asks the other sources whether they left there."""

    # ---- what is known ---------------------------------------------------------------------------------------

    def stays(self, queue_id: str) -> list[Stay]:
        """All that were in the queue since the books were opened or cleared, in the order of their coming."""
        return self._queues.get(queue_id, [])

    def waiting(self, queue_id: str) -> Iterable[Stay]:
        """Who is in the queue and not served."""
        return (
            stay
            for here in (self._here.get(queue_id) or self._here.get("", {}),)
            for stay in here.values()
            if stay.present and stay.queue_id == queue_id
        )

    def since(self, queue_id: str) -> float | None:
        """Since when its callers are known: when the list that covers it was first read, or as far back as was
        written down; None: never read."""
        begun = self._begun.get(queue_id, self._begun.get("", min(self._begun.values(), default=None)))
        return None if begun is None else min(begun, self._kept_since.get(queue_id, begun))

    @property
    def answers_known(self) -> bool:
        """Whether it can be seen at all that callers are answered."""
        return self.lists_talks or self._answers_seen

    def answered_at(self, key: Key) -> float | None:
        """When the caller's talk began, as far as that is proven; None where the row itself is as good."""
        stay = self._current.get(key)
        if stay is None or stay.outcome is not Outcome.ANSWERED or (stay.exact is None and self.frozen is not False):
            return None
        ended = stay.wait_ended(self.frozen)
        return None if ended is None else ended.best

    def still_waits_for(self, agent: Key) -> bool:
        """Whether a caller for whom this agent was rung is still in the queue."""
        return any(stay.present and agent in stay.rung for here in self._here.values() for stay in here.values())

    def served_now(self) -> list[tuple[Key, str]]:
        """Who has taken a caller of which queue since this was asked last."""
        served, self._served = self._served, []
        return served

    def clocked(self) -> set[Key]:
        """The callers of whose talk more is known since this was asked last."""
        clocked, self._clocks = self._clocks, set()
        return clocked

    # ---- what lists and events tell --------------------------------------------------------------------------

    def listed(
        self, scope: str, rows: Collection[Member], changed: Container[Key], at: float, find: Find, *, gap: bool = False
    ) -> None:
        """The whole list of a scope as it was `at`; what is not `changed` reads as it did before. `gap`: something was
        missed before it, so conclude nothing from who is absent."""
        before = self._read.get(scope)
        if before is not None:
            self.pace[scope] = max(0.0, at - before)
        self._begun.setdefault(scope, at)
        here = self._here.setdefault(scope, {})
        for row in rows:
            stay = here.get(row.key)
            if stay is None or row.key in changed or not self._same(stay, row, at):
                self._row(row, scope, at, before, find)
        present = {row.key for row in rows}
        for key in [key for key in here if key not in present]:
            self._left(here.pop(key), at, gap=gap, event=False)
        self._read[scope] = at

    def dropped(self, scope: str, now: float) -> None:
        """The list is not there any more."""
        for stay in self._here.pop(scope, {}).values():
            self._left(stay, now, gap=True, event=False)
        self._read.pop(scope, None)

    def told(self, scope: str, rows: Iterable[Member], removed: Iterable[Key], at: float, find: Find) -> None:
        """What an event told, at once and alone: rows as they are now, and who is gone."""
        for row in rows:
            known = self._current.get(row.key)
            if known is not None and known.present and known.queue_id == row.queue_id:
                known.seen = max(known.seen, at)
            self._row(row, scope, at, at, find)
        for key in removed:
            for here in self._here.values():
                stay = here.pop(key, None)
                if stay is not None:
                    self._left(stay, at, gap=False, event=True)

    def agents(self, told: Callable[[Key], Agent | None]) -> None:
        """The agents' own clocks: since when each talks settles when the caller's wait ended."""
        for stay in self._served_ones():
            if stay.exact is None and stay.server is not None:
                self._by_agent(stay, told(stay.server))

    def calls(self, scope: str, rows: Iterable[Call], changed: Container[Key], at: float) -> None:
        """All calls of a scope as they were `at`, joined with their agents."""
        self.legs.listed(scope, rows, changed, at)
        self._by_legs()

    def calls_told(self, rows: Iterable[Call], removed: Iterable[Key], at: float) -> None:
        self.legs.told(rows, removed, at)
        self._by_legs()

    def _by_legs(self) -> None:
        """The leg on which a caller talks says when that began, and better than anybody."""
        for stay in self._served_ones():
            answered = None if stay.by_leg else self.legs.answered(stay)
            if answered is not None:
                stay.by_leg = True
                self._clocked(stay, answered)

    def _served_ones(self) -> Iterable[Stay]:
        """Who talks in a queue now."""
        here = (stay for here in self._here.values() for stay in here.values())
        return (stay for stay in here if stay.outcome is Outcome.ANSWERED and stay.talk_end is None)

    def pulled(self, key: Key, now: float) -> None:
        """One of us took the caller out of the queue at `now`, before or after the row goes."""
        self.pulls[key] = now
        stay = self._current.get(key)
        if stay is not None and stay.left is not None and now - stay.left <= PULL and stay.outcome in _OPEN_TO_PROOF:
            self._conclude(stay, Outcome.PULLED, "us")

    def reset(self, queue_id: str, now: float) -> None:
        """The vendor began anew (the queue's counters fell): who went at the same time did not give up."""
        self.resets += 1
        self.taken.pop(queue_id, None)
        for stay in self._departed:
            if stay.left is not None and now - stay.left <= PATIENCE and stay.outcome is Outcome.LOST:
                self._conclude(stay, Outcome.UNSEEN)
            stay.gap |= stay.undecided

    def turned_up(self, arrival: Stay, where: str) -> bool:
        """Whether somebody who has just come to a queue elsewhere is one who left here in that moment."""
        earliest = min(arrival.first, arrival.joined or arrival.first, arrival.before or arrival.first) - SLACK
        for stay in reversed(self._departed):
            if stay.outcome not in _OPEN_TO_PROOF:
                continue
            if stay.left is None or stay.left < earliest:
                break
            if stay.line == arrival.line and _meets(stay, arrival):
                # One who was rung for may have talked to the agent first, who sent them on.
                if not self._went_on(stay) or stay.outcome is not Outcome.ANSWERED:
                    self._conclude(stay, Outcome.FLOWED, where)
                    stay.doubtful = stay.ringing and stay.left != stay.seen
                arrival.came = True
                return True
        return False

    def settle(self, now: float, calls_at: float | None) -> bool:
        """Decide about those who left, once what can tell was read after that; whether anything was decided.

        `calls_at`: when the calls were last read (None: never).
        """
        before = len(self._undecided)
        waiting = [stay for stay in self._undecided if stay.undecided]
        self._undecided = [stay for stay in waiting if not self._decided(stay, now, calls_at)]
        self._marked = [stay for stay in self._marked if not self._lives_on(stay, now)]
        self._on_leg = [(stay, leg) for stay, leg in self._on_leg if not self._leg_over(stay, leg, now)]
        self.pulls = {key: at for key, at in self.pulls.items() if now - at <= 2 * PATIENCE}
        if self._departed and now - (self._departed[0].over or now) > KEPT:
            old = [stay for stay in self._departed if now - (stay.over or now) > KEPT]
            self._departed = [stay for stay in self._departed if now - (stay.over or now) <= KEPT]
            self._guessed = [stay for stay in self._guessed if now - (stay.over or now) <= KEPT]
            for stay in old:
                if self._current.get(stay.key) is stay and not self._stands(stay):
                    del self._current[stay.key]
        while self._lately and now - self._lately[0].first > PATIENCE:
            self._lately.popleft()
        self.legs.forget(now - KEPT)
        return len(self._undecided) != before

    def final(self, stay: Stay, now: float) -> bool:
        """Whether nothing can change any more what is known of the stay."""
        over = stay.over
        return over is not None and now - over > KEPT and self._current.get(stay.key) is not stay

    def forget(self, queue_id: str, before: float) -> None:
        """Drop what ended before this moment."""
        stays = self._queues.get(queue_id)
        if stays and (stays[0].over or before) < before:
            kept = [stay for stay in stays if (stay.over or before) >= before]
            if len(kept) != len(stays):
                self._queues[queue_id] = kept

    def keep(self, listed: Collection[str], now: float) -> None:
        """Close the books of queues that have not been `listed` for a while, once every story in them has its end."""
        gone = [queue_id for queue_id in self._queues if queue_id not in listed]
        self._gone = {queue_id: self._gone.get(queue_id, now) for queue_id in gone}
        for queue_id, since in self._gone.items():
            if now - since > CLOSED and not any(s.present or s.undecided for s in self._queues[queue_id]):
                del self._queues[queue_id]
                self.versions.pop(queue_id, None)
                self._kept_since.pop(queue_id, None)
                self._marks_lost.discard(queue_id)

    def restore(self, queue_id: str, stays: Iterable[Stay], since: float) -> None:
        """What was written down of a queue before this program began, from `since` on, oldest first."""
        known = {(stay.key, stay.joined) for stay in self.stays(queue_id)}
        before = [stay for stay in stays if (stay.key, stay.joined) not in known]
        self._queues[queue_id] = before + self.stays(queue_id)
        self._kept_since[queue_id] = since
        self._answers_seen = self._answers_seen or any(stay.outcome is Outcome.ANSWERED for stay in before)
        self.versions[queue_id] = self.versions.get(queue_id, 0) + 1

    # ---- one caller ------------------------------------------------------------------------------------------

    def _same(self, stay: Stay, row: Member, at: float) -> bool:
        """Whether a row that reads as before stands for the same as before: they wait on, or talk on."""
        if self._current.get(row.key) is not stay:
            return False
        if stay.present and row.state in _IN_QUEUE:
            stay.seen = at
            return True
        if stay.outcome is Outcome.ANSWERED and row.state is MemberState.TALKING and self.frozen is not None:
            stay.talk_seen = at
            return stay.talk_end is None
        return False

    def _row(self, row: Member, scope: str, at: float, before: float | None, find: Find) -> None:
        if row.state is MemberState.UNKNOWN:
            # Here they are; what for is not told.
            known = self._current.get(row.key)
            if known is not None and known.queue_id == row.queue_id:
                self._here.setdefault(scope, {})[row.key] = known
                known.seen = max(known.seen, at) if known.present else known.seen
            return
        stay = self._current.get(row.key)
        if stay is not None and stay.queue_id != row.queue_id:
            if self._stands(stay) and stay.first > at:
                # An older reading of the queue that they came from.
                return
            if self._stands(stay):
                self._here[stay.scope].pop(stay.key, None)
                self._moved(stay, row, at)
            elif stay.outcome in _OPEN_TO_PROOF and stay.left is not None and at - stay.left <= KEPT:
                self._conclude(stay, Outcome.FLOWED, row.queue or row.queue_id)
            stay = None
        elif stay is not None and _another(stay, row):
            if self._stands(stay):
                self._here[stay.scope].pop(stay.key, None)
                self._left(stay, at, gap=False, event=False)
            stay = None
        if stay is not None and row.state in _IN_QUEUE and (stay.outcome is Outcome.ANSWERED or not stay.counted):
            # Back after a talk: a new wait.
            stay.talk_end = stay.talk_end or at
            self._touch(stay)
            stay = self._arrived(row, scope, at, stay.talk_seen, again=True)
        elif stay is None:
            stay = self._arrived(row, scope, at, before)
        self._here.setdefault(scope, {})[row.key] = stay
        stay.scope = scope
        self._follow(stay, row, at, find(row) if row.state in _WITH_AGENT else None)

    def _arrived(self, row: Member, scope: str, at: float, before: float | None, *, again: bool = False) -> Stay:
        """A new stay. One whose wait was over before anybody looked is not counted."""
        joined = row.joined_at
        if again and before is not None and joined is not None and joined < before:
            joined = None
        ended = row.state in (MemberState.TALKING, MemberState.ABANDONED)
        early = before is None if joined is None else joined < self.opened
        since = joined if joined is not None else self.opened if before is None else before
        stay = Stay(
            key=row.key,
            queue_id=row.queue_id,
            scope=scope,
            line=line_of(row.number),
            first=at,
            seen=min(since, at) if ended else at,
            joined=joined,
            before=before,
            inherited=early,
            call_id=row.call_key.id if row.call_key is not None else row.key.id,
            number=row.number,
            name=row.name,
            counted=not (ended and early and (before is None or before <= self.opened)),
        )
        self._current[row.key] = stay
        if stay.counted:
            self._queues.setdefault(row.queue_id, []).append(stay)
            self._touch(stay)
            if stay.line and not again:
                self.arrivals.append(stay)
                self._lately.append(stay)
                self.turned_up(stay, str(row.queue or row.queue_id))
        return stay

    def _follow(self, stay: Stay, row: Member, at: float, agent: Agent | None) -> None:
        """What this row proves of the stay that it stands for."""
        if row.state in _IN_QUEUE:
            if not stay.present:
                # Missing from one list, or resumed their old place: nothing had happened.
                self._reopen(stay)
            stay.seen = max(stay.seen, at)
            stay.ringing = row.state is MemberState.RINGING
            if row.joined_at is not None and stay.joined is not None and not stay.inherited:
                stay.joined = min(stay.joined, row.joined_at) if stay.joined - row.joined_at < REUSED else stay.joined
            if stay.ringing:
                server = row.serving_key or (agent.key if agent is not None else None)
                if server is not None:
                    stay.rung.add(server)
        elif row.state is MemberState.TALKING:
            self.lists_talks = True
            if stay.present or stay.outcome in _OPEN_TO_PROOF:
                stay.left = at if stay.left is None else stay.left
                stay.told = row.answered_at
                self._conclude(stay, Outcome.ANSWERED)
            server = row.serving_key or (agent.key if agent is not None else stay.server)
            if server is not None and server != stay.server and stay.counted:
                self._served.append((server, stay.queue_id))
            stay.server = server
            if stay.talk_end is not None:
                # Missing from one list.
                stay.talk_end = None
                self._touch(stay)
            stay.talk_seen = at
            if stay.outcome is Outcome.ANSWERED:
                self._by_agent(stay, agent)
                self._compare(stay, row, at)
        elif row.state is MemberState.ABANDONED and stay.present:
            if stay.queue_id not in self._marks_lost:
                self._marks_lost.add(stay.queue_id)
                for guessed in self._guessed:
                    if guessed.queue_id == stay.queue_id and guessed.outcome is Outcome.LOST:
                        self._unmarked(guessed)
            stay.left, stay.told = at, row.ended_at
            self._conclude(stay, *((Outcome.PULLED, "us") if self._was_pulled(stay) else (Outcome.LOST, "")))
            self._departed.append(stay)
            self._marked.append(stay)

    def _by_agent(self, stay: Stay, agent: Agent | None) -> None:
        """The agent's clock says when the talk began, if it is that of this talk."""
        since = agent.since if agent is not None and agent.state is AgentState.TALKING else None
        if since is None or stay.left is None or not stay.seen - SLACK <= since <= stay.left + SLACK:
            return
        if stay.exact is None:
            self._clocked(stay, since)
        elif self.frozen is None and stay.told is not None:
            self._settled(stay.told, since, stay.left)

    def _clocked(self, stay: Stay, began: float) -> None:
        """A better clock than the caller's row says when the talk began."""
        if began != (stay.told if stay.exact is None else stay.exact):
            self._clocks.add(stay.key)
        stay.exact = began
        self._touch(stay)
        if self.frozen is None and stay.told is not None and stay.left is not None:
            self._settled(stay.told, began, stay.left)

    def _settled(self, told: float, since: float, read: float) -> None:
        """Whether the vendor's wait stands still: it ends with the talk's beginning, or with the reading."""
        if read - since > MOVED and abs(told - since) < MOVED / 2:
            self._freeze(True)
        elif told - since > MOVED:
            self._freeze(False)

    def _compare(self, stay: Stay, row: Member, at: float) -> None:
        """Two readings of one talk settle the same."""
        if self.frozen is not None or stay.told is None or row.answered_at is None or stay.left is None:
            return
        if row.answered_at - stay.told > MOVED:
            self._freeze(False)
        elif at - row.answered_at > MOVED:
            self._freeze(True)

    def _freeze(self, frozen: bool) -> None:
        self.frozen = frozen

    def _moved(self, stay: Stay, row: Member, at: float) -> None:
        """The same id stands in the list of another queue now."""
        if stay.present:
            stay.left = at
            self._conclude(stay, Outcome.FLOWED, row.queue or row.queue_id)
        elif stay.outcome is Outcome.ANSWERED and stay.talk_end is None:
            stay.talk_end = at
            self._touch(stay)

    def _reopen(self, stay: Stay) -> None:
        stay.outcome, stay.undecided, stay.gap, stay.doubtful = Outcome.OPEN, False, False, False
        stay.left = stay.told = stay.exact = None
        stay.other = ""
        self._departed = [each for each in self._departed if each is not stay]
        self._touch(stay)

    # ---- one who is not listed any more ----------------------------------------------------------------------

    def _left(self, stay: Stay, at: float, *, gap: bool, event: bool) -> None:
        if stay.outcome is Outcome.ANSWERED:
            if stay.talk_end is None:
                stay.talk_end = at
                if event:
                    stay.talk_seen = at
                if gap:
                    stay.talk_seen = None
                self._touch(stay)
            self._departed.append(stay)
            return
        if not stay.present:
            return
        stay.left = at
        if event:
            stay.seen = at
        stay.gap = gap
        self._departed.append(stay)
        if self._was_pulled(stay):
            self._conclude(stay, Outcome.PULLED, "us")
            return
        self._conclude(stay, Outcome.UNSEEN)
        stay.undecided = True
        self._undecided.append(stay)
        for arrival in reversed(self._lately):
            if arrival.first < stay.seen - SLACK:
                break
            if arrival.line == stay.line and self.turned_up(arrival, arrival.queue_id):
                break

    def _went_on(self, stay: Stay) -> bool:
        """Whether a leg says what became of them."""
        numbers = self._lines_of(stay.queue_id)
        found = self.legs.explain(stay, numbers, lambda agent: self._serves(agent, stay.queue_id), self.lists_talks)
        if found is None:
            return False
        outcome, leg = found
        if outcome is Outcome.ANSWERED:
            self._answers_seen = True
            stay.server, stay.exact = leg.agent, leg.answered
            if leg.agent is not None:
                self._served.append((leg.agent, stay.queue_id))
            self._on_leg.append((stay, leg))
        self._conclude(stay, outcome, "us" if outcome is Outcome.PULLED else leg.where)
        stay.doubtful = outcome is Outcome.FLOWED and stay.ringing and stay.left != stay.seen
        return True

    def _lives_on(self, stay: Stay, now: float) -> bool:
        """Whether one who was marked as having given up talks on: FreeSWITCH marks whoever leaves without an agent,
        those sent elsewhere too. True also once nobody need look any more."""
        if stay.outcome is not Outcome.LOST or stay.left is None or now - stay.left > PATIENCE:
            return True
        leg = self.legs.beyond(stay)
        if leg is not None and leg.to not in self._lines_of(stay.queue_id):
            self._conclude(stay, Outcome.FLOWED, leg.where)
        return leg is not None

    def _lines_of(self, queue_id: str) -> set[str]:
        row = self._queue(queue_id)
        return set() if row is None else {line_of(str(row.number)), line_of(queue_id)} - {""}

    def _leg_over(self, stay: Stay, leg: Leg, now: float) -> bool:
        """Whether the talk on the leg has ended, or cannot be seen any more."""
        unseen = now - leg.last > KEPT
        if stay.outcome is Outcome.ANSWERED and stay.talk_end is None and (leg.gone is not None or unseen):
            stay.talk_seen = None if leg.gone is None else leg.last
            stay.talk_end = leg.last if leg.gone is None else leg.gone
            self._touch(stay)
        return stay.talk_end is not None or stay.outcome is not Outcome.ANSWERED

    def _decided(self, stay: Stay, now: float, calls_at: float | None) -> bool:
        assert stay.left is not None
        if self.legs.leaving(stay, now):
            return False
        if self._went_on(stay):
            return True
        others = [at for scope, at in self._read.items() if scope != stay.scope]
        looked = (calls_at is None or calls_at > stay.left) and all(at >= stay.left for at in others)
        if not looked and now - stay.left <= PATIENCE:
            return False
        stay.undecided = False
        if stay.gap:
            self._conclude(stay, Outcome.UNSEEN)
        elif self._restarted(stay):
            self._conclude(stay, Outcome.UNSEEN)
            stay.gap = True
        elif stay.queue_id in self._marks_lost and stay.left > stay.seen:
            self._unmarked(stay)
        else:
            self._conclude(stay, Outcome.LOST)
            if stay.left > stay.seen:
                stay.doubtful = calls_at is None or self.legs.pace > OFTEN
                self._guessed.append(stay)
        return True

    def _unmarked(self, stay: Stay) -> None:
        """Whoever gives up stays in this vendor's list, marked; this one left in another way, between two readings."""
        self._conclude(stay, Outcome.ANSWERED if stay.ringing else Outcome.FLOWED)
        stay.doubtful = True
        if stay.outcome is Outcome.ANSWERED:
            stay.talk_seen, stay.talk_end = stay.seen, stay.left

    def _restarted(self, stay: Stay) -> bool:
        """Whether all that was alive on the PBX went with them. One who hangs up while the last talk ends is no
        restart, nor are three who hang up at once; four are, or three of whom some were talking."""
        assert stay.left is not None
        pace = max(self.pace.get(stay.scope, 0.0), 5.0)
        waited = [s for s in self._departed if s.left is not None and s.talk_seen is None]
        went = len([s for s in waited if abs((s.left or 0.0) - stay.left) <= pace])
        standing = [s for here in self._here.values() for s in here.values()]
        if any(s.first <= stay.seen for s in standing):
            return False
        talks = len([s for s in self._departed if s.talk_seen is not None and s.talk_seen >= stay.seen - pace])
        before, after = self.legs.around(stay.seen, stay.left, pace)
        others = max(talks, before)
        if after or not (went >= ALL_AT_ONCE or (others and went + others >= ALL_AT_ONCE - 1)):
            return False
        self.resets += not any(s.gap and abs((s.left or 0.0) - stay.left) <= pace for s in waited)
        return True

    # ---- inside ----------------------------------------------------------------------------------------------

    def _was_pulled(self, stay: Stay) -> bool:
        at = self.pulls.get(stay.key)
        return at is not None and stay.left is not None and stay.seen - PULL <= at <= stay.left + PULL

    def _stands(self, stay: Stay) -> bool:
        return self._here.get(stay.scope, {}).get(stay.key) is stay

    def _conclude(self, stay: Stay, outcome: Outcome, other: str = "") -> None:
        step = (outcome is Outcome.PULLED) - (stay.outcome is Outcome.PULLED)
        if step:
            self.taken[stay.queue_id] = self.taken.get(stay.queue_id, 0) + step
        stay.outcome, stay.other = outcome, other
        if outcome is not Outcome.UNSEEN:
            stay.undecided = False
        self._touch(stay)

    def _touch(self, stay: Stay) -> None:
        stay.version += 1
        self.versions[stay.queue_id] = self.versions.get(stay.queue_id, 0) + 1
        if stay.counted:
            self._changed(stay)


def _another(stay: Stay, row: Member) -> bool:
    """Whether the id now names somebody else: another time of joining, and not the same person back in place."""
    if stay.joined is None or row.joined_at is None or abs(row.joined_at - stay.joined) <= REUSED:
        return False
    if line_of(row.number) != stay.line:
        return True
    return row.state in _IN_QUEUE and row.joined_at > stay.seen - GRAIN and stay.outcome is not Outcome.ANSWERED


def _meets(stay: Stay, arrival: Stay) -> bool:
    """Whether one left in the moment in which the other came elsewhere."""
    if stay is arrival or not stay.line or stay.left is None or stay.line != arrival.line or arrival.came:
        return False
    if (stay.key.source, stay.queue_id) == (arrival.key.source, arrival.queue_id):
        return False
    if whose(stay.key.source, stay.line) != whose(arrival.key.source, arrival.line):
        return False
    low = arrival.joined if arrival.joined is not None else arrival.before
    high = arrival.joined if arrival.joined is not None else arrival.first
    return low is not None and low <= stay.left + SLACK and high >= stay.seen - SLACK
