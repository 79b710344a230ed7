"""Whole lists out of pages, many readings at once, and starts that hold still."""

from __future__ import annotations

import anyio
import pytest

from wallboard.domain.errors import BadAnswer, CredentialsRefused, Missing, ReadError, Throttled
from wallboard.vendors.http.client import Answer
from wallboard.vendors.kit.gather import gather, optional
from wallboard.vendors.kit.paging import Page, Pages, pages
from wallboard.vendors.kit.rows import Starts, steady

pytestmark = pytest.mark.anyio


class Vendor:
    """A list of ids in pages of at most `size`; `total` is what it says, `skips` whether it looks at the offset."""

    def __init__(self, ids: list[int], *, size: int = 3, total: int | None = None, skips: bool = True) -> None:
        self.ids, self.size, self.total, self.skips = ids, size, total, skips
        self.asked = 0

    async def ask(self, number: int, got: int) -> Page:
        self.asked += 1
        answer = Answer(200, None, {}, 0.25, None, 100.0 + number, 100.0 + number)
        start = got if self.skips else 0
        return answer, [{"id": each} for each in self.ids[start : start + self.size]], self.total

    async def read(self, part: int = 0) -> Pages:
        return await pages(self.ask, "things", full=(3,), most=20, part=part)


def ids(read: Pages) -> list[object]:
    return [item["id"] for item in read.items if isinstance(item, dict)]


@pytest.mark.parametrize(("many", "requests"), [(0, 1), (2, 1), (3, 2), (7, 3)])
@pytest.mark.parametrize("told", [True, False])
async def test_all_pages_are_read(many: int, requests: int, told: bool) -> None:
    vendor = Vendor(list(range(many)), total=many if told else None)
    read = await vendor.read()
    assert ids(read) == list(range(many))
    assert (read.started_at, read.took, read.changed) == (100.0, 0.25, False)
    assert vendor.asked == requests


async def test_a_total_that_counts_the_page_alone_hides_nothing() -> None:
    read = await Vendor(list(range(7)), total=3).read()
    assert ids(read) == list(range(7))
    assert "changed" in read.approximate


async def test_pages_smaller_than_asked_for_go_on_to_the_total() -> None:
    assert ids(await Vendor(list(range(5)), size=2, total=5).read()) == list(range(5))


async def test_a_server_that_does_not_skip_does_not_loop() -> None:
    vendor = Vendor([1, 2, 3], skips=False)
    assert ids(await vendor.read()) == [1, 2, 3]
    assert vendor.asked == 2


async def test_a_row_that_two_pages_show_counts_once_and_the_list_has_changed() -> None:
    read = await Vendor([1, 2, 3, 3, 4]).read()
    assert ids(read) == [1, 2, 3, 4]
    assert read.changed


async def test_rows_without_an_id_are_all_kept_to_be_counted() -> None:
    async def ask(number: int, got: int) -> Page:
        return Answer(200, None, {}, 0.1, None, 1.0, 1.0), [{}, {}, "x"] if not number else [], None

    assert (await pages(ask, "things", full=(3,), most=5)).items == ({}, {}, "x")


async def test_a_list_without_an_end_is_a_bad_answer_and_a_part_of_it_is_not() -> None:
    with pytest.raises(BadAnswer, match="things has no end"):
        await Vendor(list(range(100))).read()
    part = await Vendor(list(range(100)), total=100).read(part=2)
    assert (ids(part), part.changed, part.total) == (list(range(6)), False, 100)


async def test_a_few_at_a_time_and_what_failed_by_its_id() -> None:
    running, most = 0, 0

    async def read(identity: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.lowlevel.checkpoint()
        running -= 1
        if identity == 4:
            raise Missing("gone")
        return identity * 2

    found, failed = await gather([1, 2, 2, 3, 4], read, at_once=2)
    assert found == {1: 2, 2: 4, 3: 6}
    assert list(failed) == [4]
    assert most == 2


@pytest.mark.parametrize("error", [CredentialsRefused("no"), Throttled("later")])
async def test_what_holds_for_all_ends_it(error: ReadError) -> None:
    asked: list[int] = []

    async def read(identity: int) -> int:
        asked.append(identity)
        raise error

    with pytest.raises(type(error)):
        await gather(range(50), read, at_once=1)
    assert asked == [0]
    with pytest.raises(type(error)):
        await optional(lambda: read(1))


async def test_an_optional_reading_may_fail() -> None:
    async def read() -> int:
        raise Missing("no such list")

    assert await optional(read) is None


def test_a_start_holds_still_within_two_seconds() -> None:
    assert steady(None, 10.0) == 10.0
    assert steady(10.0, 11.9) == steady(10.0, 8.1) == 10.0
    assert steady(10.0, 12.5) == 12.5


def test_starts_are_kept_by_list_and_forgotten_with_their_row() -> None:
    starts = Starts()
    assert starts.held("calls", {"a": 10.0, "b": None}) == {"a": 10.0}
    assert starts.held("agents", {"a": 11.0}) == {"a": 11.0}
    assert starts.held("calls", {"a": 11.0, "c": 5.0}) == {"a": 10.0, "c": 5.0}
    assert starts.held("calls", {}) == {}
    assert starts.held("calls", {"a": 11.0}) == {"a": 11.0}
    starts.keep({"agents"})
    assert starts.held("calls", {"a": 12.0}) == {"a": 12.0}
    assert starts.held("agents", {"a": 12.0}) == {"a": 11.0}
