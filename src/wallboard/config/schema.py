"""The configuration file's JSON schema, for editors that check TOML."""

from __future__ import annotations

from typing import Any

from wallboard.config import keymap
from wallboard.config.model import ConfigModel
from wallboard.config.vendors import options_of
from wallboard.vendors import registry


def schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of the file; the action ids are named in `keys`, each vendor's options
    where that vendor is named."""
    found = ConfigModel.model_json_schema(by_alias=True)
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    found["title"] = "wallboard configuration"
    source = found["$defs"]["SourceModel"]
    source["allOf"] = []
    for vendor in registry.names():
        options = options_of(vendor)
        if options is not None:
            own = options.model_json_schema(ref_template="#/$defs/{model}")
            found["$defs"] |= own.pop("$defs", {})
            source["allOf"].append(
                {"if": {"properties": {"vendor": {"const": vendor}}}, "then": {"properties": {"options": own}}}
            )
    found["properties"]["keys"] |= {
        "additionalProperties": False,
        "properties": {
            action.id: {"type": "string", "description": action.does, "default": ",".join(action.keys)}
            for action in keymap.ACTIONS
        },
    }
    return found
