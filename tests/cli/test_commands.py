"""The small commands: config, init, keys, themes, and the exit codes of check and snapshot."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from wallboard.cli import check, snapshot
from wallboard.cli.check import Section
from wallboard.cli.main import main
from wallboard.cli.terminal import WIDTH_TEST, Fact
from wallboard.config import keymap
from wallboard.config.template import TEMPLATE
from wallboard.domain.text import cell_width

VALID = Path(__file__).resolve().parents[1] / "config" / "valid"


def output(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(list(words)) == code
    return capsys.readouterr().out


def test_config_path(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    assert output(capsys, "config", "path") == f"{home}/.config/wallboard/config.toml\n"
    monkeypatch.setenv("WALLBOARD_CONFIG", "/etc/board.toml")
    assert output(capsys, "config", "path") == "/etc/board.toml\n"
    assert output(capsys, "config", "path", "--config", "here.toml") == "here.toml\n"


def test_a_config_in_the_current_directory_is_not_picked_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text((VALID / "smallest.toml").read_text())
    monkeypatch.chdir(tmp_path)
    assert main(["config", "show"]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_config_show_names_the_origin_of_each_value(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HQ_SECRET", "S3CR3T-canary")
    shown = output(capsys, "config", "show", "--config", str(VALID / "full.toml"))
    assert tomllib.loads(shown)["source"][0]["queues"] == ["601", "602"]
    lines = shown.splitlines()
    hangup = '"call.hangup" = "X"'
    written = [each.strip() for each in (VALID / "full.toml").read_text().splitlines()]

    def line(start: str) -> str:
        return " ".join(next(each for each in lines if each.startswith(start)).split())

    assert line("theme") == 'theme = "control-room" # full.toml:2'
    assert line("auth").endswith("# full.toml:12")
    assert '{ env = "HQ_SECRET" }' in line("auth")
    assert line("bell") == f"bell = true # full.toml:{written.index('bell = true') + 1}"
    assert line('"call.hangup"') == f'"call.hangup" = "X" # full.toml:{written.index(hangup) + 1}'
    assert line('"call.listen"') == '"call.listen" = "e" # default'
    assert 'url = "https://app.groupalarm.com/api/v1/first-responder"' in shown
    assert "S3CR3T-canary" not in shown
    # Nothing was resolved.
    assert os.environ["HQ_SECRET"] == "S3CR3T-canary"


def test_config_show_hides_literal_headers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shown = output(capsys, "config", "show", "--config", str(VALID / "full.toml"))
    assert 'X-Tenant = "***"' in shown
    assert "north" not in shown


def test_config_schema_describes_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    schema: dict[str, Any] = json.loads(output(capsys, "config", "schema"))
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {
        *("theme", "language", "kiosk", "operator", "source", "queue", "favourite", "route", "known", "view"),
        *("keys", "alarm", "history", "audit", "privacy", "share", "web", "serve"),
    }
    assert schema["properties"]["keys"]["properties"]["call.hangup"]["default"] == "x"
    assert "insecure" in schema["$defs"]["SourceModel"]["properties"]


def test_init_writes_a_file_that_only_I_can_read_and_never_over_one(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    path = home / ".config" / "wallboard" / "config.toml"
    before = os.umask(0)
    try:
        assert output(capsys, "init") == f"{path}\n"
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.write_text("mine")
    assert main(["init"]) == 2
    assert "there is a file already, and it stays as it is" in capsys.readouterr().err
    assert path.read_text() == "mine"


def test_init_follows_no_link(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to(tmp_path / "elsewhere")
    assert main(["init", "--config", str(tmp_path / "link.toml")]) == 2
    assert not (tmp_path / "elsewhere").exists()


def test_a_fresh_config_says_what_to_do(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    output(capsys, "init", "--config", str(path))
    assert main(["config", "show", "--config", str(path)]) == 2
    assert "there is no [[source]]; add one" in capsys.readouterr().err


def test_every_example_in_the_template_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for line in TEMPLATE.splitlines():
        bare = line.removeprefix("# ")
        example = line.startswith("# ") and (bare.startswith("[") or bare.partition(" ")[2].startswith("= "))
        keyed = line.startswith('# "')
        lines.append(bare if example or keyed else line)
    path = tmp_path / "config.toml"
    path.write_text("\n".join(lines))
    shown = output(capsys, "config", "show", "--config", str(path))
    named = [source["name"] for source in tomllib.loads(shown)["source"]]
    assert named == ["hq", "responders", "cc", "front", "lab"]


def test_keys_lists_every_action(capsys: pytest.CaptureFixture[str]) -> None:
    shown = output(capsys, "keys")
    for action in keymap.ACTIONS:
        assert f" {action.id} " in shown
        assert action.does in shown
    assert "lost callers" not in shown


def test_keys_shows_the_keys_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    shown = output(capsys, "keys", "--config", str(VALID / "full.toml"))
    (line,) = [line for line in shown.splitlines() if " call.hangup " in line]
    assert line.startswith("X ")


def test_keys_defaults_is_a_table_to_edit(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shown = output(capsys, "keys", "--defaults")
    assert tomllib.loads(shown)["keys"] == {action.id: ",".join(action.keys) for action in keymap.ACTIONS}
    path = tmp_path / "config.toml"
    path.write_text((VALID / "smallest.toml").read_text() + shown)
    assert main(["config", "show", "--config", str(path)]) == 0


def test_themes(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    shown = output(capsys, "themes")
    assert shown.splitlines()[0].split()[0] == "control-room"
    assert len(shown.splitlines()) == 5
    own = home / ".config" / "wallboard" / "themes"
    own.mkdir(parents=True)
    (own / "night.toml").write_text('label = "Night"\n')
    assert next(line for line in output(capsys, "themes").splitlines() if "user" in line).startswith("night ")


def test_a_broken_theme_is_exit_2(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    own = home / ".config" / "wallboard" / "themes"
    own.mkdir(parents=True)
    (own / "night.toml").write_text("colour = 1\n")
    assert main(["themes"]) == 2
    assert "night.toml: unknown key 'colour'" in capsys.readouterr().err


def test_the_width_test_lines_are_equally_wide() -> None:
    assert {cell_width(line) for line in WIDTH_TEST.split("\n")} == {12}


# ---- check ---------------------------------------------------------------------------------------------------


def sections(*faults: str, kind: str = "source") -> list[Section]:
    lines = tuple(
        Fact(name, name not in faults, "") for name in ("reach", "sign-in", "calls", "listen", "config", "hq")
    )
    return [Section("terminal", "terminal", (Fact("size", False, ""),)), Section(kind, "hq (ringme)", lines)]


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (sections(), 0),
        (sections("listen"), 0),
        (sections("calls"), 1),
        (sections("reach"), 3),
        (sections("reach", "sign-in"), 4),
        (sections("config"), 2),
        (sections("hq", kind="secrets"), 2),
        (sections("config", kind="config"), 2),
        ([*sections("reach"), *sections("hq", kind="secrets")], 2),
    ],
)
def test_the_verdict_of_check(found: list[Section], code: int) -> None:
    assert check.verdict(found) == code


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_check_tells_every_fault_of_the_config(form: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    path = VALID.parent / "invalid" / "many-at-once.toml"
    shown = output(capsys, "check", *form, "--config", str(path), code=2)
    for words in ("unknown key 'them'", "there is no vendor 'rinqme'", "'e' is already the key of call.listen"):
        assert words in shown
    if form:
        assert json.loads(shown)["exit"] == 2


def test_check_names_each_secret_that_is_missing_and_tries_the_rest(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "config.toml"
    source = '[[source]]\nname = "{}"\nvendor = "groupalarm"\nurl = "http://127.0.0.1:9"\norganization = 1\nauth = {}\n'
    secret = '{ kind = "header", name = "API-TOKEN", value = { env = "GA_TOKEN" } }'
    path.write_text(source.format("a", secret) + source.format("b", '{ kind = "none" }'))
    found = json.loads(output(capsys, "check", "--json", "--config", str(path), code=2))
    assert [(line["name"], line["ok"]) for line in found["secrets"]] == [("a", False), ("b", True)]
    assert "config.toml:6: the environment has no GA_TOKEN" in found["secrets"][0]["text"]
    assert [(source["name"], source["vendor"]) for source in found["sources"]] == [("b", "groupalarm")]
    assert found["sources"][0]["lines"][0]["name"] == "reach"
    assert found["sources"][0]["lines"][0]["ok"] is False


def test_check_of_a_source_that_is_not_there_is_exit_3(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text((VALID / "smallest.toml").read_text() + 'url = "http://127.0.0.1:9"\n')
    assert "no  reach" in output(capsys, "check", "--config", str(path), code=3)
    assert output(capsys, "snapshot", "--json", "--config", str(path), code=3).startswith("{")


# ---- snapshot ------------------------------------------------------------------------------------------------


def source(state: str, *resources: str) -> dict[str, Any]:
    return {"state": state, "resources": [{"state": each} for each in resources]}


@pytest.mark.parametrize(
    ("sources", "code"),
    [
        ([source("live", "live")], 0),
        ([source("down", "never", "late")], 0),
        ([source("down", "never"), source("live", "live")], 0),
        ([source("refused", "never"), source("live", "live")], 0),
        ([source("down", "never", "gone")], 3),
        ([source("refused", "never")], 4),
        ([source("refused", "never"), source("refused", "never")], 4),
        ([source("refused", "never"), source("down", "never")], 3),
        ([], 3),
    ],
)
def test_the_verdict_of_snapshot(sources: list[dict[str, Any]], code: int) -> None:
    assert snapshot.verdict(sources) == code
