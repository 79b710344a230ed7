"""An hour of callers on 600 requests, with webhooks and without: `python -m tests.bench.hooks`.

Printed for each: requests at the vendor, how many changes (a leg rings, is answered, ends; a caller comes, is rung for,
talks, goes) the board showed and how many never, and the seconds until it did.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import anyio

from tests.serve.hooked import hour, site
from wallboard.domain.keys import Resource

LIMIT = 600


async def case(callers: int, hooks: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with site(Path(folder), limit=LIMIT, hooks=hooks) as at:
            if hooks:
                await at.until(lambda: all(status.events for status in at.feeds(Resource.CALLS)), 3600.0)
            made = await hour(at, callers)
    lags = sorted(made.lags)
    half, most = lags[len(lags) // 2], lags[-1]
    how = "webhooks" if hooks else "polling "
    shown = f"{len(lags)} changes shown, {made.unseen} never, half within {half:.1f} s, the last after {most:.1f} s"
    print(f"{callers} callers, {how}: {made.requests} requests, {shown}")


async def main() -> None:
    for callers in (12, 24, 30, 40):
        for hooks in (True, False):
            await case(callers, hooks)


if __name__ == "__main__":
    anyio.run(main)
