"""A row that cannot be used is counted where a supervisor sees it, and an answer without any is no empty list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.vendors.suite.groupalarm import GroupalarmStand
from tests.vendors.suite.portsip import PortsipStand
from tests.vendors.suite.ringme import RingmeStand
from tests.vendors.suite.sinch import SinchStand
from tests.vendors.suite.stand import SOURCE, Listed
from tests.vendors.suite.web import WebSession, WebStand
from wallboard.board.board import Board
from wallboard.domain.errors import BadAnswer
from wallboard.domain.update import SourceInfo, Update
from wallboard.vendors.base import Ticket

pytestmark = pytest.mark.anyio

MAKERS: list[Callable[[], WebStand]] = [RingmeStand, GroupalarmStand, SinchStand, PortsipStand]
LISTS = [
    pytest.param(make, listed, id=f"{make.name} {listed.name}")  # type: ignore[attr-defined]
    for make in MAKERS
    for listed in make.lists  # type: ignore[attr-defined]
    # Its rows come from the discovery, which says it in the source's own line.
    if (make, listed.name) != (RingmeStand, "telephones")
]


async def read(session: WebSession, listed: Listed, seq: int) -> Update:
    """The update of the list, read again."""
    await session.discover(*listed.after)
    session.stand.clock.advance(20.0)
    (feed,) = session.feeds(listed.resource, listed.scope)
    updates = await feed.fetch(Ticket(1, seq, session.stand.clock.now()))
    return next(each for each in updates if (each.resource, each.scope) == (listed.resource, listed.scope))


IDLESS: dict[str, Any] = {"surplus": 1, "more": "x"}


@pytest.mark.parametrize(("make", "listed"), LISTS)
async def test_rows_without_an_id_are_counted_and_cost_no_other(make: Callable[[], WebStand], listed: Listed) -> None:
    stand = make()
    way = next(iter(listed.ways.values()))
    async with stand.open() as session:
        await session.discover(*listed.after)
        stand.rows[listed.name] = [listed.make(1), listed.make(2)]
        stand.instead = {listed.name: way([listed.make(1), None, IDLESS, "x", listed.make(2)], 5)}  # type: ignore[list-item]
        update = await read(session, listed, 1)
        assert {listed.key(1), listed.key(2)} <= {row.key.id for row in update.rows}
        assert "3 rows without an id" in update.approximate
        board = Board(stand.clock)
        board.source(SourceInfo(SOURCE, stand.name))
        board.apply(update)
        (view,) = board.source_views()
        shown = [feed.detail for each in view.resources for feed in each.feeds]
        assert any("3 rows without an id" in detail for detail in shown), (
            "each feed has its line on the page of sources"
        )


@pytest.mark.parametrize(("make", "listed"), LISTS)
@pytest.mark.parametrize(
    "answer",
    [
        {"errors": [{"code": "UNKNOWN", "message": "no"}]},
        {"errors": []},
        {"error": ["no"], "message": "x"},
        [None, "x"],
    ],
)
async def test_an_answer_without_a_usable_row_is_no_empty_list(
    make: Callable[[], WebStand], listed: Listed, answer: object
) -> None:
    stand = make()
    async with stand.open() as session:
        assert (await read(session, listed, 1)).rows
        stand.instead = {listed.name: answer}
        with pytest.raises(BadAnswer):
            await read(session, listed, 2)


async def test_a_telephone_without_an_id_is_told_in_the_sources_line() -> None:
    stand = RingmeStand()
    listed = next(each for each in stand.lists if each.name == "telephones")
    async with stand.open() as session:
        stand.instead = {listed.name: [listed.make(1), None, IDLESS]}
        await session.discover(*listed.after)
        assert "phones: 2 rows without an id" in session.adapter.info().detail
        lines = {line.name: line.text for line in await session.adapter.check()}
        assert "phones: 2 rows without an id" in lines["discovery"]
