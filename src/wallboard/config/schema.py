"""The configuration file's JSON schema, for editors that check TOML."""

from __future__ import annotations

from typing import Any

from wallboard.config import keymap
from wallboard.config.model import ConfigModel


def schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of the file; the action ids are named in `keys`."""
    found = ConfigModel.model_json_schema(by_alias=True)
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    found["title"] = "wallboard configuration"
    found["properties"]["keys"] |= {
        "additionalProperties": False,
        "properties": {
            action.id: {"type": "string", "description": action.does, "default": ",".join(action.keys)}
            for action in keymap.ACTIONS
        },
    }
    return found
