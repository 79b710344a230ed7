"""Webhooks from end to end: the simulated account announces, the door takes it, the board is read anew."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.serve.hooked import HOUR, STRANGER, URL, Site, hour, site
from wallboard.domain.errors import ConfigError
from wallboard.domain.keys import Resource
from wallboard.domain.redaction import redact
from wallboard.domain.states import ResourceState
from wallboard.serve.hooks import announced, kept_secret
from wallboard.serve.listener import Request, Response
from wallboard.sim.faces.ringme_events import EventOffice

pytestmark = pytest.mark.anyio

C, M, A = Resource.CALLS, Resource.MEMBERS, Resource.AGENTS


async def settled(at: Site, within: float = 200.0) -> None:
    """Until every call is announced."""
    await at.until(lambda: all(status.events for status in at.feeds(C)), within)


def path(at: Site, extension: int | str = 201, kind: str = "dial-in") -> str:
    return next(urlsplit(h.url).path for h in at.ours() if (h.extension.id, h.event_type) == (extension, kind))


def event(at: Site, kind: str = "dial-in", ago: float = 0.0, **more: str) -> bytes:
    moment = int((at.now() - ago) * 1e6)
    return urlencode({"EventType": kind, "CallAPIID": "201-1", "EventTime": str(moment), **more}).encode()


async def sent(at: Site, where: str, body: bytes = b"", method: str = "POST", query: str = "") -> Response:
    assert at.door is not None
    return await at.door.answer(Request(method, where, query, {}, body))


async def test_an_hour_on_six_hundred_requests_what_is_announced_is_two_seconds_old_at_most(tmp_path: Path) -> None:
    async with site(tmp_path, limit=600) as at:
        await settled(at, HOUR)
        made = await hour(at, callers=24)
        assert (made.changes, made.unseen) == (144, 0)
        assert max(made.lags) <= 2.0
        assert made.requests <= 540
        assert not [entry for entry in at.stage.server.requests if entry.status == 429]
        assert set(at.answers) == {200}


async def test_ours_come_and_go_and_those_of_others_stay(tmp_path: Path) -> None:
    """Also another installation's on the same host: it has a secret of its own."""
    others = f"{URL}/{'s' * 43}/hq/201"

    def theirs(at: Site) -> list[tuple[int, str, str]]:
        return sorted((h.id, h.url, h.event_type) for h in at.office.hooks.values() if h.url in (STRANGER, others))

    async with site(tmp_path, hooks=False) as at:
        at.theirs(201, "dial-in")
        at.theirs(201, "hangup", others)
        at.theirs(601, "hangup")
        kept = theirs(at)
        rooms = at.stage.rooms

        def ours() -> list[tuple[int, str]]:
            mine = [h for h in at.ours() if h.url != others]
            return sorted((h.extension.id, h.event_type) for h in mine)

        async with announced(rooms.adapters, rooms.scheduler.announced, URL, tmp_path):
            await settled(at)
            whole = ours()
            assert len(whole) == len(set(whole)) == 15 * 4 + 1
            assert (theirs(at), [kind for place, kind in whole if place == 601]) == (kept, ["hangup"])
        assert (ours(), theirs(at)) == ([], kept)
        deleted = [entry.path for entry in at.stage.server.made("DELETE", "hq")]
        assert len(deleted) == len(whole)
        assert not [each for each in deleted if each.endswith("/event/")]


