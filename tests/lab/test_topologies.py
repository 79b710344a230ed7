"""Every verb on every shape of a call: the right channel, the right ending, as in docs/asterisk.md."""

from __future__ import annotations

import pytest

from tests.lab import topologies
from tests.lab.conftest import Site

pytestmark = [pytest.mark.lab, pytest.mark.anyio]


@pytest.mark.parametrize("name", topologies.TOPOLOGIES)
async def test_each_verb_hits_the_right_party_as_the_page_says(site: Site, name: str) -> None:
    cells = await topologies.walked(site, name)
    assert {cell.verb.value: cell.wrong for cell in cells if cell.wrong} == {}
    assert topologies.line(name, cells) == topologies.written()[name]
