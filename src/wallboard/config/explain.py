"""Pydantic's findings in words for a person: where it stands, what is wrong, what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from wallboard.config.lines import Path
from wallboard.config.model import ConfigModel
from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
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


def to_write(example: str) -> str:
    """The hint to write this."""
    return tr("write {example}", example=example)


def _finding(item: Any, data: Mapping[str, Any], model: type[BaseModel]) -> Finding:
    path, missing = _real(item["loc"], data)
    kind: str = item["type"]
    context: Mapping[str, Any] = item.get("ctx", {})
    field, siblings = _field(path + missing, model)
    key = _shown(path + missing)
    write = _example(path + missing, field)
    match kind:
        case "extra_forbidden":
            unknown = mark("unknown key {key!r}") if model is ConfigModel else mark("unknown option {key!r}")
            return Finding(path, tr(unknown, key=_shown(path)), meant(str(path[-1]), siblings))
        case "missing":
            return Finding(path, tr("{key} is missing", key=key), write)
        case "union_tag_not_found":
            return Finding(
                path, tr("{key} has no kind", key=key), tr('write kind = "oauth", "bearer", "header", "basic" or "ami"')
            )
        case "union_tag_invalid":
            tags = [tag.strip(" '") for tag in str(context["expected_tags"]).split(",")]
            return Finding(
                (*path, "kind"),
                tr("{key}.kind {value!r} is not known", key=key, value=context["tag"]),
                meant(context["tag"], tags),
            )
        case "literal_error" | "enum":
            allowed = [part.strip(" '") for part in str(context["expected"]).replace(" or ", ",").split(",")]
            value = _at(path, data)
            return Finding(path, tr("{key} {value!r} is not known", key=key, value=value), meant(str(value), allowed))
        case "hinted":
            return Finding(path, f"{key} {item['msg']}", context["hint"])
        case _:
            return Finding(path, _sentence(key, path, kind, context, _at(path, data)), write)


_WANTED = {
    "name": mark("{key} is {value!r}, not one word of letters, digits, _ . - (at most 32)"),
    "region": mark("{key} is {value!r}, not two capital letters"),
    "prefix": mark("{key} is {value!r}, not digits"),
    "socket": mark("{key} is {value!r}, no whole path"),
}
"""Patterns in words, by key."""
_TYPES = {
    "string_type": mark("text in quotes"),
    "int_type": mark("a whole number"),
    "int_from_float": mark("a whole number"),
    "float_type": mark("a number"),
    "bool_type": mark("true or false"),
    "list_type": mark("a list in [ ]"),
    "dict_type": mark("a table"),
    "model_type": mark("a table"),
    "model_attributes_type": mark("a table"),
}


_BOUNDS = {
    "greater_than_equal": mark("{key} is {value}, less than {ge:g}"),
    "greater_than": mark("{key} is {value}, not more than {gt:g}"),
    "less_than_equal": mark("{key} is {value}, more than {le:g}"),
    "string_too_short": mark("{key} is empty"),
    "too_short": mark("{key} is empty"),
    "string_too_long": mark("{key} is longer than {max_length}"),
    "too_long": mark("{key} is longer than {max_length}"),
    "string_pattern_mismatch": mark("{key} is {value!r}"),
    "finite_number": mark("{key} is not a finite number"),
}


def _sentence(key: str, path: Path, kind: str, context: Mapping[str, Any], value: Any) -> str:
    if kind in _TYPES:
        return tr("{key} is {found}, not {wanted}", key=key, found=_called(value), wanted=tr(_TYPES[kind]))
    if kind == "string_pattern_mismatch" and path[-1] in _WANTED:
        return tr(_WANTED[str(path[-1])], key=key, value=value)
    if kind in _BOUNDS:
        return tr(_BOUNDS[kind], key=key, value=value, **context)
    return tr("{key} is not understood ({why})", key=key, why=kind.replace("_", " "))


def _called(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return tr("text")
        case int() | float():
            return tr("the number {value}", value=value)
        case list():
            return tr("a list")
        case dict():
            return tr("a table")
        case _:
            return tr("a {kind}", kind=type(value).__name__)


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
    shown = ".".join(names[1:] or names) or tr("the file")
    return tr("{shown} (item {n})", shown=shown, n=path[-1] + 1) if path and isinstance(path[-1], int) else shown


def _example(path: Path, field: FieldInfo | None) -> str:
    names = [part for part in path if isinstance(part, str)]
    if names and names[0] == "keys" and len(names) > 1:
        return to_write(f'"{names[1]}" = "key,key"')
    if field is None or not field.examples:
        return tr("write [[{table}]] tables", table=names[0]) if names else tr("`wallboard init` writes an example")
    return to_write(f"{names[-1]} = {toml(field.examples[0])}")


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
