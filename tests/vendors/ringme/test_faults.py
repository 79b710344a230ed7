"""What a supervisor reads when the hosted PBX misbehaves: one plain sentence, never a row that is not true."""

from __future__ import annotations

import httpx
import pytest

from tests.vendors.ringme.server import Server, adapter, ok, read
from wallboard.domain.errors import (
    BadAnswer,
    ConfigError,
    CredentialsRefused,
    Late,
    Missing,
    NotPermitted,
    ReadError,
    ServerTrouble,
    Throttled,
    Unreachable,
)
from wallboard.domain.keys import Resource
from wallboard.vendors.base import AmiAuth, Auth, Secret, Services
from wallboard.vendors.ringme import plugin

pytestmark = pytest.mark.anyio

PATH = "GET /extension/34414/queue/status/members/"


async def members(vendor: Server) -> tuple[object, ...]:
    return (await read(adapter(vendor, queues=("34414",)), Resource.MEMBERS, "34414")).rows


def raw(body: bytes, content_type: str = "application/json", encoding: str = "") -> httpx.Response:
    headers = {"content-type": content_type, **({"content-encoding": encoding} if encoding else {})}
    return httpx.Response(200, content=body, headers=headers)


@pytest.mark.parametrize(
    ("reply", "error", "sentence"),
    [
        (ok({"error": "invalid_token"}, 401), CredentialsRefused, "refuses the credentials: invalid_token"),
        (ok({"message": "Forbidden"}, 403), NotPermitted, "not permitted for this account: Forbidden"),
        (ok({"message": "Not found"}, 404), Missing, "does not know this: Not found"),
        (ok({}, 418), BadAnswer, "vendor answered 418"),
        (ok({}, 500), ServerTrouble, "vendor answered 500"),
        (httpx.Response(502, html="<html>Bad gateway"), ServerTrouble, "vendor answered 502$"),
        (raw(b"<html>Sign in", "text/html"), BadAnswer, r"not JSON \(text/html\): a login page\?"),
        (raw(b"\x89PNG\r\n", "image/png"), BadAnswer, r"not JSON \(image/png\)"),
        (raw(b""), BadAnswer, "the vendor's answer is empty"),
        (httpx.Response(204), BadAnswer, "the vendor's answer is empty"),
        (raw(b'[{"state": "Wait'), BadAnswer, "cut short"),
        (raw(b'[{"wait_time": NaN}]'), BadAnswer, "not JSON"),
        (raw(b'[{"wait_time": 1e999}]'), BadAnswer, "not JSON"),
        (raw(b'[{"wait_time": ' + b"9" * 5000 + b"}]"), BadAnswer, "not JSON"),
        (raw(b"[" * 100_000 + b"]" * 100_000), BadAnswer, "nests deeper than 32 levels"),
        (raw(b"[" * 40 + b"]" * 40), BadAnswer, "nests deeper than 32 levels"),
        (raw(b"[" + b"{}," * 60_000 + b"{}]"), BadAnswer, "more than 50000 items"),
        (raw(b"[" + b" " * 9_000_000 + b"]"), BadAnswer, "too large"),
        (httpx.Response(302, headers={"location": "https://evil.example/x"}), BadAnswer, "to host evil.example"),
        (httpx.Response(302, headers={"location": "http://pbx.example.net/x"}), BadAnswer, "redirects to http://"),
        (httpx.Response(599), ServerTrouble, "vendor answered 599"),
        (httpx.Response(999), BadAnswer, "odd answer: status 999"),
        (httpx.ConnectError("x"), Unreachable, "pbx.example.net cannot be reached"),
        (httpx.ConnectTimeout("x"), Unreachable, "does not answer"),
        (httpx.ReadTimeout("x"), Late, "no whole answer within 8 s"),
        (httpx.ReadError("x"), Unreachable, "reset"),
        (httpx.RemoteProtocolError("x"), BadAnswer, "without a proper answer"),
    ],
)
async def test_a_failed_reading_is_one_sentence(
    reply: httpx.Response | Exception, error: type[ReadError], sentence: str
) -> None:
    vendor = Server()
    vendor.routes[PATH] = (lambda request: reply) if isinstance(reply, httpx.Response) else reply
    with pytest.raises(error, match=sentence) as caught:
        await members(vendor)
    assert type(caught.value) is error
    assert len(vendor.log) == 1, "the next poll is the retry"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 1.0),
        ({"retry-after": "-5"}, 1.0),
        ({"retry-after": "1000000000"}, 600.0),
        ({"retry-after": "Mon, 02 Mar 2026 08:00:30 GMT", "date": "Mon, 02 Mar 2026 08:00:00 GMT"}, 30.0),
        ({"retry-after": "soon", "x-ratelimit-reset": "1260"}, 1260.0),
        ({"x-ratelimit-limit": "3000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1260"}, 1260.0),
        ({}, None),
    ],
)
async def test_a_spent_budget_says_how_long_to_wait(headers: dict[str, str], wait: float | None) -> None:
    vendor = Server()
    vendor.routes[PATH] = httpx.Response(429, json={"status": "rate_limit_exceeded"}, headers=headers)
    with pytest.raises(Throttled, match="request limit is reached") as caught:
        await members(vendor)
    assert (caught.value.retry_after, caught.value.scope) == (wait, "account")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": "http://pbx.example.net/api/ver1.0"}, "in plain text; write https://"),
        ({"url": "ftp://pbx.example.net"}, "is not an https:// address"),
        ({"url": "https://me:pw@pbx.example.net/"}, "write the credentials under auth"),
        ({"timezone": "Mars/Olympus"}, "there is no time zone 'Mars/Olympus'"),
        ({"auth": AmiAuth("a", Secret("b"))}, "this vendor takes kind"),
        ({"headers": (("X-Key", Secret("a\r\nb")),)}, "a character that a header cannot hold"),
    ],
)
def test_what_cannot_work_is_refused_when_the_source_is_built(changes: dict[str, Auth], sentence: str) -> None:
    from tests.vendors.ringme.server import settings
    from wallboard.domain.clock import ManualClock

    with pytest.raises(ConfigError, match=sentence):
        plugin.build(settings(**changes), Services(ManualClock()))
