"""The commands where the locale is not UTF-8, in pipes: what they read and what they print is the same text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.acceptance.scene import real_world, served
from wallboard.sim import demo_environment, ready_config

NARROW = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A C locale taken at its word: files, their names and the output are ASCII."""
# In front of every command: whatever would be read or written in the locale's encoding is an error.
STRICT = ["-X", "warn_default_encoding", "-W", "error::EncodingWarning"]


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """A site with names that no narrow locale can write: of the file, of its secret's file, of people."""
    with served(real_world()) as url:
        path = tmp_path / "Müller.toml"
        secret = tmp_path / "夜.secret"
        secret.write_text("\ufeff" + demo_environment()["WALLBOARD_SIM_HQ"] + "\r\n", encoding="utf-8")
        secret.chmod(0o600)
        text = ready_config(url).replace('{ env = "WALLBOARD_SIM_HQ" }', '{ file = "夜.secret" }')
        assert text.count("夜") == 1
        text, named = re.subn(r'(?<=\[operator\]\nname = )".*"', '"Jürgen 李"', text)
        assert named == 1
        path.write_text(text, encoding="utf-8")
        yield path


def run(
    config: Path, *words: str, locale: Mapping[str, str] = NARROW, code: int = 0
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, *STRICT, "-m", "wallboard", "--config", str(config), *words],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **demo_environment(), **locale},
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr.decode()
    return done


def test_what_is_read_is_whole_and_json_loses_nothing(config: Path) -> None:
    printed = run(config, "snapshot", "--json").stdout
    assert printed.isascii()
    taken = json.loads(printed)
    assert {source["state"] for source in taken["sources"]} == {"live"}
    assert "Hanna Nyström" in {agent["name"] for agent in taken["agents"]}
    table = run(config, "snapshot", "--table").stdout
    assert table.isascii()
    assert b"Hanna Nystrom" in table
    latin = run(config, "snapshot", "--table", locale={**NARROW, "PYTHONIOENCODING": "iso8859-1"}).stdout
    assert "Hanna Nyström" in latin.decode("iso8859-1")


def test_what_is_written_is_as_it_was_typed(config: Path, home: Path) -> None:
    run(config, "do", "note", "hq/queue/601", "Grüße 李")
    (record, *_) = [
        json.loads(line) for line in (home / ".local/state/wallboard/audit.jsonl").read_bytes().splitlines()
    ]
    assert record["operator"] == "Jürgen 李"
    assert "Grüße 李" in json.dumps(record, ensure_ascii=False)
    shown = run(config, "audit", "show").stdout
    assert shown.isascii()
    assert b"Jurgen ??" in shown
    assert run(config, "do", "note", "hq/queue/Zoë", "x", code=1).stderr == b"wallboard do: hq/queue/Zoe is not there\n"


def test_what_is_told_can_be_read_and_a_path_is_the_path(config: Path, tmp_path: Path) -> None:
    assert b'name = "Jurgen ??"' in run(config, "config", "show").stdout
    assert run(config, "config", "path").stdout == os.fsencode(config) + b"\n"
    assert json.loads(run(config, "check", "--json").stdout)["config"][0]["text"].startswith(str(config))
    json.loads(run(config, "config", "schema").stdout)
    for words in (["keys"], ["keys", "--defaults"], ["themes"], ["do", "--help"], ["audit", "verify"]):
        done = run(config, *words)
        assert done.stdout.isascii()
        assert b"Traceback" not in done.stderr
    fresh = tmp_path / "Straße.toml"
    assert run(fresh, "init").stdout == os.fsencode(fresh) + b"\n"
    fresh.write_bytes('name = "Müller"\n'.encode("iso8859-1"))
    assert b"Stra?e.toml:1: byte 0xfc is not UTF-8; save the file as UTF-8" in run(fresh, "check", code=2).stdout
