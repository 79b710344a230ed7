"""What can be done with the row under the cursor: what each verb key may mean on it, and why not."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.control.flow import Intent
from wallboard.control.policy import CONFERENCE
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.language import tr, trc
from wallboard.domain.models import Agent, Hotline, Member, Phone, Queue, Row
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.verbs import EDIT_SHORT, VERB_KEYS, Verb, goal
from wallboard.ui.panel import Panel
from wallboard.ui.panes import Panes
from wallboard.ui.settings import Station
from wallboard.vendors.base import rows_of
from wallboard.view import staffing
from wallboard.view.cells import ELLIPSIS
from wallboard.view.chrome import KeyHint
from wallboard.view.intents import ON_CARD, ON_PANE, ON_ROOM, verbs
from wallboard.view.looks.queue import HELPERS
from wallboard.view.target import label

_NAMED_BY_GOAL = frozenset({"agent.duty", "hotline.toggle", "call.hold", "call.pickup"})
"""Keys whose deed the row's state decides."""
_ON_MARKED = frozenset({"agent.duty", "staff.add", "staff.remove"})
"""Keys that act on all marked agents; a note is put on any marked rows."""
_IN_LINE = (MemberState.WAITING, MemberState.RINGING)
"""A caller who is parked out of one of these loses the place in the queue."""
_NAMED = 2
"""Deeds of one key that the key bar names; more are asked for under the key's own name."""


def deed(action: str, found: Sequence[Intent]) -> str:
    """What the key of `action` does, by what it may mean here: `resume`, `fetch`; `pause/sign out` where it asks."""
    short = trc("verb", VERB_KEYS[action].short)
    if not found:
        return short
    if action in _NAMED_BY_GOAL:
        goals = [*dict.fromkeys(goal(intent.verb, intent.row.key.kind) for intent in found)]
        return "/".join(goals) if len(goals) <= _NAMED else f"{short}{ELLIPSIS}"
    words = EDIT_SHORT if found[0].offer.ok else {}
    return trc("verb", words[found[0].verb]) if found[0].verb in words else short


