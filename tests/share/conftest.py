from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.share.nats import Server


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A NATS server; what a test is parametrised with are more lines of its configuration."""
    made = Server(tmp_path, *getattr(request, "param", ())).start()
    try:
        yield made
    finally:
        made.kill()