async def test_after_a_crash_ours_are_known_again_and_none_is_made_twice(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    left: list[EventOffice] = []
    async with site(tmp_path, state=state) as at:
        at.theirs(203, "answer")
        await settled(at)
        left.append(at.office)
        hooks = dict(at.office.hooks)
        # Killed: nothing is taken back.
        at.office.hooks = {}
    hooks.pop(next(key for key, hook in hooks.items() if hook.url.startswith(URL)))

    def as_left(office: EventOffice) -> None:
        for hook in hooks.values():
            hook.extension = office.pbx.extensions[hook.extension.id]
            office._begin(hook.extension)
        moved = next(hook for hook in hooks.values() if hook.url.startswith(URL))
        moved.url = moved.url.replace(URL, "https://before.example.net/elsewhere")
        office.hooks, office._last = dict(hooks), left[0]._last

    async with site(tmp_path, state=state, prepare=as_left) as at:
        await settled(at)
        made = [entry for entry in at.stage.server.made("POST", "hq") if entry.path.endswith("/event/")]
        assert (len(made), len(at.stage.server.made("PUT", "hq"))) == (1, 1)
        assert len(at.ours()) == 15 * 4 + 1
        assert [hook.url for hook in at.strangers()] == [STRANGER]
    assert [hook.url for hook in at.office.hooks.values()] == [STRANGER]


async def test_what_somebody_took_away_is_made_again(tmp_path: Path) -> None:
    async with site(tmp_path, limit=1500) as at:
        await settled(at, HOUR)
        at.office.hooks = {key: h for key, h in at.office.hooks.items() if h.extension.id not in (203, 601)}
        await at.pass_(2400, step=5.0)
        assert len(at.ours()) == 15 * 4 + 1


async def test_a_call_without_its_event_ends_the_trust_and_events_bring_it_back(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        await settled(at)
        # What began while it was set up may have been missed.
        await at.pass_(10)
        at.office.deaf.add(201)
        at.stage.only(136)
        at.stage.arrive()
        took = await at.until(lambda: at.truth() == at.shown() != {})
        assert 5 < took <= 62
        back = await at.until(lambda: not at.feeds(C)[0].events)
        assert back <= 20
        assert (at.feeds(C)[0].interval, at.feeds(C)[0].paced) == (2.0, False)
        assert "a call came without its event; polled as before" in at.detail()
        at.office.deaf.clear()
        await at.until(lambda: not at.truth(), 600)
        at.stage.arrive()
        await at.until(lambda: at.feeds(C)[0].events, 600)
        assert at.detail().endswith("webhooks of 15 phones")


async def test_an_account_that_takes_no_more_is_polled_as_before_and_says_why(tmp_path: Path) -> None:
    def narrow(office: EventOffice) -> None:
        office.most = 10

    async with site(tmp_path, prepare=narrow) as at:
        at.theirs(201, "dial-in")
        await at.until(lambda: "takes no more" in at.detail())
        before = at.requests()
        await at.pass_(60)
        assert not at.feeds(C)[0].events
        assert (at.feeds(C)[0].interval, len(at.ours())) == (2.0, 9)
        assert "The limit of events is reached; polled as before" in at.detail()
        asked = [entry for entry in at.stage.server.requests[before:] if entry.path.endswith("/event/")]
        assert asked == []
    assert [hook.url for hook in at.office.hooks.values()] == [STRANGER]


async def test_a_flood_is_bounded_and_shows_nothing_that_is_not_so(tmp_path: Path) -> None:
    async with site(tmp_path, limit=600) as at:
        await settled(at, HOUR)
        await at.pass_(HOUR - at.stage.server.clock.elapsed() % HOUR + 1)
        where, before = path(at), at.requests()
        for second in range(120):
            for number in range(250):
                answer = await sent(at, where, event(at, CallAPIID=f"201-{second}-{number}", CallerIDNum="+4930666"))
                assert answer.status == 200
            await at.pass_(1.0, step=0.5)
        assert at.requests(before) <= 90
        assert at.shown() == {}
        assert at.stage.view(M).state in (ResourceState.LIVE, ResourceState.LATE)
        await at.pass_(HOUR / 2, step=1.0)
        assert at.requests(before) <= 400
        assert not [entry for entry in at.stage.server.requests if entry.status == 429]


async def test_whoever_does_not_know_the_secret_finds_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        await settled(at)
        good, body, before = path(at), event(at), at.requests()
        head, secret, source, place = good.rsplit("/", 3)
        nothing = await sent(at, "/")
        assert (nothing.status, nothing.body) == (404, b"there is nothing here\n")
        wrong = [
            f"{head}/{secret[:-1]}x/{source}/{place}",
            f"{head}/{secret[:-1]}/{source}/{place}",
            f"{head}/{source}/{secret}/{place}",
            f"{head}/{secret}/branch/{place}",
            f"/{secret}/{place}",
            f"{head}//{source}/{place}",
            "/%FF%FE/hq/201",
        ]
        for where in wrong:
            for method in ("POST", "GET", "DELETE"):
                assert await sent(at, where, body, method) == nothing, where
        await at.pass_(1)
        assert not [entry for entry in at.stage.server.requests[before:] if "current_calls" in entry.path]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\xff\x00",
        b"CallID=1",
        b"EventType=dial-in&EventTime=today",
        b"&".join([b"a=1"] * 100),
    ],
)
async def test_what_is_no_event_is_refused(tmp_path: Path, body: bytes) -> None:
    async with site(tmp_path) as at:
        await settled(at)
        assert (await sent(at, path(at), body)).status == 400
        assert (await sent(at, path(at), b"", "PUT")).status == 405


