"""Who else is at a call, on every row that shows it: the call, its caller and its agent."""

from __future__ import annotations

from collections.abc import Mapping

from wallboard.control.choose import aliases
from wallboard.domain.keys import Key
from wallboard.domain.models import Agent
from wallboard.vendors.base import rows_of
from wallboard.view.context import Context


def beside(key: Key, context: Context) -> str:
    """What others do with the row, as a sentence: `Mira listens`; "" where nobody does anything."""
    return context.once("beside", lambda: _told(context)).get(key, "")


def _told(context: Context) -> Mapping[Key, str]:
    board = context.board
    found: dict[Key, str] = {}
    attended = board.attended()
    for key in attended:
        row = board.row(key)
        keys = frozenset({key}) if row is None else aliases(row, board)
        said = " · ".join(dict.fromkeys(each.sentence for each in board.colleagues(keys)))
        found |= dict.fromkeys(keys, said)
    if attended:
        for agent in rows_of(Agent, board):
            if agent.with_key is not None and agent.with_key in found:
                found[agent.key] = found[agent.with_key]
    return found
