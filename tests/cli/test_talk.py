"""The gate of all commands: whatever they print, no control character and no secret goes out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wallboard.cli.main import main
from wallboard.cli.talk import data, json_data, say
from wallboard.domain.redaction import hide

HOSTILE = "a\x1b]0;x\x07\x9b2J\u202eb\rc\x00\u2028d"


@pytest.mark.parametrize("show", [data, say])
def test_no_control_character_goes_out(capsys: pytest.CaptureFixture[str], show: object) -> None:
    assert callable(show)
    show(f"{HOSTILE}\nsecond line, Łódź 漢")
    captured = capsys.readouterr()
    shown = captured.out + captured.err
    assert shown.endswith("\nsecond line, Łódź 漢\n")
    assert all(char.isprintable() or char == "\n" for char in shown)


def test_json_says_the_same_object_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    json_data({"id": HOSTILE})
    shown = capsys.readouterr().out
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert json.loads(shown) == {"id": HOSTILE}


def test_no_secret_goes_out_and_json_stays_json(capsys: pytest.CaptureFixture[str]) -> None:
    secret = 'cAn4ry\\"3a7d and a good many words'
    hide(secret)
    hide("20261129")
    json_data({"said": f'you sent {secret}" and more', "rows": [secret], "count": 20261129})
    data(f"you sent {secret}")
    say(f"you sent {secret}")
    captured = capsys.readouterr()
    assert "cAn4ry" not in captured.out + captured.err
    shown, end, _ = captured.out.rpartition("}")
    assert json.loads(shown + end) == {"said": 'you sent ***" and more', "rows": ["***"], "count": 20261129}


@pytest.mark.parametrize("words", [["themes"], ["config", "show"]])
def test_what_a_file_of_the_user_says_is_cleaned(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    themes = home / ".config" / "wallboard" / "themes"
    themes.mkdir(parents=True)
    (themes / "mine.toml").write_text('label = "x\\u001b[2Jy"\n')
    config = tmp_path / "config.toml"
    config.write_text('[operator]\nname = "x\\u009b2Jy"\n[[source]]\nname = "a"\nvendor = "none"\n')
    main(["--config", str(config), *words])
    captured = capsys.readouterr()
    assert all(char.isprintable() or char == "\n" for char in captured.out + captured.err)
