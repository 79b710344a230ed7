"""Vendors by name: known without an import, and only the one that is used is loaded."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest

from wallboard.config.load import load as load_config
from wallboard.domain.errors import ConfigError
from wallboard.vendors import registry

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
    assert before == ["wallboard.vendors.base", "wallboard.vendors.registry"]
    kit = {"wallboard.vendors.kit", "wallboard.vendors.kit.plugin"}
    assert set(after) - set(before) - kit == {"wallboard.vendors.groupalarm"}
    assert heavy == []


@pytest.mark.parametrize("name", ["ringme", "groupalarm", "sinch", "portsip", "asterisk"])
def test_the_built_in_vendors_load_under_their_names(name: str) -> None:
    assert registry.load(name).name == name


def test_they_are_found_without_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **selection: ())
    assert registry.names() == ("ringme", "groupalarm", "sinch", "portsip", "asterisk")
    assert registry.load("groupalarm").name == "groupalarm"


def point(name: str, value: str) -> importlib.metadata.EntryPoint:
    return importlib.metadata.EntryPoint(name, value, registry.GROUP)


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    module = types.ModuleType("acme_wallboard")
    module.plugin = types.SimpleNamespace(name="acme")  # type: ignore[attr-defined]
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


def test_a_vendor_that_does_not_load(acme: types.ModuleType) -> None:
    with pytest.raises(ConfigError, match="vendor 'broken' cannot be loaded from no_such:x"):
        registry.load("broken")
    with pytest.raises(
        ConfigError, match="there is no vendor 'teams'; write one of ringme, groupalarm, sinch, portsip, asterisk, acme"
    ):
        registry.load("teams")


def test_a_config_may_name_it_and_give_it_options(acme: types.ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[[source]]\nname = "a"\nvendor = "acme"\nurl = "https://acme.example.net"\noptions = { depth = 3 }\n'
    )
    (source,) = load_config(path).config().sources
    assert (source.vendor, source.options) == ("acme", {"depth": 3})
