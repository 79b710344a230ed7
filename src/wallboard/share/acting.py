"""What a console and whoever acts for it say to each other, and for how long each of them waits.

`can` and `look` do nothing: they tell what is offered. `ready` is asked on the verb's own subject, of any who act: who
answers has read the row again and holds the order for some seconds, by its own clock, under a ticket. `go` redeems the
ticket, at exactly that one, once. So neither a message that comes twice nor one that comes late acts, whatever the
clocks of the two say.
"""

from __future__ import annotations

import json
from typing import Any

from wallboard.domain.codec import of_json, to_json
from wallboard.domain.command import Verb
from wallboard.domain.forms import Form
from wallboard.domain.keys import Resource
from wallboard.domain.language import english
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.share.bus import Bus
from wallboard.share.frames import object_of
from wallboard.share.names import Names
from wallboard.vendors.base import Can

QUEUE = "exec"
"""Of all who act, one gets an order."""
KEYS = 32
"""Rows that are asked about at once."""
MOST = 256 << 10
"""Bytes of an answer about offers."""
REASON = 300


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `answer`, `console`: for which whoever acts waits for the vendor, and a console for whoever acts;
    `ticket`: for which an order is held; `silence`: after which one that was begun, and of which nobody has told the
    ending, is unknown; `ready`: for looking whether it may go; `look`: for what is offered, `anew` from one such ask to
    the next, `soon` where nobody answered."""

    answer: float = 8.0
    console: float = 12.0
    ticket: float = 4.0
    silence: float = 30.0
    ready: float = 4.5
    look: float = 3.0
    anew: float = 30.0
    soon: float = 3.0


USUAL = Patience()


@dataclass(frozen=True, slots=True)
class Line:
    """Where those who act on a source are asked. `node` is this console, or who acts."""

    bus: Bus
    names: Names
    account: str
    node: str
    patience: Patience = USUAL


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be done to a row, or to a source (then of the verbs whose subject was asked)."""

    can: dict[Verb, Can]
    forms: dict[Verb, tuple[Form, ...]]


def written(**fields: Any) -> bytes:
    return json.dumps({"v": 1, **fields}, ensure_ascii=False, separators=(",", ":")).encode()


def read(data: bytes) -> dict[str, Any]:
    """{} where it is nothing of ours."""
    found = object_of(data) if len(data) <= MOST else {}
    return found if found.get("v") == 1 and found.get("v") is not True else {}


def offered_json(offered: Offered) -> dict[str, Any]:
    return {
        "can": {verb.value: [int(can.ok), english(can.reason), can.needs] for verb, can in offered.can.items()},
        "forms": {verb.value: [to_json(form) for form in forms] for verb, forms in offered.forms.items()},
    }


def offered_of(found: Any) -> Offered:
    """What can be read of it."""
    offered = Offered({}, {})
    if not isinstance(found, dict):
        return offered
    verbs = {verb.value: verb for verb in Verb}
    for name, said in _dict(found.get("can")).items():
        if name in verbs and isinstance(said, list) and len(said) == 3:
            needs = "queue" if said[2] == "queue" else ""
            offered.can[verbs[name]] = Can(said[0] == 1, clean(said[1], REASON), needs)  # type: ignore[arg-type]
    for name, forms in _dict(found.get("forms")).items():
        if name in verbs and isinstance(forms, list):
            try:
                offered.forms[verbs[name]] = tuple(of_json(Form, form) for form in forms)
            except (TypeError, ValueError):
                continue
    return offered


def resources_of(found: Any) -> tuple[Resource, ...]:
    known = {resource.value: resource for resource in Resource}
    return tuple(known[each] for each in found if each in known) if isinstance(found, list) else ()


def seconds_of(found: Any, otherwise: float, most: float = 120.0) -> float:
    good = isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found <= most
    return float(found) if good else otherwise


def text_of(found: Any, most: int = REASON) -> str:
    return clean(found, most) if isinstance(found, str) else ""


def _dict(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
