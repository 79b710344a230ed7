"""`wallboard web` as browsers meet it: who is let in, what moves, what is typed, how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.terminal.stage import Site, clock, wallboard
from tests.web.site import Browser, Web, alive, browser, has, until
from wallboard.domain.actions import ACTIONS, looks
from wallboard.sim import demo_environment

pytestmark = pytest.mark.anyio

TOKEN = "0123456789abcdef-token"
SEQUENCES = {"enter": "\r", "escape": "\x1b", "tab": "\t", "space": " ", "up": "\x1b[A", "down": "\x1b[B"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A contact centre in which something happens."""
    with Site(tmp_path_factory.mktemp("site"), speed=1.0) as site:
        yield site


@pytest.fixture(scope="module")
def web(site: Site) -> Iterator[Web]:
    """For tests that only look at it."""
    with Web(site) as web:
        yield web


@pytest.fixture
def own(site: Site) -> Iterator[Web]:
    """For those that end it, or count what it does."""
    with Web(site) as web:
        yield web


async def _open(seen: Browser) -> None:
    """Wait until the board is read and its clock goes."""
    await seen.wait(lambda screen: has(screen, "sources 5/5") and re.search(r"Calls [1-9]", "\n".join(screen)))


# ---- what is seen ------------------------------------------------------------------------------------------------


async def test_the_board_moves_and_takes_every_size(web: Web) -> None:
    async with browser(web) as seen:
        await _open(seen)
        first = clock(seen.screen)
        await seen.wait(lambda screen: clock(screen) not in ("", first))
        assert has(seen.screen, "READ ONLY")
        await seen.resize(100, 30)
        await seen.wait(lambda screen: len(screen[0]) <= 100 and has(screen, "Queues") and has(screen, "READ ONLY"))
        await seen.resize(10**6, -5)
        await seen.resize(120, 40)
        await seen.wait(lambda screen: has(screen, "1 Queues") and has(screen, "5 Hotlines"))


async def test_what_looks_works(web: Web) -> None:
    async with browser(web) as seen:
        await _open(seen)
        await seen.type("\x1bOQ")  # F2
        await seen.wait_for("WAITING")
        await seen.type("q")
        await seen.wait_for("1 Queues")
        await seen.type("3", "/", "lars")
        await seen.wait_for("filter Agents: lars")
        await seen.type("\x1b")
        await seen.wait(lambda screen: not has(screen, "filter Agents"))
        await seen.type("1", "j", "\r")
        await seen.wait_for("AGENTS")
        await seen.type("\x1b", "?")
        await seen.wait_for("ALL KEYS")
        keys = seen.text
        assert not any(f" {action.id}" in keys for action in ACTIONS if not looks(action))
        for key, shown in (("9", "log"), ("0", "hq"), ("\x1b[15~", "alarms"), ("\x1b[17~", "trends")):
            await seen.type("\x1b", key)
            await seen.wait_for(f"▸ {shown}" if key != "0" else "▸ sources")


async def test_the_wall_has_a_page_of_its_own(web: Web) -> None:
    async with browser(web, "wall") as seen:
        await seen.wait_for("WAITING")
        first = seen.raw
        await seen.wait(lambda screen: seen.raw != first)


# ---- what is typed -----------------------------------------------------------------------------------------------


async def test_no_key_changes_anything_anywhere(site: Site, own: Web) -> None:
    before = len(site.actions())
    keys = [SEQUENCES.get(key, key) for action in ACTIONS if not looks(action) for key in action.keys if len(key) == 1]
    async with browser(own) as seen:
        await _open(seen)
        for pane in "12345678":
            await seen.type(pane, "g", *(part for key in keys for part in (key, "y", "\r", "\x1b", "\x1b")))
        await seen.type("q", "q", "y", "\x03", "\x03", "\x1a", "\x04", "1")
        await seen.wait_for("1 Queues")
        first = clock(seen.screen)
        await seen.wait(lambda screen: clock(screen) not in ("", first))
        assert not has(seen.screen, "acked by me")
    assert len(site.actions()) == before
    # As long as its polls go on, nothing that it was told to do is still to come.
    asked = len(site.sim.requests)
    await until(lambda: len(site.sim.requests) > asked + 10)
    assert len(site.actions()) == before
    assert not (own.state / "wallboard" / "audit.jsonl").exists()


async def test_leaving_is_said_where_nothing_ends(web: Web) -> None:
    async with browser(web) as seen:
        await _open(seen)
        await seen.type("q")
        await seen.wait_for("close the window")


