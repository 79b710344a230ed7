"""The configuration in force, each value with its origin. Secrets appear as the reference that the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from wallboard.config import keymap
from wallboard.config.explain import toml
from wallboard.config.lines import Path
from wallboard.config.load import Checked
from wallboard.config.model import EveryModel
from wallboard.config.vendors import rules_of
from wallboard.vendors.options import Reference


def show(checked: Checked) -> str:
    """`[[source]]` after `[[source]]`, a line a value: `name = "hq"   # config.toml:8`."""
    lines = [_line("theme", checked.model.theme, _origin(checked, ("theme",)))]
    if checked.model.language is not None:
        lines.append(_line("language", checked.model.language, _origin(checked, ("language",))))
    for name in ("operator", "alarm", "history", "audit", "privacy", "web", "serve"):
        lines += ["", f"[{name}]", *_table(checked, (name,), getattr(checked.model, name))]
    if checked.model.share is not None:
        lines += ["", "[share]", *_table(checked, ("share",), checked.model.share)]
    for name in ("source", "queue", "favourite", "known", "view", "route"):
        for index, item in enumerate(getattr(checked.model, name)):
            lines += ["", f"[[{name}]]", *_table(checked, (name, index), item)]
    lines += ["", "[keys]"]
    rebound = {name: keymap.split(text) for name, text in checked.model.keys.items()}
    for action in keymap.bound(rebound):
        lines.append(_line(toml(action.id), ",".join(action.keys), _origin(checked, ("keys", action.id))))
    return "\n".join(lines)


def _table(checked: Checked, path: Path, model: BaseModel) -> Iterator[str]:
    for name, info in type(model).model_fields.items():
        key = info.alias or name
        value: Any = getattr(model, name)
        origin = _origin(checked, (*path, key))
        if key == "url" and not value and path[0] == "source":
            rules = rules_of(getattr(model, "vendor"))  # noqa: B009  # only sources have vendors
            value = rules.url if rules else ""
        if isinstance(value, EveryModel):
            for part, seconds in value:
                if seconds is not None:
                    yield _line(f"{key}.{part}", seconds, _origin(checked, (*path, key, part)))
        elif origin != "default" or (value not in (None, "", [], {}) and not isinstance(value, BaseModel)):
            yield _line(key, _plain(value), origin)


def _plain(value: Any) -> Any:
    """Models as tables; a literal header value may be anything, so it is not shown."""
    if isinstance(value, Reference):
        return {name: part for name, part in value if part is not None}
    if isinstance(value, BaseModel):
        fields = {info.alias or name: getattr(value, name) for name, info in type(value).model_fields.items()}
        if isinstance(fields.get("headers"), dict):
            fields["headers"] = {
                name: "***" if isinstance(part, str) else _plain(part) for name, part in fields["headers"].items()
            }
        return {name: _plain(part) for name, part in fields.items() if part not in (None, "", {}, [])}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _line(key: str, value: Any, origin: str) -> str:
    text = f"{key} = {toml(_plain(value))}"
    return f"{text:<58} # {origin}"


def _origin(checked: Checked, path: Path) -> str:
    place = checked.places.get(path)
    if place is None:
        return "default"
    return f"{checked.path.name}:{place.line}" if place.origin == str(checked.path) else str(place)
