"""What the board says of a real Asterisk that restarts, refuses a second log-in, or grants an account less."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.conftest import Site
from tests.lab.lab import Lab
from tests.lab.phone import Phone
from tests.lab.signin import accounts, restarted, second_login, torn_name
from wallboard.domain.keys import Resource

pytestmark = [pytest.mark.lab, pytest.mark.anyio]


@pytest.fixture(scope="module")
def own(site: Site) -> Iterator[tuple[Lab, Phone]]:
    """A second Asterisk, which may be restarted; an account may be signed in once. (``site`` says if none can run.)"""
    lab = Lab({"TOPOLOGIES": "1", "MULTIPLE": "no", "AGENTS": "2", "QUEUES": "sales:ringall"}).start()
    caller = Phone("caller", lab.sip_port)
    try:
        yield lab, caller
    finally:
        caller.close()
        lab.stop()


async def test_a_second_login_waits_for_the_first_to_leave(own: tuple[Lab, Phone]) -> None:
    said = await second_login(own[0])
    assert not any(second.state == "refused" for second in said)
    assert any("sign-in refused for now: Login Already In Use" in second.detail for second in said)
    assert said[-1].state == "live"


async def test_a_callers_name_with_an_empty_line_is_one_caller(own: tuple[Lab, Phone]) -> None:
    assert await torn_name(*own) == ["Error page retry: later"]


async def test_a_restart_is_told_as_one_and_the_queues_are_there_when_they_are_loaded(own: tuple[Lab, Phone]) -> None:
    said = await restarted(own[0], 4)
    starting = [second for second in said if "the server is still starting" in second.detail]
    assert len(starting) >= 2
    assert [second for second in starting if "live" in (second.state, second.panes[Resource.QUEUES])] == []
    assert not any("may not use" in second.detail for second in said)
    assert said[-1].panes[Resource.QUEUES] == "live"
    assert said[-1].waiting == 0


async def test_each_account_is_told_what_it_does_not_get(site: Site) -> None:
    names = ("supervisor", "filtered", "filteredout", "callagent", "agentonly", "nobody")
    # Returns only when every one of them has shown the caller come and go, by events or by reading again.
    found = {one.name: one for one in await accounts(site.lab, names, site.callers, "bench")}
    for name in ("filtered", "filteredout", "nobody"):
        assert found[name].detail.startswith("events are filtered or lost"), found[name]
        assert not found[name].pushed[Resource.CALLS], name
    assert "Newchannel" in found["filtered"].detail
    assert "Asterisk Call Manager" in found["supervisor"].detail
    assert all(found["supervisor"].pushed[resource] for resource in (Resource.QUEUES, Resource.CALLS))
    for name in ("callagent", "agentonly", "nobody"):
        assert found[name].causes[Resource.CALLS] == "this account may not use CoreShowChannels"
        assert found[name].panes[Resource.CALLS] == "unavailable"
        assert found[name].panes[Resource.QUEUES] == "live"
