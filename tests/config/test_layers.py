"""One configuration out of the site's file, the person's, the environment and the command line."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.cli.main import main, parser
from wallboard.cli.opening import open_checked
from wallboard.config import paths
from wallboard.config.layers import NAMES, Layer, Place
from wallboard.config.lines import locate
from wallboard.config.load import Checked
from wallboard.domain.errors import ConfigError
from wallboard.domain.files import changeable

SITE = """
theme = "daylight"

[operator]
name = "nobody"
idle_lock = 15

[alarm]
bell = true
again = 600

[[source]]
name = "hq"
vendor = "ringme"
url = "https://pbx.example.net/api/ver1.0"
auth = { kind = "bearer", token = { file = "hq.secret" } }

[[source]]
name = "responders"
vendor = "groupalarm"
organization = 77
auth = { kind = "header", name = "API-TOKEN", value = { env = "TOKEN" } }

[[queue]]
match = "Sales*"
priority = 1

[[queue]]
match = "*"
priority = 3

[[favourite]]
name = "Night desk"
number = "8100"
"""
OWN = """
[operator]
name = "Mira"

[alarm]
again = 300

[[queue]]
match = "*"
warn = { waiting = 3 }

[[queue]]
match = "Emergency*"
priority = 1

[[source]]
name = "HQ"
vendor = "ringme"
url = "https://other.example.net/api/ver1.0"
auth = { kind = "bearer", token = { file = "mine.secret" } }

[[source]]
name = "branch"
vendor = "ringme"
url = "https://branch.example.net/api/ver1.0"
auth = { kind = "bearer", token = { env = "TOKEN" } }

