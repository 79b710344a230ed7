"""Notes, and what was done about callers who gave up, as acts that the consoles of a site tell each other."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal

from wallboard.board.acts import Act, number
from wallboard.domain.keys import Key
from wallboard.domain.text import clean
from wallboard.history.call_backs import KEPT, OVER, CallBacks
from wallboard.history.notes import LONGEST, NUMBER, Notes
from wallboard.history.records import CallBack, Written

_DONE: dict[str, Literal["tried", "done", "closed"]] = {"tried": "tried", "done": "done", "closed": "closed"}
LONG = 500
"""Characters of an id."""


class NoteActs:
    """`about`: the row of the record."""

    kind = "note"
    lasts = 7 * 86_400.0

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def known(self) -> Iterable[Act]:
        for each in self._notes.last():
            yield Act(each.source, each.row, float(each.at), each.by, {"label": each.label, "text": each.text})

    def take(self, act: Act) -> None:
        kind, _, line = act.about.partition(" ")
        if kind == NUMBER:
            row = f"{NUMBER} {clean(line, 40)}"
        elif (key := Key.parse(act.about[:LONG])).source == act.source:
            row = str(key)
        else:
            raise ValueError
        label, text = clean(act.fields["label"]), clean(act.fields["text"], LONGEST)
        self._notes.take(Written(int(act.at), act.source, row, label, act.by, text))


class CallBackActs:
    """`about`: queue and id of the caller, and whether it closes the entry, as JSON."""

    kind = "lost"
    lasts = KEPT

    def __init__(self, backs: CallBacks) -> None:
        self._backs = backs

    def known(self) -> Iterable[Act]:
        for each in self._backs.backs():
            fields = {
                "joined_at": each.joined_at,
                "state": each.state,
                "tries": each.tries,
                "reason": each.reason,
            }
            about = json.dumps([each.queue, each.id, each.state in OVER])
            yield Act(each.source, about, float(each.at), each.by, fields)

    def take(self, act: Act) -> None:
        queue, ident, over = json.loads(act.about)
        state = _DONE[act.fields["state"]]
        if (state in OVER) is not over or not isinstance(queue, str) or not isinstance(ident, str):
            raise ValueError
        joined, tries = int(number(act.fields["joined_at"])), int(number(act.fields["tries"]))
        reason = clean(act.fields["reason"])
        self._backs.take_back(
            CallBack(act.source, queue[:LONG], ident[:LONG], joined, state, tries, int(act.at), act.by, reason)
        )
