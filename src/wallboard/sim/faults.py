"""Faults on purpose: what a vendor, a proxy or a line does wrong, by path and kind."""

from __future__ import annotations

from dataclasses import field
from fnmatch import fnmatchcase

import anyio

from wallboard.domain.records import dataclass
from wallboard.sim.asgi import Request, Response, json_response

_JSON = (("content-type", "application/json"),)
_PAGES = {
    "empty": Response(200, b"", _JSON),
    "garbage": Response(200, b'{"call_list": [\x00\xff\xfe', _JSON),
    "html": Response(200, b"<html><body><h1>Sign in</h1></body></html>", (("content-type", "text/html"),)),
    "redirect": Response(302, b"", (("location", "https://elsewhere.invalid/"),)),
    "nan": Response(200, b'{"waiting_members": NaN}', _JSON),
    "null": Response(200, b"null", _JSON),
}


@dataclass(slots=True, eq=False)
class Fault:
    """One rule. `after` True: the request is carried out first and only its answer goes wrong."""

    pattern: str
    kind: str
    method: str = "*"
    times: int | None = None
    after: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind.partition(":")[0] not in {"status", "delay", "hang", "drop", "body", *_PAGES}:
            raise ValueError(f"unknown fault {self.kind!r}")

    def fits(self, account: str, request: Request) -> bool:
        if self.method not in ("*", request.method) or (self.times is not None and self.hits >= self.times):
            return False
        return any(fnmatchcase(path, self.pattern) for path in (request.path, account + request.path))

    def page(self) -> Response | None:
        """The answer instead of the real one; None when the real one is to be used."""
        name, _, detail = self.kind.partition(":")
        page = _PAGES.get(name)
        if name == "status":
            page = json_response(int(detail), {"message": f"Injected {detail}"})
        elif name == "body":
            page = Response(200, detail.encode(), _JSON)
        return page.plus(self.headers) if page is not None else None


@dataclass(slots=True)
class Faults:
    """The rules in force; the newest that fits wins.

    Kinds: `status:503`, `delay:1.5` (seconds), `hang` (until `release()`), `drop` (the connection breaks off in the
    answer; in process, where there is no connection, the body is cut), `garbage`, `empty`, `html`, `redirect`, `nan`,
    `null`, `body:<text>`.
    A pattern is matched (as in fnmatch) with the path below the account and with account and path together:
    `*/queue/status/`, `hq/extension/201/*`, `/oauth/token`.
    """

    rules: list[Fault] = field(default_factory=list)
    _release: anyio.Event | None = None

    def set(
        self,
        pattern: str,
        kind: str,
        *,
        method: str = "*",
        times: int | None = None,
        after: bool = False,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Fault:
        self.rules.append(Fault(pattern, kind, method, times, after, headers))
        return self.rules[-1]

    def clear(self) -> None:
        """Drop all rules. What hangs stays hanging until `release()`."""
        self.rules.clear()

    def release(self) -> None:
        """Let everything go on that hangs."""
        if self._release is not None:
            self._release.set()
            self._release = None

    def take(self, account: str, request: Request) -> Fault | None:
        fault = next((rule for rule in reversed(self.rules) if rule.fits(account, request)), None)
        if fault is not None:
            fault.hits += 1
        return fault

    async def wait(self, fault: Fault) -> None:
        """Spend the time that a `delay` or `hang` takes."""
        name, _, detail = fault.kind.partition(":")
        if name == "delay":
            await anyio.sleep(float(detail))
        elif name == "hang":
            if self._release is None:
                self._release = anyio.Event()
            await self._release.wait()