[[favourite]]
name = "Home"
number = "8200"
"""


@pytest.fixture
def site(home: Path) -> Path:
    path = home / "etc" / "config.toml"
    path.write_text(SITE)
    return path


@pytest.fixture
def own(home: Path) -> Path:
    path = home / ".config" / "wallboard" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(OWN)
    return path


def opened(*words: str) -> Checked:
    return open_checked(parser().parse_args(list(words or ("check",))))


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, str]:
    """Each line of `config show` by its key and value, as where that comes from."""
    assert main(["config", "show", *words]) == 0
    pairs = (line.rpartition(" # ") for line in capsys.readouterr().out.splitlines() if " # " in line)
    return {left.strip(): origin for left, _, origin in pairs}


@pytest.mark.usefixtures("own")
def test_each_value_is_shown_with_the_place_that_gave_it(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WALLBOARD_PHONE", "2001")
    found = shown(capsys)
    assert found['theme = "daylight"'] == f"{site}:{line_of(SITE, 'theme')}"
    assert found['name = "Mira"'] == f"config.toml:{line_of(OWN, 'name')}"
    assert found["idle_lock = 15"] == f"{site}:{line_of(SITE, 'idle_lock')}"
    assert found["again = 300"] == f"config.toml:{line_of(OWN, 'again')}"
    assert found["bell = true"] == f"{site}:{line_of(SITE, 'bell')}"
    assert found["on_delay = 5"] == "default"
    assert found['phone = "2001"'] == "$WALLBOARD_PHONE"
    assert found["organization = 77"] == f"{site}:{line_of(SITE, 'organization')}"
    assert found['number = "8200"'].startswith("config.toml:")


@pytest.mark.usefixtures("site", "own")
def test_the_command_line_stands_over_the_environment_and_that_over_the_files(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened().model.operator.name == "Mira"
    monkeypatch.setenv("WALLBOARD_OPERATOR", "Jun")
    assert opened().model.operator.name == "Jun"
    # Of the site, which the person's file and the environment leave alone.
    assert opened().model.operator.idle_lock == 15
    for words in (["run"], ["do", "hangup", "hq/call/1"], ["config", "show"]):
        model = opened(*words, "--operator", "Ada", "--phone", "2002").model
        assert (model.operator.name, model.operator.phone) == ("Ada", "2002")
    assert opened("run", "--operator", "").model.operator.name == ""
    assert shown(capsys, "--operator", "Ada")['name = "Ada"'] == "--operator"
    monkeypatch.setenv("WALLBOARD_OPERATOR", "")
    assert opened().model.operator.name == "Mira"


@pytest.mark.usefixtures("site", "own")
def test_an_entry_of_the_same_name_replaces_the_sites_and_others_are_added() -> None:
    model = opened().model
    assert [(source.name, source.url[:13]) for source in model.source] == [
        ("HQ", "https://other"),
        ("responders", ""),
        ("branch", "https://branc"),
    ]
    assert [item.name for item in model.favourite] == ["Night desk", "Home"]
    # The first that matches counts, so one's own come first.
    assert [(rule.match, rule.priority) for rule in model.queue] == [("*", 2), ("Emergency*", 1), ("Sales*", 1)]


def test_secrets_are_looked_for_beside_the_file_that_names_them(
    site: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, text in ((site.parent / "hq.secret", "site"), (own.parent / "mine.secret", "mine")):
        path.write_text(text)
        path.chmod(0o600)
    monkeypatch.setenv("TOKEN", "t")
    hq, _, branch = opened().config().sources
    assert hq.auth.token.reveal() == "mine"  # type: ignore[union-attr]  # a bearer's
    # The variable, which is taken away when it is first read, is there for both files.
    assert branch.auth.token.reveal() == "t"  # type: ignore[union-attr]
    own.write_text("")
    monkeypatch.setenv("TOKEN", "t")
    assert opened().config().sources[0].auth.token.reveal() == "site"  # type: ignore[union-attr]


def test_what_is_wrong_is_said_with_the_file_and_line_that_says_it(site: Path, own: Path) -> None:
    site.write_text(SITE.replace("organization = 77", 'organization = "x"'))
    own.write_text(OWN.replace("again = 300", "again = 3") + '\n[[view]]\nname = "a"\nsources = ["hp"]\n')
    with pytest.raises(ConfigError) as caught:
        opened("run", "--operator", "x")
    assert [line.partition(": ")[0] for line in str(caught.value).splitlines()] == [
        f"{site}:{line_of(SITE, 'organization')}",
        f"{own}:{line_of(OWN, 'again')}",
        f"{own}:{len(OWN.splitlines()) + 4}",
    ]
    assert "[[source]] 'responders': organization is text" in str(caught.value)


@pytest.mark.parametrize("where", ["site", "own"])
def test_a_list_where_a_table_belongs_is_told_whoever_wrote_it(where: str, site: Path, own: Path) -> None:
    path = {"site": site, "own": own}[where]
    path.write_text(path.read_text().replace("[alarm]", "[[alarm]]"))
    with pytest.raises(ConfigError) as caught:
        opened()
    line = path.read_text().splitlines().index("[[alarm]]") + 1
    assert f"{path}:{line}: alarm is a list, not a table" in str(caught.value)


def test_the_sites_file_is_enough_and_one_that_is_named_must_be_there(
    site: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert [source.name for source in opened().model.source] == ["hq", "responders"]
    assert main(["config", "path"]) == 0
    assert f"over what {site} says for all who work here" in capsys.readouterr().err
    assert main(["config", "show"]) == 0
    assert capsys.readouterr().err == f"from {site}\n"
    assert main(["config", "show", "--config", str(tmp_path / "none.toml")]) == 2
    assert f"{tmp_path}/none.toml: there is no such file" in capsys.readouterr().err
    site.write_text(SITE + '\n[keys]\n"call.hangup" = "X"\n')
    assert main(["keys"]) == 0
    assert next(line for line in capsys.readouterr().out.splitlines() if " call.hangup " in line).startswith("X ")


@pytest.mark.usefixtures("own")
def test_a_site_file_that_others_can_change_or_nobody_can_read_is_refused(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.chmod(0o664)
    with pytest.raises(ConfigError, match=rf"{site}: others may change it \(mode 0664\); run: chmod go-w {site}"):
        opened()
    site.chmod(0o644)
    opening = os.open

    def denied(name: str | Path, flags: int, mode: int = 0o777) -> int:
        if Path(name) == site:
            raise PermissionError(13, "Permission denied", str(name))
        return opening(name, flags, mode)

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(ConfigError, match=f"{site}: it cannot be read: Permission denied; check who may read it"):
        opened()


def test_a_site_file_in_a_directory_where_one_may_not_look_is_not_passed_over(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = os.stat

    def denied(path: object, **more: bool) -> os.stat_result:
        if path == site:
            raise PermissionError(13, "Permission denied", str(path))
        return looking(path, **more)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(os, "stat", denied)
    assert paths.site_config() == (site, False)


@pytest.mark.parametrize("which", ["file", "directory", "own"])
def test_a_link_that_leads_nowhere_is_not_passed_over(which: str, site: Path, own: Path) -> None:
    link = {"file": site, "directory": site.parent, "own": own}[which]
    link.rename(link.with_name("moved"))
    link.symlink_to(link.with_name("gone"))
    if which != "own":
        assert paths.site_config() == (site, False)
    with pytest.raises(ConfigError, match=f"{link} is a link that leads nowhere; let it lead to what it stands for"):
        opened()


def test_a_directory_of_the_site_that_is_named_must_be_there(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named = tmp_path / "none"
    monkeypatch.setenv("WALLBOARD_SITE_DIR", str(named))
    for command in (["config", "show"], ["keys"]):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert f"$WALLBOARD_SITE_DIR: there is no directory {named}; name the one that" in said
    # Where the machine has no file of the site, a person's own is enough.
    named.mkdir()
    assert opened().files == (own,)


def test_the_machines_own_may_only_be_changed_by_root(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(site, 4711, 4711)
    monkeypatch.delenv("WALLBOARD_SITE_DIR")
    monkeypatch.setattr(paths, "_site_dir", lambda: site.parent)
    assert paths.site_config() == (site, True)
    with pytest.raises(ConfigError, match=r"does not belong to root; run: chown root /"):
        opened()
    assert changeable(Path("/usr"), root=True) is None


def test_on_linux_it_lies_in_etc_whatever_a_desktop_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WALLBOARD_SITE_DIR")
    monkeypatch.setenv("XDG_CONFIG_DIRS", "/etc/xdg/xdg-desktop:/etc/xdg")
    monkeypatch.setattr("sys.platform", "linux")
    looked: list[Path] = []
    monkeypatch.setattr(paths, "there", lambda path: looked.append(path))
    assert paths.site_config() is None
    assert looked == [Path("/etc/wallboard/config.toml")]


_word = st.sampled_from(["a", "b", "c"])
_entry = st.dictionaries(st.sampled_from(["name", "match", "number", "from", "to", "x"]), _word, min_size=1)
_file = st.dictionaries(
    st.sampled_from([*NAMES, "operator", "alarm", "theme"]),
    st.one_of(st.lists(_entry, min_size=1, max_size=4), _entry, _word),
    max_size=4,
)


def _toml(data: dict[str, object]) -> str:
    def pairs(entry: object) -> str:
        assert isinstance(entry, dict)
        return "".join(f'{key} = "{word}"\n' for key, word in entry.items())

    lines = [f'{key} = "{value}"\n' for key, value in data.items() if isinstance(value, str)]
    lines += [f"[{key}]\n{pairs(value)}" for key, value in data.items() if isinstance(value, dict)]
    lines += [f"[[{k}]]\n{pairs(entry)}" for k, value in data.items() if isinstance(value, list) for entry in value]
    return "".join(lines)


@given(_file, _file)
def test_every_value_of_the_whole_is_found_at_its_place(lower: dict[str, object], upper: dict[str, object]) -> None:
    texts = {"lower": _toml(lower), "upper": _toml(upper)}
    layers = {
        name: Layer(tomllib.loads(text), {path: Place(name, line) for path, line in locate(text).items()})
        for name, text in texts.items()
    }
    whole = layers["upper"].over(layers["lower"])
    assert Layer({}, {}).over(whole) == whole
    leaves: dict[tuple[str | int, ...], tuple[str, object]] = {}
    for key, value in whole.data.items():
        for index, entry in enumerate(value) if isinstance(value, list) else [(None, value)]:
            path: tuple[str | int, ...] = (key,) if index is None else (key, index)
            leaves |= (
                {(*path, k): (k, v) for k, v in entry.items()} if isinstance(entry, dict) else {path: (key, entry)}
            )
    for place, (key, word) in leaves.items():
        origin, line = whole.places[place]
        assert texts[origin].splitlines()[line - 1] == f'{key} = "{word}"'
    # And of nothing else.
    assert {path for path in whole.places if path and path not in leaves} <= {
        path[:n] for path in leaves for n in (1, 2)
    }