class Hints:
    def __init__(self, at: Station, panes: Panes, panel: Panel) -> None:
        self._at = at
        self._panes = panes
        self._panel = panel
        self._made: tuple[object, dict[str, KeyHint]] = (None, {})
        self._helpers: tuple[object, list[Agent]] = (None, [])

    def intents(self, action: str, row: Row, *, first: bool = False) -> list[Intent]:
        """Everything that `action` may mean on `row`, with what control says to each; with `first` no more than
        the first target of each verb: a queue may have two thousand agents. In a queue's details it is the first of
        those who can help that is added."""
        dispatcher = self._at.dispatcher
        if action == "staff.add" and self._panel.looks:
            for agent in self.help(row)[0][:1]:
                return [Intent(Verb.STAFF, agent, row, dispatcher.offer(Verb.STAFF, agent.key))]
        out: list[Intent] = []
        for seen, via in self._seen_through(action, row):
            for verb in verbs(action, seen):
                for candidate in dispatcher.candidates(verb, seen.key) or ():
                    offer = dispatcher.offer(verb, candidate.key)
                    out.append(Intent(verb, candidate, via if candidate.key == seen.key else seen, offer))
                    if isinstance(row, Queue) and (first or not offer.ok):
                        break
        return out

    def _seen_through(self, action: str, row: Row) -> list[tuple[Row, Row | None]]:
        """The rows that the action is asked of: on a hotline, duty is a matter of its telephones."""
        if action == "agent.duty" and isinstance(row, Hotline):
            found: list[tuple[Row, Row | None]] = []
            for agent in row.agents:
                for phone in agent.phones or ():
                    known = self._at.board.row(Key(row.key.source, Kind.PHONE, phone.id))
                    if known is not None:
                        found.append((known, row))
            return found
        return [(row, None)]

    def help(self, row: Row) -> tuple[list[Agent], str]:
        """Who is ready elsewhere and can be added to the queue by its source, first who is missed least there, and the
        key that adds the first; "" where this source adds nobody."""
        offers = self._at.dispatcher
        if not isinstance(row, Queue) or not offers.offer(Verb.STAFF, row.key).ok:
            return [], ""
        # Once a second, as the keys: every frame of open details asks.
        stamp = (row, int(self._at.clock.now()))
        if self._helpers[0] != stamp:
            self._helpers = stamp, self._ready_elsewhere(row)
        return self._helpers[1], self._at.settings.key_of("staff.add")

    def _ready_elsewhere(self, row: Queue) -> list[Agent]:
        offers = self._at.dispatcher
        elsewhere = [
            agent
            for agent in rows_of(Agent, self._at.board, row.key.source)
            if agent.state is AgentState.READY and all(place.queue_id != row.key.id for place in agent.memberships)
        ]
        found: list[Agent] = []
        for agent in sorted(elsewhere, key=staffing.order(self._panes.context(), row.key)):
            if len(found) < HELPERS and offers.offer(Verb.STAFF, agent.key).ok:
                found.append(agent)
        return found

    def marked(self, action: str) -> list[Row]:
        """The marked rows of the pane at hand where `action` is meant for all of them; without marks none."""
        pane = self._panes.pane
        kinds = (Kind.AGENT,) if action in _ON_MARKED else tuple(Kind) if action == "row.note" else ()
        if self._panel.card_key is not None or not kinds or not pane.selection.marks:
            return []
        rows = [row for key in pane.order() if key in pane.selection.marks and (row := pane.row(key)) is not None]
        return [row for row in rows if row.key.kind in kinds]

    def on_marked(self, action: str, rows: Sequence[Row]) -> list[Intent]:
        """What `action` may mean on each of the marked rows."""
        return [intent for row in rows for intent in self.intents(action, row) if intent.row.key == row.key]

    def now(self) -> dict[str, KeyHint]:
        """The verb keys of the row under the cursor by their actions, dim ones with their reason."""
        at = self._at
        row = self._panel.row
        cursor = self._panel.subject
        # Once a second, and whenever another row or another state of it is under the cursor; a press asks anew anyway.
        sessions = tuple(session.state for session in at.dispatcher.sessions)
        locked = at.dispatcher.locked
        marks = self._panes.pane.selection.marks
        stamp = (row, cursor, self._panes.active, int(at.clock.now()), sessions, locked, marks, self._panel.looks)
        if self._made[0] == stamp:
            return self._made[1]
        out: dict[str, KeyHint] = {}
        ended = self._panel.known(cursor) if row is None else None
        if ended is not None:
            for action in filter(at.settings.has, ("call.back", "row.note")):
                offer = at.dispatcher.offer(verbs(action, ended)[0], ended.key, ended)
                key = at.settings.key_of(action)
                out[action] = KeyHint(key, trc("verb", VERB_KEYS[action].short), offer.ok, offer.reason, action)
        if row is not None:
            for action in self._actions(row):
                if action == "notice.publish" or not at.settings.has(action):
                    continue
                key = at.settings.key_of(action)
                rows = self.marked(action)
                found = self.on_marked(action, rows) if rows else self.intents(action, row, first=True)
                able = [intent for intent in found if intent.offer.ok]
                if able and rows:
                    out[action] = KeyHint(
                        key, tr("{verb} the {n}", verb=deed(action, able), n=len(rows)), action=action
                    )
                elif able:
                    does, target = deed(action, able), able[0].row
                    if action == "call.park" and isinstance(target, Member) and target.state in _IN_LINE:
                        does = tr("{verb} (loses place)", verb=does)
                    elif action == "staff.add" and isinstance(row, Queue) and self._panel.looks and len(able) == 1:
                        does = tr("add {agent}", agent=label(target, at.context()))
                    out[action] = KeyHint(key, does, action=action)
                else:
                    reason = found[0].offer.reason if found else self.nothing(action, row)
                    out[action] = KeyHint(key, deed(action, found), False, reason, action)
        if isinstance(row, Queue) and self._panel.looks and not at.settings.looks_only:
            out["nav.details"] = KeyHint(at.settings.written("nav.details"), tr("settings"), action="nav.details")
        publishes = at.settings.has("notice.publish")
        if publishes and self._panes.active is Resource.NOTICES and self._panel.card_key is None:
            # No row is needed for it, only a source.
            offers = [at.dispatcher.offer(Verb.PUBLISH, Key(name, Kind.SOURCE, name)) for name in at.board.sources()]
            reason = next((offer.reason for offer in offers if offer.reason), "")
            possible = any(offer.ok for offer in offers)
            key = at.settings.key_of("notice.publish")
            short = trc("verb", VERB_KEYS["notice.publish"].short)
            out["notice.publish"] = KeyHint(key, short, possible, "" if possible else reason, "notice.publish")
        self._made = (stamp, out)
        return out

    def dim(self, action: str) -> bool:
        """Whether a verb key could do nothing on the row under the cursor when it was last looked (`now`): asked of
        every binding at each key, and a press asks control anew anyway."""
        hint = self._made[1].get(action)
        return hint is not None and not hint.ok

    def _actions(self, row: Row) -> tuple[str, ...]:
        if self._panel.card_key is None:
            return ON_PANE[self._panes.active]
        return ON_ROOM if isinstance(row, Phone) and row.use == CONFERENCE else ON_CARD

    def nothing(self, action: str, row: Row) -> str:
        """Why an action has no target on this row."""
        if isinstance(row, Hotline) and action == "agent.duty":
            return tr("phones not read yet")
        if action == "row.edit" and not verbs(action, row):
            return tr("nothing to edit here")
        for verb in verbs(action, row):
            offer = self._at.dispatcher.offer(verb, row.key)
            if offer.reason:
                return offer.reason
        if isinstance(row, Agent):
            return tr("not on a call")
        if isinstance(row, Member):
            monitors = action in ("call.listen", "call.whisper", "call.barge")
            return tr("not answered yet") if monitors else tr("no call of its own")
        if isinstance(row, Queue):
            return tr("nobody waits") if action == "call.pickup" else tr("no agent for it")
        return tr("nothing to act on")
