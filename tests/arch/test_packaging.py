"""A wheel, an sdist and a checkout each find their themes, and a wheel carries what the program needs."""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_sdist, build_wheel

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ["control-room", "daylight", "high-contrast", "mono", "okabe-ito"]

LIST = """
import json
from wallboard import theming
print(json.dumps([str(theming.shipped_directory()), [info.name for info in theming.available()]]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with `wheel/` and `sdist/`: both built from this tree and unpacked, and the wheel of the sdist."""
    directory = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        wheel = directory / build_wheel(str(directory))
        source = directory / build_sdist(str(directory))
        zipfile.ZipFile(wheel).extractall(directory / "wheel")
        with tarfile.open(source) as archive:
            # By attribute: the first releases of 3.11, Debian 12's among them, know neither the argument nor filters.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(directory / "unpacked")
        (tree,) = (directory / "unpacked").iterdir()
        tree.rename(directory / "sdist")
        patch.chdir(directory / "sdist")
        (directory / "again").mkdir()
        again = directory / "again" / build_wheel(str(directory / "again"))
        zipfile.ZipFile(again).extractall(directory / "wheel-of-sdist")
    return directory


def themes_seen_by(package_parent: Path) -> tuple[Path, list[str]]:
    """What a bare interpreter (no site-packages, so no editable install) finds with only that on its path."""
    environment = {**os.environ, "PYTHONPATH": str(package_parent)}
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", LIST],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=environment,
        cwd="/",
    )
    directory, names = json.loads(done.stdout)
    return Path(directory), sorted(names)


@pytest.mark.parametrize("kind", ["wheel", "wheel-of-sdist"])
def test_a_wheel_finds_its_themes_inside_itself(built: Path, kind: str) -> None:
    directory, names = themes_seen_by(built / kind)
    assert names == SHIPPED
    assert directory == built / kind / "wallboard" / "_themes"


@pytest.mark.parametrize("kind", ["wheel", "wheel-of-sdist"])
def test_a_wheel_carries_its_catalogues(built: Path, kind: str) -> None:
    german = Path("locale/de/LC_MESSAGES/wallboard.mo")
    assert (built / kind / "wallboard" / german).read_bytes() == (ROOT / "src" / "wallboard" / german).read_bytes()


def test_an_unpacked_sdist_finds_its_themes(built: Path) -> None:
    directory, names = themes_seen_by(built / "sdist" / "src")
    assert names == SHIPPED
    assert directory == built / "sdist" / "themes"


def test_a_checkout_finds_its_themes() -> None:
    directory, names = themes_seen_by(ROOT / "src")
    assert names == SHIPPED
    assert directory == ROOT / "themes"


def test_a_wheel_holds_the_program_and_nothing_else(built: Path) -> None:
    assert {path.name.partition("-")[0] for path in (built / "wheel").iterdir()} == {"wallboard"}
    assert (built / "wheel" / "wallboard" / "py.typed").is_file()
    (metadata,) = (built / "wheel").glob("wallboard-*.dist-info")
    assert (metadata / "licenses" / "LICENSE").is_file()
    entry_points = configparser.ConfigParser()
    entry_points.read(metadata / "entry_points.txt")
    assert entry_points["console_scripts"]["wallboard"] == "wallboard.cli.start:entry"
    assert set(entry_points["wallboard.vendor"]) == {"ringme", "groupalarm", "sinch", "portsip", "asterisk"}


def test_an_sdist_can_be_tested(built: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements/test.txt", "tests/conftest.py", "themes/mono.toml"):
        assert (built / "sdist" / name).is_file(), name
