"""Whether a JSON value is what a schema says: as much of JSON schema as ours use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SNAPSHOT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text(encoding="utf-8")
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_TYPES = {"string": str, "array": list, "object": dict, "boolean": bool, "null": type(None)}


def faults(schema: dict[str, Any], value: Any, where: str = "") -> Iterator[str]:
    """Where `value` is otherwise, and how."""
    if "anyOf" in schema:
        found = [list(faults(each, value, where)) for each in schema["anyOf"]]
        yield from [] if [] in found else found[0]
        return
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    kind = schema.get("type")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind in ("integer", "number"):
        if not number or (kind == "integer" and not isinstance(value, int)):
            yield f"{where}: {value!r} is no {kind}"
    elif kind and not isinstance(value, _TYPES[kind]):
        yield f"{where}: {value!r} is no {kind}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    elif "format" in schema and not _TIME.fullmatch(value):
        yield f"{where}: {value!r} is no time"
    elif kind == "array":
        for index, each in enumerate(value):
            yield from faults(schema["items"], each, f"{where}[{index}]")
    elif kind == "object":
        if list(value) != schema["required"]:
            yield f"{where}: its fields are {list(value)}, in this order: {schema['required']}"
        for name in set(value) & set(schema["properties"]):
            yield from faults(schema["properties"][name], value[name], f"{where}.{name}")
