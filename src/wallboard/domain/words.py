"""A vendor's words for states, looked up whole. What is in no table is unknown: its parts are never guessed from, since
`unpaused` holds *paused* and `inactive` holds *active*."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

LONGEST = 100
"""Characters of a word; what is longer is none, and stays as it is."""
_GAP = re.compile(r"[\s_-]+")

M = TypeVar("M")


@lru_cache(maxsize=4096)
def _spelled(raw: str) -> str:
    return _GAP.sub("", raw).casefold()


def spelling(raw: str) -> str:
    """One spelling of a word: `On Break`, `on_break`, `ON-BREAK` and `onBreak` are the same. Nothing but case, blanks,
    `_` and `-` is taken away."""
    return _spelled(raw) if len(raw) <= LONGEST else raw


def vocabulary(known: Mapping[M, Sequence[str]], own: Mapping[str, str] | None = None) -> dict[str, M]:
    """Meanings by the spelling of the words that have them. `own` are further words of one source (`words` in its
    config) with the name of a meaning; they count before `known`, and a name that is no meaning here is passed over."""
    found = {spelling(word): meaning for meaning, words in known.items() for word in words}
    named = {str(meaning): meaning for meaning in known}
    return found | {spelling(word): named[name] for word, name in (own or {}).items() if name in named}