@pytest.mark.parametrize(
    "noise", ["", "null", "[1]", '["stdin"]', '["stdin", 5]', '["resize", [3]]', "[" * 5000, '["x", "y"]']
)
async def test_what_no_browser_of_ours_sends_is_passed_over(web: Web, noise: str) -> None:
    async with browser(web) as seen:
        await seen.socket.send_str(noise)
        await seen.socket.send_bytes(b"\x00" * 100)
        await _open(seen)


# ---- numbers -----------------------------------------------------------------------------------------------------


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d(?:[ ()-]?\d){6,}", re.sub(r"\d\d\d\d-\d\d-\d\d", "", text))


async def test_no_number_of_a_caller_is_on_any_screen(site: Site, web: Web) -> None:
    async with browser(web) as seen:
        await _open(seen)
        await seen.wait(lambda screen: re.search(r"…\d\d\d", "\n".join(screen)))
        shown = [seen.text]
        for keys in (
            *(f"{pane}g\r" for pane in range(1, 9)),
            *("2gj\r", "4gj\r", "F+49", "9", "0", "\x1b[15~", "\x1b[17~", "\x1bOQ", "?", "1g\x1bOP"),
        ):
            # What is open from before closes first, and then keys come one by one, as they do.
            await seen.type("\x1b", "\x1b", *re.findall(r"\x1b.*|.", keys, re.DOTALL))
            # The second change of the clock comes after what they did; on the wall none of seconds goes.
            for _ in range(2):
                at = clock(seen.screen)
                await seen.wait(lambda screen, at=at: clock(screen) != at or has(screen, "WAITING"))  # type: ignore[misc]
            shown.append(seen.text)
        for text in shown:
            assert [line for line in text.splitlines() if _numbers(line)] == []


async def test_numbers_are_shown_where_the_config_says_so(site: Site) -> None:
    with Web(site, more="\n[privacy]\nmask = []\n") as web:
        async with browser(web) as seen:
            await _open(seen)
            await seen.wait(lambda screen: _numbers("\n".join(screen)))


# ---- how many ----------------------------------------------------------------------------------------------------


async def test_one_process_asks_however_many_look(site: Site) -> None:
    begun = len(site.sim.requests)
    with Web(site) as web:
        async with browser(web) as one, browser(web) as two, browser(web, "wall") as three:
            await _open(one)
            await _open(two)
            await three.wait_for("WAITING")
            async with browser(web) as late:
                await _open(late)
                for seen in (one, two, late):
                    await seen.wait_for("Billing")
    signed_in = [
        request.account for request in site.sim.requests[begun:] if "token" in request.path or "login" in request.path
    ]
    assert signed_in
    assert len(signed_in) == len(set(signed_in))


async def test_there_is_a_most_and_it_is_said(site: Site) -> None:
    with Web(site, more="\n[web]\nviewers = 1\n") as web:
        async with browser(web) as seen, aiohttp.ClientSession() as session:
            await _open(seen)
            async with session.get(web.url) as answer:
                assert answer.status == 503
                assert await answer.text() == "no room: 1 at once is the most ([web] viewers)\n"
            async with browser(web) as second:
                assert await second.wait_closed() == "closed 1013 no room: 1 at once is the most ([web] viewers)"
            await seen.type("?")
            await seen.wait_for("ALL KEYS")
        await until(lambda: len(web.family()) == 1)
        async with browser(web) as third:
            await _open(third)


# ---- how it ends -------------------------------------------------------------------------------------------------


async def test_a_closed_tab_ends_its_process_and_no_other(own: Web) -> None:
    async with browser(own) as stays:
        async with browser(own) as goes:
            await _open(goes)
            await until(lambda: len(own.family()) == 3)
        await until(lambda: len(own.family()) == 2)
        await _open(stays)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_the_end_of_the_server_is_the_end_of_every_screen(own: Web, how: signal.Signals) -> None:
    async with browser(own) as one, browser(own) as two:
        await _open(one)
        await _open(two)
        family = own.family()
        assert len(family) == 3
        own.process.send_signal(how)
        assert await one.wait_closed() == ("closed 1006" if how is signal.SIGKILL else "closed 1001")
        await until(lambda: own.process.poll() is not None)
        await until(lambda: not any(map(alive, family)))
        assert own.process.returncode == (-how if how is signal.SIGKILL else 128 + how)


async def test_a_screen_that_dies_is_begun_anew_by_its_browser(own: Web) -> None:
    async with browser(own) as seen:
        await _open(seen)
        os.kill(own.family()[1], signal.SIGKILL)
        assert (await seen.wait_closed()).startswith("closed 1013")
    async with browser(own) as again:
        await _open(again)


