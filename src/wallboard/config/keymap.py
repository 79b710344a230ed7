"""The user's keys in place of the defaults of `domain.actions`, and what is wrong with them.

A key is written as it is typed: a character stands for itself (`e`, `T`, `+`, `?`), other keys have names (`up`,
`pageup`, `tab`, `enter`, `escape`, `space`, `comma`, `f1` … `f12`), and `ctrl+`, `alt+` and `shift+` go before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from wallboard.domain.actions import ACTIONS as ACTIONS
from wallboard.domain.actions import Action
from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
from wallboard.domain.suggestion import near

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}
NEEDED = ("app.quit", "app.help", "nav.back", "dialog.yes", "dialog.no")
"""Actions that must keep a key: without them there is no way out, or none to learn of one."""
_ANSWERS = ("dialog.yes", "dialog.no")
"""Pressed where nothing is typed."""
_FIELDS = ("dialog.next", "dialog.previous")

NAMED = (
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"),
    *("tab", "enter", "escape", "space", "backspace", "comma"),
    *(f"f{number}" for number in range(1, 13)),
)
_ALIASES = {
    **{"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "pgdown": "pagedown"},
    **{"del": "delete", "ins": "insert", "bs": "backspace", "plus": "+", "minus": "-", "spacebar": "space"},
    **{"slash": "/", "question_mark": "?", "exclamation_mark": "!", "colon": ":", "full_stop": ".", "dot": "."},
    **{"page_up": "pageup", "page_down": "pagedown", "control": "ctrl"},
}
_EATEN = {
    "ctrl+s": mark("terminals stop their output on it"),
    "ctrl+q": mark("terminals take it to go on after Ctrl-S"),
    "ctrl+h": mark("terminals send it for Backspace"),
    "ctrl+i": mark("terminals send it for Tab"),
    "ctrl+m": mark("terminals send it for Enter"),
    "ctrl+j": mark("terminals send it for Enter"),
    "ctrl+[": mark("terminals send it for Esc"),
    "ctrl+z": mark("it suspends the program"),
    "f10": mark("many terminals open their menu with it"),
    "f11": mark("many terminals go full-screen with it"),
}


class NoKey(ValueError):
    """What was written is no key; `hint` says what was meant, where something looks like it."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def split(text: str) -> tuple[str, ...]:
    """The keys in `"k,ctrl+t"`, canonical. NoKey says which one is none. "" gives none.

    A lone comma is the key `comma`; beside others write its name.
    """
    if text.strip() == ",":
        return ("comma",)
    return tuple(canonical(part) for part in text.split(",") if part.strip()) if text.strip() else ()


def canonical(key: str) -> str:
    """`key` in the one spelling the program uses. Raises NoKey."""
    wanted = key.strip()
    if wanted == "+":
        return "+"
    plus = wanted.endswith("++")
    parts = (wanted[:-1] if plus else wanted).split("+")
    name = "+" if plus else parts[-1]
    modifiers = [_ALIASES.get(part.lower(), part.lower()) for part in parts[:-1] if part]
    if len(name) > 1:
        name = _ALIASES.get(name.lower(), name.lower())
    unknown = [part for part in modifiers if part not in ("ctrl", "alt", "shift")]
    if unknown:
        raise NoKey(tr("{key!r} is not a key: {part!r} is none of ctrl, alt, shift", key=wanted, part=unknown[0]))
    if len(name) != 1 and name not in NAMED:
        known = near(name, NAMED)
        hint = tr("did you mean {known!r}?", known=known) if known else ""
        raise NoKey(tr("{key!r} is not a key", key=wanted), hint)
    if len(name) == 1 and not name.isprintable():
        raise NoKey(tr("{key!r} is not a key", key=wanted))
    name = {" ": "space", ",": "comma"}.get(name, name)
    if "ctrl" in modifiers and len(name) == 1:
        name = name.lower()
    if modifiers == ["shift"] and len(name) == 1:
        return name.upper()
    order = ("ctrl", "alt", "shift")
    return "+".join([*(part for part in order if part in modifiers), name])


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the user's keys: of which id, what, and what to write instead."""

    id: str
    what: str
    hint: str


def problems(wanted: Mapping[str, str]) -> list[Problem]:
    """Everything that is wrong with a `[keys]` table (action id -> "key,key")."""
    found: list[Problem] = []
    rebound: dict[str, tuple[str, ...]] = {}
    for name, text in wanted.items():
        action = BY_ID.get(name)
        if action is None:
            known = near(name, BY_ID)
            hint = tr("did you mean {known!r}?", known=known) if known else tr("`wallboard keys` lists the ids")
            found.append(Problem(name, tr("there is no action {name!r}", name=name), hint))
            continue
        try:
            rebound[name] = split(text)
        except NoKey as error:
            hint = error.hint or tr('write a character or a name, such as "x", "ctrl+t" or "f5"')
            found.append(Problem(name, str(error), hint))
            continue
        found.extend(_unfit(action, rebound[name]))
    found.extend(_clashes(rebound))
    return found


def _unfit(action: Action, keys: tuple[str, ...]) -> Iterable[Problem]:
    for key in keys:
        if key in _EATEN:
            yield Problem(
                action.id,
                tr("{key!r} does not reach the program: {why}", key=key, why=tr(_EATEN[key])),
                tr("choose another key"),
            )
        elif action.acts and re.fullmatch(r"alt\+(shift\+)?[a-zA-Z]", key):
            yield Problem(
                action.id,
                tr("{key!r} cannot act: a slow line makes it out of Esc and a letter", key=key),
                tr('choose a plain key, such as "{plain}"', plain=key[-1]),
            )
        elif action.scope != "board" and action.id not in _ANSWERS and (len(key) == 1 or key == "space"):
            yield Problem(
                action.id, tr("{key!r} is text where something is typed", key=key), tr('choose another, such as "f5"')
            )
        elif keys.count(key) > 1:
            yield Problem(action.id, tr("{key!r} is named twice", key=key), tr("name it once"))
            return
    if not keys and action.id in NEEDED:
        default = ",".join(action.keys)
        yield Problem(
            action.id,
            tr("{id} must keep a key: {does}", id=action.id, does=tr(action.does)),
            tr('write "{keys}"', keys=default),
        )


def _clashes(rebound: Mapping[str, tuple[str, ...]]) -> Iterable[Problem]:
    taken: dict[tuple[str, str], str] = {}
    # What the user wrote is complained about, so the defaults come first.
    for action in sorted(bound(rebound), key=lambda action: action.id in rebound):
        for key in dict.fromkeys(action.keys):
            other = taken.setdefault((action.scope, key), action.id)
            if action.scope == "picker" and other == action.id:
                # The picker stands in a question, which has other keys but those from field to field.
                beside = taken.get(("dialog", key), "")
                other = beside if beside and beside not in _FIELDS else other
            if other != action.id:
                hint = tr('give {other} another key in [keys] ("{other}" = "…"), or choose another here', other=other)
                yield Problem(action.id, tr("{key!r} is already the key of {other}", key=key, other=other), hint)


def bound(rebound: Mapping[str, tuple[str, ...]]) -> tuple[Action, ...]:
    """All actions with the user's keys in place of the defaults."""
    return tuple(replace(action, keys=rebound.get(action.id, action.keys)) for action in ACTIONS)
