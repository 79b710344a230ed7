"""A configuration file, read within bounds and parsed: one layer of the whole, or what is wrong with it and where."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Sequence
from pathlib import Path as File

from wallboard.config.layers import Layer, Place
from wallboard.config.lines import locate
from wallboard.config.paths import leads_nowhere
from wallboard.domain.decoding import NotUtf8Error, text_of
from wallboard.domain.errors import ConfigError
from wallboard.domain.files import changeable
from wallboard.domain.language import mark, tr

LIMIT = 1 << 20
"""Bytes of the largest file that is read: a hundred times any real one."""


class ConfigErrors(ConfigError):
    """Several faults at once, one a line, in the order of the file."""

    def __init__(self, errors: Sequence[ConfigError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = tuple(errors)


def file_layer(path: File, *, root: bool = False) -> Layer:
    """What stands in the file, which only its owner may be able to change, or only `root`. Raises `ConfigErrors`."""
    text = _read(path)
    if wrong := changeable(path, root=root):
        raise _one(path, 0, *wrong)
    return text_layer(path, text)


def text_layer(path: File, text: str) -> Layer:
    """`text` as the file `path` would hold it. Raises `ConfigErrors`."""
    try:
        return Layer(tomllib.loads(text), {key: Place(str(path), line) for key, line in locate(text).items()})
    except tomllib.TOMLDecodeError as error:
        raise ConfigErrors([_syntax(path, text, str(error))]) from None
    except RecursionError:
        raise _one(path, 1, tr("tables or lists are nested too deeply"), tr("write them flat")) from None
    except ValueError:
        raise _one(path, 1, tr("a number has more digits than can be read"), tr("write a sensible number")) from None


def _read(path: File) -> str:
    missing = tr("write one with `wallboard init`, or name another with --config")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if (link := leads_nowhere(path)) is not None:
            what = tr("{link} is a link that leads nowhere", link=link)
            raise _one(path, 0, what, tr("let it lead to what it stands for, or remove it")) from None
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
