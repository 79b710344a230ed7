"""Rows of different lists of one source find each other: who serves which caller, who is on which call.

`Linker` keeps indexes by the vendor's own names (`refs`) and relinks only what a change touches; what a row becomes
is decided by the pure functions in `refine`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from wallboard.board.agent_state import Around, agent_state
from wallboard.board.rows import with_values
from wallboard.board.store import Change
from wallboard.domain.keys import KIND_OF, Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Phone, Queue, Row
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.text import NOTHING, Clean

LINKED = frozenset({Resource.MEMBERS, Resource.AGENTS, Resource.CALLS, Resource.PARKED})


class _Index:
    """Names to the keys that carry them."""

    def __init__(self) -> None:
        self._keys: dict[str, set[Key]] = {}

    def put(self, key: Key, old: Iterable[str], new: Iterable[str]) -> None:
        for name in old:
            keys = self._keys.get(name)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._keys[name]
        for name in new:
            if name:
                self._keys.setdefault(name, set()).add(key)

    def get(self, names: Iterable[str]) -> set[Key]:
        found: set[Key] = set()
        for name in names:
            found |= self._keys.get(name, set())
        return found

    def knows(self, names: Iterable[str]) -> bool:
        return any(name in self._keys for name in names)

    def first(self, names: Iterable[str]) -> Key | None:
        """The key of the first name that is known; of several that share it, the same one each time."""
        for name in names:
            keys = self._keys.get(name)
            if keys:
                return min(keys)
        return None


class Linker:
    """The joined rows of one source. `raw` gives the unlinked rows of a resource, `answered` when a caller's talk began
    as far as that is proven (None: not better than the row), `known` the site's own name for a number or ""."""

    def __init__(
        self,
        source: str,
        raw: Mapping[Resource, dict[Key, Row]],
        answered: Callable[[Key], float | None] = lambda key: None,
        known: Callable[[str], Clean] = lambda number: NOTHING,
    ) -> None:
        self._source = source
        self._raw = raw
        self._answered = answered
        self._known = known
        self.rows: dict[Resource, dict[Key, Row]] = {resource: {} for resource in LINKED}
        self._agents, self._members, self._calls, self._phones = _Index(), _Index(), _Index(), _Index()
        self._spells: dict[Key, Spell] = {}
        self._timed: set[Key] = set()

    def change(self, resource: Resource, changes: Mapping[Key, Change], now: float) -> dict[Key, Change]:
        """Take raw changes in; the linked rows of every resource that differ now."""
        dirty: set[Key] = set()
        for key, change in changes.items():
            self._touch(key, change, dirty)
        if resource is Resource.QUEUES:
            dirty |= self._wrap_ups(changes)
        # In the order of the list, so that the rows stand as the vendor gave them, in every run.
        order = [key for key in changes if key in dirty]
        return self._relink([*order, *sorted(dirty.difference(order))], now)

    def tick(self, now: float) -> dict[Key, Change]:
        """Relink the agents whose state time alone changes (wrap-up that ends, a ring that never does)."""
        return self._relink(sorted(self._timed), now) if self._timed else {}

    def refresh(self, members: Iterable[Key], now: float) -> dict[Key, Change]:
        """Join these callers again, and who serves them: more is proven of them now."""
        keys = sorted(members)
        return self._relink([*keys, *sorted(self._agents.get(ref for key in keys for ref in self._serving(key)))], now)

    def server(self, member: Member) -> Key | None:
        """Who serves or is rung for the caller."""
        return member.serving_key or (self._agents.first((member.serving_ref,)) if member.serving_ref else None)

    def agent(self, key: Key | None) -> Agent | None:
        row = self.rows[Resource.AGENTS].get(key) if key is not None else None
        return row if isinstance(row, Agent) else None

    def _touch(self, key: Key, change: Change, dirty: set[Key]) -> None:
        before, after = change.before, change.after
        kind = key.kind
        if kind is Kind.AGENT:
            old = before.refs if isinstance(before, Agent) else ()
            new = after.refs if isinstance(after, Agent) else ()
            dirty.add(key)
            if old != new:
                self._agents.put(key, old, new)
            if old != new or not isinstance(before, Agent) or not isinstance(after, Agent) or before.name != after.name:
                names = (*old, *new)
                dirty |= self._members.get(names) | self._calls.get(names)
        elif kind is Kind.MEMBER:
            old = (before.serving_ref,) if isinstance(before, Member) and before.serving_ref else ()
            new = (after.serving_ref,) if isinstance(after, Member) and after.serving_ref else ()
            if old != new:
                self._members.put(key, old, new)
            dirty.add(key)
            if old or new:
                dirty |= self._agents.get((*old, *new))
            call = Key(key.source, Kind.CALL, key.id)
            if call in self._raw[Resource.CALLS]:
                dirty.add(call)
        elif kind is Kind.CALL:
            old = before.agent_refs if isinstance(before, Call) else ()
            new = after.agent_refs if isinstance(after, Call) else ()
            if old != new:
                self._calls.put(key, old, new)
            dirty.add(key)
            agents = self._agents.get((*old, *new))
            dirty |= agents
            for agent in agents:
                row = self._raw[Resource.AGENTS].get(agent)
                dirty |= self._members.get(row.refs) if isinstance(row, Agent) else set()
            member = Key(key.source, Kind.MEMBER, key.id)
            if member in self._raw[Resource.MEMBERS]:
                dirty.add(member)
                dirty |= self._agents.get(self._serving(member))
        elif kind is Kind.PHONE:
            old = before.refs if isinstance(before, Phone) else ()
            new = after.refs if isinstance(after, Phone) else ()
            self._phones.put(key, old, new)
            dirty |= self._agents.get((*old, *new))
        elif kind is Kind.PARKED:
            dirty.add(key)

    def _serving(self, member: Key) -> tuple[str, ...]:
        row = self._raw[Resource.MEMBERS].get(member)
        return (row.serving_ref,) if isinstance(row, Member) and row.serving_ref else ()

    def _wrap_ups(self, changes: Mapping[Key, Change]) -> set[Key]:
        """Agents of queues whose wrap-up time changed."""
        queues = {
            key.id
            for key, change in changes.items()
            if isinstance(change.after, Queue)
            and change.after.wrap_up != (change.before.wrap_up if isinstance(change.before, Queue) else None)
        }
        if not queues:
            return set()
        rows = self._raw[Resource.AGENTS].items()
        return {k for k, r in rows if isinstance(r, Agent) and any(m.queue_id in queues for m in r.memberships)}

    def _relink(self, dirty: Sequence[Key], now: float) -> dict[Key, Change]:
        changes: dict[Key, Change] = {}
        # Agents last: their state is made of the others' links.
        for key in dirty:
            if key.kind is not Kind.AGENT:
                self._put(key, self._joined(key), changes)
        for key in dirty:
            if key.kind is Kind.AGENT:
                self._put(key, self._refined(key, now), changes)
        return changes

    def _put(self, key: Key, row: Row | None, changes: dict[Key, Change]) -> None:
        rows = self.rows[_LINKED_OF[key.kind]]
        before = rows.get(key)
        if before is row or before == row:
            return
        if row is None:
            del rows[key]
        else:
            rows[key] = row
        changes[key] = Change(before, row)

    def _joined(self, key: Key) -> Row | None:
        row = self._raw[_LINKED_OF[key.kind]].get(key)
        if isinstance(row, Member):
            call = Key(self._source, Kind.CALL, key.id)
            found = row.call_key or (call if call in self._raw[Resource.CALLS] else None)
            values: dict[str, object] = {"call_key": found}
            agent = self._raw_agent((row.serving_ref,)) if row.serving_ref else None
            if agent is not None:
                values |= {"serving": agent.name, "serving_key": agent.key}
            if row.state is MemberState.TALKING:
                values["answered_at"] = self._answered(key) or row.answered_at
            name = self._known(row.number)
            if name or not row.name:
                values["name"] = name or self._name(row, found, agent) or self._last_name(row)
            return with_values(row, values)
        if isinstance(row, Call):
            member = self._raw[Resource.MEMBERS].get(Key(self._source, Kind.MEMBER, key.id))
            queue = row.queue or (member.queue if isinstance(member, Member) else row.queue)
            agent = self._raw_agent(row.agent_refs) if row.agent_refs else None
            values = {"queue": queue, "from_name": self._known(row.from_number) or row.from_name}
            if agent is not None:
                values |= {"agent": agent.name, "agent_key": agent.key}
            return with_values(row, values)
        if isinstance(row, ParkedCall):
            call = Key(self._source, Kind.CALL, key.id)
            if row.call_key is None and call in self._raw[Resource.CALLS]:
                return with_values(row, {"call_key": call})
        return row

    def _name(self, row: Member, call_key: Key | None, agent: Agent | None) -> Clean:
        """The caller's name as their call has it, or the leg that rings or talks at the agent who serves them."""
        calls = [self._raw[Resource.CALLS].get(call_key)] if call_key is not None else []
        if agent is not None and row.number:
            legs = (self._raw[Resource.CALLS].get(key) for key in sorted(self._calls.get(agent.refs)))
            calls += [leg for leg in legs if isinstance(leg, Call) and leg.from_number == row.number]
        return next((call.from_name for call in calls if isinstance(call, Call) and call.from_name), row.name)

    def _last_name(self, row: Member) -> Clean:
        """Of a caller whose call has gone from its list a moment before they go from theirs."""
        before = self.rows[Resource.MEMBERS].get(row.key)
        return before.name if isinstance(before, Member) and before.number == row.number else row.name

    def _raw_agent(self, refs: Iterable[str]) -> Agent | None:
        key = self._agents.first(refs)
        row = self._raw[Resource.AGENTS].get(key) if key is not None else None
        return row if isinstance(row, Agent) else None

    def _refined(self, key: Key, now: float) -> Row | None:
        row = self._raw[Resource.AGENTS].get(key)
        if not isinstance(row, Agent):
            self._spells.pop(key, None)
            self._timed.discard(key)
            return None
        known = self._spells.get(key)
        if known is None and self._alone(row):
            self._timed.discard(key)
            return row
        spell = known or Spell()
        around = self._around(row, spell, now)
        agent, again = agent_state(row, around)
        if spell.talking and agent.state is not AgentState.TALKING:
            # The call has just ended: look again, wrap-up begins now.
            around = replace(around, talked_until=now)
            agent, again = agent_state(row, around)
        odds = (spell.at_odds_since or now) if around.at_odds(row) else None
        ringing = None
        if agent.state is AgentState.RINGING and agent.with_key is not None and agent.since is not None:
            ringing = agent.with_key, agent.since
        if agent.state is AgentState.TALKING or around.talked_until is not None or odds is not None or ringing:
            self._spells[key] = Spell(agent.state is AgentState.TALKING, around.talked_until, odds, ringing)
        else:
            self._spells.pop(key, None)
        (self._timed.add if again else self._timed.discard)(key)
        return agent

    def _alone(self, row: Agent) -> bool:
        """Whether nothing speaks about this agent but their own row: most agents of a large site, mostly."""
        if row.registered is False or row.state in (AgentState.RINGING, AgentState.TALKING):
            return False
        return not any(index.knows(row.refs) for index in (self._members, self._calls, self._phones))

    def _around(self, row: Agent, spell: Spell, now: float) -> Around:
        members = [m for k in sorted(self._members.get(row.refs)) if (m := self.rows[Resource.MEMBERS].get(k))]
        calls = [c for k in sorted(self._calls.get(row.refs)) if (c := self.rows[Resource.CALLS].get(k))]
        phones = [p for k in sorted(self._phones.get(row.refs)) if (p := self._raw[Resource.PHONES].get(k))]
        registered = [p.registered for p in phones if isinstance(p, Phone) and p.registered is not None]
        return Around(
            members=tuple(m for m in members if isinstance(m, Member)),
            calls=tuple(c for c in calls if isinstance(c, Call) and not c.spying),
            registered=any(registered) if registered else row.registered,
            wrap_up=self._wrap_up(row),
            talked_until=spell.talked_until,
            at_odds_since=spell.at_odds_since,
            ringing=spell.ringing,
            now=now,
        )

    def _wrap_up(self, row: Agent) -> float | None:
        if row.wrap_up is not None:
            return row.wrap_up
        found: list[float] = []
        for place in row.memberships:
            queue = self._raw[Resource.QUEUES].get(Key(self._source, Kind.QUEUE, place.queue_id))
            if isinstance(queue, Queue) and queue.wrap_up is not None:
                found.append(queue.wrap_up)
        return max(found, default=None)


@dataclass(frozen=True, slots=True)
class Spell:
    """What is remembered of an agent between two looks: until when a queue call lasted, since when lists disagree, and
    the call that rings here with when that was first seen."""

    talking: bool = False
    talked_until: float | None = None
    at_odds_since: float | None = None
    ringing: tuple[Key, float] | None = None


_LINKED_OF: dict[Kind, Resource] = {KIND_OF[resource]: resource for resource in LINKED}