async def test_without_the_process_that_screens_are_made_of_it_ends_and_says_so(own: Web) -> None:
    os.kill(own.family()[0], signal.SIGKILL)
    await until(lambda: own.process.poll() is not None)
    assert own.process.returncode == 1
    assert "the process that every screen is made of has ended" in own.said()


def test_a_port_that_is_taken_is_said(web: Web, site: Site) -> None:
    port = web.url.rstrip("/").rpartition(":")[2]
    done = subprocess.run(
        wallboard("--config", str(site.folder / "web.toml"), "web", "--port", port),
        env={**os.environ, **demo_environment()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"127.0.0.1 port {port} cannot be had: Address already in use; name another" in done.stderr


# ---- who is let in -----------------------------------------------------------------------------------------------


async def _status(session: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, str]:
    async with session.get(url, headers=headers, allow_redirects=False) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return answer.status, await answer.text()


async def test_on_this_machine_it_opens_as_it_is_but_for_strangers(web: Web) -> None:
    async with aiohttp.ClientSession() as session:
        assert (await _status(session, web.url))[0] == 200
        assert (await _status(session, f"{web.url}nowhere"))[0] == 404
        assert (await _status(session, f"{web.url}static/page.html"))[0] == 404
        assert (await _status(session, f"{web.url}static/..%2fpage.py"))[0] == 404
        code, said = await _status(session, web.url, Host="evil.example")
        assert (code, said.count("\n")) == (403, 1)
        assert "not known as evil.example" in said
        assert (await _status(session, web.url, Origin="http://evil.example"))[0] == 403
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(f"{web.url}ws/board", headers=headers)
        async with session.post(web.url) as answer:
            assert answer.status == 405


async def test_all_that_the_page_loads_comes_from_here(web: Web) -> None:
    async with aiohttp.ClientSession() as session:
        _, page = await _status(session, web.url)
        loaded = re.findall(r'(?:src|href)="([^"]*)"', page)
        _, css = await _status(session, f"{web.url}static/page.css")
        loaded += [f"static/{name}" for name in re.findall(r'url\("([^"]*)"\)', css)]
        assert len(loaded) == 6
        for name in loaded:
            assert not re.match("[a-z]+:|//", name)
            async with session.get(web.url + name) as answer:
                assert answer.status == 200, name
                assert len(await answer.read()) > 100
        assert re.findall(r"\{[a-z]+\}|<script>|style=", page) == []


async def test_beyond_this_machine_it_opens_with_a_token_that_is_printed_once(site: Site) -> None:
    with Web(site, more='\n[web]\nnames = ["board.example.net"]\n') as web:
        address, _, token = web.url.partition("?token=")
        assert len(token) >= 32
        name = {"Host": "board.example.net"}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            code, said = await _status(session, address, **name)
            assert (code, said) == (403, "this board opens with its token: the address ends in /?token=…\n")
            code, said = await _status(session, f"{address}?token={token[:-1]}", **name)
            assert (code, said) == (
                403,
                "this is not the token of this board: look it up where the board was started\n",
            )
            for path in ("ws/board", "alive", "static/page.js"):
                assert (await _status(session, address + path))[0] == 403
            async with session.get(f"{address}wall?fontsize=20&token={token}", allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (303, "./wall?fontsize=20")
                (cookie,) = answer.cookies.values()
                assert cookie["httponly"]
                assert cookie["samesite"] == "Lax"
                assert token not in cookie.value
            assert (await _status(session, address))[0] == 200
            async with browser(web, session=session) as seen:
                await _open(seen)
        async with aiohttp.ClientSession() as other:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await other.ws_connect(f"{address}ws/board")
        web.process.send_signal(signal.SIGTERM)
        assert token not in web.said()
    assert token not in (web.state / "wallboard" / "wallboard.log").read_text()


async def test_a_token_of_the_config_is_used_and_not_printed(site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "web.token"
    secret.touch(0o600)
    secret.write_text(TOKEN)
    with Web(site, more=f'\n[web]\ntoken = {{ file = "{secret}" }}\n') as web:
        assert "token" not in web.url
        async with aiohttp.ClientSession() as session:
            assert (await _status(session, web.url))[0] == 403
            assert (await _status(session, f"{web.url}?token={TOKEN}"))[0] == 303
        web.process.send_signal(signal.SIGTERM)
        assert TOKEN not in web.said()


def test_a_token_that_can_be_guessed_is_refused(site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "web.token"
    secret.touch(0o600)
    secret.write_text("short")
    with pytest.raises(AssertionError, match="the token has fewer than 16 characters"):
        Web(site, more=f'\n[web]\ntoken = {{ file = "{secret}" }}\n')
