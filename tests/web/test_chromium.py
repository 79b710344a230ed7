"""The board in a real browser: what only that can show. Skipped, and said, where there is none."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import pytest

from tests.terminal.stage import PATIENCE, Site
from tests.web.chromium import PROGRAM, Page, chromium
from tests.web.site import Web, until
from wallboard.domain.actions import ACTIONS, looks

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(PROGRAM is None, reason="there is no chromium on this machine: apt-get install chromium"),
]

SHOWN = "document.body.classList.contains('-first-byte') && !document.body.classList.contains('lost')"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), speed=1.0) as site:
        yield site


@pytest.fixture
def web(site: Site) -> Iterator[Web]:
    with Web(site) as web:
        yield web


@pytest.fixture
async def page(web: Web, tmp_path: Path) -> AsyncIterator[Page]:
    async with chromium(tmp_path / "profile") as page:
        await page.open(web.url, 1280, 720)
        await page.wait(SHOWN)
        yield page


async def _changes(page: Page) -> None:
    """Wait until something else is drawn."""
    before = await page.picture()
    with anyio.fail_after(PATIENCE):
        while await page.picture() == before:
            pass


async def test_it_is_drawn_moves_and_asks_nobody_else(web: Web, page: Page) -> None:
    await _changes(page)
    await page.resize(1000, 600)
    await page.wait("document.querySelector('.xterm-screen').clientWidth <= 1000")
    await _changes(page)
    assert page.errors == []
    assert len(page.requests) >= 7
    assert [url for url in page.requests if url.partition("//")[2].partition("/")[0] not in web.url] == []


async def test_keys_go_to_it_and_none_to_a_vendor(site: Site, web: Web, page: Page) -> None:
    before = len(site.actions())
    for pane in "1234":
        await page.type(pane, *(key for action in ACTIONS if not looks(action) for key in action.keys if len(key) == 1))
    board = await page.picture()
    await page.type("?")
    with anyio.fail_after(PATIENCE):
        while len(await page.picture()) == len(board):
            pass
    asked = len(site.sim.requests)
    await until(lambda: len(site.sim.requests) > asked + 10)
    assert len(site.actions()) == before
    assert page.errors == []


async def test_a_line_that_breaks_is_seen_and_comes_back(web: Web, page: Page) -> None:
    os.kill(web.family()[1], signal.SIGKILL)
    await page.wait("document.body.classList.contains('lost') && document.getElementById('lost').textContent != ''")
    await page.wait(SHOWN)
    await _changes(page)


async def test_after_a_sleep_it_begins_anew(web: Web, page: Page) -> None:
    (first,) = web.family()[1:]
    # As it is when a machine wakes: nothing comes, the clock has gone on, and the line looks as if it were there.
    os.kill(web.process.pid, signal.SIGSTOP)
    await page.value("{ const now = Date.now; Date.now = () => now() + 60000 }")
    await page.wait("document.body.classList.contains('lost')")
    os.kill(web.process.pid, signal.SIGCONT)
    await page.wait(SHOWN)
    await until(lambda: len(web.family()) == 2 and first not in web.family())
