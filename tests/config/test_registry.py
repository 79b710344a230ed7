"""Vendors by name: known without an import, and only the one that is used is loaded."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest
from pydantic import Field

from wallboard.config.load import load as load_config
from wallboard.config.schema import schema
from wallboard.config.show import show
from wallboard.domain.clock import ManualClock
from wallboard.domain.errors import ConfigError, VendorError
from wallboard.runtime.adapters import built
from wallboard.vendors import registry
from wallboard.vendors.base import Adapter, Services, SourceSettings
from wallboard.vendors.options import Options, SecretReference
from wallboard.vendors.plugin import Plugin, SourceRules

CODE = """
import json, sys
from wallboard.vendors import registry
names = registry.names()
before = [name for name in sys.modules if name.startswith("wallboard.vendors.")]
registry.load("groupalarm")
after = [name for name in sys.modules if name.startswith("wallboard.vendors.")]
print(json.dumps([names, before, after, sorted({"httpx", "pydantic"} & set(sys.modules))]))
"""


def test_names_import_nothing_and_load_imports_one() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60)
    names, before, after, heavy = json.loads(done.stdout)
    assert names[:5] == ["ringme", "groupalarm", "sinch", "portsip", "asterisk"]
    assert before == ["wallboard.vendors.base", "wallboard.vendors.plugin", "wallboard.vendors.registry"]
    assert set(after) - set(before) == {"wallboard.vendors.groupalarm"}
    assert heavy == []


@pytest.mark.parametrize("name", ["ringme", "groupalarm", "sinch", "portsip", "asterisk"])
def test_the_built_in_vendors_load_under_their_names(name: str) -> None:
    assert registry.load(name).name == name


def test_they_are_found_without_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **selection: ())
    assert registry.names() == ("ringme", "groupalarm", "sinch", "portsip", "asterisk")
    assert registry.load("groupalarm").name == "groupalarm"


class AcmeOptions(Options):
    depth: int = Field(1, examples=[3])
    key: SecretReference | None = Field(None, examples=[{"env": "ACME_KEY"}])


class Acme(Plugin):
    name = "acme"
    rules = SourceRules(auth=("none",), fields=frozenset({"options"}))

    def options(self) -> type[Options]:
        return AcmeOptions

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        raise KeyError("never asked")


def point(name: str, value: str) -> importlib.metadata.EntryPoint:
    return importlib.metadata.EntryPoint(name, value, registry.GROUP)


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    module = types.ModuleType("acme_wallboard")
    module.plugin = Acme()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "acme_wallboard", module)
    points = (
        point("acme", "acme_wallboard:plugin"),
        point("ringme", "acme_wallboard:plugin"),
        point("broken", "no_such:x"),
    )
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **selection: points)
    return module


def test_another_package_brings_a_vendor_but_takes_none_over(acme: types.ModuleType) -> None:
    assert registry.names() == ("ringme", "groupalarm", "sinch", "portsip", "asterisk", "acme", "broken")
    assert registry.load("acme") is acme.plugin
    assert registry.load("ringme") is not acme.plugin


def test_a_vendor_that_does_not_load(acme: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VendorError, match="'broken' cannot be loaded from no_such:x"):
        registry.load("broken")
    monkeypatch.setattr(acme, "plugin", object())
    with pytest.raises(VendorError, match="acme_wallboard:plugin is no"):
        registry.load("acme")
    with pytest.raises(
        ConfigError, match="there is no vendor 'teams'; write one of ringme, groupalarm, sinch, portsip, asterisk, acme"
    ):
        registry.load("teams")


SOURCE = """[[source]]
name = "a"
vendor = "acme"
url = "https://acme.example.net"
auth = { kind = "none" }
"""


@pytest.mark.usefixtures("acme")
def test_a_config_may_name_it_and_give_it_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_KEY", "opensesame")
    path = tmp_path / "config.toml"
    path.write_text(f'{SOURCE}options = {{ depth = 3, key = {{ env = "ACME_KEY" }} }}\n')
    checked = load_config(path)
    (source,) = checked.config().sources
    assert source.options["depth"] == 3
    assert source.options["key"].reveal() == "opensesame"
    assert "opensesame" not in f"{source!r}{show(checked)}"
    assert 'key = { env = "ACME_KEY" }' in show(checked)
    assert "AcmeOptions" in str(schema()["$defs"]["SourceModel"]["allOf"])


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("options = { dept = 3 }", "unknown option 'dept'; did you mean \"depth\"?"),
        ("options = { depth = true }", "depth is true, not a whole number; write depth = 3"),
        ('options = { key = "opensesame" }', "key is a secret written into the file"),
        ("every = { calls = 5 }", "acme has no every: it is for ringme"),
        ('url = "tls://acme.example.net"', "does not begin with https:// or http://"),
    ],
)
def test_what_it_does_not_take_is_refused_where_it_stands(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "config.toml"
    key = line.partition(" ")[0]
    kept = "".join(given for given in SOURCE.splitlines(keepends=True) if not given.startswith(key))
    path.write_text(f"{kept}{line}\n")
    with pytest.raises(ConfigError) as error:
        load_config(path)
    assert f"config.toml:{len(kept.splitlines()) + 1}: [[source]] 'a': " in str(error.value)
    assert fault in str(error.value)
    assert "opensesame" not in str(error.value)


@pytest.mark.usefixtures("acme")
def test_a_broken_package_is_one_broken_source(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SOURCE.replace('"acme"', '"broken"'))
    (source,) = load_config(path).config().sources
    adapter = built(source, Services(ManualClock()))
    assert "cannot be loaded from no_such:x" in adapter.info().detail
    assert adapter.feeds() == ()