async def test_events_that_are_old_come_twice_or_say_nothing_ask_for_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        await settled(at)
        where = path(at)

        async def reads(body: bytes, method: str = "POST", query: str = "", to: str = where) -> int:
            await at.pass_(3)
            before = at.requests()
            assert (await sent(at, to, body, method, query)).status == 200
            await at.pass_(1.5)
            return sum("current_calls" in entry.path for entry in at.stage.server.requests[before:])

        once = event(at)
        assert [await reads(once), await reads(once), await reads(once, "GET", once.decode())] == [1, 0, 0]
        assert await reads(b"", "GET", event(at, CallAPIID="201-2").decode()) == 1
        assert await reads(event(at, ago=400)) == 0
        assert await reads(event(at, ago=-400)) == 0
        for kind in ("message-in", "agent-login", "dial-in-and-out"):
            assert await reads(event(at, kind)) == 0
        assert await reads(event(at), to=where.replace("/201", "/999")) == 0
        assert at.shown() == {}


async def test_an_address_behind_a_proxy_that_cuts_its_beginning_off_is_the_same(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        await settled(at)
        _, secret, source, place = path(at).rsplit("/", 3)
        assert (await sent(at, f"/{secret}/{source}/{place}", event(at))).status == 200


async def test_the_secret_is_kept_for_its_owner_alone_and_told_to_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with site(tmp_path) as at:
        await settled(at)
        at.office.hooks[next(iter(at.office.hooks))].url = "https://[broken"
        file = tmp_path / "hooks.secret"
        secret = file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(secret) >= 43
        assert secret in at.ours()[0].url
        for text in (caplog.text, at.detail(), repr(at.stage.board.source_views())):
            assert secret not in redact(text)
        assert secret not in at.detail()
    assert secret == kept_secret(tmp_path).reveal()


async def test_a_secret_that_others_may_have_read_is_not_used(tmp_path: Path) -> None:
    kept_secret(tmp_path)
    os.chmod(tmp_path / "hooks.secret", 0o644)
    with pytest.raises(ConfigError, match=r"others may open .* \(mode 0644\); run: chmod 600 "):
        kept_secret(tmp_path)
    os.chmod(tmp_path / "hooks.secret", 0o600)
    (tmp_path / "hooks.secret").write_text("short")
    with pytest.raises(ConfigError, match="is damaged"):
        kept_secret(tmp_path)
    with pytest.raises(ConfigError, match="cannot be kept"):
        kept_secret(tmp_path / "nowhere")


async def test_a_source_that_is_read_only_by_the_config_is_left_alone(tmp_path: Path) -> None:
    async with site(tmp_path, hooks=False) as at:
        rooms = at.stage.rooms
        async with announced(rooms.adapters, rooms.scheduler.announced, URL, tmp_path, quiet=["hq"]) as door:
            await at.pass_(30)
            assert (door, at.ours()) == (None, [])
        assert not (tmp_path / "hooks.secret").exists()
