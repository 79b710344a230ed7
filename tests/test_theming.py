"""Finding, inheriting and refusing themes."""

from __future__ import annotations

from pathlib import Path

import pytest

from wallboard import theming
from wallboard.theming import ThemeError, TokenStyle


def write(directory: Path, name: str, text: str) -> Path:
    path = directory / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_five_shipped_themes_are_listed_with_the_default_first() -> None:
    listed = theming.available()
    assert [info.name for info in listed] == ["control-room", "daylight", "high-contrast", "mono", "okabe-ito"]
    assert {info.origin for info in listed} == {"shipped"}
    assert [info.name for info in listed if not info.dark] == ["daylight"]


@pytest.mark.parametrize("name", ["control-room", "daylight", "high-contrast", "okabe-ito", "mono"])
def test_every_shipped_theme_has_every_token(name: str) -> None:
    assert tuple(theming.load(name).tokens) == theming.TOKENS


def test_a_theme_takes_what_it_lacks_from_control_room(tmp_path: Path) -> None:
    write(tmp_path, "night", 'label = "Night"\n[tokens]\ntext = "#CCCCCC"\n')
    theme, base = theming.load("night", user_dir=tmp_path), theming.load("control-room")
    assert theme.label == "Night"
    assert theme.dark is base.dark
    assert theme.tokens["text"] == TokenStyle(fg="#cccccc")
    assert {token for token in theming.TOKENS if theme.tokens[token] != base.tokens[token]} == {"text"}


def test_a_theme_may_inherit_from_another(tmp_path: Path) -> None:
    write(tmp_path, "noon", 'inherits = "daylight"\n[tokens]\nok = { fg = "#005f00", bold = true }\n')
    theme, base = theming.load("noon", user_dir=tmp_path), theming.load("daylight")
    assert not theme.dark
    assert theme.label == "noon"
    assert theme.tokens["surface"] == base.tokens["surface"]
    assert theme.tokens["ok"] == TokenStyle(fg="#005f00", bold=True)


def test_a_users_file_replaces_a_shipped_theme_and_may_build_on_it(tmp_path: Path) -> None:
    write(tmp_path, "daylight", 'inherits = "daylight"\n[tokens]\nmuted = "#444444"\n')
    theme, shipped = theming.load("daylight", user_dir=tmp_path), theming.load("daylight")
    assert theme.tokens["muted"].fg == "#444444"
    assert theme.tokens["panel"] == shipped.tokens["panel"]
    assert {info.name: info.origin for info in theming.available(tmp_path)}["daylight"] == "user"


def test_a_users_control_room_adds_to_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, "control-room", '[tokens]\nok = "#aaffaa"\n')
    theme = theming.load("control-room", user_dir=tmp_path)
    assert theme.tokens["ok"].fg == "#aaffaa"
    assert theme.tokens["alarm"] == theming.load("control-room").tokens["alarm"]


@pytest.mark.parametrize(
    ("text", "problem", "suggestion"),
    [
        ('[tokens]\nalram = "#ff0000"\n', "unknown token 'alram'", "did you mean 'alarm'?"),
        ('[tokens]\nok = "green"\n', "ok is 'green', which is not a colour", "#8ab4d8"),
        ("[tokens]\nok = 7\n", "token ok is 7", "or a table"),
        ("[tokens]\nok = { blod = true }\n", "unknown part 'blod'", "did you mean 'bold'?"),
        ("[tokens]\nok = { bold = 1 }\n", "ok.bold is 1", "true or false"),
        ('tokens = "none"\n', "tokens is 'none'", "a table of tokens"),
        ('dark = "yes"\n', "dark is 'yes'", "true or false"),
        ('inherit = "mono"\n', "unknown key 'inherit'", "did you mean 'inherits'?"),
        ('inherits = "moon"\n', "there is no theme 'moon'", "did you mean 'mono'?"),
        ('inherits = "../x"\n', "'../x' is not a theme name", "letters"),
        ('inherits = "other"\n', "inherits 'bad', which inherits it in turn", "break the circle"),
        ("label = \n", "not valid TOML", "line 1"),
    ],
)
def test_a_bad_theme_is_refused_with_its_file_and_a_way_out(
    tmp_path: Path, text: str, problem: str, suggestion: str
) -> None:
    write(tmp_path, "other", 'inherits = "bad"\n')
    path = write(tmp_path, "bad", text)
    with pytest.raises(ThemeError) as caught:
        theming.load("bad", user_dir=tmp_path)
    message = str(caught.value)
    assert problem in message
    assert suggestion in message
    assert str(path) in message or str(tmp_path / "other.toml") in message


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ThemeError, match=r"bad\.toml:1: it is UTF-16, not UTF-8; save the file as UTF-8"):
        theming.load("bad", user_dir=tmp_path)


def test_a_byte_of_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b'inherits = "mono"\nlabel = "N\xe4chtlich"\n')
    with pytest.raises(ThemeError, match=r"bad\.toml:2: byte 0xe4 is not UTF-8; save the file as UTF-8"):
        theming.load("bad", user_dir=tmp_path)


def test_a_mark_in_front_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "night.toml").write_bytes(b'\xef\xbb\xbflabel = "N\xc3\xa4chtlich"\r\n[tokens]\r\ntext = "#c8b8a8"\r\n')
    assert theming.load("night", user_dir=tmp_path).label == "Nächtlich"


def test_an_unknown_theme_names_the_nearest() -> None:
    with pytest.raises(ThemeError, match="no theme 'daylihgt'; did you mean 'daylight'"):
        theming.load("daylihgt")


def test_asking_for_a_token_that_no_theme_has_is_an_error() -> None:
    with pytest.raises(ThemeError, match="unknown token 'allarm'; did you mean 'alarm'"):
        theming.rich_style(theming.load("mono"), "allarm")
