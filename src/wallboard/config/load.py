"""A configuration file, read and checked: every fault with its line, what is wrong and what to write instead."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path as File
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from wallboard.config import keymap
from wallboard.config.check import check, span
from wallboard.config.explain import Finding, findings
from wallboard.config.lines import Path, locate
from wallboard.config.model import AuthModel, ConfigModel, DayModel, GoalModel, SourceModel
from wallboard.config.paths import named
from wallboard.config.secrets import resolver
from wallboard.config.settings import AlarmSettings, Config, Operator
from wallboard.config.vendors import options_of, rules_of
from wallboard.domain.decoding import NotUtf8Error, text_of
from wallboard.domain.errors import ConfigError
from wallboard.domain.files import changeable
from wallboard.domain.keys import Resource
from wallboard.domain.known import Known
from wallboard.domain.language import mark, tr
from wallboard.domain.places import Favourite, Route
from wallboard.domain.rules import AgentLimits, Day, Goal, Limits, QueueRule
from wallboard.domain.text import clean
from wallboard.domain.views import View
from wallboard.vendors.base import (
    AmiAuth,
    Auth,
    BasicAuth,
    BearerAuth,
    HeaderAuth,
    LoginAuth,
    NoAuth,
    OAuthAuth,
    Secret,
    SourceSettings,
)
from wallboard.vendors.options import Reference

LIMIT = 1 << 20
"""Bytes of the largest file that is read: a hundred times any real one."""
_AS_IT_IS = {field.name for field in fields(SourceSettings)} & set(SourceModel.model_fields) - {
    *("url", "auth", "phone", "every", "ca_file", "options")
}
"""Settings of a source that are handed down as the file says them."""


class ConfigErrors(ConfigError):
    """Several faults at once, one a line, in the order of the file."""

    def __init__(self, errors: Sequence[ConfigError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file without faults. Its secrets are still references: `config()` resolves them."""

    path: File
    data: Mapping[str, Any]
    model: ConfigModel
    lines: Mapping[Path, int]

    def where(self, *path: str | int) -> str:
        """`file:line` of a key, or of the nearest table above it that the file has."""
        return f"{self.path}:{_line(self.lines, path)}"

    def config(self) -> Config:
        """Everything as plain dataclasses with every secret resolved. Raises `ConfigErrors` with all that failed."""
        resolve = resolver(self.path.absolute().parent)
        errors: list[ConfigError] = []
        sources = []
        for index, source in enumerate(self.model.source):
            try:
                sources.append(self.source(index, source, resolve))
            except ConfigError as error:
                errors.append(error)
        if errors:
            raise ConfigErrors(errors)
        return self._rest(tuple(sources))

    def source(self, index: int, model: SourceModel, resolve: Callable[[Reference, str], Secret]) -> SourceSettings:
        """The `index`-th source as settings, its secrets by `resolve(reference, "file:line")`. Raises ConfigError."""
        rules = rules_of(model.vendor)
        operator = self.model.operator
        phone = model.phone
        if not phone and operator.phone and rules is not None and rules.phone is not None:
            # One's telephone at the PBX is a number in one place and a channel in another: taken over where it fits.
            fits = rules.phone.fullmatch(operator.phone) and ("/" in operator.phone) == ("/" in rules.phone_example)
            phone = operator.phone if fits else ""
        auth, headers = _auth(
            model.auth, lambda reference, *key: resolve(reference, self.where("source", index, "auth", *key))
        )
        as_it_is: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in model if name in _AS_IT_IS
        }
        return SourceSettings(
            url=(model.url or (rules.url if rules else "")).rstrip("/"),
            auth=auth,
            headers=headers,
            phone=phone,
            operator=operator.name,
            every={name: value for name, value in model.every if value is not None},
            ca_file=str(self.path.absolute().parent / named(model.ca_file)) if model.ca_file else "",
            options=_options(
                model, lambda reference, *key: resolve(reference, self.where("source", index, "options", *key))
            ),
            **as_it_is,
        )

    def _rest(self, sources: tuple[SourceSettings, ...]) -> Config:
        model, may = self.model, self.model.operator.may
        return Config(
            theme=model.theme,
            operator=Operator(**dict(model.operator) | {"may": None if may is None else frozenset(may)}),
            sources=sources,
            queues=tuple(
                QueueRule(
                    queue.match,
                    _goal(queue.goal),
                    Limits() if queue.warn is None else Limits(**dict(queue.warn)),
                    Limits() if queue.alarm is None else Limits(**dict(queue.alarm)),
                    AgentLimits() if queue.agent is None else AgentLimits(**dict(queue.agent)),
                    queue.priority,
                    _day(queue.day),
                )
                for queue in model.queue
            ),
            favourites=tuple(Favourite(**dict(item)) for item in model.favourite),
            routes=tuple(Route(**dict(item)) for item in model.route),
            known=tuple(Known(item.number, clean(item.name), item.star, item.longest) for item in model.known),
            views=tuple(
                View(
                    item.name,
                    tuple(item.queues),
                    tuple(item.sources),
                    tuple(map(Resource, item.panes)),
                    item.filter,
                    tuple((Resource(pane), column) for pane, column in item.sort.items()),
                )
                for item in model.view
            ),
            keys={name: keymap.split(text) for name, text in model.keys.items()},
            alarm=AlarmSettings(
                **dict(model.alarm)
                | {"quiet": tuple(spans for text in model.alarm.quiet if (spans := span(text)) is not None)}
            ),
            kiosk=model.kiosk,
            keep=model.history.keep,
            mask=frozenset(model.privacy.mask),
            path=str(self.path),
        )


