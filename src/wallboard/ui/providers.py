"""Commands of Textual's providers, as choices of our own palette.

It is our palette and not Textual's, which is a modal: those paint the board below them twice a tick, have keys without
ids, and open over a question that stands.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from textual.app import App
from textual.command import DiscoveryHit, Hit, Provider

from wallboard.domain.text import clean
from wallboard.view.dialogs import Choice

MOST = 50
log = logging.getLogger(__name__)


async def search(app: App[Any], text: str) -> list[Choice]:
    """What the providers in `COMMANDS` of the app have under `text`, the best first. One that fails has nothing."""
    hits: list[Hit | DiscoveryHit] = []
    for source in app.COMMANDS:
        made = source if isinstance(source, type) else source()
        try:
            hits += await _hits(made(app.screen), text)
        except Exception:
            # It may be anybody's.
            log.exception("the provider %s failed", made.__name__)
    best = sorted(hits, key=lambda hit: -hit.score)[:MOST]
    return [
        Choice(partial(app.call_later, hit.command), _said(hit.text or hit.prompt), _said(hit.help)) for hit in best
    ]


async def _hits(provider: Provider, text: str) -> list[Hit | DiscoveryHit]:
    await provider.startup()
    try:
        found: AsyncIterator[object] = provider.search(text) if text else provider.discover()
        # A provider that has no `discover` gives NotImplemented.
        return [hit async for hit in found if isinstance(hit, Hit | DiscoveryHit)]
    finally:
        await provider.shutdown()


def _said(text: object) -> str:
    """Words of a provider, as one clean line."""
    return str(clean(str(text or "")))
