"""A site whose every text is an attack: the simulation, with something hostile added to each text of each answer."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import quote, unquote

from wallboard.sim.faces.tokens import SIGN_IN_PATHS
from wallboard.sim.server import SimServer

MARKS = "e" + "\u0301\u0336\u20dd" * 1700
PAYLOADS = (
    "\x1b]0;x\x07",
    "\x1b[31m",
    "\u009b31m\u0085\u0090",
    "[/b]",
    "[@click=app.quit]x[/]",
    "\u202eevil\u2066\u200f\u061c",
    "a\u200bb\u200d\ufeff\u2060\u00ad",
    MARKS,
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f1e9\U0001f1ea\U0001f44d\U0001f3fd",
    "N" * 5000,
    "\x1b[2J\x1b[H\x1b[?1049l\r\n\x08\x7f\x00",
    "\x1bP$q\x1b\\\x1b[6n\x1b]52;c;eA==\x1b\\\x9d0;x\x9c",
    "\u6f22\u5b57\u304b\u306a\u3164\u115f\U000e0041\ue000\u0378",
)
"""Each goes to some of the texts, by chance that is the same in every run."""
_SHORT = tuple(payload for payload in PAYLOADS if len(payload) < 1000)
_FOR_IDS = tuple(payload for payload in _SHORT if not re.search(r"[\x00-\x1f]", payload))
"""An id with one of the old controls is no id; its row would be left out, and counted."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]")
_STATES = frozenset({"state", "status", "call_flow", "type", "token_type", "strategy", "action"})


class Hostile:
    """An ASGI application before a `SimServer`. The ids that it made hostile are known again in requests.

    `states`: words that mean a state are hostile as well, and ids worse. `broken`: every answer is an error with a
    hostile body.
    """

    def __init__(self, sim: SimServer) -> None:
        self.sim = sim
        self.states = False
        self.broken = False
        self.answers = 0
        """Answers made hostile so far."""
        self._known: dict[str, str] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"].endswith(("/oauth/token", *SIGN_IN_PATHS)):
            await self.sim(scope, receive, send)
            return
        path = scope["raw_path"].decode("latin-1")
        parts = [quote(self._known.get(unquote(part), unquote(part)), safe="@") for part in path.split("/")]
        scope = {**scope, "raw_path": "/".join(parts).encode("latin-1")}
        start: dict[str, Any] = {}

        async def hostile_send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body = self._body(message["body"])
            headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            headers.append((b"content-length", str(len(body)).encode()))
            await send({**start, "status": 500 if self.broken else start["status"], "headers": headers})
            await send({"type": "http.response.body", "body": body})
            self.answers += 1

        await self.sim(scope, receive, hostile_send)

    def _body(self, body: bytes) -> bytes:
        if self.broken:
            return json.dumps({"message": "".join(_SHORT), "error": {"message": PAYLOADS[0]}}).encode()
        if not body:
            return body
        return json.dumps(self._made(json.loads(body), ""), ensure_ascii=False).encode()

    def _made(self, value: object, field: str) -> object:
        if isinstance(value, dict):
            return {name: self._made(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._made(inner, field) for inner in value]
        if not isinstance(value, str) or _TIME.match(value) or (field in _STATES and not self.states):
            return value
        if field.endswith(("id", "name_fs", "uuid", "extension_name")):
            payloads = _SHORT if self.states else _FOR_IDS
        else:
            # Names tie rows together: short ones, and the same everywhere.
            payloads = _SHORT if field in ("name", "serving_agent") else PAYLOADS
        made = value + payloads[zlib.crc32(value.encode()) % len(payloads)]
        self._known[made] = value
        return made
