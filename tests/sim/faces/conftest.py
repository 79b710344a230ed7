"""Desks in front of a silent world, in a new one for each test."""

from __future__ import annotations

import pytest

from tests.sim.faces.desk import Desk, FrontDesk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def front() -> FrontDesk:
    return FrontDesk()
