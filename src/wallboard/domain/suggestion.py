"""What somebody meant who wrote a word that there is not."""

from __future__ import annotations

from collections.abc import Iterable

from wallboard.domain.language import tr


def near(word: str, known: Iterable[str]) -> str:
    """The one of `known` that `word` looks like, or ""."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), n=1)), "")


def meant(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """What to write instead of `word`, as a hint; `otherwise` where nothing looks like it."""
    names = list(known)
    if found := near(word, names):
        return tr('did you mean "{word}"?', word=found)
    return otherwise or (tr("write one of {words}", words=", ".join(names)) if names else tr("leave it out"))
