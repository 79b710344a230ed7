"""`wallboard info`: what a report of a fault needs, whatever state the installation is in."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from wallboard import __version__
from wallboard.cli import info
from wallboard.cli.main import main
from wallboard.vendors import registry


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, str]:
    """Name -> what is said of it."""
    assert main(["info", *words]) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    return {name: text for name, text in lines}


def test_it_names_version_python_and_paths(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    told = shown(capsys)
    assert told["wallboard"] == __version__
    assert told["config"] == f"{home}/.config/wallboard/config.toml (not there), by default"
    assert told["state"] == f"{home}/.local/state/wallboard (not there)"
    assert told["ringme"] == "built in"


def test_it_reads_no_configuration(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[[source\n")
    assert shown(capsys, "--config", str(broken))["config"] == f"{broken}, by --config"


def test_extras_are_those_that_the_package_declares(capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(capsys)
    declared = {extra for extra in metadata.metadata("wallboard").get_all("Provides-Extra", [])}
    assert declared <= set(told)
    assert told["push"] == f"websockets {metadata.version('websockets')}"
    assert told["sim"].startswith("uvicorn ")


def test_an_extra_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def version(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    assert shown(capsys)["push"] == "not installed (websockets)"


def test_a_source_tree_without_metadata_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def distribution(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", distribution)
    assert main(["info"]) == 0
    assert "not known: this is an unpacked source tree" in capsys.readouterr().out


def test_a_vendor_of_another_package_is_named_with_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "_entry_points", lambda: {"acme": "wallboard_acme:plugin", "ringme": "evil:plugin"})
    told = shown(capsys)
    assert told["acme"] == "from another package: wallboard_acme:plugin"
    assert told["ringme"] == "built in"
    assert registry.targets()["ringme"] == registry.BUILT_IN["ringme"]


def test_the_manual_page_and_the_completions_are_found_where_they_were_installed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["info"]) == 0
    out = capsys.readouterr().out
    for name in info.SHARED:
        (line,) = [line for line in out.splitlines() if line.startswith(f"  {name} ")]
        assert Path(line.removeprefix(f"  {name}").strip()).is_file()
