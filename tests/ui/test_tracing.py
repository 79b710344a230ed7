"""What `WALLBOARD_TRACE` writes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from wallboard.ui.tracing import Trace, of_console


class Works:
    def at_once(self, number: int) -> int:
        return number + 1

    async def later(self) -> str:
        self.at_once(1)
        return "done"


async def _twice(works: Works) -> None:
    await works.later()
    with pytest.raises(TypeError):
        works.at_once("")  # type: ignore[arg-type]


@pytest.mark.anyio
async def test_each_call_is_a_span_of_a_trace_and_does_what_it_did(tmp_path: Path) -> None:
    path, works = tmp_path / "trace.json", Works()
    trace = Trace(path)
    trace.watch([(Works, "at_once"), (Works, "later")])
    await _twice(works)
    assert works.at_once(41) == 42
    trace.write()
    # As trace viewers read it: the list need not end.
    spans = [each for each in json.loads(path.read_text().rstrip().rstrip(",") + "]") if "gc" not in each["name"]]
    assert [span["name"] for span in spans] == ["Works.at_once", "Works.later", "Works.at_once", "Works.at_once"]
    within, around = spans[:2]
    assert around["ts"] <= within["ts"]
    assert within["ts"] + within["dur"] <= around["ts"] + around["dur"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_watched_is_there() -> None:
    assert [name for owner, name in of_console() if not callable(getattr(owner, name, None))] == []
