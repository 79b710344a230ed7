"""The command line as a whole: what is run, what is said, how it ends."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wallboard import __version__
from wallboard.cli import exits, keys, main
from wallboard.cli.display import console_options
from wallboard.cli.main import COMMANDS, Parser, parser
from wallboard.config.settings import ConsoleOptions
from wallboard.domain.errors import ConfigError, WallboardError

VALID = Path(__file__).resolve().parents[1] / "config" / "valid"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out == f"wallboard {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([command, "--help"]) == 0
    assert f"usage: wallboard {command}" in capsys.readouterr().out


def test_help_names_all_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--help"]) == 0
    shown = capsys.readouterr().out
    for word in (*COMMANDS, "--config", "130"):
        assert word in shown


def test_the_exit_codes() -> None:
    assert {code.name: int(code) for code in exits.Exit} == {
        "OK": 0,
        "FAILED": 1,
        "USAGE": 2,
        "UNREACHABLE": 3,
        "REFUSED": 4,
        "TERMINAL": 5,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["snapshoot"], "there is no command 'snapshoot'; did you mean \"snapshot\"?"),
        (["xyz"], "write one of run, demo"),
        (["keys", "--defalts"], "unrecognized arguments: --defalts"),
        (["config"], "the following arguments are required"),
        (["config", "shw"], "invalid choice"),
        (["demo", "--seed", "x"], "'x' is no seed: write a whole number"),
        (["demo", "--speed", "0"], "'0' is no speed"),
        (["demo", "--speed", "nan"], "'nan' is no speed"),
        (["sim", "--port", "70000"], "'70000' is no port"),
        *(
            (
                ["web", "--host", host],
                f"{host!r} is no host to listen on: write an address or a name, such as --host 127",
            )
            for host in ("", "127.0.0.1:80", "localhost:80", "[::1]:80", "http://127.0.0.1", " ", "a b")
        ),
        (["audit", "show", "--last", "x"], "'x' is no number of records: write a whole number from 1 on, such as 20"),
        (["audit", "show", "--last", "-1"], "'-1' is no number of records"),
        (["audit", "show", "--verb", "nope"], "'nope' is no verb of a record: write one of listen, whisper"),
        (["--wal"], "unrecognized arguments: --wal"),
        (["--config"], "expected one argument"),
        (["snapshot", "--json", "--table"], "not allowed with"),
    ],
)
def test_wrong_usage_is_exit_2_with_a_hint(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(words) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1", "[::1]", "fe80::1%eth0", "localhost", "board.example.net"])
def test_a_host_is_an_address_or_a_name(host: str) -> None:
    assert main.parser("web").parse_args(["web", "--host", host]).host == host


@pytest.mark.parametrize(
    ("words", "command", "config"),
    [
        ([], "run", None),
        (["--read-only"], "run", None),
        (["--config", "a"], "run", "a"),
        (["--config", "a", "--wall"], "run", "a"),
        (["--config", "a", "keys"], "keys", "a"),
        (["--config=a", "keys"], "keys", "a"),
        (["keys", "--config", "a"], "keys", "a"),
        (["keys", "--config=a"], "keys", "a"),
        (["config", "show", "--config", "a"], "config", "a"),
        (["config", "--config", "a", "show"], "config", "a"),
        (["--config", "a", "config", "show"], "config", "a"),
        (["--config", "run", "keys"], "keys", "run"),
        (["demo", "--seed", "7", "--ascii"], "demo", None),
    ],
)
def test_config_before_or_after_any_command(words: list[str], command: str, config: str | None) -> None:
    arguments = parser().parse_args(main._with_command(words)[0])
    assert (arguments.command, arguments.config) == (command, config)


def test_flags_of_the_console() -> None:
    arguments = parser().parse_args(["run", "--read-only", "--theme", "mono", "--ascii", "--wall", "--slow"])
    options = console_options(arguments)
    assert options == ConsoleOptions(read_only=True, theme="mono", ascii=True, wall=True, slow=True)
    assert console_options(parser().parse_args(["run", "--kiosk", "--view", "night"])) == ConsoleOptions(
        kiosk=True, view="night"
    )


def failing(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(arguments: object) -> int:
        raise error

    monkeypatch.setattr(keys, "run", fail)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (ConfigError("wrong", where="a.toml:3", hint="write it right"), 2, "a.toml:3: wrong; write it right"),
        (WallboardError("no luck"), 1, "wallboard: no luck"),
    ],
)
def test_errors_become_a_sentence_and_a_code(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(error, monkeypatch)
    assert main.main(["keys"]) == code
    assert capsys.readouterr().err == f"{said}\n"


def test_what_nobody_foresaw_goes_to_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    failing(RuntimeError("boom \x1b]0;x\x07"), monkeypatch)
    assert main.main(["keys"]) == 1
    said = capsys.readouterr().err
    log = home / ".local" / "state" / "wallboard" / "wallboard.log"
    assert said.splitlines() == [
        "wallboard: this should not have happened: RuntimeError",
        f"the details are in {log}",
    ]
    assert "boom" not in said
    assert "RuntimeError: boom" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert log.parent.stat().st_mode & 0o777 == 0o700


def test_a_log_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    (home / ".local").mkdir()
    (home / ".local" / "state").write_text("in the way")
    failing(RuntimeError("boom"), monkeypatch)
    assert main.main(["keys"]) == 1
    assert "the details could not be written to the log" in capsys.readouterr().err


def test_talk_carries_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["x\x1b[31m\u202ey"]) == 2
    assert "\x1b" not in capsys.readouterr().err


def wallboard(*words: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "wallboard", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


def test_a_reader_that_goes_away_is_no_fault() -> None:
    process = wallboard("config", "schema")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(30), said) == (0, b"")


def test_a_narrow_locale_gets_an_answer() -> None:
    out, said = wallboard("keys", PYTHONIOENCODING="ascii", LC_ALL="C").communicate(timeout=30)
    assert b"call.hangup" in out
    assert said == b""
    out.decode("ascii")


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("words", [["demo"], ["run", "--config", str(VALID / "smallest.toml")]])
def test_no_console_without_a_terminal(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(words) == 5
    assert "standard input is not a terminal" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", Tty())
    assert main.main(words) == 5
    assert "standard output is not a terminal" in capsys.readouterr().err


@pytest.mark.parametrize(("term", "shown"), [("dumb", "dumb"), ("", "not set"), ("unknown", "unknown")])
def test_no_console_on_a_terminal_of_which_nothing_is_known(
    term: str, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stdin", Tty())
    monkeypatch.setattr(sys, "stdout", Tty())
    assert main.main(["demo"]) == 5
    assert f"TERM is {shown}, so nothing is known of this terminal: set it" in capsys.readouterr().err


def test_a_theme_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["demo", "--theme", "daylihgt"]) == 2
    assert capsys.readouterr().err == "--theme: there is no theme 'daylihgt'; did you mean 'daylight'?\n"


def test_the_parser_of_other_commands_complains_alike() -> None:
    (commands,) = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    assert set(commands.choices) == set(COMMANDS)
    assert all(isinstance(each, Parser) for each in commands.choices.values())


def test_run_as_a_module_it_imports_nothing_from_where_it_was_started(tmp_path: Path) -> None:
    for name in ("argparse", "platformdirs", "tomllib", "pydantic"):
        (tmp_path / f"{name}.py").write_text("open('trapped', 'w').close()\n")
    source = str(Path(main.__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "wallboard", "config", "path"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "trapped").exists()
