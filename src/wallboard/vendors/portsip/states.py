"""PortSIP's words for states, and its two spellings of an id.

REST writes QUEUE_CALL, the push interface "Queue Call", and its samples hold misspellings; so every word is brought
into one form and looked up in a table, and what is not in the table is unknown (the raw word is kept beside it).
Sources: the public OpenAPI document of PBX 22, the pages on agent states and on the push interface.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence

from wallboard.domain.states import AgentState
from wallboard.domain.words import spelling, vocabulary

_AGENT: Mapping[AgentState, Sequence[str]] = {
    AgentState.READY: ("READY", "AVAILABLE"),
    AgentState.BREAK: ("NOT_READY", "BREAK", "LUNCH"),
    AgentState.TALKING: ("QUEUE_CALL", "ON_QUEUE_CALL"),
    AgentState.OTHER_CALL: ("OTHER_CALL", "ON_OTHER_CALL", "ON_CALL", "ON_ACLL"),
    AgentState.RINGING: ("RINGING",),
    AgentState.WRAP_UP: ("WRAP_UP",),
    # The push interface says "Online" of a telephone that is registered while its agent is logged out of the queue.
    AgentState.OFF: ("LOGGED_OUT", "LOGGED_OFF", "LOGOUT", "ONLINE"),
    AgentState.UNREACHABLE: ("OFFLINE",),
}
_ALIASES = {
    "ON_ACLL": "ON_CALL",
    "ONCALL": "ON_CALL",
    "NOTREADY": "NOT_READY",
    "QUEUECALL": "QUEUE_CALL",
    "OTHERCALL": "OTHER_CALL",
    "LOGGEDOUT": "LOGGED_OUT",
    "LOGGED_OFF": "LOGGED_OUT",
    "LOGIN": "LOGGED_IN",
    "LOGGEDIN": "LOGGED_IN",
}


def normal(raw: str) -> str:
    """`raw` in snake upper-case with known misspellings mended: "Queue Call" is QUEUE_CALL; "" stays ""."""
    word = re.sub(r"[\s_-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", raw.strip())).strip("_").upper()
    return _ALIASES.get(word, word)


Words = Mapping[str, AgentState]


def words(own: Mapping[str, str]) -> Words:
    """What an agent's status in a queue means; `own` are the words of the config. NOT_READY, BREAK and LUNCH are all a
    break. LOGGED_IN, which can only be written, and every new word are not in it."""
    return vocabulary(_AGENT, own)


WORDS = words({})
"""Those of the documents."""


def agent_state(raw: str, words: Words = WORDS) -> AgentState:
    return words.get(spelling(raw), AgentState.UNKNOWN)


def plain_id(value: str) -> str:
    """The decimal form of an opaque id that is the base64 of one, else `value` itself."""
    text = value.strip()
    if len(text) < 8 or text.isdecimal() or not text.isascii():
        return text
    try:
        inner = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if "-" in text or "_" in text else None)
    except (binascii.Error, ValueError):
        return text
    try:
        inside = inner.decode("ascii")
    except UnicodeDecodeError:
        return text
    return inside if re.fullmatch(r"[0-9]{6,20}", inside) else text


def same_id(a: str, b: str) -> bool:
    """Whether two ids name the same thing: REST writes them packed, other pages print the number inside."""
    return a == b or (bool(a) and bool(b) and plain_id(a) == plain_id(b))
