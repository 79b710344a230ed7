"""What became of each caller, by our books and by a real Asterisk's own."""

from __future__ import annotations

import pytest

from tests.lab.books import keep_books
from tests.lab.conftest import Site
from tests.lab.desk import console, settings_for

pytestmark = [pytest.mark.lab, pytest.mark.anyio]


async def test_our_books_are_those_of_the_queue_log(site: Site) -> None:
    # A machine that stalls for seconds misses moments; a fault of the books would be there each time.
    for _ in range(3):
        site.lab.calls(0.8, 40, PATIENCE_S="15")
        async with console(settings_for(site.port, "supervisor", site.secret, phone="PJSIP/sup1")) as desk:
            result = await keep_books(site.lab, desk, 50)
        assert result.outcomes["answered"] >= 5
        assert result.outcomes["lost"] >= 2
        if len(result.wrong) <= 1:
            return
    pytest.fail(f"not as the queue_log says: {result.wrong}")
