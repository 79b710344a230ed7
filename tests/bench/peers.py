"""Terminal programs of others to compare with: those of this machine, else from the Debian mirror that its apt uses,
unpacked into a folder. Nothing is installed, and no root is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("htop", "btop", "sngrep")
FOLDER = Path(tempfile.gettempdir()) / f"wallboard-bench-peers-{os.getuid()}"
PATIENCE = 120.0


def found() -> dict[str, Path]:
    """The programs that can be had, by name."""
    have = {name: Path(path) for name in NAMES if (path := shutil.which(name))}
    missing = [name for name in NAMES if name not in have]
    if missing and not all((FOLDER / "usr/bin" / name).exists() for name in missing):
        for name in missing:
            _fetch(name)
    return have | {name: FOLDER / "usr/bin" / name for name in missing if (FOLDER / "usr/bin" / name).exists()}


def environment() -> dict[str, str]:
    """Where their libraries lie."""
    places = [FOLDER / base / f"{os.uname().machine}-linux-gnu" for base in ("usr/lib", "lib")]
    return {"LD_LIBRARY_PATH": os.pathsep.join(map(str, places))}


def _fetch(name: str) -> None:
    """The package and what it needs that is not here; whatever fails, there is no such peer."""
    try:
        told = _run("apt-get", "--simulate", "--no-install-recommends", "install", name)
        wanted = [line.split()[1] for line in told.splitlines() if line.startswith("Inst ")]
        with tempfile.TemporaryDirectory() as folder:
            _run("apt-get", "--quiet", "download", *wanted, folder=folder)
            for package in Path(folder).glob("*.deb"):
                _run("dpkg-deb", "--extract", str(package), str(FOLDER))
    except (OSError, subprocess.SubprocessError):
        return


def _run(*command: str, folder: str = "/") -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return done.stdout
