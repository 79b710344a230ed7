"""Faults on purpose: what a vendor, a proxy or a line does wrong, by path and kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import anyio

from wallboard.sim.asgi import Request, Response, json_response

_PAGES: dict[str, Response] = {
    "empty": Response(200, b"", (("content-type", "application/json"),)),
    "garbage": Response(200, b'{"call_list": [\x00\xff\xfe', (("content-type", "application/json"),)),
    "html": Response(200, b"<html><body><h1>Sign in</h1></body></html>", (("content-type", "text/html"),)),
    "redirect": Response(302, b"", (("location", "https://elsewhere.invalid/"),)),
    "nan": Response(200, b'{"waiting_members": NaN}', (("content-type", "application/json"),)),
    "null": Response(200, b"null", (("content-type", "application/json"),)),
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

    def page(self) -> Response | None:
        """The answer instead of the real one; None when the real one is to be used."""
        name, _, detail = self.kind.partition(":")
        if name == "status":
            status = int(detail)
            return json_response(status, {"message": f"Injected {status}"}).plus(self.headers)
        if name == "body":
            return Response(200, detail.encode(), (("content-type", "application/json"), *self.headers))
        page = _PAGES.get(name)
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
        name = kind.partition(":")[0]
        if name not in {"status", "delay", "hang", "drop", "body", *_PAGES}:
            raise ValueError(f"unknown fault {kind!r}")
        fault = Fault(pattern, kind, method, times, after, headers)
        self.rules.append(fault)
        return fault

    def clear(self, pattern: str | None = None) -> None:
        """Drop all rules, or those of one pattern. What hangs stays hanging until `release()`."""
        self.rules = [rule for rule in self.rules if pattern is not None and rule.pattern != pattern]

    def release(self) -> None:
        """Let everything go on that hangs."""
        if self._release is not None:
            self._release.set()
            self._release = None

    def take(self, account: str, request: Request) -> Fault | None:
        for rule in reversed(self.rules):
            if rule.method not in ("*", request.method) or (rule.times is not None and rule.hits >= rule.times):
                continue
            if fnmatchcase(request.path, rule.pattern) or fnmatchcase(account + request.path, rule.pattern):
                rule.hits += 1
                return rule
        return None

    async def wait(self, fault: Fault) -> None:
        """Spend the time that a `delay` or `hang` takes."""
        name, _, detail = fault.kind.partition(":")
        if name == "delay":
            await anyio.sleep(float(detail))
        elif name == "hang":
            if self._release is None:
                self._release = anyio.Event()
            await self._release.wait()
