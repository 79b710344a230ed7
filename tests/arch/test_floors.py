"""The import contracts can fail: each is broken on purpose, once, in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Contract -> a new module and the forbidden import in it.
PROBES = {
    "Floors:": ("board/probe_floor.py", "import wallboard.view"),
    "A vendor never imports another": ("vendors/ringme/probe_vendor.py", "import wallboard.vendors.asterisk"),
    "The kit of adapters": ("vendors/kit/probe_vendor.py", "import wallboard.vendors.sinch"),
    "Vendors stand on": ("vendors/groupalarm/probe_floor.py", "import wallboard.board"),
    "No floor below runtime": ("ui/probe_vendor.py", "import wallboard.vendors.ringme"),
    "The simulation imports no adapter": ("sim/probe_vendor.py", "import wallboard.vendors.ringme"),
    "textual and rich only": ("view/probe_rich.py", "def late() -> None:\n    import rich.text"),
    "httpx only": (
        "vendors/ringme/probe_http.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import httpx",
    ),
    "pydantic only": ("vendors/ringme/probe_model.py", "import pydantic"),
    "websockets only": ("vendors/sinch/probe_push.py", "def late() -> None:\n    import websockets"),
    "nats only": ("polling/probe_bus.py", "def late() -> None:\n    import nats"),
    "aiohttp only": ("view/probe_web.py", "def late() -> None:\n    import aiohttp.web"),
    "h11 only": ("web/probe_http.py", "import h11"),
    "prometheus_client only": ("serve/probe_metrics.py", "import prometheus_client"),
    "config is imported": ("ui/probe_config.py", "import wallboard.config"),
    "theming is imported": ("view/probe_theme.py", "import wallboard.theming"),
    "logs is imported": ("board/probe_logs.py", "import wallboard.logs"),
    "asyncio only": ("polling/probe_loop.py", "from asyncio import sleep"),
}


def test_every_contract_breaks_when_it_is_broken(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, code in PROBES.values():
        (tmp_path / "src" / "wallboard" / file).write_text(f"{code}\n", encoding="utf-8")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    names = [
        contract["name"]
        for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
            "contracts"
        ]
    ]
    said = " ".join(done.stdout.split())
    verdicts = {name: re.search(re.escape(name) + r" (KEPT|BROKEN)", said) for name in names}
    assert {name: found and found[1] for name, found in verdicts.items()} == dict.fromkeys(names, "BROKEN")


def test_every_contract_has_a_probe() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert all(any(contract["name"].startswith(probe) for probe in PROBES) for contract in contracts)
    assert len(contracts) == len(PROBES)
