"""Consoles that share a vendor's account without a word between them: none stops it, each gets its part."""

from __future__ import annotations

import pytest

from tests.polling.account import HOUR, Office
from wallboard.domain.keys import Resource
from wallboard.domain.update import Budget
from wallboard.polling.budget import RateBudget, Wish

pytestmark = pytest.mark.anyio

M = Resource.MEMBERS


@pytest.mark.parametrize("consoles", [1, 10, 40])
async def test_six_hundred_an_hour_are_enough_for_as_many_as_there_are(consoles: int) -> None:
    office = Office(600, consoles)
    async with office.open():
        await office.pass_(2 * HOUR - 1)
    assert office.account.refused == 0
    assert all(0.7 * 600 <= used <= 0.95 * 600 for used in office.account.hours)
    # The smallest part is no crumb.
    assert min(console.reads(0) for console in office.consoles) >= 0.4 * sum(office.account.hours) / consoles


async def test_thirty_thousand_an_hour_for_ten_who_come_one_by_one_and_go() -> None:
    office = Office(30_000, 4, queues=5)
    async with office.open():
        for _ in range(6):
            await office.pass_(60)
            office.come()
        await office.pass_(900)
        since = office.clock.now() - 300
        reads = sorted(console.reads(since) for console in office.consoles)
        assert reads[0] >= 0.6 * reads[-1], "who comes late soon gets as much"
        now = office.clock.now()
        # Each wants 3.5 a second and has 0.8 of them.
        assert max(console.longest_gap(M, "600", since, now) for console in office.consoles) <= 90
        told = [console.info.budget.others for console in office.consoles if console.info and console.info.budget]
        assert all(others is not None and 18_000 <= others <= 28_000 for others in told)
        office.leave(8)
        await office.pass_(600)
        # What they leave is there for the two that stay, who may now read as they like.
        now = office.clock.now()
        assert max(console.longest_gap(M, "600", now - 120, now) for console in office.consoles) <= 8
    assert office.account.refused == 0


async def test_forty_who_begin_together_on_thirty_thousand_an_hour() -> None:
    office = Office(30_000, 40)
    async with office.open():
        await office.pass_(600)
        since = office.clock.now()
        await office.pass_(600)
        gaps = [console.longest_gap(M, "600", since, office.clock.now()) for console in office.consoles]
    assert office.account.refused == 0
    assert sum(office.account.hours) >= 0.7 * 30_000 / 3
    assert max(gaps) <= 110, "a fair part is one reading in 50 s"


@pytest.mark.parametrize("tells", [True, False])
async def test_what_the_config_says_is_where_each_begins(tells: bool) -> None:
    office = Office(600, 10, said=10, tells=tells)
    async with office.open():
        await office.pass_(25)
        # Each list once; then a tenth of the allowance each, before anything is known of the others.
        assert sum(office.account.hours) <= 10 * 7 + 10
        await office.pass_(HOUR - 30)
    assert office.account.refused == 0
    assert 0.7 * 600 <= office.account.hours[0] <= 0.95 * 600


async def test_who_is_alone_soon_has_all_whatever_the_config_says() -> None:
    office = Office(30_000, 1, queues=5, said=40)
    async with office.open():
        await office.pass_(120)
        now = office.clock.now()
        await office.pass_(60)
        assert office.consoles[0].longest_gap(M, "600", now, office.clock.now()) <= 6
        info = office.consoles[0].info
        assert info is not None
        assert info.budget is not None
        assert info.budget.others is None


def heard(allowance: RateBudget, asked: int, remaining: int, now: float) -> None:
    allowance.hear(Budget(3600, remaining, 10_000.0, 360, asked), now)


WISHES = [Wish(2.0, 1, True)] * 10


def test_an_answer_that_was_lost_and_answers_that_overtake_are_nobodys() -> None:
    allowance = RateBudget(None)
    heard(allowance, 0, 3600, 0.0)
    alone = RateBudget(None)
    heard(alone, 0, 3600, 0.0)
    for second in range(1, 200):
        late = 1 if second % 2 else -1
        allowance.plan(WISHES, float(second))
        heard(allowance, second, 3600 - second - second // 50 + late, float(second))
        heard(alone, second, 3600 - second - second // 50 + late, float(second))
        assert allowance.others is None
    assert allowance.rate(200.0) == alone.rate(200.0)


def test_what_the_vendors_new_hour_brings_back_is_no_use_of_others() -> None:
    allowance = RateBudget(None)
    for second in range(200):
        allowance.plan(WISHES, float(second))
        heard(allowance, second, 3600 - 3 * second, float(second))
    before = allowance.others
    assert before == 3600, "the most that can be said of an account of as many"
    for second in range(200, 204):
        allowance.hear(Budget(3600, 3600 - 3 * (second - 200), 13_600.0, 360, second), float(second))
        assert allowance.others == before


def test_the_reserve_for_actions_is_not_shared_out() -> None:
    allowance = RateBudget(None, consoles=40)
    heard(allowance, 0, 380, 0.0)
    assert allowance.wait(1.0, 1) > 0, "too little is left for one request each"
    assert allowance.wait(1.0, 1, in_turn=False) == 0
    assert allowance.wait(1.0, 1, for_action=True) == 0
    heard(allowance, 1, 300, 2.0)
    assert allowance.wait(3.0, 1, in_turn=False) > 0
    assert allowance.wait(3.0, 1, for_action=True) == 0
