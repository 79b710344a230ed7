"""Pydantic's findings in words for a person: where it stands, what is wrong, what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from wallboard.config.lines import Path
from wallboard.config.model import ConfigModel
from wallboard.domain.suggestion import meant


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the place it is at, as keys from the top of the file."""

    path: Path
    what: str
    hint: str


def findings(error: ValidationError, data: Mapping[str, Any], model: type[BaseModel] = ConfigModel) -> list[Finding]:
    """Each fault that pydantic found in the TOML `data`, which is to be a `model`."""
    return [_finding(item, data, model) for item in error.errors(include_url=False, include_input=False)]


def _finding(item: Any, data: Mapping[str, Any], model: type[BaseModel]) -> Finding:
    path, missing = _real(item["loc"], data)
    kind: str = item["type"]
    context: Mapping[str, Any] = item.get("ctx", {})
    field, siblings = _field(path + missing, model)
    key = _shown(path + missing)
    write = _example(path + missing, field)
    match kind:
        case "extra_forbidden":
            return Finding(path, f"unknown key {_shown(path)!r}", meant(str(path[-1]), siblings))
        case "missing":
            return Finding(path, f"{key} is missing", write)
        case "union_tag_not_found":
            return Finding(path, f"{key} has no kind", 'write kind = "oauth", "bearer", "header", "basic" or "ami"')
        case "union_tag_invalid":
            tags = [tag.strip(" '") for tag in str(context["expected_tags"]).split(",")]
            return Finding((*path, "kind"), f"{key}.kind {context['tag']!r} is not known", meant(context["tag"], tags))
        case "literal_error" | "enum":
            allowed = [part.strip(" '") for part in str(context["expected"]).replace(" or ", ",").split(",")]
            value = _at(path, data)
            return Finding(path, f"{key} {value!r} is not known", meant(str(value), allowed))
        case "hinted":
            return Finding(path, f"{key} {item['msg']}", context["hint"])
        case _:
            wants = _WANTED.get(str(path[-1]), "") if kind == "string_pattern_mismatch" else ""
            return Finding(path, f"{key} {_words(kind, context, _at(path, data))}{wants}", write)


_WANTED = {
    "name": ", not one word of letters, digits, _ . - (at most 32)",
    "region": ", not two capital letters",
    "prefix": ", not digits",
}
"""Patterns in words, by key."""
_TYPES = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


_BOUNDS = {
    "greater_than_equal": "is {value}, less than {ge:g}",
    "greater_than": "is {value}, not more than {gt:g}",
    "less_than_equal": "is {value}, more than {le:g}",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "string_too_long": "is longer than {max_length}",
    "too_long": "is longer than {max_length}",
    "string_pattern_mismatch": "is {value!r}",
    "finite_number": "is not a finite number",
}


def _words(kind: str, context: Mapping[str, Any], value: Any) -> str:
    if kind in _TYPES:
        return f"is {_called(value)}, not {_TYPES[kind]}"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(value=value, **context)
    return f"is not understood ({kind.replace('_', ' ')})"


def _called(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return "text"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return f"a {type(value).__name__}"


def _real(loc: Sequence[str | int], data: Any) -> tuple[Path, Path]:
    """`loc` without the tags that pydantic adds for alternatives, and what of it is not in the file."""
    path: list[str | int] = []
    here = data
    for index, part in enumerate(loc):
        if isinstance(here, list):
            here = dict(enumerate(here))
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif part == "[key]":
            return tuple(path), ()
        elif index == len(loc) - 1:
            return tuple(path), (part,)
        else:
            continue
        path.append(part)
    return tuple(path), ()


def _at(path: Path, data: Any) -> Any:
    for part in path:
        data = data[part]
    return data


def _field(path: Path, model: type[BaseModel]) -> tuple[FieldInfo | None, list[str]]:
    """The model field at `path`, and the keys that may stand beside it."""
    models = [model]
    field: FieldInfo | None = None
    siblings: list[str] = []
    for part in path:
        if isinstance(part, int):
            continue
        siblings = [info.alias or name for model in models for name, info in model.model_fields.items()]
        found = [info for model in models for name, info in model.model_fields.items() if part in (info.alias or name,)]
        if not models or not found:
            return field if not models else None, list(dict.fromkeys(siblings))
        field = found[0]
        models = [model for info in found for model in _models(info.annotation)]
    return field, list(dict.fromkeys(siblings))


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is Annotated:
        return _models(get_args(annotation)[0])
    return [model for part in get_args(annotation) for model in _models(part)]


def _shown(path: Path) -> str:
    """`path` as a person would write it, without the table it is in."""
    if len(path) == 2 and isinstance(path[1], int):
        return f"[[{path[0]}]]"
    names = [part for part in path if isinstance(part, str)]
    shown = ".".join(names[1:] or names) or "the file"
    return f"{shown} (item {path[-1] + 1})" if path and isinstance(path[-1], int) else shown


def _example(path: Path, field: FieldInfo | None) -> str:
    names = [part for part in path if isinstance(part, str)]
    if names and names[0] == "keys" and len(names) > 1:
        return f'write "{names[1]}" = "key,key"'
    if field is None or not field.examples:
        return f"write [[{names[0]}]] tables" if names else "`wallboard init` writes an example"
    return f"write {names[-1]} = {toml(field.examples[0])}"


_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml(value: Any) -> str:
    """`value` as TOML on one line."""
    match value:
        case dict():
            keys = {key: key if _BARE.fullmatch(key) else toml(key) for key in value}
            inner = ", ".join(f"{keys[key]} = {toml(part)}" for key, part in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list() | tuple():
            return f"[{', '.join(toml(part) for part in value)}]"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
