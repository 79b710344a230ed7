"""The keys of the row under the cursor, with reasons for the dim ones, and all keys."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.domain.actions import Action
from wallboard.domain.language import tr
from wallboard.domain.text import cell_width
from wallboard.view.cells import Cell, fit
from wallboard.view.chrome import KeyHint
from wallboard.view.directory.search import fold, nearness
from wallboard.view.format import DASH
from wallboard.view.lines import Line, clip, rule

_KEYS = 16
"""Columns of the keys."""


def key_lines(
    title: str, hints: Sequence[KeyHint], actions: Sequence[Action], width: int, wanted: str = ""
) -> list[Line]:
    """Those that `wanted` means, letters left out or not; `title` says whose keys `hints` are."""
    rows = [hint for hint in hints if _has(wanted, hint.key, hint.text, hint.reason)]
    told = [(action, tr(action.does)) for action in actions]
    every = [(action, does) for action, does in told if _has(wanted, " ".join(action.keys), does, action.id)]
    lines = [rule(tr("KEYS on {pane}", pane=title), tr("type to filter   Esc back"), width)]
    for hint in rows:
        text = hint.text if hint.ok else f"{hint.text}: {hint.reason}"
        key = Cell(f"  {hint.key:<10}", "info bold" if hint.ok else "muted")
        lines.append(clip([key, Cell(text, "text" if hint.ok else "muted")], width))
    lines.append(rule(tr("ALL KEYS"), "", width))
    told_in = max(cell_width(does) for _, does in told) + 2
    room = width >= _KEYS + told_in + max(len(action.id) for action, _ in told)
    for action, does in every:
        keys = " ".join(action.keys) or DASH
        name = Cell(action.id if room else "", "muted")
        lines.append(clip([Cell(f"  {keys}".ljust(_KEYS), "info"), Cell(fit(does, told_in)), name], width))
    return lines


def _has(wanted: str, *texts: str) -> bool:
    return nearness(fold(wanted), fold(texts[1]), fold(" ".join(texts))) is not None
