"""The language: of the terminal, of the config, English for programs; and that the catalogue has what is said."""

from __future__ import annotations

import gettext
import io
import json
import tomllib
from gettext import NullTranslations
from pathlib import Path
from typing import get_args

import pytest

from tests.arch.catalogue import messages
from wallboard.cli import do, sim
from wallboard.cli.answers import YES, yes
from wallboard.cli.main import COMMANDS, main, parser
from wallboard.cli.opening import for_programs
from wallboard.config.model import ConfigModel
from wallboard.config.template import TEMPLATE
from wallboard.domain import language
from wallboard.domain.language import LANGUAGES

SOURCE = """
[[source]]
name = "hq"
vendor = "ringme"
url = "http://127.0.0.1:9/api/ver1.0"
auth = { kind = "none" }
queues = ["1"]
phones = ["201"]
"""


class German(NullTranslations):
    """Every message in brackets; `asked` are those that were wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return "j ja" if context == "answers" else self.gettext(message)


@pytest.fixture(autouse=True)
def german(monkeypatch: pytest.MonkeyPatch) -> German:
    catalogue = German()
    monkeypatch.setattr(gettext, "translation", lambda *_, **__: catalogue)
    return catalogue


def config(tmp_path: Path, first: str = "") -> str:
    path = tmp_path / "board.toml"
    path.write_text(first + SOURCE)
    return str(path)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"LANG": "de_AT.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "de"}, True),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "fr_FR.UTF-8"}, False),
        ({"LANG": "C.UTF-8"}, False),
    ],
)
def test_the_terminal_says_the_language(
    variables: dict[str, str], told: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("⟦usage: ⟧" if told else "usage: ")
    assert ("⟦try everything and say what works⟧" in " ".join(shown.split())) is told
    assert main(["snapshoot"]) == 2
    assert ("⟦wallboard: there is no command" in capsys.readouterr().err) is told
    assert main(["config", "show"]) == 2
    assert ("⟦there is no such file⟧" in capsys.readouterr().err) is told


@pytest.mark.parametrize(("key", "locale", "told"), [("de", "C.UTF-8", True), ("en", "de_DE.UTF-8", False)])
def test_the_config_overrules_the_terminal(
    key: str,
    locale: str,
    told: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LANG", locale)
    assert main(["config", "show", "--config", config(tmp_path, f'language = "{key}"')]) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith("⟦from " if told else "from ")
    assert tomllib.loads(shown.out)["language"] == key
    assert "⟦" not in shown.out


def test_the_config_knows_the_languages_that_there_are() -> None:
    literal, _ = get_args(ConfigModel.model_fields["language"].annotation)
    assert get_args(literal) == LANGUAGES


@pytest.mark.parametrize("place", ["locale", "config"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check", "--json"], 3),
        (["snapshot"], 3),
        (["snapshot", "--json"], 3),
        (["watch"], 3),
        (["watch", "--json"], 3),
        (["config", "schema"], 0),
        (["config", "show"], 0),
        (["keys", "--defaults"], 0),
        (["audit", "show", "--json"], 0),
    ],
)
def test_what_programs_read_stays_english(
    words: list[str],
    code: int,
    place: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if place == "locale":
        monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert main([*words, "--config", config(tmp_path, 'language = "de"' if place == "config" else "")]) == code
    assert "⟦" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "programs"),
    [
        *((words, True) for words in ("report --json", "report --csv", "snapshot", "watch", "audit show --json")),
        *((words, False) for words in ("report", "snapshot --table", "watch --plain", "audit show", "check", "themes")),
    ],
)
def test_what_is_for_programs(words: str, programs: bool) -> None:
    assert for_programs(parser().parse_args(words.split())) is programs


def test_what_people_read_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert main(["check", "--config", config(tmp_path)]) == 3
    shown = capsys.readouterr().out
    for word in ("⟦terminal⟧\n", "⟦no⟧  ⟦reach⟧", "⟦config⟧", "1 source⟧"):
        assert word in shown
    assert main(["keys"]) == 0
    assert "⟦hang up⟧\n" in capsys.readouterr().out


def test_a_fresh_config_is_a_document(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert main(["init"]) == 0
    assert (home / ".config" / "wallboard" / "config.toml").read_text("utf-8") == TEMPLATE


def test_json_of_a_check_tells_the_same_in_every_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for locale in ("C.UTF-8", "de_DE.UTF-8"):
        monkeypatch.setenv("LANG", locale)
        assert main(["check", "--json", "--config", config(tmp_path)]) == 3
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("spoken", "typed", "agreed"),
    [
        *(("en", typed, True) for typed in ("y", "yes", "Y")),
        *(("en", typed, False) for typed in ("", "j", "ja", "no")),
        *(("de", typed, True) for typed in ("y", "yes", "j", "ja", "Ja")),
        *(("de", typed, False) for typed in ("", "n", "nein")),
    ],
)
def test_yes_in_both_languages(spoken: str, typed: str, agreed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    language.use(spoken)
    monkeypatch.setattr("sys.stdin", Terminal(f"{typed}\n"))
    monkeypatch.setattr("sys.stderr", Terminal())
    assert do.ask("go?", YES) is agreed
    assert yes()[0] == ("j" if spoken == "de" else "y")


def test_the_catalogue_has_what_help_and_usage_say(german: German, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    for command in COMMANDS:
        if command != "sim":
            main([command, "--help"])
    for words in (
        "config",
        "config shw",
        "keys --defalts",
        "keys --defaults=1",
        "--config",
        "demo --seed x",
        "snapshot --json --table",
        "audit show --last x",
    ):
        assert main(words.split()) == 2
    # The simulation is for engineers.
    assert german.asked - {message.id for message in messages()} - {sim.__doc__} == set()
