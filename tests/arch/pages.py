"""Reference made of the program: configuration, keys, commands, fields and schema of a snapshot, completions and the
manual page. `tests.arch.documents` writes it, between the markers of pages that a person wrote or as files."""

from __future__ import annotations

import argparse
import inspect
import json
import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal, Union, get_args, get_origin

import shtab

from wallboard import __version__
from wallboard.board.queue_numbers import FORMULAS
from wallboard.cli.main import parser
from wallboard.config import keymap, model
from wallboard.config.vendors import COMMON, options_of
from wallboard.vendors import options as vendor_options
from wallboard.vendors import registry
from wallboard.view import glyphs, shapes
from wallboard.view.explain import WORDS

Field = Mapping[str, Any]


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


# ---- keys --------------------------------------------------------------------------------------------------------


def keys() -> str:
    """Every action with its default keys and its id."""
    scopes = {"board": "", "dialog": " (in a dialog)", "picker": " (in the picker)"}
    return table(
        ("key", "does", "id"),
        (
            (" ".join(f"`{key}`" for key in action.keys), action.does + scopes[action.scope], f"`{action.id}`")
            for action in keymap.ACTIONS
        ),
    )


# ---- configuration -----------------------------------------------------------------------------------------------


def toml(value: Any) -> str:
    """A value as it is written in the file."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{_bare(name)} = {toml(part)}" for name, part in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _bare(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else json.dumps(name)


def _kind(field: Field, defs: Field) -> str:
    """The type of a field of a JSON schema, in words."""
    if "$ref" in field:
        return _kind(defs[field["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in field or "oneOf" in field:
        kinds = [_kind(part, defs) for part in field.get("anyOf") or field["oneOf"] if part.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in field or "const" in field:
        return ", ".join(f"`{word}`" for word in field.get("enum") or [field["const"]])
    match field.get("type"):
        case "integer" | "number":
            least, most = field.get("minimum"), field.get("maximum")
            word = "whole number" if field["type"] == "integer" else "number"
            above = f", above {field['exclusiveMinimum']:g}" if "exclusiveMinimum" in field else ""
            if least is not None and most is not None:
                return f"{word}, {least:g} to {most:g}"
            return (
                word + above + (f", from {least:g}" if least is not None else "") + (f", to {most:g}" if most else "")
            )
        case "array":
            return f"list of {_kind(field['items'], defs)}"
        case "object":
            return "table"
        case "boolean":
            return "true or false"
    return "text"


def _fields(found: type[vendor_options.Edge], only: Iterable[str] = (), less: Iterable[str] = ()) -> str:
    schema = found.model_json_schema(by_alias=True)
    rows = []
    for attribute, info in found.model_fields.items():
        name = info.alias or attribute
        if (only and name not in only) or name in less:
            continue
        field = schema["properties"][name]
        default = field.get("default")
        told = any(default.values()) if isinstance(default, dict) else default
        missing = "needed" if info.is_required() else f"`{toml(default)}`" if told else ""
        example = next((f"`{name} = {toml(each)}`" for each in info.examples or ()), "")
        rows.append(
            (f"`{name}`", _kind(field, schema.get("$defs", {})), missing, field.get("description", ""), example)
        )
    return table(("key", "is", "left out", "means", "example"), rows)


def _auth() -> str:
    """Every kind of sign-in with its keys."""
    rows = []
    for kind in get_args(model.AuthModel):
        fields = {name: info for name, info in kind.model_fields.items() if name not in ("kind", "headers")}
        told = {name: f" ({info.description})" if info.description else "" for name, info in fields.items()}
        keys = ", ".join(f"`{name}`{told[name]}" for name in fields)
        rows.append(
            (f"`{get_args(kind.model_fields['kind'].annotation)[0]}`", keys, f"`auth = {toml(_example(kind))}`")
        )
    return table(("kind", "further keys", "example"), rows)


def figures() -> str:
    """The formulas of the service level, and what the other figures of a queue are."""
    formulas = [(f"`{name}`", formula) for name, formula in FORMULAS.items()]
    words = [(name.replace("_", " "), formula) for name, formula in WORDS.items()]
    parts = ["## Service level", table(("formula", "is"), formulas), "## The others", table(("figure", "is"), words)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def configuration() -> str:
    """Every table of the file, then what each vendor's `[[source]]` may say."""
    top = model.ConfigModel
    own = set(model.SourceModel.model_fields) - COMMON
    parts = [
        "## At the top of the file",
        _fields(top, only=("theme", "language", "kiosk")),
        "## [operator]",
        _fields(model.OperatorModel),
        "## [[source]]",
        "Of every vendor:",
        _fields(model.SourceModel, less=own),
        "Only of some vendors (which ones: [below](#vendors)):",
        _fields(model.SourceModel, only=own),
        "### every",
        "Seconds between two readings while the list is on the screen.",
        _fields(model.EveryModel),
        "### auth",
        "`kind` says which of these it is. Any of them may add `headers`, further request headers: plain text, or a "
        "secret by reference.",
        _auth(),
        "### Secrets",
        "A secret is exactly one of these references, never the secret itself.",
        _fields(vendor_options.Reference),
        "## Vendors",
        *vendors(),
        "## [[queue]]",
        "The first rule that matches a queue counts. What is left out keeps its default ([alarms.md](alarms.md)).",
        _fields(model.QueueModel),
        "### goal",
        _fields(model.GoalModel),
        "### day",
        _fields(model.DayModel),
        "### warn, alarm",
        _fields(model.LimitsModel),
        "### agent",
        "Of the rules of an agent's queues the strictest counts.",
        _fields(model.AgentModel),
        "## [[favourite]]",
        _fields(model.FavouriteModel),
        "## [[known]]",
        _fields(model.KnownModel),
        "## [[view]]",
        _fields(model.ViewModel),
        "## [[route]]",
        _fields(model.RouteModel),
        "## [alarm]",
        _fields(model.AlarmModel),
        "## [history]",
        _fields(model.HistoryModel),
        "## [audit]",
        _fields(model.AuditModel),
        "## [privacy]",
        _fields(model.PrivacyModel),
        "## [web]",
        "[web.md](web.md) has what it is for.",
        _fields(model.WebModel),
        "## [share]",
        "[sharing.md](sharing.md) has what it is for. Kinds of `auth`:",
        _fields(model.NatsLoginModel),
        _fields(model.CredsModel),
        _fields(model.NkeyModel),
        _fields(model.ShareModel),
        "## [serve]",
        "[serve.md](serve.md) has what it is for.",
        _fields(model.ServeModel),
        "### hook",
        _fields(model.HookModel),
        "## [keys]",
        'One line an action: `"call.hangup" = "X"`, several keys with commas. [keys.md](keys.md) has the ids.',
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _example(found: type[vendor_options.Edge]) -> dict[str, Any]:
    (kind,) = get_args(found.model_fields["kind"].annotation)
    needed = {name: (info.examples or [""])[0] for name, info in found.model_fields.items() if info.is_required()}
    return needed | {"kind": kind}


def vendors() -> Iterator[str]:
    """Per vendor: addresses, kinds of sign-in, fields of its own, words and options."""
    for name in registry.BUILT_IN:
        rules = registry.load(name).rules
        yield f"### {name}"
        facts = [
            ("`url`", f"such as `{rules.url or rules.example}`" + (" (left out: this one)" if rules.url else "")),
            ("schemes", " or ".join(f"`{scheme}://`" for scheme in rules.schemes)),
            ("`auth.kind`", ", ".join(f"`{kind}`" for kind in rules.auth)),
            ("header of `auth`", ", ".join(f"`{header}`" for header in rules.headers)),
            ("needed", ", ".join(f"`{key}`" for key in sorted(rules.required))),
            ("beside the common keys", ", ".join(f"`{key}`" for key in sorted(rules.fields))),
            ("`phone`", f"such as `{rules.phone_example}`" if rules.phone else ""),
            ("meanings of `words`", ", ".join(f"`{word}`" for word in rules.words)),
        ]
        yield table(("", ""), ((key, value) for key, value in facts if value))
        found = options_of(name)
        if found is not None:
            yield "Its `options`:"
            yield _fields(found)


# ---- snapshot ----------------------------------------------------------------------------------------------------


def _choices(hint: Any) -> tuple[list[Any], bool]:
    """The alternatives of a type, and whether null is one."""
    parts = list(get_args(hint)) if get_origin(hint) in (Union, types.UnionType) else [hint]
    return [part for part in parts if part is not type(None)], type(None) in parts


def _enum(hint: Any) -> list[str]:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return [word.value for word in hint]
    return list(get_args(hint)) if get_origin(hint) is Literal else []


_PLAIN = {str: "text", int: "number", float: "number", bool: "true or false"}


def _rows(fields: Sequence[shapes.Field], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for name, holds, meaning, _ in fields:
        if isinstance(holds, shapes.Part):
            kind, many, null = "object", holds.many, holds.null
        elif holds is shapes.TIME:
            kind, many, null = "time", False, True
        else:
            (part,), null = _choices(holds)
            many = get_origin(part) is list
            inner = get_args(part)[0] if many else part
            kind = ", ".join(_enum(inner)) or _PLAIN.get(inner, "")
            if get_origin(inner) is dict:
                kind = f"object: {', '.join(_enum(get_args(inner)[0]))}; each a number or null"
        yield f"`{prefix}{name}`", ("list of " if many else "") + kind + (" or null" if null else ""), meaning
        if isinstance(holds, shapes.Part):
            yield from _rows(holds.fields, f"{prefix}{name}{'[]' if many else ''}.")


def snapshot() -> str:
    """The fields of each list, nested ones with their path."""
    parts = []
    for name, shape in shapes.LISTS.items():
        parts += [f"### {name}\n", table(("field", "is", "means"), _rows(shape))]
    return "\n".join(parts)


def watched() -> str:
    """The fields of what only `watch` tells."""
    both = (shapes.Field("id", str, "of an alarm, or of a command"), shapes.Field("source", str))
    rows = {
        shapes.ALARMS: (*both, *shapes.WATCHED[shapes.ALARMS]),
        shapes.ACTIONS: (both[0], *shapes.WATCHED[shapes.ACTIONS]),
    }
    return "\n".join(f"### {name}\n\n" + table(("field", "is", "means"), _rows(shape)) for name, shape in rows.items())


def _schema(hint: Any) -> dict[str, Any]:
    if isinstance(hint, shapes.Part):
        found = _fields_schema(hint.fields)
        found = {"type": "array", "items": found} if hint.many else found
        return {"anyOf": [found, {"type": "null"}]} if hint.null else found
    if hint is shapes.TIME:
        return {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
    parts, null = _choices(hint)
    if null:
        return {"anyOf": [*map(_schema, parts), {"type": "null"}]}
    (part,) = parts
    if words := _enum(part):
        return {"type": "string", "enum": words}
    if get_origin(part) is list:
        return {"type": "array", "items": _schema(get_args(part)[0])}
    if get_origin(part) is dict:
        key, value = get_args(part)
        return _object({name: _schema(value) for name in _enum(key)})
    return {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[part]}


def _fields_schema(fields: Sequence[shapes.Field]) -> dict[str, Any]:
    return _object(
        {name: _schema(holds) | ({"description": means} if means else {}) for name, holds, means, _ in fields}
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of what `snapshot --json` prints."""
    both = {"source": {"type": "string"}, "id": {"type": "string"}}
    lists = {}
    for name, shape in shapes.LISTS.items():
        row = _fields_schema(shape)
        lists[name] = {"type": "array", "items": _object(both | row["properties"])}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "wallboard snapshot --json",
        **_object({"schema": {"const": 1}, "taken_at": {"type": "string", "format": "date-time"}, **lists}),
    }


# ---- the command line --------------------------------------------------------------------------------------------


def _commands(top: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield command
                yield from _commands(command)


def _arguments(command: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """(how it is written, what it does) of each argument but the ones that all have."""
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction) or set(action.option_strings) & {"--help", "--config"}:
            continue
        value = action.metavar or (
            "|".join(map(str, action.choices)) if action.choices else action.dest.upper() if action.nargs != 0 else ""
        )
        written = " ".join([", ".join(action.option_strings), str(value)]).strip()
        yield (f"[{written}]" if action.nargs == "?" else written), action.help or ""


def commands() -> str:
    """Each command: what it does and its arguments."""
    parts = []
    for command in _commands(parser()):
        parts.append(f"## {command.prog}\n\n{_markdown(command)}\n")
        if rows := list(_arguments(command)):
            parts.append(table(("argument", "means"), ((f"`{written}`", text) for written, text in rows)))
    return "\n".join(parts)


def _markdown(command: argparse.ArgumentParser) -> str:
    """What a command says of itself, without the line that only repeats how it is written."""
    text = inspect.cleandoc(command.description or "")
    return re.sub(r"^`wallboard[^`]*`: (\w)", lambda found: found[1].upper(), text)


def completion(shell: str) -> str:
    """The completion for bash, zsh or fish."""
    top = parser()
    for command in (top, *_commands(top)):
        for action in command._actions:
            if action.dest in ("config", "file"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]  # where shtab looks for it
    return shtab.complete(top, shell)


def manual() -> str:
    """The manual page, section 1."""
    top = parser()
    out = [
        f'.TH WALLBOARD 1 "" "wallboard {__version__}" "User Commands"',
        ".SH NAME",
        f"wallboard \\- {_roff((top.description or '').rstrip('.'))}",
        ".SH SYNOPSIS",
        ".B wallboard\n[\\-\\-config F] [COMMAND] ...",
        ".SH COMMANDS",
    ]
    for command in _commands(top):
        out += [f".SS {_roff(command.prog.removeprefix('wallboard '))}", _roff(_markdown(command))]
        for written, text in _arguments(command):
            out += [".TP", f".B {_roff(written)}", _roff(text)]
    out += [
        ".SH OPTIONS",
        ".TP\n.B \\-\\-config F\nThe configuration file; stands before or after any command.",
        ".TP\n.B \\-\\-help\nOn every command: what it takes.",
        ".TP\n.B \\-\\-version\nThe version.",
        ".SH EXIT STATUS",
        "0 ok, 1 failed, 2 usage or config, 3 unreachable, 4 refused credentials, 5 not a usable terminal,",
        "130 interrupted.",
        ".SH FILES",
        "The configuration, themes, journal and log:\n.B wallboard info\nprints where they lie.",
    ]
    return "\n".join(out) + "\n"


def _roff(text: str) -> str:
    """Text for roff: its signs escaped, no line that it would take for a command."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "").replace("'", "\\(aq")
    return "\n".join(f"\\&{line}" if line.startswith(".") else line for line in text.splitlines())


def shared() -> dict[str, str]:
    """What lies in share/, by its path there."""
    return {
        "man/man1/wallboard.1": manual(),
        "bash-completion/completions/wallboard": completion("bash"),
        "zsh/site-functions/_wallboard": completion("zsh"),
        "fish/vendor_completions.d/wallboard.fish": completion("fish"),
    }


# ---- the front page ----------------------------------------------------------------------------------------------

TEN = (
    "nav.up",
    "pane.queues",
    "nav.details",
    "view.filter",
    "alarm.go",
    "alarm.acknowledge",
    "call.listen",
    "call.transfer",
    "app.palette",
    "app.help",
)
_ALSO = {"nav.up": "nav.down", "pane.queues": "pane.parked", "nav.details": "nav.back", "app.palette": "app.quit"}
"""What stands on the same line."""


def ten_keys() -> str:
    """The keys to begin with."""
    rows = []
    for name in TEN:
        both = [keymap.BY_ID[each] for each in (name, _ALSO.get(name)) if each]
        between = " … " if name == "pane.queues" else " "
        shown = between.join(f"`{key}`" for action in both for key in action.keys[:1])
        does = "to a pane; again: its worst row" if name == "pane.queues" else " · ".join(each.does for each in both)
        rows.append((shown, does))
    return table(("key", "does"), rows)


def legend() -> str:
    """Each sign of the board with its words and its stand-in in ASCII."""
    words: dict[str, dict[str, None]] = {}
    for states in (glyphs.AGENT, glyphs.MEMBER, glyphs.CALL, glyphs.HOTLINE):
        for glyph, word, _ in states.values():
            words.setdefault(glyph, {})[word] = None
    words.setdefault(glyphs.WARN, {})["a warning"] = None
    words.setdefault(glyphs.ALARM, {})["an alarm"] = None
    words[glyphs.STALE] = {"late or stale: not to be believed as it stands": None}
    words["–"] = {"not known; never zero": None}
    words[glyphs.NOTE] = {"there is a note on the row": None}
    words[glyphs.CURSOR] = {"the cursor": None}
    words[glyphs.TARGET] = {"the row that a key would hit": None}
    rows = ((f"`{glyph}`", f"`{glyphs.ascii_text(glyph)}`", ", ".join(told)) for glyph, told in words.items())
    return table(("sign", "ASCII", "means"), rows)