def load(path: File) -> Checked:
    """The file `path`, checked; one that others can change is refused, for it says where calls go and what is run.
    Raises `ConfigErrors` with every fault found."""
    text = _read(path)
    if wrong := changeable(path):
        raise _one(path, 0, *wrong)
    return parsed(path, text)


def parsed(path: File, text: str) -> Checked:
    """`text` as the file `path` would hold it, checked. Raises as `load`."""
    try:
        data = tomllib.loads(text)
        lines = locate(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigErrors([_syntax(path, text, str(error))]) from None
    except RecursionError:
        raise _one(path, 1, tr("tables or lists are nested too deeply"), tr("write them flat")) from None
    except ValueError:
        raise _one(path, 1, tr("a number has more digits than can be read"), tr("write a sensible number")) from None
    found: list[Finding] = []
    model: ConfigModel | None = None
    try:
        model = ConfigModel.model_validate(data)
    except ValidationError as error:
        found.extend(findings(error, data))
    found.extend(check(data, path.absolute().parent))
    if found or model is None:
        numbered = sorted(
            {(_line(lines, finding.path), finding.what): finding for finding in found}.items(),
            key=lambda item: item[0][0],
        )
        raise ConfigErrors(
            [
                ConfigError(_named(finding, data), where=f"{path}:{line}", hint=finding.hint)
                for (line, _), finding in numbered
            ]
        )
    return Checked(path, data, model, lines)


def _read(path: File) -> str:
    missing = tr("write one with `wallboard init`, or name another with --config")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise _one(path, 0, tr("there is no such file"), missing) from None
    except OSError as error:
        raise _one(path, 0, tr("it cannot be read: {why}", why=error.strerror), tr("check who may read it")) from None
    try:
        facts = os.fstat(descriptor)
        if stat.S_ISDIR(facts.st_mode):
            raise _one(
                path,
                0,
                tr("it is a directory"),
                tr('name the file in it: --config "{path}"', path=path / "config.toml"),
            )
        if not stat.S_ISREG(facts.st_mode):
            raise _one(path, 0, tr("it is not a file"), tr("name a file"))
        if facts.st_size > LIMIT:
            what = tr("it has {bytes} bytes, more than {limit}", bytes=facts.st_size, limit=LIMIT)
            raise _one(path, 1, what, tr("no configuration is that large: check the name"))
        with open(descriptor, "rb", closefd=False) as file:
            raw = file.read(LIMIT + 1)
    finally:
        os.close(descriptor)
    try:
        return text_of(raw)
    except NotUtf8Error as error:
        raise _one(path, error.line, str(error), tr("save the file as UTF-8")) from None


def _one(path: File, line: int, what: str, hint: str) -> ConfigErrors:
    return ConfigErrors([ConfigError(what, where=f"{path}:{line}" if line else str(path), hint=hint)])


_SYNTAX = (
    ("Expected '=' after a key", mark('write key = "value"; a name with blanks or signs in it goes in quotes')),
    ("Invalid value", mark('text goes in quotes: key = "value"; true and false are small letters')),
    ("Unterminated string", mark("close the quotes")),
    ("Illegal character", mark("close the quotes on the same line")),
    ("Cannot overwrite a value", mark("the key stands twice: keep one")),
    ("Cannot declare", mark("the table stands twice: join the two, or write [[…]] for a list of tables")),
    ("Cannot mutate immutable", mark("what stands in { } is complete: add the key inside the braces")),
    ("Expected newline or end of document", mark("begin a new line, or put the text in quotes")),
    ("Unclosed array", mark("close the list with ]")),
    ("Unclosed inline table", mark("close the table with }")),
    ("Expected ']", mark("close the heading with ], or ]] for a list of tables")),
    ("Invalid initial character", mark("a name with other signs than letters, digits, - and _ goes in quotes")),
    ("Unescaped '\\'", mark("double the backslash, or use single quotes")),
)


def _syntax(path: File, text: str, message: str) -> ConfigError:
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    rows = text.split("\n")
    line, column = len(rows), ""
    if place is not None:
        message = message[: place.start()]
        if place[1]:
            line, column = int(place[1]), place[2]
    if message.startswith("Unclosed") or not column:
        # What was left open is noticed only at the end: the last line that says something is nearer to it.
        column = ""
        line = min(line, len(rows))
        while line > 1 and rows[line - 1].partition("#")[0].strip() == "":
            line -= 1
    message = re.sub(r"\('([^']*)',\)", r"[\1]", message)
    hint = next(
        (tr(hint) for start, hint in _SYNTAX if message.startswith(start)),
        tr("compare with what `wallboard init` writes"),
    )
    message = message[:1].lower() + message[1:]
    what = (
        tr("not TOML (column {column}): {message}", column=column, message=message)
        if column
        else tr("not TOML: {message}", message=message)
    )
    return ConfigError(what, where=f"{path}:{line}", hint=hint)


def _named(finding: Finding, data: Mapping[str, Any]) -> str:
    """The fault, with the name of the source, queue or favourite that it is in."""
    path = finding.path
    if len(path) < 2 or not isinstance(path[1], int):
        return f"[{path[0]}] {finding.what}" if len(path) > 1 else finding.what
    items = data.get(str(path[0]))
    item = items[path[1]] if isinstance(items, list) else None
    name = next(
        (item[key] for key in ("name", "match") if isinstance(item, dict) and isinstance(item.get(key), str)), ""
    )
    return f"[[{path[0]}]] {name!r}: {finding.what}" if name else f"[[{path[0]}]] {path[1] + 1}: {finding.what}"


def _line(lines: Mapping[Path, int], path: Path) -> int:
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _goal(model: GoalModel | None) -> Goal | None:
    if model is None:
        return None
    window = None if model.window == "today" else 60.0 * int(model.window.removesuffix("m"))
    return Goal(model.percent, model.seconds, model.formula, window)


def _day(model: DayModel | None) -> Day:
    if model is None:
        return Day()
    hours, minutes = model.start.split(":")
    return Day(3600.0 * int(hours) + 60.0 * int(minutes), ZoneInfo(model.zone) if model.zone else None)


def _options(model: SourceModel, secret: Callable[..., Secret]) -> Mapping[str, Any]:
    """The vendor's own settings with their defaults, secrets resolved."""
    declared = options_of(model.vendor)
    return dict(model.options) if declared is None else _resolved(declared.model_validate(model.options), secret)


def _auth(model: AuthModel | None, secret: Callable[..., Secret]) -> tuple[Auth, tuple[tuple[str, Secret], ...]]:
    if model is None:
        return NoAuth(), ()
    headers = tuple(
        (name, Secret(value, public=True) if isinstance(value, str) else secret(value, "headers", name))
        for name, value in model.headers.items()
    )
    values = _resolved(model, secret)
    del values["kind"], values["headers"]
    return _AUTH[model.kind](**values), headers


_AUTH: Mapping[str, Callable[..., Auth]] = {
    "bearer": BearerAuth,
    "oauth": OAuthAuth,
    "basic": BasicAuth,
    "header": HeaderAuth,
    "login": LoginAuth,
    "ami": AmiAuth,
    "none": NoAuth,
}


def _resolved(table: BaseModel, secret: Callable[..., Secret]) -> dict[str, Any]:
    return {name: secret(value, name) if isinstance(value, Reference) else value for name, value in table}
