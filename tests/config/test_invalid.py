"""Each file in tests/configs/invalid ends in the lines that it must be answered with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wallboard.cli.main import main

CONFIGS = Path(__file__).resolve().parent
INVALID = sorted((CONFIGS / "invalid").glob("*.toml"))


def expected(path: Path) -> list[str]:
    marked = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# expect ")]
    return [f"{path}:{line.removeprefix('# expect ')}" for line in marked]


def test_there_are_files() -> None:
    assert len(INVALID) >= 40


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_file_gives_line_fault_and_remedy(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["config", "show", "--config", str(path)])
    output = capsys.readouterr()
    assert code == 2
    assert output.out == ""
    assert output.err.splitlines() == expected(path)
    for line in expected(path):
        place, _, remedy = line.partition("; ")
        assert place.removeprefix(f"{path}:").partition(":")[0].isdigit()
        assert remedy
    assert "S3CR3T" not in output.err


@pytest.mark.parametrize("command", [["run"], ["snapshot"], ["--theme", "mono"], ["keys"]])
def test_every_command_that_reads_the_config_refuses_it(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    path = CONFIGS / "invalid" / "vendor-misspelt.toml"
    assert main([f"--config={path}", *command]) == 2
    assert capsys.readouterr().err.splitlines() == expected(path)


def refused(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["config", "show", "--config", str(path)]) == 2
    return capsys.readouterr().err


GOOD = (CONFIGS / "valid" / "smallest.toml").read_bytes()


def test_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(tmp_path / "none.toml", capsys)
    assert said == (
        f"{tmp_path}/none.toml: there is no such file; write one with `wallboard init`, or name another with --config\n"
    )


def test_a_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f'it is a directory; name the file in it: --config "{tmp_path}/config.toml"' in refused(tmp_path, capsys)


def test_a_named_pipe_does_not_hold_the_program_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "it is not a file" in refused(tmp_path / "pipe", capsys)


def test_ten_megabytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(b"# " + b"x" * 10_000_000 + b"\n" + GOOD)
    assert ":1: it has 10000" in refused(path, capsys)


def test_not_utf8_names_the_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(GOOD + b'\n[operator]\nname = "M\xfcller"\n')
    line = GOOD.count(b"\n") + 3
    assert refused(path, capsys) == f"{path}:{line}: byte 0xfc is not UTF-8; save the file as UTF-8\n"


def test_utf16(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wide.toml"
    path.write_bytes(GOOD.decode().encode("utf-16"))
    assert f"{path}:1: it is UTF-16, not UTF-8; save the file as UTF-8" in refused(path, capsys)


def test_a_nul_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nul.toml"
    path.write_bytes(b'theme = "mo\0no"\n' + GOOD)
    assert f"{path}:1: not TOML" in refused(path, capsys)


def test_tables_nested_without_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep.toml"
    path.write_text("x = " + "[" * 20_000 + "]" * 20_000)
    assert f"{path}:1: " in refused(path, capsys)


def test_a_number_of_five_thousand_digits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "number.toml"
    path.write_text("x = " + "9" * 5000)
    assert "more digits than can be read" in refused(path, capsys)


def test_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "closed.toml"
    path.write_bytes(GOOD)
    opening = os.open

    def denied(name: str | Path, flags: int, mode: int = 0o777) -> int:
        # Not by chmod: a test that runs as root may read everything.
        if Path(name) == path:
            raise PermissionError(13, "Permission denied", str(name))
        return opening(name, flags, mode)

    monkeypatch.setattr(os, "open", denied)
    assert "it cannot be read: Permission denied; check who may read it" in refused(path, capsys)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o664, 0o666])
def test_a_file_that_others_can_change_is_refused(
    mode: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "open.toml"
    path.write_bytes(GOOD)
    path.chmod(mode)
    said = refused(path, capsys)
    assert f"{path}: others may change it (mode {mode:04o}); run: chmod go-w {path}" in said
    path.chmod(0o644)
    assert main(["config", "show", "--config", str(path)]) == 0


def test_a_directory_above_it_that_others_can_change_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shared" / "mine" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(GOOD)
    path.parent.parent.chmod(0o777)
    assert f"others may change {tmp_path / 'shared'}, which it lies in" in refused(path, capsys)
    # As /tmp is: each may only touch what is theirs.
    path.parent.parent.chmod(0o1777)
    assert main(["config", "show", "--config", str(path)]) == 0


@pytest.mark.parametrize(
    "change", [lambda raw: b"\xef\xbb\xbf" + raw, lambda raw: raw.replace(b"\n", b"\r\n")], ids=["bom", "crlf"]
)
def test_what_windows_editors_leave_behind_is_read(change: object, tmp_path: Path) -> None:
    assert callable(change)
    path = tmp_path / "windows.toml"
    path.write_bytes(change(GOOD))
    assert main(["config", "show", "--config", str(path)]) == 0


def test_crlf_does_not_shift_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (GOOD + b"\n\nphon = 1\n").replace(b"\n", b"\r\n"))
    line = GOOD.count(b"\n") + 3
    assert (
        refused(path, capsys)
        == f"{path}:{line}: [[source]] 'responders': unknown key 'phon'; did you mean \"phone\"?\n"
    )
